"""The parts of the installer's page.

Each reads what it shows and nothing else: every telephone asks for each of them every few seconds.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import devices.reads
import ingest.reads
import registry.reads
from alerts.test_alarm import AlarmTest, seen_tests
from core.vocabulary import BY_ID
from dashboards import install_views as views
from dashboards.pages.installation import Look
from devices.admission import NOT_KEPT_HERE
from devices.gateways.reads import seen_enrolments, seen_local_alarms
from devices.reads import WalkTest
from devices.walk import Heard, standings, tried

HEARD_SINCE = timedelta(days=8)
AHEAD = timedelta(minutes=5)


class Walk(NamedTuple):
    """The latest walk test of a home, None if there was none; what was announced in it, and how its devices stand."""

    test: WalkTest | None
    announced: Sequence[AlarmTest]
    ticks: Sequence[views.TickView]


def gateway(look: Look) -> dict[str, Any]:
    """Return how the gateway of a home stands."""
    statuses = {row["gateway_key"]: row for row in ingest.reads.gateway_statuses(look.view, [look.site.home.home_id])}
    enrolled = [each for each in seen_enrolments(look.view) if each.home == look.site.home.key]
    return {
        "gateways": [(each, statuses[each.gateway]) for each in enrolled if each.gateway in statuses],
        "not_kept_here": NOT_KEPT_HERE,
    }


def found(look: Look) -> dict[str, Any]:
    """Return what was found and is not installed, and what an installer chooses from."""
    installed = {(device.gateway, device.key) for device in look.site.present}
    inventory = ingest.reads.seen_inventory(look.view, look.site.home.home_id)
    return {
        "found": views.found_views(
            [each for each in inventory if each.is_present and (each.gateway_key, each.key) not in installed],
            look.site.rooms,
            look.words,
        ),
        "room_options": views.room_options(look.site.rooms, look.words),
        "place_options": views.place_options(look.words),
        "lorawan_options": views.lorawan_options(look.words),
    }


def sensors(look: Look) -> dict[str, Any]:
    """Return the installed sensors, those that were taken away included."""
    return {"sensors": views.sensor_views(look.site.installed, look.site.rooms, look.words)}


def walk(look: Look) -> dict[str, Any]:
    """Return which sensors have answered, and what is announced."""
    walked = walk_of(look)
    any_button = next((test for test in walked.announced if test.device_id is None), None)
    return {
        "test": walked.test,
        "is_walking": walked.test is not None and walked.test.ended_at is None,
        "ticks": walked.ticks,
        "counted": views.counted(walked.ticks),
        "any_button_until": any_button.ends_at if any_button is not None and any_button.waits(look.now) else None,
        "local": seen_local_alarms(look.view, look.site.home.home_id),
    }


def sheet(look: Look) -> dict[str, Any]:
    """Return what only the sheet for the home says: who lives there, and what came of the walk test."""
    home_id = look.site.home.home_id
    return {
        "people": registry.reads.seen_persons(look.view, home_id),
        "test": devices.reads.seen_walk_test(look.view, home_id),
    }


def walk_of(look: Look) -> Walk:
    """Return the latest walk test of a home; where there was none, how its devices would stand if one began now."""
    home_id = look.site.home.home_id
    test = devices.reads.seen_walk_test(look.view, home_id)
    announced = seen_tests(look.view, home_id)
    began = test.started_at if test else look.now
    devices_tried = {device.device_id: tried(device.model, device.quantities) for device in look.site.present}
    stand = standings(devices_tried, _heard(look), began)
    named = views.sensor_views(look.site.present, look.site.rooms, look.words)
    return Walk(test, announced, views.tick_views(stand, named, announced, look.now, look.words))


def _heard(look: Look) -> list[Heard]:
    # A battery says how full it is once a day or once a week.
    rows = ingest.reads.walk_readings(look.view, look.site.home.home_id, look.now - HEARD_SINCE, look.now + AHEAD)
    return [
        Heard(row["device_id"], BY_ID[row["quantity_id"]].name, row["ts"], row["value"])
        for row in rows
        if row["quantity_id"] in BY_ID
    ]
