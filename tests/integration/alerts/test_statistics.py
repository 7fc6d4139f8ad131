"""Statistics of alerts that really went their way; and that nobody counts what they may not see."""

from contextlib import contextmanager
from datetime import time, timedelta

import msgspec
import pytest
from typer.testing import CliRunner

from alerts import actions, notify
from alerts.escalation import escalate
from alerts.lifecycle import Family, Outcome
from alerts.reasons.catalogue import Reason
from alerts.shifts import repository as shifts
from alerts.shifts.calendar import Rota, Shift
from alerts.statistics.figures import OnDuty
from alerts.statistics.reads import figures_of
from cli import alert_statistics
from cli.__main__ import app
from cli.installation import Installation
from core.clock import SimulatedClock
from tests.integration.alerts.conftest import NOW


class Accepting:
    def send(self, _):
        return None


@pytest.fixture
def answered(world, service, seen_by, intake):
    """A call in each of two municipalities: one is told, taken and closed, the other waits until nobody took charge."""
    world.neighbour(world.travo)
    (there,) = world.rows(
        "SELECT series_id FROM devices.series JOIN registry.home USING (home_id)"
        " WHERE home.key = 'h2' AND quantity_id = 20"
    )
    clock = SimulatedClock(NOW)
    world.urgent(NOW)
    world.urgent(NOW, series=there["series_id"])
    intake.look(NOW)
    escalate(service, NOW)
    clock.advance(4)
    while (claimed := notify.claim(service, clock.now())) is not None:
        notify.deliver(service, {"email": Accepting()}, claimed, clock, lambda: 0.5)
    (call,) = world.rows("SELECT public_id FROM alerts.alert WHERE organisation_id = %s", world.bobbio)
    with seen_by(world.anna) as view:
        actions.take_charge(view, call["public_id"], NOW + timedelta(seconds=90))
    with seen_by(world.anna) as view:
        actions.resolve(view, call["public_id"], Outcome.TRUE, "", NOW + timedelta(minutes=20), reason=Reason.WENT)
    for minute in range(5, 60, 5):
        escalate(service, NOW + timedelta(minutes=minute))
    return NOW + timedelta(hours=1)


def days():
    return NOW.date(), NOW.date() + timedelta(days=1)


def test_what_happened_is_told_of_each_organisation_and_of_all(world, service, answered):
    with service.transaction() as connection:
        apart, together = figures_of(connection, [world.union, world.bobbio, world.travo], *days(), answered)
    here, there = apart[world.bobbio], apart[world.travo]
    assert set(apart) == {world.bobbio, world.travo}
    (safety, *_), (waiting, *_) = here.families, there.families
    assert (here.homes, safety.alerts, safety.unanswered, safety.per_home_week) == (1, 1, 0, 7.0)
    assert (safety.told.median_s, safety.taken.median_s, safety.closed.median_s) == (4, 90, 1200)
    assert (waiting.alerts, waiting.unanswered, waiting.taken) == (1, 1, (1, 1, None, None))
    assert waiting.told.median_s == 4
    assert [(kind.kind, kind.counts) for kind in here.kinds] == [("sos_button", (1, 0, 0, 0))]
    assert here.kinds[0].reasons == ((Reason.WENT, 1),)
    (email,) = here.channels
    assert (email.channel, email.messages, email.sent, email.failed) == ("email", 3, 3, 0)
    assert together.families[0].alerts == 2
    assert together.families[0].taken == (2, 1, 90, None)
    (email,) = together.channels
    # In Travo nobody took it: everybody there was told again, and those messages wait.
    assert email.sent == 5
    assert email.waiting > 0


def test_who_reads_of_it_in_a_summary_has_been_told_and_who_is_reminded_had_been(world, service, intake, seen_by):
    for kind in ("gateway_silence", "weak_link"):
        world.finding(NOW, NOW, kind=kind, family="technical")
    intake.look(NOW)
    first, second = (alert["alert_id"] for alert in world.alerts())
    world.connection.execute("UPDATE alerts.alert SET opened_at = %s", (NOW,))
    at = {purpose: NOW + timedelta(minutes=minutes) for purpose, minutes in (("reminder", 1), ("morning_round", 9))}
    for step, (purpose, sent_at) in enumerate(at.items()):
        world.connection.execute(
            "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
            " language, due_at, purpose, state, sent_at)"
            " VALUES (%s, %s, 1, %s, 'email', %s, 'a', 'it', %s, %s, 'sent', %s)",
            (world.bobbio, first, -1 - step, world.anna, sent_at, purpose, sent_at),
        )
    world.connection.execute(
        "INSERT INTO alerts.summarised SELECT notification_id, unnest(%s::bigint[]) FROM alerts.notification"
        " WHERE purpose = 'morning_round'",
        ([first, second],),
    )
    for see in (service.transaction, lambda: seen_by(world.anna)):
        with see() as of:
            apart, _ = figures_of(getattr(of, "connection", of), [world.bobbio], *days(), NOW + timedelta(hours=1))
        technical = next(each for each in apart[world.bobbio].families if each.family is Family.TECHNICAL)
        assert technical.told == (2, 0, 540, 540)


@pytest.fixture
def on_duty(service):
    """A rota of the union, which also holds for the municipalities below it, and one that ended before."""
    early, late = (
        Shift(weekdays=tuple(range(7)), begins=time(begins), ends=time(ends), people=("dora",))
        for begins, ends in ((6, 14), (14, 22))
    )
    rota = Rota(key="first", name="Centrale", timezone="Europe/Rome", shifts=(early,))
    with service.transaction() as connection:
        shifts.load(connection, [("union", rota)], NOW - timedelta(days=2))
        shifts.load(
            connection, [("union", msgspec.structs.replace(rota, shifts=(early, late)))], NOW - timedelta(hours=1)
        )


def test_what_happened_is_told_of_the_shift_in_which_it_opened(world, service, answered, on_duty, seen_by):
    with service.transaction() as connection:
        apart, together = figures_of(connection, [world.union, world.bobbio, world.travo], *days(), answered)
    # It is 14:02 there: by the rota that held before, nobody had a shift.
    (of,) = together.families[0].shifts
    assert of.shift == OnDuty("Centrale", time(14), time(22))
    assert (of.alerts, of.unanswered, of.told.median_s, of.taken) == (2, 1, 4, (2, 1, 90, None))
    assert [each.alerts for each in apart[world.bobbio].families[0].shifts] == [1]
    with seen_by(world.dora) as view:
        _, seen = figures_of(view.connection, [world.bobbio], *days(), answered)
    assert seen.families[0].shifts == apart[world.bobbio].families[0].shifts


def test_an_alert_that_opened_before_a_new_rota_is_told_by_the_old_one(world, service, answered, on_duty):
    world.connection.execute("UPDATE alerts.alert SET opened_at = opened_at - interval '90 minutes'")
    with service.transaction() as connection:
        _, together = figures_of(connection, [world.bobbio], *days(), answered)
    assert [each.shift for each in together.families[0].shifts] == [OnDuty("Centrale", time(6), time(14))]
    world.connection.execute("UPDATE alerts.alert SET opened_at = opened_at - interval '12 hours'")
    with service.transaction() as connection:
        _, together = figures_of(connection, [world.bobbio], *days(), answered)
    assert [each.shift for each in together.families[0].shifts] == [OnDuty("Centrale")]


def test_a_viewer_counts_nothing_that_is_not_theirs(world, seen_by, answered):
    every = [world.union, world.bobbio, world.travo]
    for account, seen in ((world.carla, {world.travo}), (world.anna, {world.bobbio}), (world.dora, set(every[1:]))):
        with seen_by(account) as view:
            apart, together = figures_of(view.connection, every, *days(), answered)
        assert set(apart) == seen
        assert together.alerts == len(seen)
        assert sum(each.messages for each in together.channels) > 0


def test_other_days_and_the_service_s_own_trials_are_not_counted(world, service, answered):
    with service.transaction() as connection:
        _, none = figures_of(connection, [world.bobbio], NOW.date() - timedelta(days=2), NOW.date(), answered)
        assert (none.alerts, none.channels) == (0, ())
    world.connection.execute("ALTER TABLE registry.organisation DROP CONSTRAINT IF EXISTS organisation_kind_check")
    world.connection.execute("UPDATE registry.organisation SET kind = 'canary' WHERE key = 'bobbio'")
    with service.transaction() as connection:
        apart, together = figures_of(connection, [world.bobbio], *days(), answered)
    assert (apart, together.alerts, together.channels) == ({}, 0, ())


def test_a_day_is_one_of_the_home_s_own_clock(world, service, intake, answered):
    world.urgent(NOW.replace(hour=23, minute=30), series=world.leak)
    intake.look(NOW.replace(hour=23, minute=30))
    with service.transaction() as connection:
        _, day = figures_of(connection, [world.bobbio], *days(), answered)
        _, next_day = figures_of(connection, [world.bobbio], *(each + timedelta(days=1) for each in days()), answered)
    assert (day.alerts, next_day.alerts) == (1, 1)
    assert next_day.families[0].hours[0].alerts == 1


def test_the_command_says_the_same_as_json(world, service, answered, on_duty, monkeypatch):
    @contextmanager
    def database(_):
        yield service

    monkeypatch.setattr(Installation, "database", database)
    monkeypatch.setattr(alert_statistics, "SystemClock", lambda: SimulatedClock(answered))
    command = ["alerts", "statistics", "--from", f"{NOW.date()}", "--to", f"{NOW.date()}", "--json"]
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 0, answer.output
    said = alert_statistics.json.loads(answer.stdout)
    assert {each["key"] for each in said["organisations"]} == {"bobbio", "travo"}
    (safety,) = [each for each in said["all"]["families"] if each["family"] == Family.SAFETY]
    assert safety["taken"] == {"alerts": 2, "not_over": 1, "median_s": 90.0, "p90_s": None}
    assert safety["nobody_took_charge_share"] == 0.5
    assert [hour["hour"] for hour in safety["hours"]] == [14]
    (shift,) = safety["shifts"]
    assert (shift["rota"], shift["begins"], shift["ends"], shift["alerts"]) == ("Centrale", "14:00", "22:00", 2)
    one = CliRunner().invoke(app, [*command, "--organisation", "travo"])
    assert [each["key"] for each in alert_statistics.json.loads(one.stdout)["organisations"]] == ["travo"]
    below = CliRunner().invoke(app, [*command, "--organisation", "union"])
    assert len(alert_statistics.json.loads(below.stdout)["organisations"]) == 2
    assert CliRunner().invoke(app, [*command, "--organisation", "nowhere"]).exit_code != 0
    table = CliRunner().invoke(app, command[:-1])
    assert table.exit_code == 0
    assert "14:00" in table.output
