"""The figures of a period, as the database tells them to whoever researches: never of fewer than five."""

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
    """How much of the expected data of a week is there, from 0 to 1, and of how many days nothing is known."""

    week: date
    homes: int
    days: int
    coverage: float
    unknown: int


class Found(NamedTuple):
    """Findings of a kind in homes of a group."""

    kind: str
    sex: str
    age_from: int | None
    homes: int
    home_days: int
    findings: int
    needed: int
    mistaken: int


class Load(NamedTuple):
    """Alerts of a family; times in seconds from when an alert opened, half of them and nine in ten (`late`)."""

    family: str
    alerts: int
    per_home_week: float | None
    told_s: float | None
    taken_s: float | None
    taken_late_s: float | None
    closed_s: float | None
    unanswered: int


class Event(NamedTuple):
    """Contexts of a kind, and how long they lasted on average."""

    kind: str
    events: int
    homes: int
    days: float | None


class Figures(NamedTuple):
    """All of it."""

    arms: list[Arm]
    cohort: list[Group]
    weeks: list[Week]
    found: list[Found]
    loads: list[Load]
    events: list[Event]


class WeekLoad(NamedTuple):
    """Alerts of a family in a week, and of how many days of how many homes that week is."""

    week: date
    family: str
    homes: int
    home_days: int
    alerts: int


class Response(NamedTuple):
    """Alerts of a family; times in seconds from when an alert opened, half of them and nine in ten (`late`).

    None where so many are not over yet that nobody can tell.
    """

    family: str
    alerts: int
    homes: int
    unanswered: int
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
    needed: int
    mistaken: int
    explained: int
    unclear: int


class Told(NamedTuple):
    """All that a report on a pilot tells."""

    figures: Figures
    loads: list[WeekLoad]
    responses: list[Response]
    kinds: list[OfKind]


def researches(view: View) -> bool:
    """Tell whether the viewer researches anywhere."""
    return bool(only(view.connection.execute(_sql["researches"]))["researches"])


def arms(view: View, at: datetime) -> list[Arm]:
    """Return the arms of studies, as they stand at an instant."""
    return [Arm(**row) for row in view.connection.execute(_sql["arms"], {"at": at})]


def cohort(view: View, at: datetime) -> list[Group]:
    """Return the homes that agree at an instant, by sex and age of the one who lives there."""
    return [Group(**row) for row in view.connection.execute(_sql["cohort"], {"at": at})]


def coverage(view: View, first: date, last: date, at: datetime) -> list[Week]:
    """Return of how much of the expected data the weeks from `first` to `last` tell."""
    return [Week(**row) for row in view.connection.execute(_sql["coverage"], _period(first, last, at))]


def findings(view: View, first: date, last: date, at: datetime) -> list[Found]:
    """Return what was found in the days from `first` to `last`."""
    return [Found(**row) for row in view.connection.execute(_sql["findings"], _period(first, last, at))]


def loads(view: View, first: date, last: date, at: datetime) -> list[Load]:
    """Return the alerts of the days from `first` to `last`, and how soon they were answered."""
    return [Load(**row) for row in view.connection.execute(_sql["alerts"], _period(first, last, at))]


def events(view: View, first: date, last: date, at: datetime) -> list[Event]:
    """Return what happened in homes in the days from `first` to `last`."""
    return [Event(**row) for row in view.connection.execute(_sql["events"], _period(first, last, at))]


def figures(view: View, first: date, last: date, at: datetime) -> Figures:
    """Return the figures of the days from `first` to `last` of the homes that agree at an instant."""
    return Figures(
        arms(view, at),
        cohort(view, at),
        coverage(view, first, last, at),
        findings(view, first, last, at),
        loads(view, first, last, at),
        events(view, first, last, at),
    )


def told(view: View, first: date, last: date, at: datetime) -> Told:
    """Return what a report tells of the days from `first` to `last` of the homes that agree at an instant."""
    values = _period(first, last, at)
    return Told(
        figures(view, first, last, at),
        [WeekLoad(**row) for row in view.connection.execute(_sql["load"], values)],
        [Response(**row) for row in view.connection.execute(_sql["responses"], values)],
        [OfKind(**row) for row in view.connection.execute(_sql["kinds"], values)],
    )


def _period(first: date, last: date, at: datetime) -> dict[str, date]:
    return {"first": first, "last": last, "at": at}
