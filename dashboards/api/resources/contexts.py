"""What is going on in homes: entered, proposed by the system, answered."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

import analytics.contexts.reads
import registry.listing.reads
from analytics.contexts import actions
from analytics.contexts.actions import NOTE_CHARACTERS
from analytics.contexts.context import Standing
from analytics.contexts.kinds import ContextKind
from analytics.contexts.reads import Seen
from core.database import View
from dashboards.api.access import Caller, ContextsReader, ContextsWriter, DeskDependency
from dashboards.api.answers import Instant, Text, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.homes import cared_home_of
from dashboards.api.spans import span
from dashboards.written import plain

router = APIRouter(tags=["contexts"])
CHANGING = documented(Kind.NOT_FOUND)


class Context(BaseModel):
    """Something that is, was or will be going on in a home, in which what is usual does not hold."""

    id: UUID
    home: UUID
    kind: ContextKind
    started_at: datetime
    ended_at: datetime | None = Field(description="Null where it goes on.")
    standing: Standing
    confidence: float = Field(description="How sure the system is of what it proposes, from 0 to 1.")
    detector: str | None = Field(description="What proposed it; null where somebody entered it.")
    why: Text = Field(description="Why it was proposed; empty where somebody entered it.")
    note: str


class Contexts(BaseModel):
    """Contexts of a home, the latest first."""

    items: list[Context]


class Entry(BaseModel):
    """A context that is entered."""

    kind: ContextKind
    start: Instant | None = Field(default=None, description="From now on where it is not given.")
    end: Instant | None = Field(default=None, description="Open where it is not given.")
    note: str = Field(default="", max_length=NOTE_CHARACTERS)


class Answer(BaseModel):
    """A proposal is right."""

    kind: ContextKind | None = Field(default=None, description="What it is instead of what was proposed.")


class End(BaseModel):
    """A context is over."""

    at: Instant | None = Field(default=None, description="Since when; now where it is not given.")


@router.get("/homes/{home}/contexts", response_model=Contexts, responses=documented(Kind.NOT_FOUND))
def contexts(
    request: Request, desk: DeskDependency, caller: ContextsReader, home: UUID, start: Instant, end: Instant
) -> Response:
    """Return the contexts of a home that touch an interval, the latest first."""
    span(start, end)
    with desk.database.seen_by(caller.viewer) as view:
        found = analytics.contexts.reads.contexts(view, start, end, cared_home_of(view, home).home_id)
    return send(request, Contexts(items=[_context(one, home) for one in found]))


@router.post("/homes/{home}/contexts", status_code=201, response_model=Context, responses=CHANGING)
def enter(request: Request, desk: DeskDependency, caller: ContextsWriter, home: UUID, body: Entry) -> Response:
    """Enter a context of a home: what it explains is no longer told, and its days are left out of what is usual."""
    start, note = body.start or caller.now, plain(body.note)
    with desk.database.seen_by(caller.viewer) as view:
        found = cared_home_of(view, home)
        if not analytics.contexts.reads.may_act(view, found.home_id):
            raise ApiError(Kind.ROLE)
        made = actions.enter(view, home, body.kind, start, body.end, note, caller.now)
        shown = _seen(view, made)
    return send(request, shown, 201)


@router.post("/contexts/{context}/confirm", response_model=Context, responses=CHANGING)
def confirm(request: Request, desk: DeskDependency, caller: ContextsWriter, context: UUID, body: Answer) -> Response:
    """Say that a proposal is right, as it is or as another kind."""
    return _done(request, desk, caller, lambda view: actions.confirm(view, context, body.kind, caller.now))


@router.post("/contexts/{context}/refuse", response_model=Context, responses=CHANGING)
def refuse(request: Request, desk: DeskDependency, caller: ContextsWriter, context: UUID) -> Response:
    """Say that a proposal is wrong: it has no effect, and is not made again."""
    return _done(request, desk, caller, lambda view: actions.refuse(view, context, caller.now))


@router.post("/contexts/{context}/end", response_model=Context, responses=CHANGING)
def end(request: Request, desk: DeskDependency, caller: ContextsWriter, context: UUID, body: End) -> Response:
    """Say that a context is over."""
    at = body.at or caller.now
    return _done(request, desk, caller, lambda view: actions.end(view, context, at, caller.now))


@router.post("/contexts/{context}/take-back", response_model=Context, responses=CHANGING)
def take_back(request: Request, desk: DeskDependency, caller: ContextsWriter, context: UUID) -> Response:
    """Take back what was entered by mistake."""
    return _done(request, desk, caller, lambda view: actions.take_back(view, context, caller.now))


def _done(request: Request, desk: DeskDependency, caller: Caller, act: Callable[[View], UUID]) -> Response:
    with desk.database.seen_by(caller.viewer) as view:
        shown = _seen(view, act(view))
    return send(request, shown)


def _seen(view: View, public_id: UUID) -> Context:
    found = analytics.contexts.reads.context(view, public_id)
    homes = registry.listing.reads.public_homes(view, [] if found is None else [found.home_id])
    if found is None or found.home_id not in homes:
        raise ApiError(Kind.NOT_FOUND)
    return _context(found, homes[found.home_id])


def _context(found: Seen, home: UUID) -> Context:
    context = found.context
    return Context(
        id=found.public_id,
        home=home,
        kind=context.kind,
        started_at=context.start,
        ended_at=context.end,
        standing=context.standing,
        confidence=context.confidence,
        detector=found.detector or None,
        why=Text(**found.why),
        note=found.note,
    )
