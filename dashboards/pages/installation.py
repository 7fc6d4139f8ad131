"""What the answers of the installer's pages are made of: a part of the page, or what came of an action."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

import devices.reads
import ingest.reads
import registry.reads
from alerts.test_alarm import seen_tests
from core.database import View
from core.errors import VicinoError
from core.translation import mark
from core.vocabulary import BY_ID, BY_NAME
from dashboards import install_views as views
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.sites import Site, require_site
from dashboards.visitors import Visitor, is_fragment
from dashboards.wording import Words
from devices.admission import NOT_KEPT_HERE
from devices.errors import DeviceError
from devices.gateways.reads import seen_enrolments, seen_local_alarms
from devices.walk import FRESH, Heard, standings, tried
from registry.rooms import RoomError

HEARD_SINCE = timedelta(days=8)
AHEAD = timedelta(minutes=5)
_OF_DEVICES = [BY_NAME[name].id for name in ("battery", "link_quality", "signal_strength")]

# What is done in a home by whoever installs there.
Act = Callable[[View, Site], object]

NOT_UNDERSTOOD = mark("This was not understood. Load the page anew.")


class RefusedError(VicinoError):
    """An action that was understood and is not done; `said` is a marked text for whoever asked for it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def done(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    public_id: UUID,
    act: Act,
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
    except RefusedError as error:
        status, problem, told = 409, True, words.say(error.said)
    except (DeviceError, RoomError) as error:
        status, problem, told = 409, True, error.text(visitor.language)
    except (KeyError, ValueError):
        status, problem, told = 422, True, words.say(NOT_UNDERSTOOD)
    if not is_fragment(request):
        return RedirectResponse(f"/install/{public_id}", 303)
    answer = desk.renderer.page("parts/message.html", visitor.language, status, said=told, problem=problem)
    answer.headers["HX-Trigger"] = "refresh"
    return answer


def page(request: Request, desk: Desk, visitor: Visitor, public_id: UUID, template: str) -> Response:
    """Show a home to its installer, or a part of that page."""
    now = visitor.now
    with desk.database.seen_by(visitor.viewer) as view:
        site = require_site(view, public_id)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        inventory = ingest.reads.seen_inventory(view, site.home.home_id)
        walk = devices.reads.seen_walk_test(view, site.home.home_id)
        statuses = {row["gateway_key"]: row for row in ingest.reads.gateway_statuses(view)}
        enrolled = [each for each in seen_enrolments(view) if each.home == site.home.key]
        ticks = ticks_of(view, site, now, words)
        any_button = next((test for test in seen_tests(view, site.home.home_id) if test.device_id is None), None)
        local = seen_local_alarms(view, site.home.home_id)
        people = registry.reads.seen_persons(view, site.home.home_id) if template == "install_sheet.html" else []
    installed = {(device.gateway, device.key) for device in site.present}
    return frame.page(
        template,
        home=site.home,
        gateways=[(each, statuses[each.gateway]) for each in enrolled if each.gateway in statuses],
        found=views.found_views(
            [each for each in inventory if each.is_present and (each.gateway_key, each.key) not in installed],
            site.rooms,
            words,
        ),
        sensors=views.sensor_views(site.installed, site.rooms, words),
        ticks=ticks,
        counted=views.counted(ticks),
        test=walk,
        any_button_until=any_button.ends_at if any_button is not None and any_button.waits(now) else None,
        local=local,
        not_kept_here=NOT_KEPT_HERE,
        is_walking=walk is not None and walk.ended_at is None,
        room_options=views.room_options(site.rooms, words),
        place_options=views.place_options(words),
        lorawan_options=views.lorawan_options(words),
        people=people,
        zone=site.home.zone,
    )


def ticks_of(view: View, site: Site, now: datetime, words: Words) -> Sequence[views.TickView]:
    """Return how the devices of a home stand in its latest walk test."""
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
    devices_tried = {device.device_id: tried(device.model, device.quantities) for device in site.present}
    found = standings(devices_tried, readings, began)
    sensors = views.sensor_views(site.present, site.rooms, words)
    return views.tick_views(found, sensors, seen_tests(view, site.home.home_id), now, words)
