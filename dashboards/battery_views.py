"""The round on which batteries are changed, in words: for the page, and as a file for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from analytics.reads import Cells, Forecast, Stop, Why, to_bring
from core.translation import mark
from dashboards.install_views import PLACES
from dashboards.wording import ROOM_KINDS, Words

WHYS = {
    Why.EMPTY: mark("The sensor is silent: its battery is probably empty."),
    Why.LOW: mark("It is low."),
    Why.SOON: mark("It goes down."),
}
COLUMNS = (
    mark("Stop"),
    mark("Municipality"),
    mark("Address"),
    mark("Home"),
    mark("Room"),
    mark("What it is on"),
    mark("Sensor"),
    mark("Model"),
    mark("Battery type"),
    mark("How many"),
    mark("Charge (%)"),
    mark("Days left"),
    mark("Days left, at the earliest"),
    mark("Why"),
)
UNKNOWN_TYPE = mark("type not known: look at the sensor")
ANY_DAY = mark("It may be empty any day.")


class StopView(NamedTuple):
    """A battery to change: at what, which one, and why."""

    device_id: int
    name: str
    where: str
    cells: str
    why: str


class HomeView(NamedTuple):
    """A home on the round; `number` is its place in the order."""

    number: int
    public_id: str
    name: str
    address: str
    municipality: str
    stops: list[StopView]


def homes_on_the_way(stops: Sequence[Stop], words: Words) -> list[HomeView]:
    """Return the homes of a round in its order, each with its batteries."""
    by_home = [(home, list(group)) for home, group in groupby(stops, key=lambda stop: stop.home)]
    return [
        HomeView(
            number, home.public_id, home.name, home.address, home.municipality, [_stop(one, words) for one in group]
        )
        for number, (home, group) in enumerate(by_home, start=1)
    ]


def shopping(stops: Sequence[Stop], words: Words) -> list[str]:
    """Return what to bring, as in six times CR2032."""
    return [_cells(cells, words) for cells in to_bring(stops)]


def as_file(stops: Sequence[Stop], words: Words) -> bytes:
    """Return a round as CSV: spreadsheets in Italian want semicolons and decimal commas, and a mark of the encoding."""
    is_italian = words.language == "it"
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if is_italian else ",")
    writer.writerow([words.say(column) for column in COLUMNS])
    numbers = {home.public_id: home.number for home in homes_on_the_way(stops, words)}
    for stop in stops:
        home, device, battery = stop.home, stop.device, stop.battery
        cells: list[int | str] = [
            numbers[home.public_id],
            home.municipality,
            home.address,
            home.name,
            _room(stop, words),
            words.say(PLACES.get(device.place, "")),  # type: ignore[call-overload]
            device.name or device.key,
            device.model,
            stop.cells.kind,
            max(1, stop.cells.pieces),
            _whole(battery.percent),
            _whole(battery.days),
            _whole(battery.earliest),
            words.say(WHYS[stop.why]) if stop.why else "",
        ]
        writer.writerow([_harmless(cell) for cell in cells])
    return written.getvalue().encode("utf-8-sig")


def _stop(stop: Stop, words: Words) -> StopView:
    device = stop.device
    where = [_room(stop, words), words.say(PLACES.get(device.place, ""))]  # type: ignore[call-overload]
    return StopView(
        device.device_id,
        device.name or device.key,
        ", ".join(part for part in where if part),
        _cells(Cells(stop.cells.kind, max(1, stop.cells.pieces)), words),
        _why(stop, words),
    )


def _room(stop: Stop, words: Words) -> str:
    """Return what the room is called; rooms without a name of their own are called by their kind."""
    return words.say(ROOM_KINDS[stop.room]) if stop.room in ROOM_KINDS else stop.room


def _cells(cells: Cells, words: Words) -> str:
    return f"{cells.pieces} \N{MULTIPLICATION SIGN} {cells.kind or words.say(UNKNOWN_TYPE)}"


def _why(stop: Stop, words: Words) -> str:
    gettext = words.translations.gettext
    said = [words.say(WHYS[stop.why])] if stop.why else []
    battery = stop.battery
    if battery.percent is not None and stop.why is not Why.EMPTY:
        said.append(gettext("Charge: %(percent)s %%.") % {"percent": words.number(battery.percent, 0)})
    if battery.days is not None and stop.why is not Why.EMPTY:
        said.append(_left(battery, words))
    return " ".join(said)


def _left(battery: Forecast, words: Words) -> str:
    days, earliest = round(battery.days or 0), round(battery.earliest or 0)
    if days < 1:
        return words.say(ANY_DAY)
    text = words.translations.ngettext(
        "Probably empty in %(num)s day, perhaps in %(earliest)s.",
        "Probably empty in %(num)s days, perhaps in %(earliest)s already.",
        days,
    )
    return text % {"num": words.number(days, 0), "earliest": words.number(earliest, 0)}


def _whole(value: float | None) -> int | str:
    return "" if value is None else round(value)


def _harmless(cell: int | str) -> int | str:
    """Return a cell; what a spreadsheet would take for a formula is text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
