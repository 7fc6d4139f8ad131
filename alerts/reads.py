"""What others may read of alerts. Reads for a person take a `View`; the rest is for services."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from alerts.lifecycle import Action, Family, Outcome, State
from alerts.policy import Policy, from_json
from alerts.wording import title
from core.database import Answer, Row, View, ask, only
from core.languages import written
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)
# What has waited longer could not be taken in, which the worker's own figures say.
LOOKED_FOR = timedelta(days=1)


class Alert(NamedTuple):
    """An alert as it is shown. Times are instants in UTC; `severity` and `coverage` run from 0 to 1.

    `overflow`: it was more than anybody's budget of the day, so that it has no message of its own. `group_of` is the
    alert of the same home that it is told with.
    """

    alert_id: int
    public_id: UUID
    organisation_id: int
    home_id: int
    person_id: int | None
    family: Family
    kind: str
    severity: float
    state: State
    happened_at: datetime
    opened_at: datetime
    updated_at: datetime
    times: int
    explanation_it: str
    explanation_en: str
    coverage: float | None
    evidence: dict[str, Any]
    taken_by: int | None
    taken_by_name: str
    taken_at: datetime | None
    resolved_at: datetime | None
    outcome: Outcome | None
    overflow: bool = False
    group_of: int | None = None

    def title(self, language: str) -> str:
        """Return what the alert is called."""
        return title(self.kind, self.family, language)

    def explanation(self, language: str) -> str:
        """Return why it was opened, in one sentence."""
        return self.explanation_it if written(language) == "it" else self.explanation_en


class HistoryEntry(NamedTuple):
    """One line of an alert's history; `account_name` is empty where no person acted.

    Where people were called again while somebody was in charge, it is who that was.
    """

    at: datetime
    account_id: int | None
    account_name: str
    action: Action
    from_state: State | None
    to_state: State
    outcome: Outcome | None
    note: str
    detail: dict[str, Any]


class Told(NamedTuple):
    """Who was told, by which channel and for what, and what became of it: due, sent or failed.

    `purpose` is as of a message, or `taken` where somebody was told that somebody has taken charge. `delivered_at` and
    `read_at` are there where the channel reports it.
    """

    name: str
    channel: str
    purpose: str
    state: str
    at: datetime
    last_error: str
    delivered_at: datetime | None = None
    read_at: datetime | None = None


class Escalating(NamedTuple):
    """How far the escalation of an alert is: its policy, the number of the next telling, and when that is due."""

    policy: Policy
    step: int
    escalates_at: datetime | None


class Companion(NamedTuple):
    """Another open alert of the home that is told together with one."""

    public_id: UUID
    family: Family
    kind: str


class AlertPage(NamedTuple):
    """One alert with all that happened to it, who was told, and what it is told with.

    `escalating` is None where somebody has it or it is over.
    """

    alert: Alert
    history: list[HistoryEntry]
    told: list[Told]
    escalating: Escalating | None
    together: list[Companion]


class Count(NamedTuple):
    """How many open alerts there are of one family in one state."""

    family: Family
    state: State
    alerts: int


class Status(NamedTuple):
    """How the alerts stand as a whole.

    `oldest_due` is since when a message waits that should have gone out, `oldest_untaken` since when an urgent reading
    or a finding of the last day waits to be taken in; None where none does.
    """

    new: int
    in_charge: int
    due: int
    oldest_due: datetime | None
    failed: int
    oldest_untaken: datetime | None

    def intake_lag_s(self, now: datetime) -> float:
        """Return for how many seconds the oldest urgent reading or finding has waited to be taken in."""
        return _seconds_since(self.oldest_untaken, now)

    def notification_lag_s(self, now: datetime) -> float:
        """Return for how many seconds the oldest message has waited that should have gone out."""
        return _seconds_since(self.oldest_due, now)


class SharedAlert(NamedTuple):
    """An alert as those close to the person see it; `taken_by` is "" where that is not shared with them."""

    person_id: int
    public_id: UUID
    family: Family
    kind: str
    severity: float
    state: State
    happened_at: datetime
    opened_at: datetime
    in_charge: bool
    taken_by: str
    taken_at: datetime | None
    resolved_at: datetime | None
    outcome: Outcome | None

    def title(self, language: str) -> str:
        """Return what the alert is called."""
        return title(self.kind, self.family, language)


def shared_alerts(view: View, now: datetime, since: datetime) -> list[SharedAlert]:
    """Return the alerts that are shared with the viewer at `now`: open ones, and those that ended since `since`."""
    rows = view.connection.execute(STATEMENTS["shared_alerts"], {"now": now, "since": since})
    return [
        SharedAlert(
            **row
            | {
                "family": Family(row["family"]),
                "state": State(row["state"]),
                "outcome": Outcome(row["outcome"]) if row["outcome"] else None,
            }
        )
        for row in rows
    ]


def shared_reasons(view: View, now: datetime) -> list[Row]:
    """Return how pressing what is open is, of persons of whom the viewer may know how the day goes.

    Columns: person_id, public_id, family, severity, opened_at, in_charge.
    """
    return view.connection.execute(STATEMENTS["shared_reasons"], {"now": now}).fetchall()


def open_alerts(view: View, limit: int = 500) -> list[Alert]:
    """Return the open alerts, most pressing first: safety first, then not yet taken, severity and age."""
    return ask_open_alerts(view, limit)()


def ask_open_alerts(view: View, limit: int) -> Answer[list[Alert]]:
    """Ask for the same, without waiting."""
    given = {"limit": limit}
    return ask(view.connection, STATEMENTS["open_alerts"], given, lambda rows: [_alert(row) for row in rows])


def alert(view: View, public_id: UUID) -> AlertPage | None:
    """Return one alert with its history and who was told; None if there is none that the viewer may see."""
    row = view.connection.execute(STATEMENTS["alert_by_public_id"], {"public_id": public_id}).fetchone()
    if row is None:
        return None
    view.homes.add(row["home_id"])
    key = {"alert_id": row["alert_id"]}
    return AlertPage(
        _alert(row),
        [_history(entry) for entry in view.connection.execute(STATEMENTS["history_of"], key)],
        [Told(**entry) for entry in view.connection.execute(STATEMENTS["told_of"], key)],
        _escalating(view.connection.execute(STATEMENTS["escalation_of"], key).fetchone()),
        [
            Companion(entry["public_id"], Family(entry["family"]), entry["kind"])
            for entry in view.connection.execute(STATEMENTS["group_with"], key)
        ],
    )


def alerts_of_home(view: View, home_id: int, limit: int = 100) -> list[Alert]:
    """Return the latest alerts of a home, newest first, resolved ones included."""
    rows = view.connection.execute(STATEMENTS["alerts_of_home"], {"home_id": home_id, "limit": limit})
    return [_alert(row) for row in rows]


def pressing_alerts(view: View, severity: float, since: datetime) -> list[Alert]:
    """Return the open alerts of the homes that need somebody now, or of which one was opened at `since` or later.

    A home needs somebody for an alert of safety, or of wellbeing and of `severity` or more. Ordered as `open_alerts`.
    """
    rows = view.connection.execute(STATEMENTS["pressing_alerts"], {"severity": severity, "since": since})
    return [_alert(row) for row in rows]


class Wanted(NamedTuple):
    """Which alerts are asked for: of some states, one family or home, or changed since an instant. None: of all."""

    states: Sequence[State] | None = None
    family: Family | None = None
    home_id: int | None = None
    updated_since: datetime | None = None


def page_of_alerts(view: View, wanted: Wanted, before: tuple[datetime, UUID] | None, limit: int) -> list[Alert]:
    """Return at most `limit` alerts, the latest first, from before the one opened at an instant with a public id."""
    at, public_id = before or (None, None)
    given = wanted._asdict() | {"before": at, "before_id": public_id, "limit": limit}
    given["states"] = None if wanted.states is None else [str(state) for state in wanted.states]
    return [_alert(row) for row in view.connection.execute(STATEMENTS["page_of_alerts"], given)]


def public_alerts(view: View, alert_ids: Collection[int]) -> dict[int, UUID]:
    """Return the public ids of some alerts, by number; those that the viewer may not see are left out."""
    rows = view.connection.execute(STATEMENTS["public_alerts"], {"alerts": list(alert_ids)})
    return {row["alert_id"]: row["public_id"] for row in rows}


def counts(view: View) -> list[Count]:
    """Return how many open alerts there are, by family and state."""
    rows = view.connection.execute(STATEMENTS["counts"])
    return [Count(Family(row["family"]), State(row["state"]), row["alerts"]) for row in rows]


def waiting(view: View, severity: float) -> int:
    """Return how many homes have an alert that nobody has taken: of safety, or of wellbeing and so severe or more."""
    return int(only(view.connection.execute(STATEMENTS["waiting"], {"severity": severity}))["homes"])


def unnotified(view: View) -> int:
    """Return of how many alerts that nobody has taken nobody is being told: above 0, only the board shows them.

    No message of their present round was accepted, and none is on its way that has not failed already: no mail server
    is set, it cannot be reached or refuses, or there is nobody to be told.
    """
    return ask_unnotified(view)()


def ask_unnotified(view: View) -> Answer[int]:
    """Ask for the same, without waiting."""
    return ask(view.connection, STATEMENTS["unnotified"], {}, lambda rows: sum(row["alerts"] for row in rows))


def status(connection: psycopg.Connection[Row], now: datetime) -> Status:
    """Return how the alerts stand as a whole, for a service."""
    return Status(**only(connection.execute(STATEMENTS["status"], {"now": now, "looked_for": now - LOOKED_FOR})))


def _seconds_since(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else max(0.0, (now - instant).total_seconds())


def _escalating(row: Row | None) -> Escalating | None:
    return Escalating(from_json(row["policy"]), row["step"], row["escalates_at"]) if row else None


def _alert(row: Row) -> Alert:
    return Alert(
        **row
        | {
            "family": Family(row["family"]),
            "state": State(row["state"]),
            "outcome": None if row["outcome"] is None else Outcome(row["outcome"]),
        }
    )


def _history(row: Row) -> HistoryEntry:
    return HistoryEntry(
        **row
        | {
            "action": Action(row["action"]),
            "from_state": None if row["from_state"] is None else State(row["from_state"]),
            "to_state": State(row["to_state"]),
            "outcome": None if row["outcome"] is None else Outcome(row["outcome"]),
        }
    )
