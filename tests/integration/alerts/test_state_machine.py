"""Operators, workers, crashes, channel failures and the clock, in any order, against a real database."""

from collections import Counter
from datetime import UTC, datetime, timedelta

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

from alerts import actions, notify
from alerts.channels.transport import TransportError
from alerts.errors import AlertError
from alerts.escalation import escalate
from alerts.intake import Intake
from alerts.lifecycle import JUDGED, State, actions_between
from alerts.policy import Rules
from core.clock import SimulatedClock

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


class WorkerDiedError(BaseException):
    """A worker that is killed writes nothing down any more."""


class Channel:
    """Notes what it was handed and in which state the alert was then, and behaves as it is told."""

    def __init__(self, world):
        self.world = world
        self.mood = "accept"
        self.handed = []

    def send(self, message):
        if self.mood == "busy":
            raise TransportError("busy", permanent=False)
        if self.mood == "refuse":
            raise TransportError("refused", permanent=True)
        if self.mood == "die before":
            raise WorkerDiedError
        (alert,) = self.world.rows("SELECT state FROM alerts.alert WHERE public_id = %s", message.alert_public_id)
        self.handed.append((message.public_id, alert["state"]))
        if self.mood == "die after":
            raise WorkerDiedError
        if self.mood == "no answer":
            raise TransportError("no answer", permanent=False, uncertain=True)


OPERATORS = st.sampled_from(["anna", "bruno", "dora"])
MOODS = st.sampled_from(["accept", "accept", "accept", "busy", "refuse", "no answer", "die before", "die after"])


class Life(RuleBasedStateMachine):
    """Any order of what can happen."""

    def __init__(self, world, service, seen_by):
        super().__init__()
        self.world, self.service, self.seen_by = world, service, seen_by

    @initialize(pressed=st.booleans())
    def begin(self, pressed):
        self.world.connection.execute(
            "TRUNCATE alerts.notification, alerts.history, alerts.taken_in, alerts.cause, alerts.alert,"
            " alerts.progress, ingest.urgent"
        )
        self.clock = SimulatedClock(NOW)
        self.channel = Channel(self.world)
        self.intakes = [Intake(self.service, Rules(300, 2), timedelta(hours=24)) for _ in range(2)]
        self.held = []
        self.pressed = 0
        if pressed:
            self.reading_arrives(late=0, leak=False, value=1.0)
            self.a_worker_looks(worker=0, steps=True)

    @rule(late=st.sampled_from([0, 60, 7200]), leak=st.booleans(), value=st.sampled_from([1.0, 1.0, 0.0]))
    def reading_arrives(self, late, leak, value):
        self.pressed += 1
        now = self.clock.now()
        # The number keeps two readings from being one.
        at = now - timedelta(seconds=late, milliseconds=self.pressed)
        self.world.urgent(at, series=self.world.leak if leak else self.world.sos, value=value, received_at=now)

    @rule(worker=st.integers(0, 1), steps=st.booleans())
    def a_worker_looks(self, worker, steps):
        self.intakes[worker].look(self.clock.now())
        if steps:
            escalate(self.service, self.clock.now())

    @rule(count=st.integers(1, 3))
    def claim(self, count):
        escalate(self.service, self.clock.now())
        for _ in range(count):
            claimed = notify.claim(self.service, self.clock.now())
            if claimed is not None:
                self.held.append(claimed)

    @precondition(lambda self: self.held)
    @rule(mood=MOODS, data=st.data())
    def deliver(self, mood, data):
        self.hand_over(self.held.pop(data.draw(st.integers(0, len(self.held) - 1))), mood)

    @rule(pause=st.sampled_from([5, 300]), rounds=st.integers(1, 4), mood=MOODS)
    def a_worker_goes_on(self, pause, rounds, mood):
        for _ in range(rounds):
            self.clock.advance(pause)
            escalate(self.service, self.clock.now())
            for _ in range(3):
                claimed = notify.claim(self.service, self.clock.now())
                if claimed is not None:
                    self.hand_over(claimed, mood)

    def hand_over(self, claimed, mood):
        self.channel.mood = mood
        try:
            notify.deliver(self.service, {"email": self.channel}, claimed, self.clock, lambda: 0.5)
        except WorkerDiedError:
            return

    @precondition(lambda self: self.held)
    @rule()
    def a_worker_dies(self):
        self.held.clear()

    @rule(seconds=st.sampled_from([1, 3, 5, 60, 300, 3600]))
    def time_passes(self, seconds):
        self.clock.advance(seconds)

    @rule(
        who=OPERATORS,
        what=st.sampled_from(["take", "take", "release", "resolve", "reopen"]),
        which=st.integers(0, 1),
        outcome=st.sampled_from(JUDGED),
    )
    def operator_acts(self, who, what, which, outcome):
        alerts = self.world.alerts()
        if not alerts:
            return
        public_id = alerts[-1 - which % len(alerts)]["public_id"]
        now = self.clock.now()
        try:
            with self.seen_by(getattr(self.world, who)) as view:
                if what == "take":
                    actions.take_charge(view, public_id, now)
                elif what == "release":
                    actions.release(view, public_id, now)
                elif what == "resolve":
                    actions.resolve(view, public_id, outcome, "", now)
                else:
                    actions.reopen(view, public_id, now)
        except AlertError:
            return

    @invariant()
    def nothing_is_sent_once_somebody_took_charge(self):
        assert all(state == State.NEW for _, state in self.channel.handed)

    @invariant()
    def nothing_waits_for_an_alert_that_is_taken(self):
        waiting = self.world.rows(
            "SELECT FROM alerts.notification JOIN alerts.alert USING (alert_id)"
            " WHERE notification.state = 'due' AND alert.state <> 'new'"
        )
        assert not waiting

    @invariant()
    def nobody_is_told_twice_of_one_step_but_where_it_is_called_uncertain(self):
        rows = {row["public_id"]: row for row in self.world.notifications()}
        for public_id, times in Counter(public_id for public_id, _ in self.channel.handed).items():
            assert times == 1 or rows[public_id]["uncertain"]
        steps = Counter((r["alert_id"], r["round"], r["step"], r["address"]) for r in rows.values())
        assert all(count == 1 for count in steps.values())

    @invariant()
    def the_history_tells_how_it_came_to_stand_so(self):
        for alert in self.world.alerts():
            entries = self.world.rows(
                "SELECT * FROM alerts.history WHERE alert_id = %s ORDER BY history_id", alert["alert_id"]
            )
            state = None
            for entry in entries:
                assert entry["from_state"] == state
                if state is not None and entry["to_state"] != state:
                    assert entry["action"] in actions_between(State(state), State(entry["to_state"]))
                state = entry["to_state"]
            assert state == alert["state"]
            assert alert["times"] == 1 + sum(entry["action"] == "joined" for entry in entries)

    @invariant()
    def a_safety_alert_goes_on_until_somebody_comes(self):
        for alert in self.world.alerts():
            assert (alert["state"] == "new") == (alert["escalates_at"] is not None)

    def teardown(self):
        if not hasattr(self, "clock"):
            return
        # Whatever was pressed is taken in once somebody looks, and counts once.
        for intake in self.intakes:
            intake.look(self.clock.now(), sweep=True)
        (row,) = self.world.rows(
            "SELECT (SELECT count(*) FROM ingest.urgent) AS there, (SELECT count(*) FROM alerts.taken_in) AS taken,"
            " (SELECT count(*) FROM ingest.urgent WHERE value = 1) AS calls,"
            " (SELECT coalesce(sum(times), 0) FROM alerts.alert) AS times"
        )
        assert row["there"] == row["taken"]
        assert row["calls"] == row["times"]


def test_any_order_of_events(world, service, seen_by):
    run_state_machine_as_test(
        lambda: Life(world, service, seen_by),
        settings=settings(
            max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
