"""Operators, workers, crashes, channel failures and the clock, in any order, against a real database.

What has to hold, whatever the order:

* Nothing is handed over once somebody has taken charge, but what is already in the channel's hands.
* Nobody is told twice of the same step. Where an attempt ended without an answer that we wrote down, the message may go
  out again: as the same message, and called uncertain. What its channel says has failed is told by another way.
* No message is lost: each is on its way, was handed over, was refused for good, or was called off by somebody.
* Escalation ends in somebody who takes charge, or in "nobody took charge"; a safety alert calls on after that.
* Only those whose alert it is are told, or may act.
"""

from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alerts import actions, notify, repository
from alerts.errors import AlertError, AlertNotFoundError
from alerts.escalation import escalate
from alerts.fallback.next_way import fall_back
from alerts.lifecycle import JUDGED, Family, State, actions_between
from alerts.notify import LEASE, MOST_ATTEMPTS, Result
from alerts.receipts.reports import Report, What
from alerts.receipts.taking import take_in
from core.clock import SimulatedClock
from tests.integration.alerts.examples import examples
from tests.integration.alerts.killable import Channel, Region, Worker, WorkerDiedError

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LASTS = timedelta(hours=12)
# Until all planned steps of a safety alert are over, and as long again as the longest pause between two calls.
CALM_S = 600 + 900
BEGINS_A_ROUND = ("opened", "released", "reopened", "called_again")


NAMES = st.sampled_from(["anna", "bruno", "carla", "dora"])
MOODS = st.sampled_from(["accept", "accept", "accept", "busy", "refuse", "no answer", "die before", "die after"])
WORKERS = st.integers(0, 1)
# At which transaction of what a worker is about to do it dies, and when of that; or it lives.
DEATHS = st.one_of(st.none(), st.tuples(st.integers(0, 3), st.sampled_from(["before", "within", "after"])))
MEANWHILE = st.lists(
    st.sampled_from(
        [
            "somebody takes it",
            "another worker goes on",
            "the lease lapses and another worker goes on",
            "the clock is put back",
            "the channel says that it failed",
            "the channel says that it was delivered",
        ]
    ),
    max_size=2,
)


def step(row):
    """Whom a notification tells of which step."""
    return row["alert_id"], row["round"], row["step"], row["account_id"]


class Life(RuleBasedStateMachine):
    """Any order of what can happen."""

    def __init__(self, region, service, people, seen_by):
        super().__init__()
        self.region, self.service, self.people, self.seen_by = region, service, people, seen_by

    @initialize()
    def begin(self):
        self.region.world.connection.execute(
            "TRUNCATE alerts.notification, alerts.history, alerts.taken_in, alerts.cause, alerts.alert,"
            " alerts.progress, ingest.urgent, analytics.finding CASCADE"
        )
        self.start(Channel)

    def start(self, channel):
        self.clock = SimulatedClock(NOW)
        self.channel = channel(self.region, self.clock)
        self.workers = [Worker(self.service) for _ in range(2)]
        self.number = 0
        # Of which messages their channel has said that they failed.
        self.reported = set()
        self.reading_arrives(late=0, sensor="sos", value=1.0)

    # --- what comes in ---

    @rule(
        late=st.sampled_from([0, 60, 7200]),
        sensor=st.sampled_from(["sos", "leak", "sos in travo"]),
        value=st.sampled_from([1.0, 1.0, 0.0]),
    )
    def reading_arrives(self, late, sensor, value):
        now = self.clock.now()
        # The number keeps two readings from being one.
        at = now - timedelta(seconds=late, milliseconds=self.next_number())
        self.region.world.urgent(at, series=self.region.sensors[sensor], value=value, received_at=now)

    @rule(family=st.sampled_from(["wellbeing", "technical"]), severity=st.sampled_from([0.4, 0.9]))
    def finding_arrives(self, family, severity):
        now = self.clock.now()
        at = now - timedelta(milliseconds=self.next_number())
        self.region.world.finding(at, now, kind=f"some {family}", family=family, severity=severity)

    def next_number(self):
        self.number += 1
        return self.number

    # --- workers ---

    @contextmanager
    def living(self, worker, death):
        """Let a worker do something, unless it dies of it: then another is started in its place."""
        worker.mortal.death = death
        try:
            yield
        except WorkerDiedError:
            worker.start()
        worker.mortal.death = None

    @rule(worker=WORKERS, death=DEATHS)
    def a_worker_looks(self, worker, death):
        worker = self.workers[worker]
        with self.living(worker, death):
            worker.intake.look(self.clock.now())

    @rule(worker=WORKERS, count=st.integers(1, 3), death=DEATHS)
    def a_worker_claims(self, worker, count, death):
        worker = self.workers[worker]
        with self.living(worker, death):
            self.steps(worker)
            for _ in range(count):
                self.claim(worker)

    def steps(self, worker):
        escalate(worker.mortal, self.clock.now())
        fall_back(worker.mortal, self.clock.now())

    def claim(self, worker):
        claimed = notify.claim(worker.mortal, self.clock.now())
        if claimed is not None:
            worker.held.append((claimed, self.clock.now() + LEASE))

    @precondition(lambda self: any(worker.held for worker in self.workers))
    @rule(mood=MOODS, death=DEATHS, meanwhile=MEANWHILE, who=NAMES, data=st.data())
    def a_worker_delivers(self, mood, death, meanwhile, who, data):
        worker = data.draw(st.sampled_from([worker for worker in self.workers if worker.held]))
        held = worker.held.pop(data.draw(st.integers(0, len(worker.held) - 1)))
        with self.living(worker, death):
            self.deliver(worker, held, mood, partial(self.happen, meanwhile, held[0], worker, who))

    @rule(worker=WORKERS, pause=st.sampled_from([0, 5, 300]), mood=MOODS, death=DEATHS, meanwhile=MEANWHILE, who=NAMES)
    def a_worker_goes_on(self, worker, pause, mood, death, meanwhile, who):
        worker = self.workers[worker]
        self.clock.advance(pause)
        with self.living(worker, death):
            worker.intake.look(self.clock.now())
            self.steps(worker)
            self.work_off(worker, mood, 4, meanwhile, who)

    @rule(worker=WORKERS, mood=MOODS, others=MOODS)
    def a_worker_is_overtaken(self, worker, mood, others):
        """It is so slow between claiming and handing over that its lease ends and another one goes on."""
        worker = self.workers[worker]
        with self.living(worker, None):
            self.steps(worker)
            self.claim(worker)
            if not worker.held:
                return
            held = worker.held.pop()
            self.overtake(worker, others)
            self.deliver(worker, held, mood)

    def overtake(self, worker, mood):
        self.clock.advance(LEASE.total_seconds())
        self.another_goes_on(worker, mood)

    def another_goes_on(self, worker, mood):
        (other,) = (each for each in self.workers if each is not worker)
        with self.living(other, None):
            self.work_off(other, mood, 4)

    def work_off(self, worker, mood, most, meanwhile=(), who="dora"):
        for _ in range(most):
            self.claim(worker)
            if not worker.held:
                return
            held = worker.held.pop()
            self.deliver(worker, held, mood, partial(self.happen, meanwhile, held[0], worker, who))

    def deliver(self, worker, held, mood, meanwhile=lambda: None):
        claimed, leased_until = held
        hands = len(self.channel.hands)
        self.channel.sending.append((claimed, leased_until, mood, meanwhile))
        try:
            ways = {"email": self.channel, "sms": self.channel}
            result = notify.deliver(worker.mortal, ways, claimed, self.clock, lambda: 0.5)
        except WorkerDiedError:
            self.end_hand(hands, claimed, "died")
            raise
        finally:
            self.channel.sending.pop()
        if result is Result.SENT:
            self.end_hand(hands, claimed, "written down")

    def end_hand(self, hands, claimed, ended):
        for hand in self.channel.hands[hands:]:
            if hand.public_id == claimed.public_id and hand.ended == "under way":
                hand.ended = ended
                return

    def happen(self, meanwhile, claimed, worker, who):
        """What others do while a message is in the channel's hands."""
        for what in meanwhile:
            if what == "somebody takes it":
                self.act(who, "take", claimed.alert_public_id, JUDGED[0])
            elif what == "another worker goes on":
                self.another_goes_on(worker, "accept")
            elif what == "the lease lapses and another worker goes on":
                self.overtake(worker, "accept")
            elif what == "the channel says that it failed":
                self.report(claimed.public_id, What.FAILED)
            elif what == "the channel says that it was delivered":
                self.report(claimed.public_id, What.DELIVERED)
            else:
                self.jump(-60)

    @rule(worker=WORKERS)
    def a_worker_dies(self, worker):
        self.workers[worker].start()

    # --- what channels report later ---

    @precondition(lambda self: self.channel.hands)
    @rule(what=st.sampled_from(What), which=st.integers(0, 5))
    def a_channel_reports(self, what, which):
        hands = self.channel.hands
        self.report(hands[-1 - which % len(hands)].public_id, what)

    def report(self, message, what):
        self.channel.require(take_in(self.people, message, Report(what), self.clock.now(), LASTS), "not known")
        if what is What.FAILED:
            self.reported.add(message)
            # That wakes a worker.
            fall_back(self.service, self.clock.now())

    # --- the clock ---

    @rule(seconds=st.sampled_from([1, 5, 60, 300, 3600]))
    def time_passes(self, seconds):
        self.clock.advance(seconds)

    @rule(seconds=st.sampled_from([-3600, -10, 10, 86_400]))
    def the_clock_jumps(self, seconds):
        self.jump(seconds)

    def jump(self, seconds):
        self.clock.jump(self.clock.now() + timedelta(seconds=seconds))

    # --- operators ---

    @rule(
        who=NAMES,
        what=st.sampled_from(["take", "take", "release", "resolve", "reopen"]),
        which=st.integers(0, 2),
        outcome=st.sampled_from(JUDGED),
    )
    def operator_acts(self, who, what, which, outcome):
        alerts = self.region.alerts()
        if alerts:
            self.act(who, what, alerts[-1 - which % len(alerts)]["public_id"], outcome)

    def act(self, who, what, public_id, outcome):
        (alert,) = self.region.rows("SELECT * FROM alerts.alert WHERE public_id = %s", public_id)
        now, saw_it = self.clock.now(), True
        try:
            with self.seen_by(self.region.accounts[who]) as view:
                if what == "take":
                    actions.take_charge(view, public_id, now)
                elif what == "release":
                    actions.release(view, public_id, now)
                elif what == "resolve":
                    actions.resolve(view, public_id, outcome, "", now)
                else:
                    actions.reopen(view, public_id, now)
        except AlertNotFoundError:
            saw_it = False
        except AlertError:
            pass
        self.channel.require(saw_it == (who in self.region.told_of[alert["organisation_id"]]), "not theirs to act on")

    # --- what always holds ---

    @invariant()
    def nothing_was_wrong_when_it_was_handed_over(self):
        assert self.channel.wrong == []

    @invariant()
    def nothing_waits_for_an_alert_that_is_taken(self):
        assert not self.region.not_wanted()

    @invariant()
    def no_message_is_lost_and_none_is_there_twice(self):
        rows = self.region.notifications()
        handed = {hand.public_id for hand in self.channel.hands}
        ended = {row["alert_id"] for row in self.region.rows(
            "SELECT alert_id FROM alerts.history WHERE action IN ('taken', 'resolved', 'over')"
        )}  # fmt: skip
        for row in rows:
            assert row["state"] != "sent" or row["public_id"] in handed
            # The one way is called off as soon as another one to the same person was accepted.
            other = any(step(each) == step(row) and each["state"] == "sent" for each in rows)
            assert row["state"] != "cancelled" or row["alert_id"] in ended or other
            assert row["state"] != "failed" or self.was_given_up(row)
        steps = Counter((*step(row), row["channel"]) for row in rows)
        assert all(count == 1 for count in steps.values())

    def was_given_up(self, row):
        """Whether a message was refused, was tried often enough, or its channel has said that it failed."""
        often_enough = row["attempts"] >= MOST_ATTEMPTS[Family.WELLBEING]
        return row["public_id"] in self.channel.refused | self.reported or often_enough

    @invariant()
    def everybody_concerned_is_told_of_a_step_that_was_taken(self):
        rows = self.region.notifications()
        for alert in self.region.alerts():
            if alert["step"] == 0 or alert["state"] != State.NEW:
                continue
            # A message of an earlier round may still be on its way: nobody gets two at once.
            told = {
                self.region.names[row["account_id"]]
                for row in rows
                if row["alert_id"] == alert["alert_id"]
                and (row["round"] == alert["round"] or row["state"] != "cancelled")
            }
            assert told >= set(self.region.told_of[alert["organisation_id"]])

    @invariant()
    def the_history_tells_how_it_came_to_stand_so(self):
        entries = self.region.rows("SELECT * FROM alerts.history ORDER BY history_id")
        for alert in self.region.alerts():
            state, times = None, 0
            for entry in entries:
                if entry["alert_id"] != alert["alert_id"]:
                    continue
                assert entry["from_state"] == state
                if state is not None and entry["to_state"] != state:
                    assert entry["action"] in actions_between(State(state), State(entry["to_state"]))
                state = entry["to_state"]
                times += entry["action"] in {"opened", "joined"}
            assert state == alert["state"]
            assert alert["times"] == times

    @invariant()
    def a_safety_alert_goes_on_until_somebody_comes(self):
        for alert in self.region.alerts():
            if alert["family"] == Family.SAFETY:
                assert (alert["state"] == "new") == (alert["escalates_at"] is not None)

    # --- how it ends ---

    def teardown(self):
        if not hasattr(self, "clock"):
            return
        self.look_at_intake()
        self.look_at_calm()
        self.look_at_the_rest()
        assert self.channel.wrong == []

    def look_at_intake(self):
        """Whatever came is taken in once somebody looks, and counts once."""
        for worker in self.workers:
            worker.intake.look(self.clock.now(), sweep=True)
        (row,) = self.region.rows(
            "SELECT (SELECT count(*) FROM ingest.urgent) AS there, (SELECT count(*) FROM alerts.taken_in"
            " WHERE source = 'urgent') AS taken,"
            " (SELECT count(*) FROM ingest.urgent WHERE value = 1) AS calls,"
            " (SELECT coalesce(sum(times), 0) FROM alerts.alert WHERE family = 'safety') AS times"
        )
        assert row["there"] == row["taken"]
        assert row["calls"] == row["times"]

    def look_at_calm(self):
        """Nobody does anything: each open call for help reaches everybody, and says that nobody took charge."""
        began = len(self.channel.told)
        until = self.latest_that_waits() + timedelta(seconds=CALM_S)
        self.clock.advance((until - timedelta(seconds=CALM_S) - self.clock.now()).total_seconds())
        while self.clock.now() < until:
            self.clock.advance(150)
            self.work_calmly()
        told = set(self.channel.told[began:])
        for alert in self.still_new(Family.SAFETY):
            for name in self.region.told_of[alert["organisation_id"]]:
                assert (alert["alert_id"], name) in told
            self.assert_that_nobody_took_charge(alert)

    def look_at_the_rest(self):
        """The other families wait for the day, and say it then too; nothing is left to do."""
        for alert in self.still_new(Family.SAFETY):
            self.act("dora", "resolve", alert["public_id"], JUDGED[0])
        for _ in range(40):
            with self.service.transaction() as connection:
                due = repository.next_due(connection)
            if due is None:
                break
            self.clock.advance(max(0.0, (due - self.clock.now()).total_seconds()) + 1)
            self.work_calmly()
        assert due is None
        for family in (Family.WELLBEING, Family.TECHNICAL):
            for alert in self.still_new(family):
                self.assert_that_nobody_took_charge(alert)
        assert not self.region.rows("SELECT FROM alerts.notification WHERE state = 'due'")

    def work_calmly(self):
        worker = self.workers[0]
        self.steps(worker)
        self.work_off(worker, "accept", 50)

    def latest_that_waits(self):
        """When the last thing is due that concerns a call: a clock that was ahead may have put it off."""
        (row,) = self.region.rows(
            "SELECT max(greatest(escalates_at, due_at, leased_until)) AS at FROM alerts.alert"
            " LEFT JOIN alerts.notification ON notification.alert_id = alert.alert_id AND notification.state = 'due'"
            " WHERE alert.state = 'new' AND family = 'safety'"
        )
        return max(self.clock.now(), row["at"] or self.clock.now())

    def still_new(self, family):
        return [alert for alert in self.region.alerts() if alert["state"] == State.NEW and alert["family"] == family]

    def assert_that_nobody_took_charge(self, alert):
        said = [
            row["action"]
            for row in self.region.rows(
                "SELECT action FROM alerts.history WHERE alert_id = %s ORDER BY history_id", alert["alert_id"]
            )
        ]
        begun = max(place for place, action in enumerate(said) if action in BEGINS_A_ROUND)
        assert "unanswered" in said[begun:]


@pytest.fixture
def region(world):
    return Region(world)


def test_any_order_of_events(region, service, people, seen_by):
    run_state_machine_as_test(
        lambda: Life(region, service, people, seen_by),
        settings=settings(
            max_examples=examples(200), stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
