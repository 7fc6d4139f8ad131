"""The stream of live updates: the one asynchronous page."""

from collections.abc import AsyncIterator
from contextlib import suppress

import anyio
import psycopg
from fastapi import APIRouter, Request
from psycopg_pool import PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

import registry.reads
from dashboards.desk import Desk
from dashboards.live import Word
from dashboards.visitors import DeskDependency, SignedIn, Visitor, visitor_of

router = APIRouter()
KEEP_ALIVE_S = 15.0
# Words that come close together are sent as one, so that a storm of alerts is not a storm of page loads.
GATHERED_S = 0.25
RETRY_MS = 2_000


@router.get("/events")
async def events(request: Request, desk: DeskDependency, visitor: SignedIn) -> StreamingResponse:
    """Tell an open page that something changed which it may show, until the sign-in ends or the server does."""
    organisations = await run_in_threadpool(_organisations, desk, visitor)
    return StreamingResponse(
        _stream(request, desk, organisations),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(request: Request, desk: Desk, organisations: frozenset[int]) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    with desk.hub.subscribe(organisations) as subscription:
        checked_at = desk.clock.monotonic()
        while not desk.hub.closed:
            words = await subscription.words(KEEP_ALIVE_S)
            if desk.hub.closed:
                return
            yield "".join(f"event: {word}\ndata: 1\n\n" for word in sorted(words)) or ": still here\n\n"
            if desk.clock.monotonic() - checked_at >= KEEP_ALIVE_S:
                if not await run_in_threadpool(_still_signed_in, request, desk):
                    yield f"event: {Word.ENDED}\ndata: 1\n\n"
                    return
                checked_at = desk.clock.monotonic()
            await anyio.sleep(GATHERED_S)


def _organisations(desk: Desk, visitor: Visitor) -> frozenset[int]:
    with desk.database.seen_by(visitor.viewer) as view:
        return frozenset(found.organisation_id for found in registry.reads.seen_organisations(view))


def _still_signed_in(request: Request, desk: Desk) -> bool:
    # A database that is away does not end anybody's sign-in.
    with suppress(psycopg.Error, PoolTimeout):
        return visitor_of(request, desk) is not None
    return True
