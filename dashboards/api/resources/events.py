"""The stream of changes, for programs."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from dashboards.api.access import AlertsReader, DeskDependency, caller_of
from dashboards.live import Word
from dashboards.pages.events import HEADERS, MEDIA_TYPE, organisations_of, stream

router = APIRouter(tags=["events"])
HEARD = frozenset(Word) - {Word.DRIFTED}  # a program has no page that takes turns


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `changed` when something changed that the account may see, `urgent` "
            "when a safety alert waits for somebody, `told` when a message about an alert went out or its channel "
            "has said what became of it, `ended` when the token is over. They carry no data: ask for what you need.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        }
    },
)
async def events(desk: DeskDependency, caller: AlertsReader) -> StreamingResponse:
    """Tell that something changed, as it happens, until the token is over or the server ends."""

    def still_good() -> bool:
        return caller_of(desk, caller.token_digest) is not None

    organisations = await run_in_threadpool(organisations_of, desk, caller.viewer)
    return StreamingResponse(stream(desk, organisations, still_good, HEARD), media_type=MEDIA_TYPE, headers=HEADERS)
