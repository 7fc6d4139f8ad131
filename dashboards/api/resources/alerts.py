"""Alerts, what happened to them, and what is done with them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

import alerts.reads
import registry.listing.reads
import registry.reads
from alerts import actions
from alerts.lifecycle import NOTE_CHARACTERS, Action, Family, Outcome, State
from alerts.reasons.catalogue import REASONS, Reason
from core.database import View
from dashboards.api import cursors
from dashboards.api.access import AlertsReader, AlertsWriter, Caller, DeskDependency
from dashboards.api.answers import USUAL, Cursor, Instant, Limit, Page, Text, in_both, page, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.homes import cared_home_of, require
from dashboards.written import plain

router = APIRouter(tags=["alerts"])
CHANGING = documented(Kind.NOT_FOUND, Kind.CONFLICT)


class Which(StrEnum):
    """Which alerts are asked for, by how they stand."""

    OPEN = "open"
    NEW = "new"
    IN_CHARGE = "in_charge"
    RESOLVED = "resolved"
    ALL = "all"


STATES: dict[Which, list[State] | None] = {
    Which.OPEN: [State.NEW, State.IN_CHARGE],
    Which.NEW: [State.NEW],
    Which.IN_CHARGE: [State.IN_CHARGE],
    Which.RESOLVED: [State.RESOLVED],
    Which.ALL: None,
}


class Judged(StrEnum):
    """How an alert ended, in the judgement of whoever closes it."""

    TRUE = "true"
    FALSE = "false"
    EXPLAINED = "explained"
    UNCLEAR = "unclear"


class Alert(BaseModel):
    """An alert."""

    id: UUID
    home: UUID
    person: UUID | None
    family: Family
    kind: str
    title: Text = Field(description="What it is called.")
    explanation: Text = Field(description="Why it was opened, in one sentence.")
    severity: float = Field(description="From 0 to 1.")
    coverage: float | None = Field(description="The share of data that it rests on, from 0 to 1.")
    state: State
    happened_at: datetime
    opened_at: datetime
    updated_at: datetime
    times: int = Field(description="How often it has happened since it was opened.")
    taken_by: str | None = Field(description="The name of who is in charge.")
    taken_at: datetime | None
    resolved_at: datetime | None
    outcome: Outcome | None
    overflow: bool = Field(description="It was more than anybody's budget of the day, and had no message of its own.")
    told_with: UUID | None = Field(description="The alert of the same home that it is told with.")
    evidence: dict[str, Any] = Field(description="What it rests on; the keys depend on its kind.")


class HistoryEntry(BaseModel):
    """Something that happened to an alert."""

    at: datetime
    by: str | None = Field(description="The name of who did it; null where no person did.")
    action: Action
    state: State = Field(description="How it stood after that.")
    outcome: Outcome | None
    note: str


class Told(BaseModel):
    """Somebody who was told, or was to be."""

    name: str
    channel: str
    purpose: str
    state: str = Field(description="`due`, `sent` or `failed`.")
    at: datetime
    error: str = Field(description="Why it failed, if it did.")


class History(BaseModel):
    """All that happened to an alert, oldest first, and who was told of it."""

    items: list[HistoryEntry]
    told: list[Told]


class Take(BaseModel):
    """Taking charge."""

    seen_times: int | None = Field(
        default=None,
        ge=0,
        le=2**31 - 1,
        description="`times` of the alert as it was looked at: refused where it has happened again since.",
    )


class Note(BaseModel):
    """A note."""

    note: str = Field(default="", max_length=NOTE_CHARACTERS)


class NoteNeeded(BaseModel):
    """A note that says something."""

    note: str = Field(min_length=1, max_length=NOTE_CHARACTERS)


class Resolve(BaseModel):
    """How an alert ended."""

    outcome: Judged
    reason: Reason | None = Field(
        default=None,
        description="Each goes with one outcome. "
        + " ".join(f"`{outcome}`: {', '.join(f'`{each}`' for each in some)}." for outcome, some in REASONS.items()),
    )
    note: str = Field(default="", max_length=NOTE_CHARACTERS)
    seen_times: int | None = Take.model_fields["seen_times"]  # type: ignore[assignment]


@router.get("/alerts", response_model=Page[Alert], responses=documented(Kind.CURSOR, Kind.NOT_FOUND, Kind.ROLE))
def listed(
    request: Request,
    desk: DeskDependency,
    caller: AlertsReader,
    state: Which = Which.OPEN,
    family: Family | None = None,
    home: Annotated[UUID | None, Query(description="Only those of this home.")] = None,
    updated_since: Annotated[Instant | None, Query(description="Only those that changed since.")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Return alerts, the latest first."""
    before = cursors.after_alert(cursor)
    with desk.database.seen_by(caller.viewer) as view:
        require(view, registry.reads.Sight.LIFE)
        home_id = None if home is None else cared_home_of(view, home).home_id
        wanted = alerts.reads.Wanted(STATES[state], family, home_id, updated_since)
        found = alerts.reads.page_of_alerts(view, wanted, before, limit + 1)
        some, following = page(found, limit, lambda alert: cursors.encode(alert.opened_at, alert.public_id))
        items = _alerts(view, some)
    return send(request, Page[Alert](items=items, next=following))


@router.get("/alerts/{alert}", response_model=Alert, responses=documented(Kind.NOT_FOUND))
def alert_by_id(request: Request, desk: DeskDependency, caller: AlertsReader, alert: UUID) -> Response:
    """Return one alert."""
    with desk.database.seen_by(caller.viewer) as view:
        shown = _alert(view, alert)
    return send(request, shown)


@router.get("/alerts/{alert}/history", response_model=History, responses=documented(Kind.NOT_FOUND))
def history(request: Request, desk: DeskDependency, caller: AlertsReader, alert: UUID) -> Response:
    """Return what happened to an alert and who was told of it."""
    with desk.database.seen_by(caller.viewer) as view:
        found = alerts.reads.alert(view, alert)
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    entries = [
        HistoryEntry(
            at=one.at,
            by=one.account_name or None,
            action=one.action,
            state=one.to_state,
            outcome=one.outcome,
            note=one.note,
        )
        for one in found.history
    ]
    told = [
        Told(
            name=one.name,
            channel=one.channel,
            purpose=one.purpose,
            state=one.state,
            at=one.at,
            error=one.last_error,
        )
        for one in found.told
    ]
    return send(request, History(items=entries, told=told))


@router.post("/alerts/{alert}/take-charge", response_model=Alert, responses=CHANGING)
def take_charge(request: Request, desk: DeskDependency, caller: AlertsWriter, alert: UUID, body: Take) -> Response:
    """Take an alert in charge: nobody else is called any more. Taking one's own again changes nothing."""
    return _done(
        request, desk, caller, alert, lambda view: actions.take_charge(view, alert, caller.now, body.seen_times)
    )


@router.post("/alerts/{alert}/release", response_model=Alert, responses=CHANGING)
def release(request: Request, desk: DeskDependency, caller: AlertsWriter, alert: UUID, body: Note) -> Response:
    """Give an alert back: people are called anew."""
    note = plain(body.note)
    return _done(request, desk, caller, alert, lambda view: actions.release(view, alert, caller.now, note))


@router.post("/alerts/{alert}/resolve", response_model=Alert, responses=CHANGING)
def resolve(request: Request, desk: DeskDependency, caller: AlertsWriter, alert: UUID, body: Resolve) -> Response:
    """End an alert with its outcome, which the analysis learns from."""
    outcome, note = Outcome(body.outcome), plain(body.note)

    def act(view: View) -> object:
        return actions.resolve(view, alert, outcome, note, caller.now, body.seen_times, body.reason)

    return _done(request, desk, caller, alert, act)


@router.post("/alerts/{alert}/reopen", response_model=Alert, responses=CHANGING)
def reopen(request: Request, desk: DeskDependency, caller: AlertsWriter, alert: UUID, body: Note) -> Response:
    """Open a resolved alert again: people are called anew, and its outcome counts no more."""
    note = plain(body.note)
    return _done(request, desk, caller, alert, lambda view: actions.reopen(view, alert, caller.now, note))


@router.post("/alerts/{alert}/notes", response_model=Alert, responses=CHANGING)
def write_note(request: Request, desk: DeskDependency, caller: AlertsWriter, alert: UUID, body: NoteNeeded) -> Response:
    """Write a note into the history of an alert."""
    note = plain(body.note)
    return _done(request, desk, caller, alert, lambda view: actions.note(view, alert, note, caller.now))


def _done(
    request: Request, desk: DeskDependency, caller: Caller, alert: UUID, act: Callable[[View], object]
) -> Response:
    """Carry out an action and return the alert as it is then; all in one transaction, committed before the answer."""
    with desk.database.seen_by(caller.viewer) as view:
        act(view)
        shown = _alert(view, alert)
    return send(request, shown)


def _alert(view: View, public_id: UUID) -> Alert:
    found = alerts.reads.alert(view, public_id)
    items = _alerts(view, [] if found is None else [found.alert])
    if not items:
        raise ApiError(Kind.NOT_FOUND)
    return items[0]


def _alerts(view: View, found: Sequence[alerts.reads.Alert]) -> list[Alert]:
    homes = registry.listing.reads.public_homes(view, {one.home_id for one in found})
    persons = registry.listing.reads.public_persons(view, {one.person_id for one in found if one.person_id is not None})
    groups = alerts.reads.public_alerts(view, {one.group_of for one in found if one.group_of is not None})
    return [
        Alert(
            id=one.public_id,
            home=homes[one.home_id],
            person=persons.get(one.person_id) if one.person_id is not None else None,
            family=one.family,
            kind=one.kind,
            title=in_both(one.title),
            explanation=in_both(one.explanation),
            severity=one.severity,
            coverage=one.coverage,
            state=one.state,
            happened_at=one.happened_at,
            opened_at=one.opened_at,
            updated_at=one.updated_at,
            times=one.times,
            taken_by=one.taken_by_name or None,
            taken_at=one.taken_at,
            resolved_at=one.resolved_at,
            outcome=one.outcome,
            overflow=one.overflow,
            told_with=groups.get(one.group_of) if one.group_of is not None else None,
            evidence=one.evidence,
        )
        for one in found
        if one.home_id in homes
    ]
