"""The play of operators, workers, crashes, channels and the clock once more, under policies of an organisation's own.

They remind whoever has an alert and does nothing, and give it back; hand over to an association, whose members take a
task and return it; keep quiet hours; bundle the technical alerts of a morning; tell one of several alerts of a home for
all; have a budget of wellbeing alerts a day; and do not open anew what was just judged. What has to hold is the same,
and:

* A reminder goes to nobody but whoever has the alert; a summary to nobody when nothing in it is open.
* Of wellbeing, unless it is severe, and of technical alerts nobody is told at night.
* A task is open only while nobody has its alert, and has an address only while the one who took it does.
* What is handed over with a shift stays with who has it until somebody takes it over, and is handed over once.
* What somebody has and does nothing with goes back, and then somebody is told.
* Each alert that nobody takes says so once in a round, or waits for one of its home, and then has no message.
* Nobody is called for more alerts of wellbeing a day than there is a budget for, nor for a technical one of a morning.
"""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from alerts import actions, repository
from alerts.errors import AlertError
from alerts.escalation import escalate
from alerts.fallback.next_way import fall_back
from alerts.handovers import tasks
from alerts.handovers.tasks import TaskOutcome
from alerts.idle.idleness import look_after_idle
from alerts.lifecycle import JUDGED, Family, State
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who, telling, tellings
from alerts.policies.repository import Wanted
from alerts.policy import from_json
from alerts.shift_handovers import actions as shift
from alerts.shift_handovers.due import look_after_hand_overs
from tests.integration.alerts.examples import examples
from tests.integration.alerts.killable import Channel, Region
from tests.integration.alerts.test_state_machine import MOODS, NAMES, NOW, WORKERS, Life, step

ROME = ZoneInfo("Europe/Rome")
# Ten minutes before the quiet hours end and the technical alerts of a morning are told.
BEFORE_THE_ROUND = NOW.replace(hour=6, minute=50)
BEGINS_A_ROUND = ("opened", "released", "reopened", "called_again", "given_back", "returned", "shift_left")
QUIET = {"quiet_from": "21:00", "quiet_until": "08:00"}
OPERATORS, COORDINATORS, ASSOCIATION = Who(role="operator"), Who(role="coordinator"), Who(association="avs")


@st.composite
def plans(draw):
    """A plan for each family, with each of what it may say or without."""
    idle = st.sampled_from([{}, {"remind_after": 300}, {"remind_after": 300, "give_back_after": 300}])
    grouped = st.sampled_from([{}, {"group_within": 3600}])
    helpers = draw(st.sampled_from([(COORDINATORS,), (ASSOCIATION,), (COORDINATORS, ASSOCIATION)]))
    safety = Plan(
        name="safety",
        steps=(Step(tell=(OPERATORS,), times=draw(st.integers(1, 2)), every=300), Step(tell=helpers, after=300)),
        last_resort=LastResort(tell=(Who(person="dora"),), every=900),
        **draw(idle),
    )
    wellbeing = Plan(
        name="wellbeing",
        steps=(Step(tell=(OPERATORS,)), Step(tell=helpers, after=3600)),
        unanswered_after=3600,
        **(QUIET if draw(st.booleans()) else {}),
        **draw(idle),
        **draw(grouped),
        budget=draw(st.integers(0, 1)),
        cool_down=draw(st.sampled_from([0, 3600])),
    )
    technical = Plan(
        name="technical",
        steps=(Step(tell=(OPERATORS, COORDINATORS)),),
        unanswered_after=7200,
        **draw(st.sampled_from([{}, QUIET, {"told_at": "08:00"}])),
        **draw(idle),
        **draw(grouped),
    )
    return {Family.SAFETY: safety, Family.WELLBEING: wellbeing, Family.TECHNICAL: technical}


class PolicyRegion(Region):
    """The region with an association, of which vera is a member."""

    def __init__(self, world):
        super().__init__(world)
        association = world._make("registry.organisation", key="avs", name="Volontari", kind="association")
        self.accounts["vera"] = world.account("vera", association, "operator")
        self.names[self.accounts["vera"]] = "vera"
        world.connection.execute("UPDATE registry.home SET address = 'Via Roma 1'")

    def may_be_told(self, organisation_id):
        return (*self.told_of[organisation_id], "vera")

    def meant(self, alert):
        """The names of those whom the step of an alert that was carried out last tells."""
        plan, told_of = from_json(alert["policy"]).plan, self.told_of[alert["organisation_id"]]
        found = telling(plan, alert["step"] - 1)
        if found is None:
            return {"dora"} if plan.last_resort.tell else set()
        who = plan.steps[found.step].tell
        return (
            ({name for name in told_of if name != "dora"} if OPERATORS in who else set())
            | ({"dora"} if COORDINATORS in who else set())
            | ({"vera"} if ASSOCIATION in who else set())
        )

    def messages(self, alert_id):
        """The calls for an alert and the summaries in which it is."""
        return self.world.connection.execute(
            "SELECT notification.* FROM alerts.notification WHERE alert_id = %(of)s AND purpose = 'call'"
            " OR notification_id IN (SELECT notification_id FROM alerts.summarised WHERE alert_id = %(of)s)",
            {"of": alert_id},
        ).fetchall()


class PolicyChannel(Channel):
    """Looks besides whether it is told by night what can wait for the day."""

    def send(self, message):
        row = self.row(message.public_id)
        (alert,) = self.world.rows("SELECT * FROM alerts.alert WHERE alert_id = %s", row["alert_id"])
        plan = from_json(alert["policy"]).plan
        if alert["family"] != Family.SAFETY and row["purpose"] == "call" and self.is_night(alert, plan):
            self.wrong.append("told at night")
        super().send(message)

    def is_night(self, alert, plan):
        """Whether it is an hour at which nobody is told of such a thing."""
        if not plan.quiet_from or (alert["severity"] >= plan.severe and alert["family"] == Family.WELLBEING):
            return False
        return not 8 <= self.clock.now().astimezone(ROME).hour < 21


class PolicyLife(Life):
    """Any order of what can happen."""

    # A plan is drawn there instead.
    @initialize(plan=plans(), at=st.sampled_from([NOW, BEFORE_THE_ROUND]))
    def begin(self, plan, at):
        self.region.world.connection.execute(
            "TRUNCATE alerts.notification, alerts.history, alerts.taken_in, alerts.cause, alerts.alert,"
            " alerts.progress, alerts.policy, alerts.handover, alerts.summarised, alerts.shift_handover,"
            " ingest.urgent, analytics.finding CASCADE"
        )
        with self.service.transaction() as connection:
            policies.load(connection, [Wanted("union", family, "", of) for family, of in plan.items()], NOW)
        self.start(PolicyChannel)
        self.clock.jump(at)

    def steps(self, worker):
        escalate(worker.mortal, self.clock.now())
        fall_back(worker.mortal, self.clock.now())
        look_after_idle(worker.mortal, self.clock.now())
        look_after_hand_overs(worker.mortal, self.clock.now())

    @rule(kind=st.sampled_from(["first", "second"]), family=st.sampled_from(["wellbeing", "technical"]))
    def another_finding_arrives(self, kind, family):
        now = self.clock.now()
        at = now - timedelta(milliseconds=self.next_number())
        self.region.world.finding(at, now, kind=f"{kind} {family}", family=family, severity=0.3)

    @rule(which=st.integers(0, 2), who=NAMES)
    def operator_notes(self, which, who):
        alerts = self.region.alerts()
        try:
            with self.seen_by(self.region.accounts[who]) as view:
                actions.note(view, alerts[-1 - which % len(alerts)]["public_id"], "on the way", self.clock.now())
        except (AlertError, ZeroDivisionError):
            pass

    @rule(worker=WORKERS, mood=MOODS, times=st.integers(1, 4), delivers=st.booleans())
    def what_is_due_comes(self, worker, mood, times, delivers):
        """Nobody does anything, and a worker whose channel is in one mood goes on for some of what comes."""
        worker = self.workers[worker]
        with self.living(worker, None):
            worker.intake.look(self.clock.now())
            for _ in range(times):
                self.next_comes(worker, mood, 6 if delivers else 0)

    def next_comes(self, worker, mood, most):
        with self.service.transaction() as connection:
            due = repository.next_due(connection)
        if due is not None:
            self.clock.advance(min(3600.0, max(0.0, (due - self.clock.now()).total_seconds())))
        self.steps(worker)
        self.work_off(worker, mood, most)

    @rule(worker=WORKERS, mood=MOODS, returns=st.booleans(), outcome=st.sampled_from(TaskOutcome))
    def volunteer_takes_the_next_task(self, worker, mood, returns, outcome):
        """Nobody does anything until an association is called; then one of its members takes the task."""
        worker = self.workers[worker]
        with self.living(worker, None):
            worker.intake.look(self.clock.now())
            for _ in range(5):
                if self.region.rows("SELECT FROM alerts.handover WHERE state = 'offered'"):
                    break
                self.next_comes(worker, mood, 6)
        self.volunteer(0, partial(tasks.accept, now=self.clock.now()))
        if returns:
            self.clock.advance(30)
            self.volunteer(0, partial(tasks.give_back, outcome=outcome, note="", now=self.clock.now()))

    @rule(
        who=NAMES, which=st.integers(0, 2), worker=WORKERS, mood=MOODS, rounds=st.integers(1, 3), delivers=st.booleans()
    )
    def somebody_takes_it_and_forgets_it(self, who, which, worker, mood, rounds, delivers):
        alerts = self.region.alerts()
        if alerts:
            self.act(who, "take", alerts[-1 - which % len(alerts)]["public_id"], JUDGED[0])
        with self.living(self.workers[worker], None):
            for _ in range(rounds):
                self.clock.advance(301)
                self.steps(self.workers[worker])
                if delivers:
                    self.work_off(self.workers[worker], mood, 4)

    @rule(who=NAMES)
    def operator_hands_the_shift_over(self, who):
        with self.seen_by(self.region.accounts[who]) as view:
            if theirs := sorted(shift.can_be_handed_over(view)):
                shift.offer(view, theirs, "all is said", self.clock.now())

    @rule(who=NAMES)
    def operator_takes_the_shift_over(self, who):
        with self.seen_by(self.region.accounts[who]) as view:
            offers = [one.public_id for one in shift.hand_overs(view, self.clock.now()) if one.state == "offered"]
        for public_id in offers:
            try:
                with self.seen_by(self.region.accounts[who]) as view:
                    shift.accept(view, public_id, self.clock.now())
            except AlertError:
                pass

    @rule(worker=WORKERS)
    def nobody_takes_the_shift_over(self, worker):
        self.clock.advance(shift.WAITS.total_seconds())
        with self.living(self.workers[worker], None):
            self.steps(self.workers[worker])

    @rule(returns=st.booleans(), which=st.integers(0, 2), outcome=st.sampled_from(TaskOutcome))
    def volunteer_acts(self, returns, which, outcome):
        act = partial(tasks.give_back, outcome=outcome, note="") if returns else tasks.accept
        self.volunteer(which, partial(act, now=self.clock.now()))

    def volunteer(self, which, act):
        """Let the member of the association do something with one of the latest tasks."""
        with self.seen_by(self.region.accounts["vera"]) as view:
            there = tasks.tasks(view)
        if not there:
            return
        try:
            with self.seen_by(self.region.accounts["vera"]) as view:
                act(view, there[which % len(there)].public_id)
        except AlertError:
            pass

    # --- what always holds ---

    @invariant()
    def no_message_is_lost_and_none_is_there_twice(self):
        alerts = {alert["alert_id"]: alert for alert in self.region.alerts()}
        summarised = {}
        for row in self.region.rows("SELECT * FROM alerts.summarised"):
            summarised.setdefault(row["notification_id"], set()).add(row["alert_id"])
        rows = self.region.notifications()
        handed = {hand.public_id for hand in self.channel.hands}
        ended = self.ended()
        seen = set()
        for row in rows:
            person = step(row)
            assert (*person, row["channel"]) not in seen
            seen.add((*person, row["channel"]))
            assert row["state"] != "sent" or row["public_id"] in handed
            assert row["state"] != "failed" or self.was_given_up(row)
            if row["state"] != "cancelled":
                continue
            other = any(
                (each["alert_id"], each["round"], each["step"], each["account_id"]) == person
                and each["state"] == "sent"
                for each in rows
            )
            alert = alerts[row["alert_id"]]
            if row["purpose"] == "reminder":
                # Somebody else may have it meanwhile: it was handed over with a shift.
                over = alert["state"] != State.IN_CHARGE or alert["round"] > row["round"]
                over = over or alert["taken_by"] != row["account_id"]
            elif row["purpose"] == "call":
                over = row["alert_id"] in ended
            else:
                over = summarised[row["notification_id"]] <= ended
            assert over or other, "called off by nobody"

    @invariant()
    def everybody_concerned_is_told_of_a_step_that_was_taken(self):
        for alert in self.region.alerts():
            if alert["step"] == 0 or alert["state"] != State.NEW:
                continue
            told = {
                self.region.names[row["account_id"]]
                for row in self.region.messages(alert["alert_id"])
                if row["round"] == alert["round"] or row["purpose"] != "call" or row["state"] != "cancelled"
            }
            assert told >= self.region.meant(alert)

    @invariant()
    def a_task_is_open_only_while_nobody_has_its_alert(self):
        for row in self.region.rows(
            "SELECT handover.*, alert.state AS alert_state, alert.taken_by"
            " FROM alerts.handover JOIN alerts.alert USING (alert_id)"
        ):
            if row["state"] == "offered":
                assert row["alert_state"] == State.NEW
            if row["state"] == "accepted":
                assert (row["alert_state"], row["taken_by"]) == (State.IN_CHARGE, row["accepted_by"])
            assert (row["address"] != "") == (row["state"] == "accepted")

    @invariant()
    def whoever_has_an_alert_is_reminded_where_its_policy_says_so(self):
        for alert in self.region.alerts():
            plan = from_json(alert["policy"]).plan
            waits = alert["state"] == State.IN_CHARGE and plan.remind_after
            over = alert["idle_step"] == 1 and not plan.give_back_after
            assert (alert["idle_at"] is not None) == bool(waits and not over)

    @invariant()
    def nobody_loses_an_alert_without_a_reminder(self):
        last = {}
        for row in self.region.rows("SELECT alert_id, action FROM alerts.history ORDER BY history_id"):
            if row["action"] == "given_back":
                assert last[row["alert_id"]] == "reminded"
            if row["action"] in ("taken", "noted", "reminded", "shift_taken"):
                last[row["alert_id"]] = row["action"]

    @invariant()
    def it_goes_on_until_somebody_comes_or_it_says_that_nobody_did(self):
        rows = self.region.rows("SELECT alert_id FROM alerts.history WHERE action = 'unanswered'")
        said = {row["alert_id"] for row in rows}
        for alert in self.region.alerts():
            if alert["state"] == State.NEW and alert["escalates_at"] is None:
                assert alert["family"] != Family.SAFETY
                assert alert["alert_id"] in said

    @invariant()
    def what_belongs_to_a_group_has_no_message_while_the_first_is_open(self):
        ended = self.ended()
        for alert in self.region.alerts():
            if alert["group_of"] is not None and alert["family"] != Family.SAFETY and alert["group_of"] not in ended:
                assert not self.region.messages(alert["alert_id"])

    @invariant()
    def technical_alerts_of_a_morning_are_told_in_a_round(self):
        rows = self.region.rows(
            "SELECT family, purpose, policy FROM alerts.notification JOIN alerts.alert USING (alert_id)"
            " WHERE purpose IN ('call', 'morning_round')"
        )
        for row in rows:
            bundled = row["family"] == Family.TECHNICAL and from_json(row["policy"]).plan.told_at
            assert (row["purpose"] == "morning_round") == bool(bundled)

    @invariant()
    def nobody_is_called_for_more_than_a_days_budget(self):
        called, ended = {}, self.ended()
        for alert in self.region.alerts():
            plan = from_json(alert["policy"]).plan
            if alert["family"] != Family.WELLBEING or not plan.budget or alert["severity"] >= plan.severe:
                continue
            # What was taken does not count, though a channel may have had it in its hands by then.
            for row in self.region.messages(alert["alert_id"]) if alert["alert_id"] not in ended else ():
                if row["purpose"] == "call" and row["state"] in ("due", "sent"):
                    day = row["first_due_at"].astimezone(ROME).date()
                    called.setdefault((row["account_id"], day), set()).add(alert["alert_id"])
                    assert len(called[row["account_id"], day]) <= plan.budget

    def ended(self):
        """The alerts that somebody has taken, or that were over, at any time."""
        rows = self.region.rows("SELECT alert_id FROM alerts.history WHERE action IN ('taken', 'resolved', 'over')")
        return {row["alert_id"] for row in rows}

    @invariant()
    def what_is_handed_over_is_somebodys(self):
        """An open offer is about alerts that somebody has had since; who took it over has them by that."""
        rows = self.region.rows(
            "SELECT made.state, ended_at, accepted_by, alert.state AS alert_state, alert.taken_by, alert.taken_at"
            " FROM alerts.shift_handover AS made JOIN alerts.shift_handover_alert USING (shift_handover_id)"
            " JOIN alerts.alert USING (alert_id)"
        )
        for row in rows:
            if row["state"] == "accepted" and row["taken_at"] == row["ended_at"] is not None:
                assert row["taken_by"] == row["accepted_by"] or row["alert_state"] != State.IN_CHARGE
        open_twice = self.region.rows(
            "SELECT alert_id FROM alerts.shift_handover_alert AS given"
            " JOIN alerts.shift_handover USING (shift_handover_id) JOIN alerts.alert USING (alert_id)"
            " WHERE shift_handover.state = 'offered' AND alert.state = 'in_charge' AND alert.taken_by = given.taken_by"
            " GROUP BY alert_id HAVING count(*) > 1"
        )
        assert not open_twice

    # --- how it ends ---

    def look_at_intake(self):
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
        """Nobody does anything: what is due comes, one after the other, until every alert has said that nobody came."""
        # A clock that was ahead may have put something off.
        self.clock.advance((self.latest_that_waits() - self.clock.now()).total_seconds())
        self.work_calmly()
        for _ in range(200):
            for alert in self.region.alerts():
                nobody_came = alert["state"] == State.NEW and self.said_that_nobody_came(alert)
                if nobody_came:
                    self.assert_that_all_were_told(alert)
                # So that it ends: safety calls without end, and others of the home wait for it.
                if nobody_came or (alert["state"] == State.IN_CHARGE and alert["idle_at"] is None):
                    self.act("dora", "resolve", alert["public_id"], JUDGED[0])
            with self.service.transaction() as connection:
                due = repository.next_due(connection)
            if due is None:
                break
            self.clock.advance(max(0.0, (due - self.clock.now()).total_seconds()) + 1)
            self.work_calmly()
        assert due is None

    def look_at_the_rest(self):
        """All is over, and nothing waits."""
        assert {alert["state"] for alert in self.region.alerts()} == {State.RESOLVED}
        assert not self.region.rows("SELECT FROM alerts.notification WHERE state = 'due'")
        assert not self.region.rows("SELECT FROM alerts.handover WHERE state IN ('offered', 'accepted')")

    def entries_of_round(self, alert):
        entries = self.region.rows(
            "SELECT action, at FROM alerts.history WHERE alert_id = %s ORDER BY history_id", alert["alert_id"]
        )
        begun = max(place for place, entry in enumerate(entries) if entry["action"] in BEGINS_A_ROUND)
        return entries[begun:]

    def said_that_nobody_came(self, alert):
        said = [entry["action"] for entry in self.entries_of_round(alert)].count("unanswered")
        # A call that comes after it begins the steps anew: then it is said once more.
        assert said <= 1 or alert["times"] > 1
        over = alert["step"] > tellings(from_json(alert["policy"]).plan)
        assert said or not over
        return over

    def told_as(self, alert, name):
        """What happened to an alert, and each message to somebody, for whoever reads why a play failed."""
        rows = [row for row in self.region.messages(alert["alert_id"]) if self.region.names[row["account_id"]] == name]
        shown = ("round", "step", "purpose", "channel", "state", "attempts", "last_error")
        of = {key: alert[key] for key in ("family", "kind", "state", "round", "step")}
        said = [entry["action"] for entry in self.region.rows(
            "SELECT action FROM alerts.history WHERE alert_id = %s ORDER BY history_id", alert["alert_id"]
        )]  # fmt: skip
        return name, of, said, [[row[key] for key in shown] for row in rows]

    def assert_that_all_were_told(self, alert):
        """Whoever a step of the round told has had a message, one was on its way, or all failed for good."""
        rows = self.region.messages(alert["alert_id"])
        everybody = set()
        for number in range(tellings(from_json(alert["policy"]).plan)):
            everybody |= self.region.meant(alert | {"step": number + 1})
        for name in everybody:
            theirs = [row for row in rows if self.region.names[row["account_id"]] == name]
            of_round = [row for row in theirs if row["round"] == alert["round"] or row["purpose"] != "call"]
            states = {row["state"] for row in of_round or theirs}
            # What is more than a day's budget is told in the afternoon.
            later = any(row["purpose"] == "overflow" and row["state"] == "due" for row in of_round)
            # What no channel took is tried again: where nobody worked for long, after it was said that nobody came.
            again = any(row["state"] == "due" and row["last_error"] for row in of_round or theirs)
            assert later or again or "sent" in states or states == {"failed"}, self.told_as(alert, name)


def test_any_order_of_events_under_policies_of_ones_own(world, service, people, seen_by):
    region = PolicyRegion(world)
    run_state_machine_as_test(
        lambda: PolicyLife(region, service, people, seen_by),
        settings=settings(
            max_examples=examples(60), stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
