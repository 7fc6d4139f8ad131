"""`vicino devices batteries`: which batteries are to be changed, in the order of a round."""

import csv
import json
import sys
from typing import Any, NamedTuple

from rich.table import Table

import analytics.replacement
import devices.reads
import registry.reads
from analytics.batteries import batteries
from analytics.replacement import Stop
from analytics.silence.verdict import Silence
from analytics.watch import repository as silences
from cli.installation import Installation
from cli.screen import results
from core.clock import Clock


class Line(NamedTuple):
    """A battery on the round, as it is printed.

    `days` is how long it lasts, None where nobody can tell, with an interval around it; `why` is why it is due.
    """

    municipality: str
    address: str
    home: str
    room: str
    place: str
    device: str
    key: str
    model: str
    battery: str
    batteries: int
    percent: float | None
    days: float | None
    earliest_days: float | None
    latest_days: float | None
    due: bool
    why: str


def round_of(
    installation: Installation, clock: Clock, *, municipality: str | None, within: float, everything: bool
) -> list[Line]:
    """Return the batteries to change within so many days, or all, by municipality, street and number."""
    now = clock.now()
    with installation.database() as database, database.transaction() as connection:
        homes = {
            home.home_id: home
            for home in registry.reads.homes(connection)
            if municipality is None or home.municipality == municipality
        }
        silent = {
            told.verdict.subject.id
            for of_home in silences.told_silences(connection, list(homes), now).values()
            for told in of_home
            if told.verdict.silence is Silence.BATTERY_LOW and told.verdict.until is None
        }
        found = analytics.replacement.round_of(
            homes,
            devices.reads.devices(connection),
            {room.room_id: room.name or room.kind for room in registry.reads.rooms(connection)},
            batteries(connection, now),
            silent,
            within=within,
        )
    return [_line(stop) for stop in found.stops if everything or stop.why is not None]


def show(lines: list[Line], *, as_json: bool, as_csv: bool) -> None:
    """Print a round as a table, as JSON or as CSV."""
    if as_json:
        print(json.dumps([line._asdict() for line in lines], indent=2))
    elif as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(Line._fields)
        writer.writerows([_plain(line) for line in lines])
    else:
        table = Table("municipality", "address", "home", "room", "device", "batteries", "charge", "days left")
        for line in lines:
            charge = "?" if line.percent is None else f"{line.percent:.0f} %"
            cells = f"{line.batteries} x {line.battery}" if line.batteries else "?"
            table.add_row(
                line.municipality, line.address, line.home, line.room, line.device, cells, charge, _left(line)
            )
        results.print(table)


def _left(line: Line) -> str:
    if line.why == "empty":
        return "silent"
    if line.days is None:
        return "unknown"
    return f"{line.days:.0f} ({line.earliest_days:.0f} to {line.latest_days:.0f})"


def _line(stop: Stop) -> Line:
    battery, home, device = stop.battery, stop.home, stop.device
    return Line(
        municipality=home.municipality,
        address=home.address,
        home=home.key,
        room=stop.room,
        place=device.place,
        device=device.name,
        key=device.key,
        model=device.model,
        battery=stop.cells.kind,
        batteries=stop.cells.pieces,
        percent=battery.percent,
        days=_rounded(battery.days),
        earliest_days=_rounded(battery.earliest),
        latest_days=_rounded(battery.latest),
        due=stop.why is not None,
        why=stop.why or "",
    )


def _plain(line: Line) -> list[Any]:
    """Return the cells of a line; what a spreadsheet would take for a formula is text."""
    return [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" and cell else cell for cell in line]


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)
