"""Readings as the sensors sent them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

import devices.reads
import ingest.reads
from core.database import Row
from core.vocabulary import BY_ID, BY_NAME, Flag
from dashboards.api import cursors
from dashboards.api.access import DeskDependency, ReadingsReader
from dashboards.api.answers import USUAL, Cursor, Instant, Limit, Page, page, send
from dashboards.api.problems import Kind, documented
from dashboards.api.quantities import QuantityName
from dashboards.api.resources.homes import cared_home_of
from dashboards.api.spans import span

router = APIRouter(tags=["readings"])


class Reading(BaseModel):
    """A reading."""

    at: datetime = Field(description="Its time, which with its device and quantity is its key and never changes.")
    corrected_at: datetime | None = Field(description="When it really was, where the gateway's clock was wrong.")
    device: str
    quantity: QuantityName
    value: float
    unit: str = Field(description="UCUM.")
    out_of_range: bool = Field(description="Outside the plausible range of its quantity.")
    unsynchronised: bool = Field(description="Stamped by a gateway whose clock was not synchronised.")


@router.get("/homes/{home}/readings", response_model=Page[Reading], responses=documented(Kind.CURSOR, Kind.NOT_FOUND))
def readings(
    request: Request,
    desk: DeskDependency,
    caller: ReadingsReader,
    home: UUID,
    start: Instant,
    end: Instant,
    quantity: Annotated[list[QuantityName] | None, Query(description="Only these quantities.")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Return the readings of a home from `start` to before `end`, in the order of time."""
    span(start, end)
    after = cursors.after_reading(cursor)
    wanted = None if quantity is None else [BY_NAME[one].id for one in quantity]
    with desk.database.seen_by(caller.viewer) as view:
        home_id = cared_home_of(view, home).home_id
        names = {device.device_id: device.key for device in devices.reads.seen_devices(view, home_id)}
        found = ingest.reads.page_of_readings(view, home_id, start, end, after, limit + 1, wanted)
    some, following = page(found, limit, lambda row: cursors.encode(row["ts"], row["series_id"]))
    return send(request, Page[Reading](items=[_reading(row, names) for row in some], next=following))


def _reading(row: Row, names: dict[int, str]) -> Reading:
    quantity, flags = BY_ID[row["quantity_id"]], Flag(row["flags"])
    return Reading(
        at=row["ts"],
        corrected_at=row["corrected_ts"],
        device=names[row["device_id"]],
        quantity=quantity.name,
        value=row["value"],
        unit=quantity.unit,
        out_of_range=Flag.OUT_OF_RANGE in flags,
        unsynchronised=Flag.UNSYNCHRONISED in flags,
    )
