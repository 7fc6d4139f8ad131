"""Drafts of policies: what they would have come to is what truly happens; who may begin and save them."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alerts.drafts import actions, reads, repository, trying
from alerts.drafts.actions import NoReasonGivenError, NotTriedError, NotYoursToDecideError, OvertakenError
from alerts.drafts.draft import Policy
from alerts.drafts.trying import try_some
from alerts.escalation import escalate
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who, tellings
from alerts.policies.wanted import Wanted
from alerts.policy import Rules
from alerts.shifts import repository as shifts
from tests.integration.alerts.conftest import NOW
from tests.integration.alerts.examples import examples
from tests.integration.alerts.test_any_policy import SET_BACK
from tests.unit.alerts.test_plan import PLANS
from tests.unit.alerts.test_shifts import ROTAS

RULES = Rules(safety_repeat_s=300, safety_times=3)
HOURS = st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
QUICK = Plan(
    name="Quick",
    steps=(Step(tell=(Who(role="operator"),), times=2, every=60), Step(tell=(Who(role="coordinator"),), after=120)),
    last_resort=LastResort(tell=(Who(role="coordinator"),), every=600),
    unanswered_after=300,
)


def work_out(service, now=NOW):
    while try_some(service, RULES, now):
        pass


@pytest.fixture
def cora(world):
    return world.account("cora", world.bobbio, "coordinator")


@pytest.fixture
def safety(world):
    return Policy(world.bobbio, Family.SAFETY, "")


@pytest.fixture
def connected(service, people):
    """Both pools have their connections: making them draws from what hypothesis draws from."""
    for pool in (service, people):
        with pool.transaction() as connection:
            connection.execute("SELECT")


@pytest.mark.usefixtures("connected")
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(plan=PLANS, calendar=ROTAS, at=HOURS)
def test_what_a_draft_would_have_come_to_is_what_truly_happens(world, service, intake, seen_by, plan, calendar, at):
    world.connection.execute(SET_BACK)
    if not world.rows("SELECT FROM registry.account WHERE login = 'cora'"):
        world.account("cora", world.bobbio, "coordinator")
    (cora,) = world.rows("SELECT account_id FROM registry.account WHERE login = 'cora'")
    with service.transaction() as connection:
        shifts.load(connection, [("bobbio", msgspec.structs.replace(calendar, key="first"))], at)
        policies.load(connection, [Wanted("bobbio", Family.SAFETY, "", plan)], at)
    world.urgent(at)
    intake.look_urgent(at)
    for _ in range(min(tellings(plan) + 2, trying.MOST_MOMENTS)):
        (row,) = world.rows("SELECT escalates_at AS at, step FROM alerts.alert")
        if row["step"] > tellings(plan) + 1:
            break
        now = row["at"]
        assert escalate(service, now) == 1
        world.connection.execute("UPDATE alerts.notification SET state = 'sent', sent_at = due_at WHERE state = 'due'")
    truly = defaultdict(set)
    for each in world.rows("SELECT due_at, account_id FROM alerts.notification WHERE account_id IS NOT NULL"):
        truly[round((each["due_at"] - at) / timedelta(seconds=1))].add(each["account_id"])
    with service.transaction() as connection:
        policies.replace(connection, "bobbio", Family.SAFETY, "", None, now)
    with seen_by(cora["account_id"]) as view:
        asked = actions.try_out(view, Policy(world.bobbio, Family.SAFETY, ""), plan, now)
    work_out(service, now)
    with seen_by(cora["account_id"]) as view:
        (tried,) = reads.tried(view, reads.draft(view, asked))
    would = defaultdict(set)
    for moment in tried.as_wished:
        if moment.accounts:
            would[moment.after] |= set(moment.accounts)
    assert would == truly


def test_it_goes_on_until_somebody_took_charge_and_is_put_beside_what_holds(
    world, service, intake, seen_by, cora, safety
):
    world.urgent(NOW)
    intake.look_urgent(NOW)
    world.connection.execute(
        "INSERT INTO alerts.history (organisation_id, alert_id, at, action, from_state, to_state, account_id,"
        " account_name) SELECT organisation_id, alert_id, %s, 'taken', 'new', 'in_charge', %s, 'Anna'"
        " FROM alerts.alert",
        (NOW + timedelta(seconds=200), world.anna),
    )
    with seen_by(cora) as view:
        asked = actions.try_out(view, safety, QUICK, NOW + timedelta(days=1))
    work_out(service, NOW + timedelta(days=1))
    with seen_by(cora) as view:
        draft = reads.draft(view, asked)
        (tried,) = reads.tried(view, draft)
        told = reads.names(view, draft)
    assert [(one.after, {told[account] for account in one.accounts}) for one in tried.as_set] == [
        (0, {"Anna", "Bruno", "Cora", "Dora"})
    ]
    assert [(one.after, {told[account] for account in one.accounts}) for one in tried.as_wished] == [
        (0, {"Anna", "Bruno"}), (60, {"Anna", "Bruno"}), (180, {"Cora", "Dora"}),
    ]  # fmt: skip
    # Whoever looks at it is noted as having looked at the home.
    assert view.homes == {world.home}
    # Nothing holds yet, and nobody was told of anything.
    assert world.rows("SELECT FROM alerts.policy") == []
    assert world.notifications() == []


def test_where_something_nearer_counts_a_draft_changes_nothing(world, service, intake, seen_by):
    world.urgent(NOW)
    intake.look_urgent(NOW)
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", Family.SAFETY, "sos_button", QUICK)], NOW)
    with seen_by(world.dora) as view:
        asked = actions.try_out(view, Policy(world.union, Family.SAFETY, ""), QUICK, NOW)
    work_out(service)
    with seen_by(world.dora) as view:
        draft = reads.draft(view, asked)
        assert (draft.alerts, draft.tried, draft.is_done) == (1, 1, True)
        assert reads.tried(view, draft) == []


def test_it_is_saved_with_who_and_why_and_an_earlier_version_comes_back(world, service, seen_by, cora, safety):
    slow = msgspec.structs.replace(QUICK, name="Slow", unanswered_after=900)
    for plan, reason in ((QUICK, "Too late"), (slow, "Too soon"), (None, "As the union")):
        with seen_by(cora) as view:
            asked = actions.try_out(view, safety, plan, NOW)
        work_out(service)
        with seen_by(cora) as view:
            with pytest.raises(NoReasonGivenError):
                actions.save(view, asked, " ", NOW)
            assert actions.save(view, asked, reason, NOW).plan == plan
            assert reads.draft(view, asked) is None
    with seen_by(cora) as view:
        history = reads.history(view, safety)
        assert [(one.version, one.plan.name, one.set_by_name, one.reason) for one in history] == [
            (2, "Slow", "Cora", "Too soon"), (1, "Quick", "Cora", "Too late"),
        ]  # fmt: skip
        assert [(one.ended_by_name, one.ended_reason) for one in history] == [
            ("Cora", "As the union"), ("Cora", "Too soon"),
        ]  # fmt: skip
        assert reads.fitting(reads.policies_at(view, world.bobbio), Family.SAFETY) is None
        asked = actions.try_out(view, safety, history[1].plan, NOW)
        actions.save(view, asked, "It was good", NOW)
        assert reads.fitting(reads.policies_at(view, world.bobbio), Family.SAFETY).plan == QUICK
    # What a file loads goes on from there, and finds the same as it is.
    with service.transaction() as connection:
        assert policies.load(connection, [Wanted("bobbio", Family.SAFETY, "", QUICK)], NOW) == []


def test_only_who_coordinates_decides_and_nothing_is_overwritten_unseen(world, service, intake, seen_by, cora, safety):
    stranger = world.account("stranger", world.travo, "coordinator")
    for nobody in (world.anna, stranger):
        with seen_by(nobody) as view, pytest.raises(NotYoursToDecideError):
            actions.try_out(view, safety, QUICK, NOW)
    world.urgent(NOW)
    intake.look_urgent(NOW)
    with seen_by(cora) as view:
        asked = actions.try_out(view, safety, QUICK, NOW)
        with pytest.raises(NotTriedError):
            actions.save(view, asked, "At once", NOW)
    work_out(service)
    with seen_by(world.anna) as view:
        assert reads.draft(view, asked) is not None
        with pytest.raises(NotYoursToDecideError):
            actions.save(view, asked, "Mine", NOW)
    with seen_by(stranger) as view:
        assert reads.draft(view, asked) is None
        assert reads.policies_at(view, world.bobbio) == []
        assert reads.choices(view, world.bobbio) == reads.Choices({}, {}, {})
        with pytest.raises(NotYoursToDecideError):
            actions.save(view, asked, "Mine", NOW)
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", Family.SAFETY, "", QUICK)], NOW)
    with seen_by(cora) as view, pytest.raises(OvertakenError):
        actions.save(view, asked, "Too late", NOW)


def test_a_draft_that_cannot_be_worked_out_holds_up_nothing(world, service, intake, seen_by, cora, safety, monkeypatch):
    world.urgent(NOW)
    intake.look_urgent(NOW)
    with seen_by(cora) as view:
        asked = actions.try_out(view, safety, QUICK, NOW)

    def fails(*_, **__):
        raise ValueError

    monkeypatch.setattr(repository, "put_tried", fails)
    assert try_some(service, RULES, NOW)
    assert not try_some(service, RULES, NOW)
    with seen_by(cora) as view:
        assert reads.draft(view, asked).failed
        with pytest.raises(NotTriedError):
            actions.save(view, asked, "All the same", NOW)
