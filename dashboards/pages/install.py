"""The installer's pages, made for a telephone: a home's gateway, its sensors, the walk test, a sheet to leave there.

For whoever is in charge of devices. Every form may be sent twice: where the network is away for a while the page sends
it again by itself (`install.js`).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

import devices.reads
import ingest.reads
import registry.reads
from alerts.test_alarm import announce_seen, latest_seen
from core.database import View
from core.places import Place, RoomKind
from core.translation import mark
from core.vocabulary import BY_ID, BY_NAME
from dashboards import install_views as views
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.sites import Site, require_site
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor, is_fragment
from dashboards.wording import Words
from devices import installing, models
from devices.errors import DeviceError
from devices.found import Found
from devices.gateways.reads import seen_enrolments
from devices.walk import FRESH, Heard, Tried, standings
from ingest.rejects.reads import is_in_charge
from registry import rooms
from registry.reads import Home
from registry.rooms import RoomError

router = APIRouter()

SOS = "sos_button"
INSTALLERS = frozenset({"installer", "coordinator", "administrator"})
HEARD_SINCE = timedelta(days=8)
AHEAD = timedelta(minutes=5)
TEST_LASTS = timedelta(minutes=10)
_OF_DEVICES = [BY_NAME[name].id for name in ("battery", "link_quality", "signal_strength")]

INSTALLED = mark("The sensors are in their places.")
CHANGED = mark("Changed.")
RETIRED = mark("Taken away. It is missed no more; you can bring it back.")
RESTORED = mark("It is back.")
NOTHING_CHOSEN = mark("Choose at least one sensor.")
BEGUN = mark("The walk test has begun.")
ENDED = mark("The walk test has ended and is written down.")
ANNOUNCED = mark("Press the button now. Only the first press is the test: a second one calls for help.")
NOT_ANNOUNCED = mark("An alarm of this home is open: somebody may really need help. Look at the alerts first.")
NOT_UNDERSTOOD = mark("This was not understood. Load the page anew.")


class NotAnnouncedError(Exception):
    """A test of the SOS button cannot be announced."""


@router.get("/install")
def homes(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show the homes to choose from."""
    with desk.database.seen_by(visitor.viewer) as view:
        if not is_in_charge(view):
            raise HTTPException(404)
        frame = Frame.around(request, desk, visitor, view)
        found = [home for home in registry.reads.seen_homes(view) if home.organisation in _in_charge_of(view)]
        tests = {home.home_id: devices.reads.seen_walk_test(view, home.home_id) for home in found}
        counts = {home.home_id: len(_present(view, home)) for home in found}
    return frame.page("install_homes.html", homes=found, tests=tests, counts=counts)


@router.get("/install/{public_id}")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show a home to its installer."""
    return _page(request, desk, visitor, public_id, "install.html")


@router.get("/install/{public_id}/gateway")
def gateway_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show how the gateway of a home stands."""
    return _page(request, desk, visitor, public_id, "parts/install_gateway.html")


@router.get("/install/{public_id}/found")
def found_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what was found and is not installed."""
    return _page(request, desk, visitor, public_id, "parts/install_found.html")


@router.get("/install/{public_id}/walk")
def walk_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show which sensors have answered."""
    return _page(request, desk, visitor, public_id, "parts/install_walk.html")


@router.get("/install/{public_id}/sensors")
def sensors_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show the installed sensors."""
    return _page(request, desk, visitor, public_id, "parts/install_sensors.html")


@router.get("/install/{public_id}/sheet")
def sheet(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show the sheet that stays in the home."""
    return _page(request, desk, visitor, public_id, "install_sheet.html")


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
        found = {
            f"{each.gateway_key} {each.key}": each for each in ingest.reads.seen_inventory(view, site.home.home_id)
        }
        for which, called, where, at in wanted:
            seen = found[which]
            room_id = views.chosen_room(where, lambda kind: rooms.add(view, public_id, kind))
            new = Found(seen.gateway_key, seen.key, seen.model, seen.quantities)
            installing.install(view, new, called.strip(), room_id, Place(at) if at else None, visitor.now)

    return _done(request, desk, visitor, public_id, act, INSTALLED if wanted else NOTHING_CHOSEN, is_done=bool(wanted))


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

    return _done(request, desk, visitor, public_id, act, CHANGED)


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
        found = {
            f"{each.gateway_key} {each.key}": each for each in ingest.reads.seen_inventory(view, site.home.home_id)
        }
        seen = found[by]
        installing.replace(view, device_id, Found(seen.gateway_key, seen.key, seen.model, seen.quantities), visitor.now)

    actions: dict[str, tuple[Callable[[View, Site], object], str]] = {
        "retire": (lambda view, _: installing.retire(view, device_id, visitor.now), RETIRED),
        "restore": (lambda view, _: installing.restore(view, device_id, visitor.now), RESTORED),
        "battery": (lambda view, _: installing.change_battery(view, device_id, visitor.now), CHANGED),
        "replace": (replace, INSTALLED),
    }
    if action not in actions:
        raise HTTPException(404)
    act, said = actions[action]
    return _done(request, desk, visitor, public_id, act, said)


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
    return _done(
        request, desk, visitor, public_id, lambda view, _: rooms.add(view, public_id, RoomKind(kind), name), CHANGED
    )


@router.post("/install/{public_id}/test-alarm")
def test_alarm(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Announce that the SOS button is going to be pressed for a test."""

    def act(view: View, _: Site) -> None:
        if not announce_seen(view, public_id, visitor.now, TEST_LASTS):
            raise NotAnnouncedError

    return _done(request, desk, visitor, public_id, act, ANNOUNCED)


@router.post("/install/{public_id}/walk/begin")
def begin_walk(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Begin the walk test."""
    return _done(
        request,
        desk,
        visitor,
        public_id,
        lambda view, _: installing.begin_walk_test(view, public_id, visitor.now),
        BEGUN,
    )


@router.post("/install/{public_id}/walk/end")
def end_walk(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """End the walk test and write down what came of it."""

    def act(view: View, site: Site) -> None:
        ticks = _ticks(view, site, visitor.now, Words(visitor.language))
        answered = sum(tick.is_answered for tick in ticks)
        installing.end_walk_test(view, public_id, answered, len(ticks), visitor.now)

    return _done(request, desk, visitor, public_id, act, ENDED)


def _done(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    public_id: UUID,
    act: Callable[[View, Site], object],
    said: str,
    *,
    is_done: bool = True,
) -> Response:
    """Carry out an action in a transaction that is committed before anything is answered."""
    words = Words(visitor.language)
    status, problem, told = 200, not is_done, words.say(said)
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            act(view, require_site(view, public_id))
    except NotAnnouncedError:
        status, problem, told = 409, True, words.say(NOT_ANNOUNCED)
    except (DeviceError, RoomError) as error:
        status, problem, told = 409, True, error.text(visitor.language)
    except (KeyError, ValueError):
        status, problem, told = 422, True, words.say(NOT_UNDERSTOOD)
    if not is_fragment(request):
        return RedirectResponse(f"/install/{public_id}", 303)
    answer = desk.renderer.page("parts/message.html", visitor.language, status, said=told, problem=problem)
    answer.headers["HX-Trigger"] = "refresh"
    return answer


def _page(request: Request, desk: Desk, visitor: Visitor, public_id: UUID, template: str) -> Response:
    now = visitor.now
    with desk.database.seen_by(visitor.viewer) as view:
        site = require_site(view, public_id)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        inventory = ingest.reads.seen_inventory(view, site.home.home_id)
        test = devices.reads.seen_walk_test(view, site.home.home_id)
        statuses = {row["gateway_key"]: row for row in ingest.reads.gateway_statuses(view)}
        enrolled = [each for each in seen_enrolments(view) if each.home == site.home.key]
        ticks = _ticks(view, site, now, words)
        alarm_test = latest_seen(view, site.home.home_id)
        people = registry.reads.seen_persons(view, site.home.home_id) if template == "install_sheet.html" else []
    installed = {(device.gateway, device.key) for device in site.present}
    sensors = views.sensor_views(site.installed, site.rooms, words)
    return frame.page(
        template,
        home=site.home,
        gateways=[(each, statuses[each.gateway]) for each in enrolled if each.gateway in statuses],
        found=views.found_views(
            [each for each in inventory if each.is_present and (each.gateway_key, each.key) not in installed],
            site.rooms,
            words,
        ),
        sensors=sensors,
        ticks=ticks,
        answered=sum(tick.is_answered for tick in ticks),
        test=test,
        has_button=any(SOS in device.quantities for device in site.present),
        is_testing=alarm_test is not None and alarm_test.pressed_at is None and alarm_test.ends_at > now,
        is_walking=test is not None and test.ended_at is None,
        room_options=views.room_options(site.rooms, words),
        place_options=views.place_options(words),
        people=people,
        zone=site.home.zone,
        deeds=views.DEEDS,
    )


def _ticks(view: View, site: Site, now: datetime, words: Words) -> list[views.TickView]:
    test = devices.reads.seen_walk_test(view, site.home.home_id)
    began = test.started_at if test else now
    rows = ingest.reads.home_readings(view, site.home.home_id, began - FRESH, now + AHEAD)
    # A battery says how full it is once a day or once a week.
    rows += ingest.reads.home_readings(view, site.home.home_id, now - HEARD_SINCE, began - FRESH, _OF_DEVICES)
    readings = [
        Heard(row["device_id"], BY_ID[row["quantity_id"]].name, row["ts"], row["value"])
        for row in sorted(rows, key=lambda row: row["ts"])
        if row["quantity_id"] in BY_ID
    ]
    found = standings({device.device_id: _tried(device) for device in site.present}, readings, began)
    return views.tick_views(found, views.sensor_views(site.present, site.rooms, words), words)


def _found(view: View, site: Site) -> dict[str, ingest.reads.FoundDevice]:
    """Return what was found in a home by gateway and key, as the forms name it."""
    inventory = ingest.reads.seen_inventory(view, site.home.home_id)
    return {f"{each.gateway_key} {each.key}": each for each in inventory if each.key}


def _tried(device: devices.reads.Device) -> Tried:
    model = models.find(device.model)
    return Tried(device.quantities, model.test.answers if model else ())


def _present(view: View, home: Home) -> list[devices.reads.Device]:
    return [each for each in devices.reads.seen_devices(view, home.home_id) if each.retired_at is None]


def _in_charge_of(view: View) -> set[str]:
    """Return the keys of the organisations of whose devices the viewer is in charge."""
    return {each.key for each in registry.reads.seen_organisations(view) if INSTALLERS & set(each.roles)}
