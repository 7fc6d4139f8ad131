"""How alerts were answered, in the organisations in which the account coordinates."""

from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from alerts.lifecycle import Family
from alerts.reasons.catalogue import Reason
from alerts.statistics import figures, times
from alerts.wording import title
from core.localtime import day_of
from dashboards.api import spans
from dashboards.api.access import DeskDependency, StatisticsReader
from dashboards.api.answers import Day, Text, in_both, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.homes import NAME
from dashboards.coordinated import coordinated, figures_for
from dashboards.watch import ROME
from registry.reads import below, zones

router = APIRouter(tags=["statistics"])
MOST_DAYS = 3_660


class Times(BaseModel):
    """How long something takes; what is not over yet counts with the time that it has taken so far."""

    alerts: int
    not_over: int = Field(description="How many have not come to it yet, or ended before they did.")
    median_s: float | None = Field(description="Within how many seconds half came to it; null where nobody can tell.")
    p90_s: float | None = Field(description="Within how many seconds nine of ten did; null where nobody can tell.")


class OfHour(BaseModel):
    """The alerts that opened in an hour of the day, by the clock of their homes."""

    hour: int = Field(ge=0, le=23)
    alerts: int
    unanswered: int
    taken: Times


class OfShift(BaseModel):
    """The alerts that opened in one shift of a rota."""

    rota: str
    begins: time | None = Field(description="By the clock of the rota; null of the time in which nobody had a shift.")
    ends: time | None
    alerts: int
    unanswered: int
    told: Times
    taken: Times
    closed: Times


class OfFamily(BaseModel):
    """The alerts of a family."""

    family: Family
    alerts: int
    unanswered: int = Field(description="Of how many nobody took charge in time.")
    per_home_week: float | None = Field(description="Alerts for each home and week; null where there is no home.")
    told: Times = Field(description="Until somebody was told.")
    taken: Times = Field(description="Until somebody took charge.")
    closed: Times = Field(description="Until somebody closed it.")
    hours: list[OfHour]
    shifts: list[OfShift]


class GivenReason(BaseModel):
    """A reason that was given with an outcome, and how often."""

    reason: Reason
    alerts: int


class OfKind(BaseModel):
    """How the alerts of a kind ended, by the judgement of whoever closed them."""

    family: Family
    kind: str
    title: Text = Field(description="What it is called.")
    alerts: int
    true: int
    false: int
    explained: int
    unclear: int
    precision: float | None = Field(description="The share of real needs among `true` and `false`; null of none.")
    precision_low: float | None = Field(description="From where it may lie by chance (95 of 100).")
    precision_high: float | None
    reasons: list[GivenReason]


class OfChannel(BaseModel):
    """What became of the messages that a channel was given."""

    channel: str
    messages: int
    sent: int
    failed: int
    called_off: int = Field(description="Somebody had taken charge.")
    waiting: int
    again: int = Field(description="More than one attempt was needed.")
    uncertain: int = Field(description="They may have arrived twice.")
    instead: int = Field(description="Another way to the same person had failed, or was slow.")


class Statistics(BaseModel):
    """How the alerts of a period were answered."""

    first: date
    last: date
    organisations: list[str] = Field(description="The keys of the organisations that are counted.")
    homes: int = Field(description="As many as there are now.")
    alerts: int
    families: list[OfFamily]
    kinds: list[OfKind]
    channels: list[OfChannel]


@router.get("/statistics", response_model=Statistics, responses=documented(Kind.NOT_FOUND, Kind.ROLE))
def statistics(
    request: Request,
    desk: DeskDependency,
    caller: StatisticsReader,
    first: Annotated[Day, Query(description=f"The first local day; at most {MOST_DAYS} days are asked for at once.")],
    last: Annotated[Day, Query(description="The last local day: today at the latest.")],
    organisation: Annotated[
        str | None,
        Query(max_length=100, pattern=NAME, description="The key of an organisation: only it and those below it."),
    ] = None,
) -> Response:
    """Return how the alerts of a period were answered, in the organisations in which the account coordinates."""
    spans.days(first, last, MOST_DAYS)
    with desk.database.seen_by(caller.viewer) as view:
        mine = coordinated(view)
        if not mine:
            raise ApiError(Kind.ROLE)
        chosen = mine if organisation is None else below(organisation, mine)
        if not chosen:
            raise ApiError(Kind.NOT_FOUND)
        zone = next(iter(zones(view.connection).values()), ROME)
        spans.until(last, day_of(caller.now, zone))
        found = figures_for(view, chosen, first, last, caller.now)
    shown = Statistics(
        first=first,
        last=last,
        organisations=sorted(each.key for each in chosen),
        homes=found.homes,
        alerts=found.alerts,
        families=[_family(each) for each in found.families],
        kinds=[_kind(each) for each in found.kinds],
        channels=[
            OfChannel(**{name: getattr(each, name) for name in OfChannel.model_fields}) for each in found.channels
        ],
    )
    return send(request, shown)


def _times(found: times.Times) -> Times:
    return Times(**found._asdict())


def _family(found: figures.OfFamily) -> OfFamily:
    return OfFamily(
        family=found.family,
        alerts=found.alerts,
        unanswered=found.unanswered,
        per_home_week=found.per_home_week,
        told=_times(found.told),
        taken=_times(found.taken),
        closed=_times(found.closed),
        hours=[
            OfHour(hour=each.hour, alerts=each.alerts, unanswered=each.unanswered, taken=_times(each.taken))
            for each in found.hours
        ],
        shifts=[_shift(each) for each in found.shifts],
    )


def _shift(found: figures.OfShift) -> OfShift:
    return OfShift(
        rota=found.shift.rota,
        begins=found.shift.begins,
        ends=found.shift.ends,
        alerts=found.alerts,
        unanswered=found.unanswered,
        told=_times(found.told),
        taken=_times(found.taken),
        closed=_times(found.closed),
    )


def _kind(found: figures.OfKind) -> OfKind:
    low, high = found.counts.interval or (None, None)
    return OfKind(
        family=found.family,
        kind=found.kind,
        title=in_both(lambda language: title(found.kind, found.family, language)),
        alerts=found.alerts,
        **found.counts._asdict(),
        precision=found.counts.precision,
        precision_low=low,
        precision_high=high,
        reasons=[GivenReason(reason=reason, alerts=alerts) for reason, alerts in found.reasons],
    )


def _channel(found: figures.Sent) -> OfChannel:
    return OfChannel(**{name: getattr(found, name) for name in OfChannel.model_fields})
