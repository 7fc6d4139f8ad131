"""The installer's pages, made for a telephone: a home's gateway, its sensors, the walk test, a sheet to leave there.

For whoever is in charge of devices. Every form may be sent twice: where the network is away for a while the page sends
it again by itself (`install.js`).
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import Response

import devices.reads
import ingest.reads
from core.database import View
from core.places import Place, RoomKind
from core.translation import mark
from dashboards import install_views as views
from dashboards.pages import install_parts as parts
from dashboards.pages.frame import Frame
from dashboards.pages.installation import Act, done, page
from dashboards.sites import Site, require_homes
from dashboards.visitors import DeskDependency, SignedIn, Trusted
from devices import installing
from devices.found import Found, found
from registry import rooms
from registry.reads import Home

router = APIRouter()

INSTALLED = mark("The sensors are in their places.")
CHANGED = mark("Changed.")
RETIRED = mark("Taken away. It is missed no more; you can bring it back.")
RESTORED = mark("It is back.")
NOTHING_CHOSEN = mark("Choose at least one sensor.")


@router.get("/install")
def homes(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show the homes to choose from."""
    with desk.database.seen_by(visitor.viewer) as view:
        found = require_homes(view)
        frame = Frame.around(request, desk, visitor, view)
        tests = {home.home_id: devices.reads.seen_walk_test(view, home.home_id) for home in found}
        counts = {home.home_id: len(_present(view, home)) for home in found}
    return frame.page("install_homes.html", homes=found, tests=tests, counts=counts)


@router.get("/install/{public_id}")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show a home to its installer."""
    return page(
        request, desk, visitor, public_id, "install.html", parts.gateway, parts.found, parts.sensors, parts.walk
    )


@router.get("/install/{public_id}/gateway")
def gateway_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show how the gateway of a home stands."""
    return page(request, desk, visitor, public_id, "parts/install_gateway.html", parts.gateway)


@router.get("/install/{public_id}/found")
def found_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what was found and is not installed."""
    return page(request, desk, visitor, public_id, "parts/install_found.html", parts.found)


@router.get("/install/{public_id}/sensors")
def sensors_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show the installed sensors."""
    return page(request, desk, visitor, public_id, "parts/install_sensors.html", parts.found, parts.sensors)


@router.get("/install/{public_id}/sheet")
def sheet(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show the sheet that stays in the home."""
    return page(request, desk, visitor, public_id, "install_sheet.html", parts.sensors, parts.sheet)


Fields = Annotated[list[str], Form()]


@router.post("/install/{public_id}/devices")
def install(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    chosen: Fields = [],  # noqa: B006 - FastAPI copies it
    device: Fields = [],  # noqa: B006
    name: Fields = [],  # noqa: B006
    room: Fields = [],  # noqa: B006
    place: Fields = [],  # noqa: B006
) -> Response:
    """Put the chosen devices into their rooms: `chosen` are positions in the other fields."""
    wanted = [
        (gateway_and_key, *rest)
        for position, (gateway_and_key, *rest) in enumerate(zip(device, name, room, place, strict=False))
        if str(position) in chosen
    ]

    def act(view: View, site: Site) -> None:
        found = _found(view, site)
        for which, called, where, at in wanted:
            seen = found[which]
            room_id = views.chosen_room(where, lambda kind: rooms.add(view, public_id, kind))
            installing.install(view, _to_install(seen), called.strip(), room_id, Place(at) if at else None, visitor.now)

    return done(request, desk, visitor, public_id, act, INSTALLED if wanted else NOTHING_CHOSEN, is_done=bool(wanted))


@router.post("/install/{public_id}/devices/{device_id}")
def change(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    device_id: int,
    name: Annotated[str, Form()] = "",
    room: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
) -> Response:
    """Give a device another name, room or place."""

    def act(view: View, _: Site) -> None:
        installing.describe(view, device_id, name.strip(), visitor.now)
        room_id = views.chosen_room(room, lambda kind: rooms.add(view, public_id, kind))
        installing.move(view, device_id, room_id, Place(place) if place else None, visitor.now)

    return done(request, desk, visitor, public_id, act, CHANGED)


@router.post("/install/{public_id}/devices/{device_id}/{action}")
def treat(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    device_id: int,
    action: str,
    by: Annotated[str, Form()] = "",
) -> Response:
    """Take a device away, bring it back, note a new battery, or put another one (`by`) in its place."""

    def replace(view: View, site: Site) -> None:
        found = _found(view, site)
        seen = found[by]
        installing.replace(view, device_id, _to_install(seen), visitor.now)

    actions: dict[str, tuple[Act, str]] = {
        "retire": (lambda view, _: installing.retire(view, device_id, visitor.now), RETIRED),
        "restore": (lambda view, _: installing.restore(view, device_id, visitor.now), RESTORED),
        "battery": (lambda view, _: installing.change_battery(view, device_id, visitor.now), CHANGED),
        "replace": (replace, INSTALLED),
    }
    if action not in actions:
        raise HTTPException(404)
    act, said = actions[action]
    return done(request, desk, visitor, public_id, act, said)


@router.post("/install/{public_id}/rooms")
def add_room(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    kind: Annotated[str, Form()],
    name: Annotated[str, Form()] = "",
) -> Response:
    """Add a room."""
    return done(
        request, desk, visitor, public_id, lambda view, _: rooms.add(view, public_id, RoomKind(kind), name), CHANGED
    )


def _found(view: View, site: Site) -> dict[str, ingest.reads.FoundDevice]:
    """Return what was found in a home by gateway and key, as the forms name it."""
    inventory = ingest.reads.seen_inventory(view, site.home.home_id)
    return {f"{each.gateway_key} {each.key}": each for each in inventory if each.key}


def _to_install(seen: ingest.reads.FoundDevice) -> Found:
    return found(seen.gateway_key, seen.key, seen.vendor, seen.model, seen.quantities, is_declared=bool(seen.exposes))


def _present(view: View, home: Home) -> list[devices.reads.Device]:
    return [each for each in devices.reads.seen_devices(view, home.home_id) if each.retired_at is None]
