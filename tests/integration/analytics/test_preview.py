"""A setting is tried out over stored days before it is saved by who may, and then holds with who, when and why."""

import threading
from datetime import date, timedelta

import pytest

from analytics.homes import homes
from analytics.jobs import analyse
from analytics.preview import actions, reads, working
from analytics.preview.actions import NoReasonError, NotWorkedOutError, NotYoursToSetError
from analytics.preview.working import work
from analytics.rules.protocol import Mode
from analytics.rules.repository import Scope, put_setting, standings_of
from analytics.rules.standing import Setting
from core.errors import VicinoError
from core.viewer import Viewer
from tests.unit.analytics.made import at, utc

FIRST, BAD, LAST = date(2026, 2, 1), date(2026, 2, 20), date(2026, 2, 27)
LONG_AGO = utc(date(2020, 1, 1), "00:00")
NEVER = threading.Event()
RULE = "night_absence"


@pytest.fixture
def home(installation, database, clock, days_of):
    made = installation.home(installation.organisation())
    installation.store(made, [*days_of(FIRST, LAST), (at(BAD, "26:00"), "entrance_door")])
    analyse(database, FIRST, LAST, clock=clock, homes=[made.home_id])
    return made


@pytest.fixture
def seen_by(installation, people):
    """Somebody with a role at an organisation."""

    def viewer(organisation_id, role="coordinator"):
        account = installation.viewer(organisation_id)
        installation.connection.execute(
            "UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, account)
        )
        return lambda: people.seen_by(Viewer(account))

    return viewer


def test_a_limit_is_tried_out_and_then_saved_with_its_reason(installation, database, clock, home, seen_by) -> None:
    coordinator = seen_by(home.organisation_id)
    scope = Scope(home.organisation_id)
    with coordinator() as view:
        asked = actions.try_out(view, scope, RULE, Mode.ACTIVE, {"least": 200}, clock.now())
        with pytest.raises(NotWorkedOutError):
            actions.save(view, asked, "because", clock.now())
        assert (waiting := reads.preview(view, asked)).homes_done == 0
        assert not waiting.is_done
    assert working.previews_wait(database)
    settings_before = installation.rows("SELECT * FROM analytics.rule_setting")
    assert work(database, clock, NEVER) is False
    assert not working.previews_wait(database)
    assert installation.rows("SELECT * FROM analytics.rule_setting") == settings_before
    with coordinator() as view:
        done = reads.preview(view, asked)
        assert (done.homes, done.homes_done, done.homes_failed, done.is_done) == (1, 1, 0, True)
        (found,) = reads.previewed_homes(view, done)
        ((day, kind, it, en),) = found.as_set
        assert (day, kind, found.as_wished) == ("2026-02-21", RULE, ())
        assert "nessuno" in it.lower()
        assert "nobody was seen inside" in en
        for reason in ("", "  ", "x" * 501):
            with pytest.raises(NoReasonError):
                actions.save(view, asked, reason, clock.now())
        actions.save(view, asked, " She likes the stars ", clock.now())
        (change,) = reads.history(view, scope, RULE)
        assert (change.at, change.reason, change.setting) == (
            clock.now(), "She likes the stars", Setting(RULE, Mode.ACTIVE, {"least": 200}),
        )  # fmt: skip
        assert change.account_name
        holding = reads.rules_at(view, scope)
        assert (holding.here[RULE].settings.least, holding.above[RULE].settings.least) == (200, 15)
        assert holding.set_here == {RULE}
    with database.transaction() as connection:
        standing = standings_of(connection, homes(connection)[home.home_id])[RULE]
    assert (standing.mode, standing.settings.least) == (Mode.ACTIVE, 200)


def test_what_a_home_has_of_its_own_counts_in_a_trial_of_what_is_above_it(database, clock, home, seen_by) -> None:
    with database.transaction() as connection:
        own = Setting(RULE, None, {"least": 200})
        put_setting(connection, Scope(home.organisation_id, home.home_id), own, None, clock.now())
    with seen_by(home.organisation_id)() as view:
        asked = actions.try_out(view, Scope(home.organisation_id), RULE, Mode.ACTIVE, {"least": 15}, clock.now())
        off = Scope(home.organisation_id, home.home_id)
        assert reads.rules_at(view, off).here[RULE].settings.least == 200
    work(database, clock, NEVER)
    with seen_by(home.organisation_id)() as view:
        (found,) = reads.previewed_homes(view, reads.preview(view, asked))
        assert (found.as_set, found.as_wished) == ((), ())
        asked = actions.try_out(view, off, RULE, Mode.ACTIVE, {"least": 15}, clock.now())
    work(database, clock, NEVER)
    with seen_by(home.organisation_id)() as view:
        (found,) = reads.previewed_homes(view, reads.preview(view, asked))
        assert (len(found.as_set), len(found.as_wished)) == (0, 1)


def test_a_budget_is_tried_out_and_has_the_homes_judged_again_once_it_is_saved(
    installation, database, clock, home, seen_by, day_of_visits
) -> None:
    installation.store(home, day_of_visits(LAST - timedelta(days=1), 14))
    analyse(database, LAST - timedelta(days=1), LAST, clock=clock, homes=[home.home_id])
    coordinator = seen_by(home.organisation_id)
    with coordinator() as view:
        asked = actions.try_out(view, Scope(home.organisation_id), "changes", Mode.OFF, {}, clock.now())
    assert work(database, clock, NEVER) is False
    with coordinator() as view:
        (found,) = reads.previewed_homes(view, reads.preview(view, asked))
        assert "night_bathroom_visits" in {told.kind for told in found.as_set}
        assert found.as_wished == ()
        assert installation.rows("SELECT * FROM analytics.context_due") == []
        actions.save(view, asked, "A quiet summer", clock.now())
    assert [row["home_id"] for row in installation.rows("SELECT home_id FROM analytics.context_due")] == [home.home_id]


def test_nobody_else_tries_out_sets_or_sees_it(installation, database, clock, home, seen_by) -> None:
    scope = Scope(home.organisation_id)
    elsewhere = installation.organisation()
    for other in (seen_by(elsewhere), *(seen_by(scope.organisation_id, role) for role in ("operator", "installer"))):
        with other() as view, pytest.raises(NotYoursToSetError):
            actions.try_out(view, scope, RULE, Mode.OFF, {}, clock.now())
    coordinator, stranger = seen_by(scope.organisation_id), seen_by(elsewhere)
    with coordinator() as view:
        # Neither a home of somebody else, nor what does not fit.
        foreign = installation.home(elsewhere)
        with pytest.raises(NotYoursToSetError):
            actions.try_out(view, Scope(scope.organisation_id, foreign.home_id), RULE, Mode.OFF, {}, clock.now())
        with pytest.raises(VicinoError, match="do not fit"):
            actions.try_out(view, scope, RULE, Mode.OFF, {"least": 1_000}, clock.now())
        asked = actions.try_out(view, scope, RULE, Mode.OFF, {}, clock.now())
    work(database, clock, NEVER)
    with stranger() as view:
        assert reads.preview(view, asked) is None
        with pytest.raises(NotYoursToSetError):
            actions.save(view, asked, "mine", clock.now())
        assert reads.history(view, scope, RULE) == []
        assert reads.rules_at(view, scope).set_here == frozenset()
    with seen_by(scope.organisation_id, "operator")() as view:
        assert reads.preview(view, asked).is_done
        with pytest.raises(NotYoursToSetError):
            actions.save(view, asked, "mine", clock.now())
    with coordinator() as view:
        # What was asked for is not waited for any more once the same person asks for something else.
        waiting = actions.try_out(view, scope, RULE, Mode.OFF, {}, clock.now())
        actions.try_out(view, scope, RULE, Mode.SHADOW, {}, clock.now())
        assert reads.preview(view, waiting) is None
        assert reads.preview(view, asked) is not None


def test_a_home_that_cannot_be_worked_out_holds_up_no_other(
    installation, database, clock, home, seen_by, monkeypatch
) -> None:
    installation.home(home.organisation_id)
    real = working.compared

    def compared(connection, one, task):
        if one.home_id != home.home_id:
            connection.execute("SELECT 1 / 0")
        return real(connection, one, task)

    monkeypatch.setattr(working, "compared", compared)
    with seen_by(home.organisation_id)() as view:
        asked = actions.try_out(view, Scope(home.organisation_id), RULE, Mode.OFF, {}, clock.now())
    assert work(database, clock, NEVER) is False
    with seen_by(home.organisation_id)() as view:
        done = reads.preview(view, asked)
        assert (done.homes, done.homes_done, done.homes_failed) == (2, 2, 1)
        assert [one.home_id for one in reads.previewed_homes(view, done)] == [home.home_id]
