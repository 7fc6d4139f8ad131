"""A copy of all that is held about a person, for the person and whoever decides for them."""

import threading
import weakref
from collections.abc import Iterator
from uuid import UUID

from fastapi import APIRouter, HTTPException
from starlette.responses import Response, StreamingResponse

import registry.reads
from dashboards.desk import Desk
from dashboards.own_copy import reads
from dashboards.own_copy.archive import copy
from dashboards.own_copy.index import index
from dashboards.sharing import OWN_COPY
from dashboards.visitors import DeskDependency, Trusted, Visitor
from registry.closeness import Decided

router = APIRouter()
FILE = "vicino-i-miei-dati-{day:%Y-%m-%d}.zip"
# One at a time of each process: it takes a connection and a thread for as long as the line is slow.
_busy = threading.Semaphore(1)


@router.post(OWN_COPY)
def download(desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Send the copy. Who asks is noted before anything is sent; 503 while another one is being sent."""
    with desk.database.seen_by(visitor.viewer) as view:
        person = registry.reads.decided(view, public_id, visitor.now)
        if person is None or person.capacity is None:
            raise HTTPException(404)
    # It is compressed as it is.
    headers = {
        "Content-Disposition": f'attachment; filename="{FILE.format(day=visitor.now)}"',
        "Content-Encoding": "identity",
    }
    if not _busy.acquire(blocking=False):
        raise HTTPException(503, headers={"Retry-After": "60"})
    sent = _sent(desk, visitor, person)
    # Also where whoever asked is gone before the first piece.
    weakref.finalize(sent, _busy.release)
    return StreamingResponse(sent, media_type="application/zip", headers=headers)


def _sent(desk: Desk, visitor: Visitor, person: Decided) -> Iterator[bytes]:
    with desk.database.seen_by(visitor.viewer) as view:
        reads.wait_for_a_slow_line(view)
        page = index(desk.renderer, person.name, person.zone, visitor.language, visitor.now)
        yield from copy(view, UUID(person.public_id), visitor.now, page, lambda _part, _rows: None)
