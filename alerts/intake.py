"""Takes in urgent readings and findings: each exactly once, into a new alert or the open one it belongs to.

1. Read what came lately, with some overlap, because rows become visible out of order, when their transactions end:
   urgent readings by their number, so that no clock can hide one, findings by the time they were found. Now and then
   look back much further. Of urgent readings that have waited, a few at a time, and what came lately before them.
2. Leave out what is settled: taken in already as it is, or withdrawn before anybody saw it.
3. Take in each of the rest in a transaction of its own, which first claims it: of two workers one wins.
4. Of a finding of which more is known by now, the open alert says it. Where all is over that a technical alert tells
   of, and nobody has taken it, it closes by itself.
5. Remember how far was looked, but never further than what could not be taken in; that is tried again.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from alerts import repository
from alerts.announced import repository as announced
from alerts.findings import repository as findings
from alerts.findings.ending import alert_of, end, end_of, over_at
from alerts.grouping.groups import group, has_grown, noted_instead
from alerts.lifecycle import Action, Family, Outcome, State
from alerts.policies import repository as policies
from alerts.policies.plan import SEVERE
from alerts.policy import Found, Rules, decide, has_slowed_down, new_round
from alerts.repository import Changed, Connection, Entry, Known, NewAlert, Opened
from alerts.surroundings import HomeFacts, home_facts
from alerts.wording import Caller, safety_explanation
from analytics.telling import reads as analytics_reads
from core.database import Database, Row
from core.log import logger
from core.vocabulary import ABOUT_CALLS, BY_ID, CALLS
from ingest.urgent import reads as ingest_reads

URGENT, FINDING = "urgent", "finding"
SOS = "sos_button"
# Ingest commits at once, so that a number becomes visible before many later ones have.
RECENT_IDS = 1000
# So many are taken in before it is looked again for what came meanwhile.
AT_ONCE = 20
# An analysis computes for minutes before its findings can be seen.
OVERLAP = timedelta(hours=1)
SWEEP = timedelta(days=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=5)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# How pressing a safety reading is among safety readings: water spoils floors, the others threaten lives.
LESSER_SEVERITY = {"water_leak": 0.7}


class Taken(NamedTuple):
    """What a look brought: how many were taken in, and how many could not be."""

    taken: int
    troubled: int


class Looked(NamedTuple):
    """How many urgent readings were looked at to the end, and whether there may be more."""

    taken: int
    more: bool


class Trouble(NamedTuple):
    """When a row could last not be taken in, and how long it waits for the next attempt."""

    tried_at: datetime
    wait: timedelta

    def waits(self, now: datetime) -> bool:
        """Tell whether it is not tried yet at `now`; a clock that was put back does not lengthen the wait."""
        return self.tried_at <= now < self.tried_at + self.wait


Take = Callable[[Connection, Row, datetime], bool]


class Intake:
    """Takes in what is new. One that cannot be taken in is put off, longer each time, and holds up nobody.

    `on_taken` is told source and row of each that was taken in here.
    """

    def __init__(
        self,
        database: Database,
        rules: Rules,
        stale_after: timedelta,
        on_taken: Callable[[str, Row], None] = lambda _, __: None,
    ) -> None:
        self._on_taken = on_taken
        self._database = database
        self._rules = rules
        self._stale_after = stale_after
        self._troubled: dict[tuple[str, int], Trouble] = {}
        self._urgent_from = 0

    def look(self, now: datetime, *, sweep: bool = False) -> Taken:
        """Take in what is new at `now`; a sweep looks at all urgent readings and at the findings of a day more."""
        looked = self.look_urgent(now, sweep=sweep)
        taken = looked.taken
        while looked.more:
            looked = self.look_urgent(now)
            taken += looked.taken
        return Taken(taken + self.look_findings(now, sweep=sweep), self.troubled)

    @property
    def troubled(self) -> int:
        """How many readings and findings could not be taken in so far."""
        return len(self._troubled)

    def look_urgent(self, now: datetime, *, sweep: bool = False, between: Callable[[], None] = lambda: None) -> Looked:
        """Take in urgent readings that are new at `now`, as many as are taken in at once.

        After an outage there may be thousands. What came lately goes before them, and what comes meanwhile is found by
        the next look. `between` is called after each.
        """
        with self._database.transaction() as connection:
            waiting = repository.urgent_untaken(
                connection, 0 if sweep else self._urgent_from, now, self._put_off(URGENT, now), AT_ONCE
            )
            rows = {row["urgent_id"]: row for row in ingest_reads.urgent_among(connection, waiting.next)}
        if waiting.latest is None:
            # Even what had been there is gone, as after a restored backup: the numbers may begin anew.
            self._urgent_from = 0
            return Looked(0, more=False)
        left = self._take_each(URGENT, "urgent_id", [rows[each] for each in waiting.next], self._urgent, now, between)
        self._urgent_from = min(waiting.latest - RECENT_IDS, waiting.latest if waiting.first is None else waiting.first)
        return Looked(len(waiting.next) - len(left), more=len(waiting.next) == AT_ONCE)

    def look_findings(self, now: datetime, *, sweep: bool = False, between: Callable[[], None] = lambda: None) -> int:
        """Take in the findings that are new at `now`; return how many were looked at to the end.

        There may be thousands after a night's analysis: `between` is called after each.
        """
        with self._database.transaction() as connection:
            looked_until = repository.looked_until(connection, FINDING)
            back = SWEEP if sweep else OVERLAP
            since = BEGINNING if looked_until is None else min(looked_until, now) - back
            rows = [_as_row(row) for row in analytics_reads.findings_since(connection, since)]
            known = repository.taken_in_among(connection, FINDING, [row["finding_id"] for row in rows])
        rows.sort(key=lambda row: (row["updated_at"], row["finding_id"]))
        waiting = [row for row in rows if not _is_settled(row, known.get(row["finding_id"]))]
        left = self._take_each(FINDING, "finding_id", waiting, self._finding, now, between)
        latest = max([looked_until or BEGINNING, *(row["updated_at"] for row in rows)])
        until = min([latest, now, *(row["updated_at"] for row in left)])
        if until != looked_until:
            with self._database.transaction() as connection:
                repository.advance_progress(connection, FINDING, until, now)
        return len(waiting) - len(left)

    def _take_each(
        self,
        source: str,
        id_name: str,
        rows: list[Row],
        take: Take,
        now: datetime,
        between: Callable[[], None],
    ) -> list[Row]:
        """Take in each of `rows` and return those that could not be."""
        left = []
        for row in rows:
            if not self._attempt(source, row[id_name], row, take, now):
                left.append(row)
            between()
        return left

    def _attempt(self, source: str, source_id: int, row: Row, take: Take, now: datetime) -> bool:
        key = (source, source_id)
        trouble = self._troubled.get(key)
        if trouble is not None and trouble.waits(now):
            return False
        try:
            with self._database.transaction() as connection:
                taken = take(connection, row, now)
        except repository.DATABASE_AWAY:
            # The database, not the row: the caller waits for it.
            raise
        except Exception as error:  # noqa: BLE001 - one bad row must not hold up the others
            wait = FIRST_WAIT if trouble is None else min(trouble.wait * 2, LONGEST_WAIT)
            self._troubled[key] = Trouble(now, wait)
            logger().error("not taken in", source=source, reason=type(error).__name__)
            return False
        self._troubled.pop(key, None)
        if taken:
            self._on_taken(source, row)
        return True

    def _put_off(self, source: str, now: datetime) -> list[int]:
        """Return which rows of a source could not be taken in and are not tried yet."""
        return [number for (of, number), trouble in self._troubled.items() if of == source and trouble.waits(now)]

    def _urgent(self, connection: Connection, row: Row, now: datetime) -> bool:
        """Take in a safety reading; tell whether nobody else had."""
        quantity = BY_ID[row["quantity_id"]]
        if not repository.take_in(connection, URGENT, row["urgent_id"], now):
            return False
        if row["value"] == 0:
            self._cleared(connection, row, quantity.name, now)
            return True
        if quantity.name in ABOUT_CALLS:
            self._about_calls(connection, row, quantity.name, now)
            return True
        heard = repository.heard_already(connection, row)
        if heard is not None:
            if heard.alert_id is not None:
                repository.set_taken_in_alert(connection, URGENT, row["urgent_id"], heard.alert_id)
            return True
        # Each press of a button is a call; an alarm that sounds on is one until it is over.
        lasting = quantity.name != SOS
        if row["standing"] == "registered" and announced.take_test_press(connection, row, lasting=lasting):
            return True
        home = home_facts(connection, row["home_id"])
        unregistered = row["standing"] == "unregistered"
        caller = Caller(row["standing"], row["device"], row["heard_elsewhere"], row["hearer"])
        said = safety_explanation(quantity.name, row["ts"], row["received_at"], home.zone, caller)
        alert = NewAlert(
            organisation_id=row["organisation_id"],
            home_id=row["home_id"],
            person_id=None if unregistered else home.only_person,
            family=Family.SAFETY,
            kind=quantity.name,
            severity=LESSER_SEVERITY.get(quantity.name, 1.0),
            happened_at=row["ts"],
            explanation_it=said.it,
            explanation_en=said.en,
            coverage=None,
            evidence={
                "series_id": row["series_id"],
                "quantity": quantity.name,
                "value": row["value"],
                "happened_at": row["ts"].isoformat(),
                "received_at": row["received_at"].isoformat(),
                **caller._asdict(),
            },
            unregistered=unregistered,
        )
        opened = self._open_or_join(
            connection, URGENT, row["urgent_id"], alert, home, _policy_of(connection, alert), now
        )
        repository.add_cause(connection, opened.alert_id, row["series_id"], row["ts"])
        return True

    def _cleared(self, connection: Connection, row: Row, kind: str, now: datetime) -> None:
        announced.clear_test(connection, row)
        found = repository.open_alert_of(connection, row["home_id"], Family.SAFETY, kind)
        if found is None:
            return
        alert, state = found
        repository.set_taken_in_alert(connection, URGENT, row["urgent_id"], alert.alert_id)
        if not repository.clear_cause(connection, alert.alert_id, row["series_id"], row["ts"]):
            return
        detail = {"source": URGENT, "source_id": row["urgent_id"], "happened_at": row["ts"].isoformat()}
        _write(connection, alert.organisation_id, alert.alert_id, now, Action.CLEARED, state, state, detail)

    def _about_calls(self, connection: Connection, row: Row, quantity: str, now: datetime) -> None:
        """Note what is said of a call for help on the open alerts it concerns; whoever is in charge decides."""
        cancelled = quantity == "sos_cancelled"
        at = row["ts"].isoformat()
        detail: dict[str, Any] = {"source": URGENT, "source_id": row["urgent_id"], "happened_at": at}
        if not cancelled:
            detail["contact"] = int(row["value"])
        for kind in [SOS] if cancelled else sorted(CALLS):
            unregistered = row["standing"] == "unregistered"
            found = repository.open_alert_of(connection, row["home_id"], Family.SAFETY, kind, unregistered=unregistered)
            if found is None:
                continue
            alert, state = found
            repository.set_taken_in_alert(connection, URGENT, row["urgent_id"], alert.alert_id)
            if cancelled:
                repository.mark_cancelled_at_button(connection, alert.alert_id, row["ts"], now)
            action = Action.CANCELLED if cancelled else Action.CONTACT_TOLD
            _write(connection, alert.organisation_id, alert.alert_id, now, action, state, state, detail)

    def _finding(self, connection: Connection, row: Row, now: datetime) -> bool:
        """Take in a finding, or that it was withdrawn; tell whether it is one that nobody else had taken in."""
        if row["withdrawn_at"] is not None:
            self._withdrawn(connection, row, now)
            return False
        stale = row["found_at"] - row["ended_at"] > self._stale_after
        would_have_been_at = row["ended_at"] if stale else None
        ended_at, as_of = over_at(row), row["updated_at"]
        if not repository.take_in(connection, FINDING, row["finding_id"], now, would_have_been_at, as_of, ended_at):
            self._again(connection, row, now)
            return False
        if stale:
            return True
        alert = alert_of(row)
        found = _policy_of(connection, alert)
        noted_on = _noted_on(connection, row, alert, found, now)
        if noted_on is not None:
            repository.set_taken_in_alert(connection, FINDING, row["finding_id"], noted_on)
            return True
        home = home_facts(connection, alert.home_id)
        opened = self._open_or_join(connection, FINDING, row["finding_id"], alert, home, found, now)
        if ended_at is not None:
            end(connection, Changed(opened.alert_id, alert.organisation_id), opened.state, now, end_of(row, ended_at))
        return True

    def _again(self, connection: Connection, row: Row, now: datetime) -> None:
        """Take in what more is known of a finding."""
        ended_at = over_at(row)
        known = findings.take_in_again(connection, row["finding_id"], row["updated_at"], ended_at)
        if known is None:
            return
        changed, state, outcome = known
        alert = alert_of(row)
        found = _policy_of(connection, alert) if state is State.RESOLVED else None
        severe = found.plan.severe if found else SEVERE
        grown = state is State.RESOLVED and has_grown(connection, changed.alert_id, row["finding_id"], alert, severe)
        if grown or (outcome is Outcome.OVER and ended_at is None):
            # It was taken to be over too soon, or to be no more than what had been judged.
            home = home_facts(connection, alert.home_id)
            self._open_or_join(connection, FINDING, row["finding_id"], alert, home, found, now)
            return
        findings.restate(connection, changed.alert_id, row["finding_id"], alert, now)
        if ended_at is not None:
            end(connection, changed, state, now, end_of(row, ended_at))

    def _withdrawn(self, connection: Connection, row: Row, now: datetime) -> None:
        found = findings.withdraw(connection, row["finding_id"], now)
        if found is None:
            return
        alert, state = found
        detail = {"source": FINDING, "source_id": row["finding_id"]}
        if row.get("withdrawn_for"):
            detail["context"] = row["withdrawn_for"]
        _write(connection, alert.organisation_id, alert.alert_id, now, Action.WITHDRAWN, state, state, detail)
        if row["family"] == Family.TECHNICAL and state is State.NEW:
            end(connection, alert, state, now, detail)

    def _open_or_join(
        self,
        connection: Connection,
        source: str,
        source_id: int,
        alert: NewAlert,
        home: HomeFacts,
        found: Found | None,
        now: datetime,
    ) -> Opened:
        policy = decide(alert.family, now, home.zone, found or self._rules, alert.severity)
        opened = repository.open_or_join(connection, alert, policy, policy.first_at, now)
        repository.set_taken_in_alert(connection, source, source_id, opened.alert_id)
        detail = {
            "source": source,
            "source_id": source_id,
            "happened_at": alert.happened_at.isoformat(),
            "explanation_it": alert.explanation_it,
            "explanation_en": alert.explanation_en,
        }
        again = opened.times > 1
        before, action = (opened.state, Action.JOINED) if again else (None, Action.OPENED)
        _write(connection, alert.organisation_id, opened.alert_id, now, action, before, opened.state, detail)
        if not again:
            group(connection, alert, opened, now)
        if again and alert.family is Family.SAFETY:
            _call_again(connection, alert.organisation_id, opened, now)
        return opened


def _policy_of(connection: Connection, alert: NewAlert) -> Found | None:
    return policies.nearest(connection, alert.organisation_id, alert.family, alert.kind)


def _noted_on(connection: Connection, row: Row, alert: NewAlert, found: Found | None, now: datetime) -> int | None:
    """Return the alert, judged a short while ago, on which a finding is noted instead of opening a new one."""
    if found is None:
        return None
    detail = {"source": FINDING, "source_id": row["finding_id"], "happened_at": alert.happened_at.isoformat()}
    return noted_instead(connection, alert, found.plan, now, detail)


def _call_again(connection: Connection, organisation_id: int, opened: Opened, now: datetime) -> None:
    """Tell everybody again of a call for help that joined an alert, unless they are being told now."""
    if opened.state is State.IN_CHARGE:
        # Whoever is in charge may be on the road, or have forgotten it: nobody would hear the new call.
        repository.call_again(connection, opened.alert_id, new_round(opened.policy, now))
        entry = Entry(
            organisation_id, opened.alert_id, now, Action.CALLED_AGAIN, State.IN_CHARGE, State.NEW,
            account_id=opened.taken_by, account_name=opened.taken_by_name,
        )  # fmt: skip
        repository.add_history(connection, entry)
    elif has_slowed_down(opened.policy, opened.step):
        # All planned steps were taken and nobody came: a new call begins them again.
        repository.begin_round(connection, opened.alert_id, new_round(opened.policy, now))


def _is_settled(row: Row, known: Known | None) -> bool:
    if row["withdrawn_at"] is None:
        return known is not None and known.as_of >= row["updated_at"]
    # What was withdrawn before it opened anything opens nothing; what has opened an alert says so there, once.
    return known is None or known.withdrawn


def _write(
    connection: Connection,
    organisation_id: int,
    alert_id: int,
    now: datetime,
    action: Action,
    before: State | None,
    after: State,
    detail: dict[str, Any],
) -> None:
    entry = Entry(organisation_id, alert_id, now, action, before, after, detail=detail)
    repository.add_history(connection, entry)


def _as_row(row: Any) -> Row:
    return row if isinstance(row, dict) else row._asdict()
