"""`vicino devices batteries`: which batteries are to be changed, in the order of a round."""

import csv
import json
import re
import sys
from typing import Any, NamedTuple

from rich.table import Table

import devices.reads
import registry.reads
from analytics.batteries import batteries
from analytics.silence.battery import LOW
from cli.installation import Installation
from cli.screen import results
from core.clock import Clock

_HOUSE = re.compile(r"^(?P<street>.*?)[\s,]*(?P<number>\d+)(?P<rest>\D*)$")


class Stop(NamedTuple):
    """A battery on the round. `days` is how long it lasts, None where nobody can tell, with an interval around it."""

    municipality: str
    address: str
    home: str
    room: str
    place: str
    device: str
    key: str
    model: str
    percent: float | None
    days: float | None
    earliest_days: float | None
    latest_days: float | None
    due: bool


def round_of(
    installation: Installation, clock: Clock, *, municipality: str | None, within: float, everything: bool
) -> list[Stop]:
    """Return the batteries to change within so many days, or all, by municipality, street and number."""
    now = clock.now()
    with installation.database() as database, database.transaction() as connection:
        homes = {home.home_id: home for home in registry.reads.homes(connection)}
        installed = [each for each in devices.reads.devices(connection) if each.retired_at is None]
        rooms = {
            (sensor.device_id): sensor.room or ""
            for home_id in homes
            for sensor in devices.reads.sensors_of_home(connection, home_id)
        }
        forecasts = batteries(connection, now)
    stops = []
    for device in installed:
        battery, home = forecasts.get(device.device_id), homes[device.home_id]
        if battery is None or (municipality is not None and home.municipality != municipality):
            continue
        low = battery.percent is not None and battery.percent <= LOW
        soon = battery.earliest is not None and battery.earliest <= within
        if not (low or soon or everything):
            continue
        stops.append(
            Stop(
                municipality=home.municipality,
                address=home.address,
                home=home.key,
                room=rooms.get(device.device_id, ""),
                place=device.place,
                device=device.name,
                key=device.key,
                model=device.model,
                percent=battery.percent,
                days=_rounded(battery.days),
                earliest_days=_rounded(battery.earliest),
                latest_days=_rounded(battery.latest),
                due=low or soon,
            )
        )
    return sorted(stops, key=_on_the_way)


def show(stops: list[Stop], *, as_json: bool, as_csv: bool) -> None:
    """Print a round as a table, as JSON or as CSV."""
    if as_json:
        print(json.dumps([stop._asdict() for stop in stops], indent=2))
    elif as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(Stop._fields)
        writer.writerows([_plain(stop) for stop in stops])
    else:
        table = Table("municipality", "address", "home", "room", "device", "model", "charge", "days left")
        for stop in stops:
            charge = "?" if stop.percent is None else f"{stop.percent:.0f} %"
            table.add_row(
                stop.municipality, stop.address, stop.home, stop.room, stop.device, stop.model, charge, _left(stop)
            )
        results.print(table)


def _left(stop: Stop) -> str:
    if stop.days is None:
        return "unknown"
    return f"{stop.days:.0f} ({stop.earliest_days:.0f} to {stop.latest_days:.0f})"


def _plain(stop: Stop) -> list[Any]:
    """Return the cells of a line; what a spreadsheet would take for a formula is text."""
    return [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" and cell else cell for cell in stop]


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def _on_the_way(stop: Stop) -> tuple[str, str, int, str, str, str, str]:
    match = _HOUSE.match(stop.address)
    street, number, rest = (match["street"], int(match["number"]), match["rest"]) if match else (stop.address, 0, "")
    return stop.municipality, street.casefold(), number, rest, stop.home, stop.room, stop.key
