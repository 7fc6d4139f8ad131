"""The stream of live updates: the one asynchronous page."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import anyio
import psycopg
from fastapi import APIRouter, Request
from psycopg_pool import PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

import registry.reads
from core.viewer import Viewer
from dashboards.desk import Desk
from dashboards.live import Word
from dashboards.visitors import DeskDependency, SignedIn, visitor_of

router = APIRouter()
KEEP_ALIVE_S = 15.0
# Words that come close together are sent as one, so that a storm of alerts is not a storm of page loads.
GATHERED_S = 0.25
RETRY_MS = 2_000


EVERY = frozenset(Word)
MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/events")
async def events(request: Request, desk: DeskDependency, visitor: SignedIn) -> StreamingResponse:
    """Tell an open page that something changed which it may show, until the sign-in ends or the server does."""

    def still_signed_in() -> bool:
        return visitor_of(request, desk) is not None

    organisations = await run_in_threadpool(organisations_of, desk, visitor.viewer)
    return StreamingResponse(stream(desk, organisations, still_signed_in), media_type=MEDIA_TYPE, headers=HEADERS)


async def stream(
    desk: Desk, organisations: frozenset[int], still_welcome: Callable[[], bool], heard: frozenset[Word] = EVERY
) -> AsyncIterator[str]:
    """Give words about some organisations as they come, of those `heard`, while the listener is `still_welcome`."""
    yield f"retry: {RETRY_MS}\n\n"
    with desk.hub.subscribe(organisations) as subscription:
        checked_at = desk.clock.monotonic()
        while not desk.hub.closed:
            words = await subscription.words(KEEP_ALIVE_S)
            if desk.hub.closed:
                return
            yield "".join(f"event: {word}\ndata: 1\n\n" for word in sorted(words & heard)) or ": still here\n\n"
            if desk.clock.monotonic() - checked_at >= KEEP_ALIVE_S:
                if not await run_in_threadpool(_asked, still_welcome):
                    yield f"event: {Word.ENDED}\ndata: 1\n\n"
                    return
                checked_at = desk.clock.monotonic()
            await anyio.sleep(GATHERED_S)


def organisations_of(desk: Desk, viewer: Viewer) -> frozenset[int]:
    """Return the organisations about which a viewer is told."""
    with desk.database.seen_by(viewer) as view:
        return frozenset(
            found.organisation_id
            for found in registry.reads.seen_organisations(view)
            if registry.reads.CARING.intersection(found.roles)
        )


def _asked(still_welcome: Callable[[], bool]) -> bool:
    # A database that is away does not end anybody's sign-in.
    with suppress(psycopg.Error, PoolTimeout):
        return still_welcome()
    return True
