"""The figures of a period, as the database tells them to whoever researches: never of fewer than five homes.

None stands for what is not told. A count of homes is rounded down to a multiple of five where another one stands beside
it from which those left over could be told.
"""

from datetime import date, datetime
from typing import NamedTuple

from core.database import View, only
from core.statements import Statements

_sql = Statements.beside(__file__)


class Arm(NamedTuple):
    """An arm of a study."""

    study: str
    arm: str
    is_control: bool
    enrolled: int
    has_left: int
    agree: int


class Group(NamedTuple):
    """Homes in which somebody of a sex and age lives alone; None of both for all others."""

    sex: str | None
    age_from: int | None
    homes: int
    persons: int


class Week(NamedTuple):
    """How much of the expected data of a week is there, and of which share of the days nothing is known: 0 to 1."""

    week: date
    homes: int
    coverage: float
    unknown: float


class Found(NamedTuple):
    """Findings of a kind in homes of a group; None of sex and age for all groups in which few homes had that kind."""

    kind: str
    sex: str | None
    age_from: int | None
    homes: int
    home_days: int
    findings: int
    needed: int | None
    mistaken: int | None


class Event(NamedTuple):
    """Contexts of a kind, and how long they lasted on average."""

    kind: str
    events: int
    homes: int
    days: float | None


class Load(NamedTuple):
    """Alerts of a family in a week for each home; None where few homes had any."""

    week: date
    family: str
    homes: int
    per_home_week: float | None


class Response(NamedTuple):
    """Alerts of a family; times in seconds from when an alert opened, half of them and nine in ten (`late`).

    Times are None where so many are not over yet that nobody can tell.
    """

    family: str
    alerts: int
    homes: int
    per_home_week: float
    unanswered: int | None
    told_s: float | None
    told_late_s: float | None
    taken_s: float | None
    taken_late_s: float | None
    closed_s: float | None
    closed_late_s: float | None


class OfKind(NamedTuple):
    """How alerts of a kind ended: a real need, a false alarm, a known reason, or unclear."""

    family: str
    kind: str
    homes: int
    alerts: int
    needed: int | None
    mistaken: int | None
    explained: int | None
    unclear: int | None


class Figures(NamedTuple):
    """All of it."""

    arms: list[Arm]
    cohort: list[Group]
    weeks: list[Week]
    loads: list[Load]
    responses: list[Response]
    kinds: list[OfKind]
    found: list[Found]
    events: list[Event]


def researches(view: View) -> bool:
    """Tell whether the viewer researches anywhere."""
    return bool(only(view.connection.execute(_sql["researches"]))["researches"])


def arms(view: View, last: date, at: datetime) -> list[Arm]:
    """Return the arms of studies as they stood on a last day, of those who agree at an instant still."""
    return [Arm(**row) for row in view.connection.execute(_sql["arms"], {"last": last, "at": at})]


def cohort(view: View, last: date, at: datetime) -> list[Group]:
    """Return the homes that tell of a last day, by sex and age of the one who lives there."""
    return [Group(**row) for row in view.connection.execute(_sql["cohort"], {"last": last, "at": at})]


def coverage(view: View, first: date, last: date, at: datetime) -> list[Week]:
    """Return of how much of the expected data the weeks from `first` to `last` tell."""
    return [Week(**row) for row in view.connection.execute(_sql["coverage"], _period(first, last, at))]


def loads(view: View, first: date, last: date, at: datetime) -> list[Load]:
    """Return the alerts of the weeks from `first` to `last`."""
    return [Load(**row) for row in view.connection.execute(_sql["load"], _period(first, last, at))]


def responses(view: View, first: date, last: date, at: datetime) -> list[Response]:
    """Return the alerts of the days from `first` to `last`, and how soon they were answered."""
    return [Response(**row) for row in view.connection.execute(_sql["responses"], _period(first, last, at))]


def kinds(view: View, first: date, last: date, at: datetime) -> list[OfKind]:
    """Return how the alerts of the days from `first` to `last` ended."""
    return [OfKind(**row) for row in view.connection.execute(_sql["kinds"], _period(first, last, at))]


def findings(view: View, first: date, last: date, at: datetime) -> list[Found]:
    """Return what was found in the days from `first` to `last`."""
    return [Found(**row) for row in view.connection.execute(_sql["findings"], _period(first, last, at))]


def events(view: View, first: date, last: date, at: datetime) -> list[Event]:
    """Return what happened in homes in the days from `first` to `last`."""
    return [Event(**row) for row in view.connection.execute(_sql["events"], _period(first, last, at))]


def figures(view: View, first: date, last: date, at: datetime) -> Figures:
    """Return the figures of the days from `first` to `last` of the homes that agree at an instant."""
    return Figures(
        arms(view, last, at),
        cohort(view, last, at),
        coverage(view, first, last, at),
        loads(view, first, last, at),
        responses(view, first, last, at),
        kinds(view, first, last, at),
        findings(view, first, last, at),
        events(view, first, last, at),
    )


def _period(first: date, last: date, at: datetime) -> dict[str, date]:
    return {"first": first, "last": last, "at": at}
