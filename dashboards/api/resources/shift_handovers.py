"""Shifts that are handed over by hand: what is offered to whoever comes on, and what became of it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from alerts.lifecycle import NOTE_CHARACTERS
from alerts.shift_handovers import actions
from core.database import View
from dashboards.api import cursors
from dashboards.api.access import AlertsReader, AlertsWriter, Caller, DeskDependency
from dashboards.api.answers import USUAL, Cursor, Limit, Page, page, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.homes import require
from dashboards.written import plain
from registry.reads import Sight

router = APIRouter(tags=["shift hand-overs"])
CHANGING = documented(Kind.NOT_FOUND, Kind.CONFLICT)
MOST_ALERTS = 500


class Which(StrEnum):
    """Which hand-overs are asked for."""

    OPEN = "open"
    ALL = "all"


class HandOver(BaseModel):
    """Alerts that somebody offers, or has offered, to the next shift."""

    id: UUID
    made_by: str = Field(description="The name of who hands over.")
    own: bool = Field(description="This account made it: it can take it back, and not take it over.")
    note: str
    made_at: datetime
    until: datetime = Field(description="When what nobody has taken over goes back to the queue.")
    state: Literal["offered", "accepted", "withdrawn", "expired"]
    ended_at: datetime | None
    accepted_by: str | None = Field(description="The name of who has taken it over.")
    alerts: int = Field(description="How many alerts were offered.")
    waiting: list[UUID] = Field(description="The alerts that can still be taken over.")


class Offer(BaseModel):
    """What is handed over."""

    alerts: Annotated[list[UUID], Field(min_length=1, max_length=MOST_ALERTS)]
    note: str = Field(min_length=1, max_length=NOTE_CHARACTERS)


@router.get("/shift-handovers", response_model=Page[HandOver], responses=documented(Kind.CURSOR, Kind.ROLE))
def listed(
    request: Request,
    desk: DeskDependency,
    caller: AlertsReader,
    state: Annotated[
        Which, Query(description="Those that can be taken over, or those that are over too.")
    ] = Which.OPEN,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Return hand-overs of shifts, the latest first."""
    before = cursors.after_alert(cursor)
    with desk.database.seen_by(caller.viewer) as view:
        require(view, Sight.LIFE)
        found = actions.listed(view, caller.now, before, limit + 1, only_open=state is Which.OPEN)
    some, following = page(found, limit, lambda one: cursors.encode(one.made_at, one.public_id))
    return send(request, Page[HandOver](items=[_shown(one, caller) for one in some], next=following))


@router.get("/shift-handovers/{handover}", response_model=HandOver, responses=documented(Kind.NOT_FOUND))
def hand_over(request: Request, desk: DeskDependency, caller: AlertsReader, handover: UUID) -> Response:
    """Return one hand-over."""
    with desk.database.seen_by(caller.viewer) as view:
        shown = _shown(_one(view, caller, handover), caller)
    return send(request, shown)


@router.post("/shift-handovers", status_code=201, response_model=HandOver, responses=CHANGING)
def offer(request: Request, desk: DeskDependency, caller: AlertsWriter, body: Offer) -> Response:
    """Offer alerts in charge to the next shift; they stay with whoever has them until somebody takes them over."""
    note = plain(body.note)
    with desk.database.seen_by(caller.viewer) as view:
        made = actions.offer(view, body.alerts, note, caller.now)
        shown = _shown(_one(view, caller, made), caller)
    return send(request, shown, 201)


@router.post("/shift-handovers/{handover}/accept", response_model=HandOver, responses=CHANGING)
def accept(request: Request, desk: DeskDependency, caller: AlertsWriter, handover: UUID) -> Response:
    """Take over what somebody else hands over, as far as it is still with them."""
    return _done(request, desk, caller, handover, lambda view: actions.accept(view, handover, caller.now))


@router.post("/shift-handovers/{handover}/withdraw", response_model=HandOver, responses=CHANGING)
def withdraw(request: Request, desk: DeskDependency, caller: AlertsWriter, handover: UUID) -> Response:
    """Take one's own hand-over back: the alerts stay where they are."""
    return _done(request, desk, caller, handover, lambda view: actions.withdraw(view, handover, caller.now))


def _done(
    request: Request, desk: DeskDependency, caller: Caller, handover: UUID, act: Callable[[View], object]
) -> Response:
    with desk.database.seen_by(caller.viewer) as view:
        if not _one(view, caller, handover).may_act:
            raise ApiError(Kind.ROLE)
        act(view)
        shown = _shown(_one(view, caller, handover), caller)
    return send(request, shown)


def _one(view: View, caller: Caller, handover: UUID) -> actions.HandOver:
    found = actions.hand_over(view, handover, caller.now)
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def _shown(one: actions.HandOver, caller: Caller) -> HandOver:
    return HandOver.model_validate(
        {
            "id": one.public_id,
            "made_by": one.made_by_name,
            "own": one.made_by == caller.viewer.account_id,
            "note": one.note,
            "made_at": one.made_at,
            "until": one.until,
            "state": one.state,
            "ended_at": one.ended_at,
            "accepted_by": one.accepted_by_name or None,
            "alerts": one.alerts,
            "waiting": one.waiting,
        }
    )
