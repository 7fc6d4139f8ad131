"""Figures for whoever researches: of the organisations in which they are, and of those below; nobody is named.

Each number rests on nobody, or on five persons or homes at least, and so do those left over beside it: else it is null,
or its row is left out. Counts of homes but those of the cohort are rounded down to a multiple of five.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from alerts.lifecycle import Family
from analytics.contexts.kinds import ContextKind
from core.database import View
from core.localtime import day_of
from dashboards.api import spans
from dashboards.api.access import Caller, DeskDependency, ResearchReader
from dashboards.api.answers import Day, send, send_text
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.desk import Desk
from dashboards.research import numbers, reads
from dashboards.watch import ROME

router = APIRouter(prefix="/research", tags=["research"])
MOST_DAYS = 3_660

Found = TypeVar("Found")

First = Annotated[Day, Query(description=f"The first local day; at most {MOST_DAYS} days are asked for at once.")]
Last = Annotated[Day, Query(description="The last local day: yesterday at the latest.")]


class AsOf(BaseModel):
    """The one thing that may be asked for of what stands as of a day: a word that is not known is refused."""

    model_config = ConfigDict(extra="forbid")

    last: Day | SkipJsonSchema[None] = Field(None, description="This local day: yesterday at the latest, and else.")


OfDay = Annotated[AsOf, Query()]
Needs = documented(Kind.ROLE)


class Arm(BaseModel):
    """An arm of a study."""

    study: str
    arm: str
    is_control: bool
    enrolled: int | None = Field(description="Null where it is too small to be told, as everywhere here.")
    left: int | None
    agree: int | None = Field(description="How many agreed to research by the last day, and agree still.")


class Group(BaseModel):
    """Homes in which somebody of a sex and age lives alone; null of both for all others."""

    sex: str | None
    age_from: int | None = Field(description="Older than so many years, by ten; 50 holds all younger, 90 all older.")
    homes: int | None
    persons: int | None


class Week(BaseModel):
    """Of how much of the expected data a week tells."""

    week: date = Field(description="Its Monday.")
    homes: int = Field(description="Rounded down to a multiple of five, as everywhere but in the cohort.")
    coverage: float = Field(description="From 0 to 1, in hundredths.")
    unknown: float = Field(description="Of which share of the days nothing is known, in hundredths.")


class Detector(BaseModel):
    """Findings of a kind in homes of a group."""

    kind: str
    sex: str | None = Field(description="Null: all groups of which fewer than five homes had that kind.")
    age_from: int | None
    homes: int
    home_days: int
    findings: int
    needed: int | None = Field(description="Those that were a real need.")
    mistaken: int | None
    per_1000_days: float
    rate_low: float = Field(description="From where the rate may lie by chance (95 of 100).")
    rate_high: float
    precision: float | None = Field(description="The share of real needs among those judged.")
    precision_low: float | None
    precision_high: float | None


class Event(BaseModel):
    """Contexts of a kind."""

    kind: ContextKind
    events: int
    homes: int
    days: float | None = Field(description="How long they lasted on average.")


class Load(BaseModel):
    """Alerts of a family in a week."""

    week: date = Field(description="Its Monday.")
    family: Family
    homes: int
    per_home_week: float | None = Field(description="In hundredths; null where one to four homes had any.")


class Took(BaseModel):
    """Alerts of a family, and how soon they were answered: in seconds, half of them and nine in ten (`late`).

    Times are null where so many are not over yet that nobody can tell.
    """

    family: Family
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


class Ended(BaseModel):
    """How alerts of a kind ended."""

    family: Family
    kind: str
    homes: int
    alerts: int
    needed: int | None
    mistaken: int | None
    explained: int | None
    unclear: int | None
    precision: float | None
    precision_low: float | None
    precision_high: float | None


class Asked(BaseModel):
    """What a report answers."""

    first: date
    last: date


class Report(BaseModel):
    """A report on a pilot: the same days of the same data give the same bytes.

    Kept as a file it is a saved query: `vicino research report --query FILE` asks for it again and compares.
    """

    format: Literal["vicino-research-report"]
    version: Literal[2]
    query: Asked
    arms: list[Arm]
    cohort: list[Group]
    coverage: list[Week]
    load: list[Load]
    responses: list[Took]
    kinds: list[Ended]
    detectors: list[Detector]
    events: list[Event]


class Arms(BaseModel):
    """The arms of studies."""

    items: list[Arm]


class Cohort(BaseModel):
    """Who takes part."""

    items: list[Group]


class Coverage(BaseModel):
    """Weeks; those with fewer than five homes are left out."""

    items: list[Week]


class Detectors(BaseModel):
    """What was found; groups of fewer than five homes are left out."""

    items: list[Detector]


class Answers(BaseModel):
    """Alerts by family; none where fewer than five homes tell of them."""

    items: list[Took]


class Events(BaseModel):
    """What happened in homes; what fewer than five had is left out."""

    items: list[Event]


@router.get("/arms", response_model=Arms, responses=Needs)
def arms(request: Request, desk: DeskDependency, caller: ResearchReader, asked: OfDay) -> Response:
    """Return studies and their arms as of a day: enrolment, control, how many have left and how many agree."""
    until = _last(caller, asked.last)
    found = _seen(desk, caller, lambda view: reads.arms(view, until, caller.now))
    return send(request, Arms(items=[Arm(**numbers.arm(each)) for each in found]))


@router.get("/cohort", response_model=Cohort, responses=Needs)
def cohort(request: Request, desk: DeskDependency, caller: ResearchReader, asked: OfDay) -> Response:
    """Return the homes all of whose residents agree, by sex and age of the one who lives there, as of a day."""
    until = _last(caller, asked.last)
    found = _seen(desk, caller, lambda view: reads.cohort(view, until, caller.now))
    return send(request, Cohort(items=[Group(**numbers.group(each)) for each in found]))


@router.get("/coverage", response_model=Coverage, responses=Needs)
def coverage(request: Request, desk: DeskDependency, caller: ResearchReader, first: First, last: Last) -> Response:
    """Return of how much of the expected data each week tells."""
    _require(caller, first, last)
    found = _seen(desk, caller, lambda view: reads.coverage(view, first, last, caller.now))
    return send(request, Coverage(items=[Week(**numbers.of_week(each)) for each in found]))


@router.get("/detectors", response_model=Detectors, responses=Needs)
def detectors(request: Request, desk: DeskDependency, caller: ResearchReader, first: First, last: Last) -> Response:
    """Return what detectors found, by sex and age, and how often they were right."""
    _require(caller, first, last)
    found = _seen(desk, caller, lambda view: reads.findings(view, first, last, caller.now))
    return send(request, Detectors(items=[Detector(**numbers.detector(each)) for each in found]))


@router.get("/alerts", response_model=Answers, responses=Needs)
def alerts(request: Request, desk: DeskDependency, caller: ResearchReader, first: First, last: Last) -> Response:
    """Return how many alerts there were for each home and week, and how soon they were answered."""
    _require(caller, first, last)
    found = _seen(desk, caller, lambda view: reads.responses(view, first, last, caller.now))
    return send(request, Answers(items=[Took(**numbers.plain(each)) for each in found]))


@router.get("/events", response_model=Events, responses=Needs)
def events(request: Request, desk: DeskDependency, caller: ResearchReader, first: First, last: Last) -> Response:
    """Return what happened in homes, as people entered or confirmed it."""
    _require(caller, first, last)
    found = _seen(desk, caller, lambda view: reads.events(view, first, last, caller.now))
    return send(request, Events(items=[Event(**numbers.plain(each)) for each in found]))


@router.get("/report", response_model=Report, responses=Needs)
def report(request: Request, desk: DeskDependency, caller: ResearchReader, first: First, last: Last) -> Response:
    """Return the numbers of the report on a pilot, with the query that asks for them again."""
    _require(caller, first, last)
    found = _seen(desk, caller, lambda view: reads.figures(view, first, last, caller.now))
    return send_text(request, numbers.canonical(numbers.document(found, numbers.Asked(first=first, last=last))))


def _require(caller: Caller, first: date, last: date) -> None:
    """Refuse a period that is too long or not over."""
    spans.days(first, last, MOST_DAYS)
    spans.until(last, day_of(caller.now, ROME) - timedelta(days=1))


def _last(caller: Caller, last: date | None) -> date:
    """Return the last day; refuses one that is not over."""
    yesterday = day_of(caller.now, ROME) - timedelta(days=1)
    if last is not None:
        spans.until(last, yesterday)
    return last or yesterday


def _seen(desk: Desk, caller: Caller, read: Callable[[View], Found]) -> Found:
    """Return what is read as the caller; raises `ApiError` where they research nowhere."""
    with desk.database.seen_by(caller.viewer) as view:
        if not reads.researches(view):
            raise ApiError(Kind.ROLE)
        return read(view)
