"""What alerts writes: every change of an alert, its history and its notifications."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from alerts.channels.transport import Doubt
from alerts.lifecycle import Action, Family, Outcome, State
from alerts.policy import Policy, as_json, from_json
from alerts.summaries.about import SEVERAL, Purpose
from core.database import Row, only
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)
Connection = psycopg.Connection[Row]
# The database, not what was asked of it: whoever works waits for it.
DATABASE_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
# Two gateways that hear one press stamp it each by its own clock, and a button repeats it for seconds.
SAME_CALL = timedelta(seconds=5)
# What came or happened so lately goes before what had been stored for long.
LATELY = timedelta(hours=1)


class Known(NamedTuple):
    """What has become of a reading or finding that has been taken in: as it was when, and whether it was withdrawn."""

    as_of: datetime
    withdrawn: bool


class Untaken(NamedTuple):
    """Urgent readings by number: the latest, the `first` that is not taken in, and the `next` to take in, in order.

    `latest` is None where there are none, `first` where all are taken in.
    """

    latest: int | None
    first: int | None
    next: list[int]


class NewAlert(NamedTuple):
    """What an alert opens with. `severity` runs from 0 to 1; `coverage` is None where it means nothing.

    `unregistered`: a device called that is registered nowhere, so that nobody knows whether it is of this home at all.
    """

    organisation_id: int
    home_id: int
    person_id: int | None
    family: Family
    kind: str
    severity: float
    happened_at: datetime
    explanation_it: str
    explanation_en: str
    coverage: float | None
    evidence: dict[str, Any]
    unregistered: bool = False


class HeardAlready(NamedTuple):
    """That the same call was taken in as another gateway heard it; `alert_id` is None where it was a test."""

    alert_id: int | None


class Opened(NamedTuple):
    """The alert that was opened or joined; `times` is 1 where it was opened."""

    alert_id: int
    state: State
    times: int
    policy: Policy
    step: int
    taken_by: int | None
    taken_by_name: str


class Entry(NamedTuple):
    """One line of an alert's history. `account_id`: who acted, or was in charge at `CALLED_AGAIN`; may be None."""

    organisation_id: int
    alert_id: int
    at: datetime
    action: Action
    from_state: State | None
    to_state: State
    account_id: int | None = None
    account_name: str = ""
    outcome: Outcome | None = None
    note: str = ""
    detail: dict[str, Any] | None = None


class Escalation(NamedTuple):
    """A due step of an alert, locked for this transaction."""

    alert_id: int
    organisation_id: int
    home_id: int
    person_id: int | None
    family: Family
    kind: str
    round: int
    step: int
    policy: dict[str, Any]
    group_of: int | None


class Claimed(NamedTuple):
    """A notification that is leased to this worker. `attempts` names the lease: each claim has another number."""

    notification_id: int
    public_id: UUID
    alert_id: int
    alert_public_id: UUID
    home_id: int
    person_id: int | None
    family: Family
    kind: str
    explanation_it: str
    explanation_en: str
    account_id: int | None
    contact_id: int | None
    channel: str
    address: str
    language: str
    happened_at: datetime
    opened_at: datetime
    first_due_at: datetime
    purpose: str
    round: int
    step: int
    attempts: int
    uncertain: bool
    policy: dict[str, Any]


class Message(Protocol):
    """A message, as far as it says whether it is still called for."""

    @property
    def alert_id(self) -> int:
        """On which alert it hangs."""

    @property
    def purpose(self) -> str:
        """What it is for."""

    @property
    def account_id(self) -> int | None:
        """To which account it goes, if to one."""


class Changed(NamedTuple):
    """The alert that a reading or finding changed."""

    alert_id: int
    organisation_id: int


class Standing(NamedTuple):
    """Where an alert of a home stands, and whether the viewer may act on it."""

    home_id: int
    state: State
    times: int
    taken_by: int | None
    taken_by_name: str
    taken_at: datetime | None
    policy: Policy
    may_act: bool


class AnotherOpenError(Exception):
    """The home has another open alert of the same family and kind."""


# --- taking in ---


def looked_until(connection: Connection, source: str) -> datetime | None:
    """Return how far `source` has been looked at, None before the first look."""
    row = connection.execute(STATEMENTS["looked_until"], {"source": source}).fetchone()
    return row["looked_until"] if row else None


def advance_progress(connection: Connection, source: str, until: datetime, now: datetime) -> None:
    """Remember that `source` has been looked at until `until`; goes back only from what lies after `now`."""
    connection.execute(STATEMENTS["advance_progress"], {"source": source, "until": until, "now": now})


def taken_in_among(connection: Connection, source: str, source_ids: Collection[int]) -> dict[int, Known]:
    """Return what is known of those of `source_ids` that have been taken in already."""
    rows = connection.execute(STATEMENTS["taken_in_among"], {"source": source, "source_ids": list(source_ids)})
    return {row["source_id"]: Known(row["as_of"], row["withdrawn"]) for row in rows}


def urgent_untaken(connection: Connection, first: int, now: datetime, put_off: Collection[int], most: int) -> Untaken:
    """Return which urgent readings from the number `first` on are to be taken in at `now`, `most` at once.

    Homes of which one came lately go first. Those that are `put_off` are left out.
    """
    values = {"first": first, "lately": now - LATELY, "put_off": list(put_off), "most": most}
    return Untaken(**only(connection.execute(STATEMENTS["urgent_untaken"], values)))


def take_in(
    connection: Connection,
    source: str,
    source_id: int,
    now: datetime,
    would_have_been_at: datetime | None = None,
    as_of: datetime | None = None,
    over_at: datetime | None = None,
) -> bool:
    """Claim one reading or finding, as it was at `as_of`, for this transaction; tell whether nobody else had."""
    values = {
        "source": source,
        "source_id": source_id,
        "now": now,
        "would_have_been_at": would_have_been_at,
        "as_of": as_of,
        "over_at": over_at,
    }
    return connection.execute(STATEMENTS["take_in"], values).rowcount == 1


def set_taken_in_alert(connection: Connection, source: str, source_id: int, alert_id: int) -> None:
    """Say which alert a reading or finding went into."""
    values = {"source": source, "source_id": source_id, "alert_id": alert_id}
    connection.execute(STATEMENTS["set_taken_in_alert"], values)


def open_or_join(
    connection: Connection, alert: NewAlert, policy: Policy, escalates_at: datetime, now: datetime
) -> Opened:
    """Open `alert`, or join the open one of the same home, family and kind, which keeps its own policy."""
    values = alert._asdict() | {
        "evidence": Jsonb(alert.evidence),
        "policy": as_json(policy),
        "escalates_at": escalates_at,
        "now": now,
    }
    row = only(connection.execute(STATEMENTS["open_or_join"], values))
    return Opened(**row | {"state": State(row["state"]), "policy": from_json(row["policy"])})


def open_alert_of(
    connection: Connection, home_id: int, family: Family, kind: str, *, unregistered: bool = False
) -> tuple[Changed, State] | None:
    """Return the open alert of a home, family and kind, locked; None where there is none.

    Calls of devices that are registered nowhere have an alert of their own.
    """
    values = {"home_id": home_id, "family": family, "kind": kind, "unregistered": unregistered}
    row = connection.execute(STATEMENTS["open_alert_of"], values).fetchone()
    return (Changed(row["alert_id"], row["organisation_id"]), State(row["state"])) if row else None


def mark_cancelled_at_button(connection: Connection, alert_id: int, at: datetime, now: datetime) -> None:
    """Note in an alert that it was withdrawn in the home at `at`, until it happens again."""
    connection.execute(STATEMENTS["mark_cancelled_at_button"], {"alert_id": alert_id, "at": at, "now": now})


def heard_already(connection: Connection, row: Row) -> HeardAlready | None:
    """Return what became of the same call as another gateway heard it; None if none has, or that waits still."""
    values = {name: row[name] for name in ("urgent_id", "series_id", "heard_by", "ts")} | {"within": SAME_CALL}
    found = connection.execute(STATEMENTS["heard_already"], values).fetchone()
    return HeardAlready(**found) if found else None


def begin_round(connection: Connection, alert_id: int, escalates_at: datetime) -> None:
    """Let the escalation of an alert that nobody has taken begin anew."""
    connection.execute(STATEMENTS["begin_round"], {"alert_id": alert_id, "escalates_at": escalates_at})


def call_again(connection: Connection, alert_id: int, escalates_at: datetime) -> None:
    """Give an alert that somebody has in charge back to everybody, in a new round."""
    connection.execute(STATEMENTS["call_again"], {"alert_id": alert_id, "escalates_at": escalates_at})


def add_cause(connection: Connection, alert_id: int, series_id: int | None, at: datetime) -> None:
    """Note that a sensor raised an alert with a reading of the instant `at`."""
    connection.execute(STATEMENTS["add_cause"], {"alert_id": alert_id, "series_id": series_id, "at": at})


def clear_cause(connection: Connection, alert_id: int, series_id: int | None, at: datetime) -> bool:
    """Note that a sensor that raised an alert said at the instant `at` that it is over.

    Return whether thereby every sensor that raised it has said so since it last did. Says False of a sensor that raised
    nothing, of what is older than its last call, and where nothing has changed.
    """
    values = {"alert_id": alert_id, "series_id": series_id, "at": at}
    return connection.execute(STATEMENTS["clear_cause"], values).fetchone() is not None


def add_history(connection: Connection, entry: Entry) -> None:
    """Write down what happened to an alert."""
    connection.execute(STATEMENTS["add_history"], entry._asdict() | {"detail": Jsonb(entry.detail or {})})


# --- escalating ---


def due_escalation(connection: Connection, now: datetime) -> Escalation | None:
    """Return the most pressing escalation that is due, locked, or None."""
    row = connection.execute(STATEMENTS["due_escalation"], {"now": now, "lately": now - LATELY}).fetchone()
    if row is None:
        return None
    return Escalation(**{name: row[name] for name in Escalation._fields} | {"family": Family(row["family"])})


def set_step(connection: Connection, alert_id: int, step: int, escalates_at: datetime | None) -> None:
    """Move an escalation on to `step`, due at `escalates_at`."""
    connection.execute(STATEMENTS["set_step"], {"alert_id": alert_id, "step": step, "escalates_at": escalates_at})


def push_escalation_ahead(connection: Connection, alert_id: int, until: datetime) -> None:
    """Put an escalation off that could not be carried out."""
    connection.execute(STATEMENTS["push_escalation_ahead"], {"alert_id": alert_id, "until": until})


def add_notification(
    connection: Connection,
    escalation: Escalation,
    *,
    channel: str,
    address: str,
    language: str,
    due_at: datetime,
    account_id: int | None = None,
    contact_id: int | None = None,
    others: Sequence[tuple[str, str]] = (),
    falls_back_at: datetime | None = None,
) -> bool:
    """Note that somebody is to be told; tell whether that is new.

    `others` are the ways (channel, address) that are left if this one fails, in order; where this one was not accepted
    until `falls_back_at`, the next is used beside it.
    """
    values = {
        "organisation_id": escalation.organisation_id,
        "alert_id": escalation.alert_id,
        "round": escalation.round,
        "step": escalation.step,
        "channel": channel,
        "account_id": account_id,
        "contact_id": contact_id,
        "address": address,
        "language": language,
        "due_at": due_at,
        "others": _ways(others),
        "falls_back_at": falls_back_at,
    }
    return connection.execute(STATEMENTS["add_notification"], values).rowcount == 1


# --- delivering ---


def claim_notification(
    connection: Connection, now: datetime, leased_until: datetime, *, safety_only: bool
) -> Claimed | None:
    """Lease the most pressing notification that is due until `leased_until`; None if there is none."""
    values = {"now": now, "lately": now - LATELY, "leased_until": leased_until, "safety_only": safety_only}
    row = connection.execute(STATEMENTS["claim_notification"], values).fetchone()
    if row is None:
        return None
    return Claimed(**{name: row[name] for name in Claimed._fields} | {"family": Family(row["family"])})


def still_wanted(connection: Connection, claimed: Claimed, now: datetime) -> bool:
    """Tell whether nobody has taken charge meanwhile, a contact may know it at `now`, and the lease is still ours."""
    return connection.execute(STATEMENTS["still_wanted"], _lease(claimed) | {"now": now}).fetchone() is not None


def renew_lease(connection: Connection, claimed: Claimed, leased_until: datetime) -> bool:
    """Keep a notification from being taken over while it is being sent; tell whether it is still this worker's."""
    values = _lease(claimed) | {"leased_until": leased_until}
    return connection.execute(STATEMENTS["renew_lease"], values).rowcount == 1


def mark_sent(
    connection: Connection, claimed: Claimed, now: datetime, provider_id: str = "", doubt: Doubt | None = None
) -> None:
    """Write down that the channel accepted the message, and call off what else was to tell the person of this step.

    With a `doubt` it stays uncertain.
    """
    of = {"notification_id": claimed.notification_id, "alert_id": claimed.alert_id, "now": now}
    values = of | {"provider_id": provider_id, "doubt": doubt.value if doubt else ""}
    # Whoever takes charge locks the alert before its messages too: so neither waits for the other.
    connection.execute(STATEMENTS["hold_alert"], values)
    connection.execute(STATEMENTS["mark_sent"], values)


def hold_while_wanted(connection: Connection, message: Message) -> bool:
    """Keep an alert as it is until the end of the transaction; tell whether a message that failed is still called for.

    A call is while nobody has taken charge, a reminder while they have. Of one about several alerts that is looked at
    when it is sent.
    """
    row = connection.execute(STATEMENTS["hold_alert"], {"alert_id": message.alert_id}).fetchone()
    if row is None or message.purpose in SEVERAL:
        return row is not None
    if message.purpose == Purpose.REMINDER:
        return bool(row["state"] == State.IN_CHARGE and row["taken_by"] == message.account_id)
    return bool(row["state"] == State.NEW)


def mark_cancelled(connection: Connection, claimed: Claimed) -> None:
    """Write down that the message was not needed any more."""
    connection.execute(STATEMENTS["mark_cancelled"], _lease(claimed))


def mark_retry(connection: Connection, claimed: Claimed, due_at: datetime, error: str, *, uncertain: bool) -> None:
    """Write down why an attempt failed and when the next one is due."""
    values = _lease(claimed) | {"due_at": due_at, "error": error, "uncertain": uncertain}
    connection.execute(STATEMENTS["mark_retry"], values)


def mark_failed(connection: Connection, claimed: Claimed, error: str, *, uncertain: bool) -> None:
    """Write down that the message will never be delivered, and why."""
    connection.execute(STATEMENTS["mark_failed"], _lease(claimed) | {"error": error, "uncertain": uncertain})


def next_due(connection: Connection) -> datetime | None:
    """Return when there is something to do next, None if nothing waits."""
    at: datetime | None = only(connection.execute(STATEMENTS["next_due"]))["at"]
    return at


def _ways(others: Sequence[tuple[str, str]]) -> Jsonb:
    return Jsonb([{"channel": channel, "address": address} for channel, address in others])


# --- what people do ---


# Each returns how many messages were called off, None where nothing was changed: the alert is not to be seen, not the
# viewer's to act on, in another state, or there is news of it. The database writes the history and who it was.


def take_charge(connection: Connection, public_id: UUID, seen_times: int | None, now: datetime) -> int | None:
    """Take a new alert in charge."""
    return _act(connection, "take_charge", {"public_id": public_id, "seen_times": seen_times, "now": now})


def release(connection: Connection, public_id: UUID, note: str, escalates_at: datetime, now: datetime) -> int | None:
    """Give an alert that somebody has in charge back to the queue."""
    values = {"public_id": public_id, "note": note, "escalates_at": escalates_at, "now": now}
    return _act(connection, "release", values)


def findings_of(connection: Connection, public_id: UUID) -> list[int]:
    """Return which findings an alert is about that the viewer may see."""
    return [row["finding_id"] for row in connection.execute(STATEMENTS["findings_of"], {"public_id": public_id})]


def reopen(connection: Connection, public_id: UUID, note: str, escalates_at: datetime, now: datetime) -> int | None:
    """Open a resolved alert again.

    Raises `AnotherOpenError` if the home has another open alert of the same family and kind.
    """
    values = {"public_id": public_id, "note": note, "escalates_at": escalates_at, "now": now}
    try:
        with connection.transaction():
            return _act(connection, "reopen", values)
    except psycopg.errors.UniqueViolation as error:
        raise AnotherOpenError from error


def note(connection: Connection, public_id: UUID, text: str, now: datetime) -> int | None:
    """Write a note into an alert's history."""
    return _act(connection, "note", {"public_id": public_id, "note": text, "now": now})


def standing(connection: Connection, public_id: UUID) -> Standing | None:
    """Return where an alert stands; None if it is not to be seen."""
    row = connection.execute(STATEMENTS["standing"], {"public_id": public_id}).fetchone()
    if row is None:
        return None
    return Standing(**row | {"state": State(row["state"]), "policy": from_json(row["policy"])})


def _act(connection: Connection, statement: str, values: dict[str, Any]) -> int | None:
    called_off: int | None = only(connection.execute(STATEMENTS[statement], values))["called_off"]
    return called_off


def _lease(claimed: Claimed) -> dict[str, Any]:
    return {"notification_id": claimed.notification_id, "attempts": claimed.attempts}
