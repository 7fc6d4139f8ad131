"""What the analysis makes of the readings: how days stand, indicators, episodes, findings."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

import analytics.reads
import analytics.wellbeing.reads
import registry.listing.reads
import registry.reads
from alerts.lifecycle import Family
from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.state import Because, State
from core.database import Row, View
from dashboards.api import cursors
from dashboards.api.access import AnalysisReader, DeskDependency
from dashboards.api.answers import USUAL, Cursor, Day, Instant, Limit, Page, Text, page, send
from dashboards.api.problems import Kind, documented
from dashboards.api.resources.homes import NAME, cared_home_of, require
from dashboards.api.spans import MOST_DAYS, days, span

router = APIRouter(tags=["analysis"])


First = Annotated[Day, Query(description=f"The first local day; at most {MOST_DAYS} days are asked for at once.")]
Last = Annotated[Day, Query(description="The last local day.")]
Kind_ = Annotated[str | None, Query(max_length=100, pattern=NAME, description="Only this kind.")]


class Contribution(BaseModel):
    """What makes a day stand out."""

    kind: str = Field(description="The indicator, or the kind of finding.")
    share: float = Field(description="Its part of the whole, from 0 to 1.")


class DayState(BaseModel):
    """How a day of a home stands."""

    day: date
    state: State
    score: float | None = Field(description="0 or more is out of the ordinary; null where nothing could be judged.")
    coverage: float = Field(description="The share of the day that was seen, from 0 to 1.")
    because: Because | None = Field(description="Why it has no colour.")
    contexts: list[ContextKind] = Field(description="For which something was not judged.")
    contributions: list[Contribution]


class DayStates(BaseModel):
    """How days stand."""

    items: list[DayState]


class Usual(BaseModel):
    """What was usual for the person then."""

    median: float
    spread: float | None
    low: float
    high: float
    days: int = Field(description="From how many days it is known.")


class Indicator(BaseModel):
    """An indicator of a local day or night."""

    kind: str = Field(description="docs/reference/indicators.md says what each is and how it is computed.")
    day: date
    value: float | None = Field(description="Null where too little is known for a figure.")
    unit: str = Field(description="UCUM.")
    coverage: float = Field(description="The share of data that it rests on, from 0 to 1.")
    computed_at: datetime
    usual: Usual | None = Field(description="Null while it is still learned.")


class Indicators(BaseModel):
    """Indicators by kind and day."""

    items: list[Indicator]


class Episode(BaseModel):
    """Something that lasted: a stay in a room, sleep, an outing."""

    kind: str
    room: str | None = Field(description="The key of the room.")
    started_at: datetime
    ended_at: datetime


class Episodes(BaseModel):
    """Episodes by their beginning."""

    items: list[Episode]


class Finding(BaseModel):
    """Something that the analysis has found, with why it says so."""

    number: int
    home: UUID
    person: UUID | None
    family: Family
    kind: str
    severity: float = Field(description="From 0 to 1.")
    started_at: datetime
    ended_at: datetime
    found_at: datetime
    coverage: float | None = Field(description="The share of data that it rests on, from 0 to 1.")
    detector: str
    explanation: Text
    trial: bool = Field(description="It comes of a rule or detector on trial, and alerts nobody.")
    evidence: dict[str, Any]


@router.get("/homes/{home}/days", response_model=DayStates, responses=documented(Kind.NOT_FOUND))
def days_of_home(
    request: Request, desk: DeskDependency, caller: AnalysisReader, home: UUID, first: First, last: Last
) -> Response:
    """Return how the days of a home stand; days that are not over are left out."""
    days(first, last)
    with desk.database.seen_by(caller.viewer) as view:
        found = analytics.wellbeing.reads.days(view, cared_home_of(view, home).home_id, first, last)
    shown = [
        DayState(
            day=one.day,
            state=one.state,
            score=one.score,
            coverage=one.coverage,
            because=one.because,
            contexts=list(one.contexts),
            contributions=[Contribution(kind=each.kind, share=each.share) for each in one.contributions],
        )
        for one in found
    ]
    return send(request, DayStates(items=shown))


@router.get("/homes/{home}/indicators", response_model=Indicators, responses=documented(Kind.NOT_FOUND))
def indicators(
    request: Request,
    desk: DeskDependency,
    caller: AnalysisReader,
    home: UUID,
    first: First,
    last: Last,
    kind: Kind_ = None,
) -> Response:
    """Return the indicators of a home, each beside what was usual then."""
    days(first, last)
    with desk.database.seen_by(caller.viewer) as view:
        kinds = None if kind is None else [kind]
        rows = analytics.reads.indicators(view, cared_home_of(view, home).home_id, first, last, kinds)
    return send(request, Indicators(items=[_indicator(row) for row in rows]))


@router.get("/homes/{home}/episodes", response_model=Episodes, responses=documented(Kind.NOT_FOUND))
def episodes(
    request: Request,
    desk: DeskDependency,
    caller: AnalysisReader,
    home: UUID,
    start: Instant,
    end: Instant,
    kind: Kind_ = None,
) -> Response:
    """Return the episodes of a home that touch an interval. Stays in rooms are cut at local midnight."""
    span(start, end)
    with desk.database.seen_by(caller.viewer) as view:
        home_id = cared_home_of(view, home).home_id
        rooms = {room.room_id: room.key for room in registry.reads.seen_rooms(view, home_id)}
        rows = analytics.reads.episodes(view, home_id, start, end, kind)
    shown = [
        Episode(
            kind=row["kind"],
            room=rooms.get(row["room_id"]),
            started_at=row["started_at"],
            ended_at=row["ended_at"],
        )
        for row in rows
    ]
    return send(request, Episodes(items=shown))


@router.get("/findings", response_model=Page[Finding], responses=documented(Kind.CURSOR, Kind.NOT_FOUND, Kind.ROLE))
def findings(
    request: Request,
    desk: DeskDependency,
    caller: AnalysisReader,
    home: Annotated[UUID | None, Query(description="Only those of this home.")] = None,
    start: Annotated[Instant | None, Query(description="Only what went on at that time or later.")] = None,
    end: Annotated[Instant | None, Query(description="Only what had begun before that time.")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Return what was found and still holds, the latest first, those on trial too."""
    before = cursors.after_number(cursor)
    with desk.database.seen_by(caller.viewer) as view:
        require(view, registry.reads.Sight.LIFE)
        home_id = None if home is None else cared_home_of(view, home).home_id
        found = analytics.reads.page_of_findings(view, before, limit + 1, home_id=home_id, start=start, end=end)
        some, following = page(found, limit, lambda row: cursors.encode(row["finding_id"]))
        items = _findings(view, list(some))
    return send(request, Page[Finding](items=items, next=following))


def _indicator(row: Row) -> Indicator:
    usual = None
    if row["median"] is not None:
        usual = Usual(**{name: row[name] for name in Usual.model_fields})
    return Indicator(**{name: row[name] for name in Indicator.model_fields if name != "usual"}, usual=usual)


def _findings(view: View, rows: list[Row]) -> list[Finding]:
    homes = registry.listing.reads.public_homes(view, {row["home_id"] for row in rows})
    persons = registry.listing.reads.public_persons(
        view, {row["person_id"] for row in rows if row["person_id"] is not None}
    )
    return [
        Finding(
            number=row["finding_id"],
            home=homes[row["home_id"]],
            person=persons.get(row["person_id"]),
            family=row["family"],
            kind=row["kind"],
            severity=row["severity"],
            started_at=row["started_at"],
            ended_at=row["ended_at"],
            found_at=row["found_at"],
            coverage=row["coverage"],
            detector=row["detector"],
            explanation=Text(it=row["explanation_it"], en=row["explanation_en"]),
            trial=row["trial"],
            evidence=row["evidence"],
        )
        for row in rows
        if row["home_id"] in homes
    ]
