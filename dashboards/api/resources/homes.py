"""Homes, their rooms and devices."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

import analytics.reads
import devices.reads
import registry.listing.reads
import registry.reads
from core.database import View
from dashboards.api import cursors
from dashboards.api.access import DeskDependency, HomesReader
from dashboards.api.answers import USUAL, Cursor, Limit, Page, page, send
from dashboards.api.problems import ApiError, Kind, documented

router = APIRouter(tags=["homes"])
NAME = r"^[^\x00]*$"  # no text of the database holds it


class Home(BaseModel):
    """A home."""

    id: UUID
    organisation: str = Field(description="The key of its organisation.")
    key: str
    name: str
    municipality: str
    address: str
    access_notes: str = Field(description="How to come in.")
    timezone: str = Field(description="IANA time zone: its days and nights are counted by it.")


class Room(BaseModel):
    """A room."""

    key: str
    name: str
    kind: str


class Silence(BaseModel):
    """Why nothing is heard, for technical reasons."""

    silence: str = Field(description="The class of the silence: docs/reference/silence.md.")
    cause: str | None
    since: datetime


class Device(BaseModel):
    """An installed device."""

    key: str
    name: str
    model: str
    gateway: str
    room: str | None = Field(description="The key of its room.")
    place: str
    quantities: list[str]
    battery_changed_at: datetime | None
    retired_at: datetime | None = Field(description="Since when it is no longer there; null while it is.")
    silent: Silence | None = Field(description="Null where it is heard as expected.")


class Rooms(BaseModel):
    """The rooms of a home."""

    items: list[Room]


class Devices(BaseModel):
    """The devices of a home."""

    items: list[Device]


@router.get("/homes", response_model=Page[Home], responses=documented(Kind.CURSOR, Kind.ROLE))
def homes(
    request: Request,
    desk: DeskDependency,
    caller: HomesReader,
    municipality: Annotated[str | None, Query(max_length=200, pattern=NAME)] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Return the homes that the account may see."""
    after = cursors.after_uuid(cursor)
    with desk.database.seen_by(caller.viewer) as view:
        require(view, registry.reads.Sight.PLACE)
        found = registry.listing.reads.page_of_homes(view, after, limit + 1, municipality)
    some, following = page(found, limit, lambda home: cursors.encode(home.public_id))
    return send(request, Page[Home](items=[_home(one) for one in some], next=following))


@router.get("/homes/{home}", response_model=Home, responses=documented(Kind.NOT_FOUND))
def home_by_id(request: Request, desk: DeskDependency, caller: HomesReader, home: UUID) -> Response:
    """Return one home."""
    with desk.database.seen_by(caller.viewer) as view:
        found = home_of(view, home)
    return send(request, _home(found))


@router.get("/homes/{home}/rooms", response_model=Rooms, responses=documented(Kind.NOT_FOUND))
def rooms(request: Request, desk: DeskDependency, caller: HomesReader, home: UUID) -> Response:
    """Return the rooms of a home."""
    with desk.database.seen_by(caller.viewer) as view:
        found = registry.reads.seen_rooms(view, home_of(view, home).home_id)
    return send(request, Rooms(items=[Room(key=one.key, name=one.name, kind=one.kind) for one in found]))


@router.get("/homes/{home}/devices", response_model=Devices, responses=documented(Kind.NOT_FOUND))
def devices_of_home(request: Request, desk: DeskDependency, caller: HomesReader, home: UUID) -> Response:
    """Return the devices of a home, those that were taken away too, and which of them are silent."""
    with desk.database.seen_by(caller.viewer) as view:
        home_id = home_of(view, home).home_id
        found = devices.reads.seen_devices(view, home_id)
        rooms_by_id = {room.room_id: room.key for room in registry.reads.seen_rooms(view, home_id)}
        silences = {
            row["subject_id"]: Silence(silence=row["class"], cause=row["cause"], since=row["since"])
            for row in analytics.reads.silences(view, [home_id])
            if row["subject_kind"] == "device"
        }
    shown = [
        Device(
            key=one.key,
            name=one.name,
            model=one.model,
            gateway=one.gateway,
            room=rooms_by_id.get(one.room_id) if one.room_id is not None else None,
            place=one.place,
            quantities=one.quantities,
            battery_changed_at=one.battery_changed_at,
            retired_at=one.retired_at,
            silent=silences.get(one.device_id),
        )
        for one in found
    ]
    return send(request, Devices(items=shown))


def home_of(view: View, public_id: UUID) -> registry.reads.Home:
    """Return a home that the viewer may see; raises `ApiError` where there is none."""
    found = registry.reads.seen_home(view, str(public_id))
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def cared_home_of(view: View, public_id: UUID) -> registry.reads.Home:
    """Return a home if the viewer may see how people live there; raises `ApiError` where there is none."""
    found = registry.reads.seen_home(view, str(public_id), cared=True)
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def require(view: View, sight: registry.reads.Sight) -> None:
    """Raise `ApiError` where no role of the viewer sees a sort of data: an empty list would look like calm."""
    if not registry.reads.sees(view, sight):
        raise ApiError(Kind.ROLE)


def _home(found: registry.reads.Home) -> Home:
    return Home(
        id=UUID(found.public_id),
        organisation=found.organisation,
        key=found.key,
        name=found.name,
        municipality=found.municipality,
        address=found.address,
        access_notes=found.access_notes,
        timezone=found.timezone,
    )
