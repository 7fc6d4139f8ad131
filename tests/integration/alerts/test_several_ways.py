"""Several ways to each person, and steps that come while messages hang, fail and fall back, in any order.

Of a call for help, whatever the order:

* As long as somebody has not been told since the latest step began, and none of their messages of it is in its time,
  each of their ways has been tried for that step, or an earlier message on it has not ended. Nobody waits for a step.
* A step has no message to somebody only where an earlier one is on its way on each of their ways.
* What was called off because a message was accepted is needed after all where its channel says that it did not arrive,
  or left open whether it was accepted, and nothing has said in time that it arrived.
* Nobody is told twice of one step, but where that was said.
* Nothing is sent to them once somebody has taken charge.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

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

from alerts import actions, notify
from alerts.addresses.ways import Way
from alerts.channels.transport import Doubt, TransportError
from alerts.escalation import escalate
from alerts.fallback.next_way import PATIENCE, fall_back
from alerts.reach.unseen import PATIENCE as UNSEEN_AFTER
from alerts.reach.unseen import Unseen
from alerts.receipts.reports import Report, What
from alerts.receipts.taking import take_in
from core.clock import SimulatedClock
from tests.integration.alerts.examples import examples

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
WAYS = {
    "anna": (
        Way("sms", "+393330000001"), Way("webhook", "https://example.org/anna"), Way("telegram", "1"),
        Way("email", "anna@example.org"),
    ),
    "dora": (Way("telegram", "2"), Way("email", "dora@example.org")),
}  # fmt: skip
LASTS = timedelta(hours=12)
MOODS = st.sampled_from(["accept", "doubt", "busy", "leave alone", "refuse", "refuse"])
ERRORS = {
    "busy": TransportError("busy", permanent=False),
    "leave alone": TransportError("too many", permanent=False, retry_after_s=60),
    "refuse": TransportError("refused", permanent=True),
}


def stood_on(rows):
    """The ways on which a message has not ended."""
    return {(row["channel"], row["address"]) for row in rows if row["state"] == "due"}


class Ways(RuleBasedStateMachine):
    """Any order of answers, of time passing and of steps."""

    def __init__(self, world, service, people, intake, seen_by):
        super().__init__()
        self.world, self.service, self.people, self.intake, self.seen_by = world, service, people, intake, seen_by

    @initialize()
    def begin(self):
        self.world.connection.execute(
            "TRUNCATE alerts.notification, alerts.history, alerts.taken_in, alerts.cause, alerts.alert,"
            " alerts.progress, ingest.urgent CASCADE"
        )
        self.clock = SimulatedClock(NOW)
        self.hanging, self.handed, self.began, self.mood = [], Counter(), {}, "accept"
        self.world.urgent()
        self.intake.look(NOW)
        self.the_next_step_comes()

    def send(self, message):
        """Be every channel: answer as it is in the mood for."""
        if self.mood in ERRORS:
            raise ERRORS[self.mood]
        row = next(row for row in self.world.notifications() if row["public_id"] == message.public_id)
        assert self.alert["state"] == "new"
        self.handed[row["account_id"], row["round"], row["step"]] += 1
        return Doubt.UNREAD if self.mood == "doubt" else None

    @property
    def alert(self):
        (alert,) = self.world.alerts()
        return alert

    def pass_time(self, seconds):
        self.clock.advance(seconds)
        # Whoever sends keeps the lease.
        for claimed in self.hanging:
            notify.renew(self.service, claimed, self.clock.now())

    def escalate(self):
        escalate(self.service, self.clock.now())
        alert, rows = self.alert, self.world.notifications()
        begins = (alert["round"], alert["step"]) not in self.began
        if not begins:
            return
        self.began[alert["round"], alert["step"]] = self.clock.now()
        for name, ways in WAYS.items():
            theirs = [row for row in rows if row["account_id"] == getattr(self.world, name)]
            if not any((row["round"], row["step"]) == (alert["round"], alert["step"] - 1) for row in theirs):
                assert stood_on(theirs) == set(ways), name

    @precondition(lambda self: self.alert["state"] == "new")
    @rule()
    def the_next_step_comes(self):
        """The step comes before what is to fall back is looked at, as after a moment in which nobody worked."""
        self.pass_time(max(0.0, (self.alert["escalates_at"] - self.clock.now()).total_seconds()))
        self.escalate()

    @rule(seconds=st.sampled_from([1, 5, 60, PATIENCE.total_seconds()]))
    def time_passes(self, seconds):
        self.pass_time(seconds)
        fall_back(self.service, self.clock.now())
        self.escalate()

    @rule(mood=MOODS, most=st.integers(1, 4))
    def messages_are_answered(self, mood, most):
        for _ in range(most):
            claimed = notify.claim(self.service, self.clock.now())
            if claimed is not None:
                self.deliver(claimed, mood)

    @rule()
    def a_message_hangs(self):
        claimed = notify.claim(self.service, self.clock.now())
        if claimed is not None:
            self.hanging.append(claimed)

    @precondition(lambda self: self.hanging)
    @rule(mood=MOODS, data=st.data())
    def what_hung_is_answered(self, mood, data):
        self.deliver(self.hanging.pop(data.draw(st.integers(0, len(self.hanging) - 1))), mood)

    def deliver(self, claimed, mood):
        self.mood = mood
        channels = dict.fromkeys(("sms", "webhook", "telegram", "email"), self)
        notify.deliver(self.service, channels, claimed, self.clock, lambda: 0.5)

    @rule(which=st.integers(0, 5))
    def what_was_accepted_did_not_arrive(self, which):
        sent = [row for row in self.world.notifications() if row["state"] == "sent"]
        if sent:
            row = sent[-1 - which % len(sent)]
            take_in(self.people, row["public_id"], Report(What.FAILED), self.clock.now(), LASTS)
            self.handed[row["account_id"], row["round"], row["step"]] -= 1

    @rule()
    def somebody_takes_it_and_gives_it_back(self):
        alert = self.alert
        with self.seen_by(self.world.anna) as view:
            actions.take_charge(view, alert["public_id"], self.clock.now())
        assert not [row for row in self.world.notifications() if row["state"] == "due"]
        with self.seen_by(self.world.anna) as view:
            actions.release(view, alert["public_id"], self.clock.now())
        self.escalate()

    def sent(self):
        return {row["notification_id"]: row for row in self.world.notifications() if row["state"] == "sent"}

    @invariant()
    def what_is_not_known_to_have_arrived_holds_no_way_back(self):
        before = self.sent()
        Unseen(self.service, self.clock).look()
        after = self.sent()
        for row in (row for number, row in before.items() if number not in after):
            self.handed[row["account_id"], row["round"], row["step"]] -= 1
        for row in self.world.notifications():
            kept_back_by = after.get(row["called_off_by"])
            in_doubt = kept_back_by and kept_back_by["last_error"] == Doubt.UNREAD.value
            if in_doubt and row["round"] == self.alert["round"]:
                assert kept_back_by["sent_at"] > self.clock.now() - UNSEEN_AFTER

    @invariant()
    def no_way_is_left_untried(self):
        now = self.clock.now()
        # The worker looks whenever a message has failed and whenever one's time is over.
        fall_back(self.service, now)
        alert, rows = self.alert, self.world.notifications()
        began = self.began[alert["round"], alert["step"]]
        for name, ways in WAYS.items():
            theirs = [row for row in rows if row["account_id"] == getattr(self.world, name)]
            if any(row["state"] == "sent" and row["sent_at"] >= began for row in theirs):
                continue
            of_step = [row for row in theirs if (row["round"], row["step"]) == (alert["round"], alert["step"] - 1)]
            due = [row for row in of_step if row["state"] == "due"]
            if not of_step:
                continue
            if any(row["attempts"] == 0 or (row["falls_back_at"] or now) > now for row in due):
                continue
            tried = {(row["channel"], row["address"]) for row in of_step if row["state"] != "cancelled"}
            assert set(ways) == tried | stood_on(theirs), name

    @invariant()
    def nobody_is_told_twice_of_a_step(self):
        assert all(count <= 1 for count in self.handed.values())

    def teardown(self):
        if not hasattr(self, "clock"):
            return
        for claimed in self.hanging:
            self.deliver(claimed, "refuse")
        began = self.clock.now()
        self.the_next_step_comes()
        while (claimed := notify.claim(self.service, self.clock.now())) is not None:
            self.deliver(claimed, "accept")
        told = [row["account_id"] for row in self.world.notifications() if (row["sent_at"] or NOW) >= began]
        assert set(told) == {self.world.anna, self.world.dora}
        # A minute later nothing is left.
        self.clock.advance(61)
        while (claimed := notify.claim(self.service, self.clock.now())) is not None:
            self.deliver(claimed, "accept")
        assert not [row for row in self.world.notifications() if row["state"] == "due"]


@pytest.fixture
def reached(world):
    world.connection.execute(
        "DELETE FROM registry.membership WHERE account_id <> ALL (%s)", ([world.anna, world.dora],)
    )
    for name, ways in WAYS.items():
        for place, way in enumerate(ways):
            world.connection.execute(
                "INSERT INTO alerts.address (account_id, channel, address, position, added_at)"
                " VALUES (%s, %s, %s, %s, '2026-01-01')",
                (getattr(world, name), *way, place),
            )
    return world


def test_no_person_waits_while_a_way_is_left(reached, service, people, intake, seen_by):
    run_state_machine_as_test(
        lambda: Ways(reached, service, people, intake, seen_by),
        settings=settings(
            max_examples=examples(40), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
