"""What the installer's pages show: found and installed devices, rooms to choose from, and the walk test, in words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from alerts.test_alarm import AlarmTest
from core.places import Place, RoomKind
from core.translation import mark
from core.vocabulary import CALLS
from dashboards.quantities import measured
from dashboards.wording import ROOM_KINDS, Words
from devices import models
from devices.models import Model
from devices.reads import Device
from devices.suggestion import suggest
from devices.walk import Counted, Standing, tried
from ingest.reads import FoundDevice
from registry.reads import Room

PLACES: Mapping[Place, str] = {
    Place.ENTRANCE_DOOR: mark("front door"),
    Place.INNER_DOOR: mark("door inside the home"),
    Place.WINDOW: mark("window"),
    Place.FRIDGE: mark("fridge"),
    Place.CUPBOARD: mark("cupboard"),
    Place.MEDICINE: mark("medicines"),
    Place.TOILET: mark("toilet"),
    Place.SHOWER: mark("shower or bath"),
    Place.WASHBASIN: mark("washbasin"),
    Place.BED: mark("bed"),
    Place.CHAIR: mark("chair"),
    Place.STOVE: mark("cooker"),
    Place.OVEN: mark("oven"),
    Place.KETTLE: mark("kettle"),
    Place.COFFEE_MACHINE: mark("coffee machine"),
    Place.MICROWAVE: mark("microwave"),
    Place.WASHING_MACHINE: mark("washing machine"),
    Place.TV: mark("television"),
    Place.LAMP: mark("lamp"),
    Place.CEILING: mark("ceiling"),
    Place.WALL: mark("wall"),
    Place.FLOOR: mark("floor"),
    Place.BODY: mark("worn or carried"),
    Place.MAINS: mark("mains of the home"),
}
BY_ITSELF = mark("Nothing to do: it reports by itself.")
GOOD, FAIR, WEAK = mark("good"), mark("fair"), mark("weak")
# Zigbee's link quality is on each radio's own scale up to 255; signal strength is in dBm.
GOOD_LINK, FAIR_LINK = 100, 40
GOOD_DBM, FAIR_DBM = -75, -90
LOW_BATTERY = 15  # percent
LATE = timedelta(days=1)


class Option(NamedTuple):
    """One choice of a list."""

    value: str
    label: str


class FoundView(NamedTuple):
    """A device that was found and is not installed. `room` and `place` are the values that are probably right."""

    gateway: str
    key: str
    name: str
    model: str
    measures: str
    unmapped: tuple[tuple[str, str], ...]
    is_installable: bool
    advice: str
    room: str
    place: str


class SensorView(NamedTuple):
    """An installed device; `is_calling` tells that it calls for help."""

    device_id: int
    name: str
    model: str
    room: str
    room_name: str
    place: str
    place_name: str
    measures: str
    instruction: str
    advice: str
    is_retired: bool
    battery_changed_at: datetime | None
    is_calling: bool


class TickView(NamedTuple):
    """A device in a walk test: what to do, whether it answered or was only heard, how well it can be heard.

    `is_calling` tells that it calls for help when it is tried, `trying_until` that its next call is an announced test.
    `seen_test` is the id of the latest test of it that is shown, 0 for none.
    """

    device_id: int
    name: str
    room_name: str
    instruction: str
    is_answered: bool
    answered_at: datetime | None
    only_heard_at: datetime | None
    battery: str
    is_battery_low: bool
    signal: str
    is_signal_weak: bool
    is_calling: bool
    trying_until: datetime | None
    seen_test: int


def room_value(room_id: int | None) -> str:
    """Return a room as the value of a choice."""
    return "" if room_id is None else f"room:{room_id}"


def room_options(rooms: Sequence[Room], words: Words) -> list[Option]:
    """Return the rooms of a home, then the kinds of room that it does not have yet, as choices."""
    there = [Option(room_value(room.room_id), room_name(room, words)) for room in rooms]
    kinds = {room.kind for room in rooms}
    new = words.translations.gettext("new: %(room)s")
    return there + [
        Option(f"kind:{kind}", new % {"room": words.say(ROOM_KINDS[kind])}) for kind in RoomKind if kind not in kinds
    ]


def place_options(words: Words) -> list[Option]:
    """Return what a sensor can be fixed to, as choices."""
    return [Option(place, words.say(label)) for place, label in PLACES.items()]


def lorawan_models() -> list[Model]:
    """Return the models that speak LoRaWAN."""
    return [each for each in models.models() if each.protocol == "lorawan"]


def lorawan_options(words: Words) -> list[Option]:
    """Return the models that speak LoRaWAN, as choices."""
    kinds = models.kinds()
    return [
        Option(models.full_name(each.model, each.vendor), f"{each.vendor} {each.model}: {name}")
        for each in lorawan_models()
        if (name := kinds[each.kind].name.of(words.language))
    ]


def room_name(room: Room, words: Words) -> str:
    """Return what a room is called."""
    return room.name or words.say(ROOM_KINDS[room.kind]).capitalize()


def found_views(found: Sequence[FoundDevice], rooms: Sequence[Room], words: Words) -> list[FoundView]:
    """Return the found devices with a guess of where each is, those that can be installed first."""
    views = [_found_view(each, rooms, words) for each in found]
    return sorted(views, key=lambda view: (not view.is_installable, view.name.lower(), view.key))


def _found_view(found: FoundDevice, rooms: Sequence[Room], words: Words) -> FoundView:
    quantities = {each.partition("/")[0] for each in found.quantities}
    guess = suggest(found.name, quantities)
    model = models.find(found.model, found.vendor)
    there = next((room_value(room.room_id) for room in rooms if room.kind == guess.room), None)
    return FoundView(
        found.gateway_key,
        found.key,
        found.name or found.key,
        " ".join(part for part in (found.vendor, found.model) if part),
        measured(found.quantities, words),
        tuple(sorted(found.unmapped.items())),
        bool(found.key and found.quantities),
        model.advice(words.language) if model else "",
        there or (f"kind:{guess.room}" if guess.room else ""),
        guess.place or "",
    )


def sensor_views(devices: Sequence[Device], rooms: Sequence[Room], words: Words) -> list[SensorView]:
    """Return the installed devices in the order of the rooms, those that were taken away last."""
    by_id = {room.room_id: room for room in rooms}
    views = [_sensor_view(device, by_id, words) for device in devices]
    return sorted(views, key=lambda view: (view.is_retired, view.room_name.lower(), view.name.lower()))


def _sensor_view(device: Device, rooms: Mapping[int, Room], words: Words) -> SensorView:
    room = rooms.get(device.room_id) if device.room_id is not None else None
    model = models.find(device.model)
    test = tried(device.model, device.quantities).test
    return SensorView(
        device.device_id,
        device.name or device.key,
        device.model,
        room_value(device.room_id),
        room_name(room, words) if room else "",
        device.place,
        words.say(PLACES[Place(device.place)]) if device.place in set(Place) else "",
        measured(device.quantities, words),
        test.instruction.of(words.language) if test else words.say(BY_ITSELF),
        model.advice(words.language) if model else "",
        device.retired_at is not None,
        device.battery_changed_at,
        not CALLS.isdisjoint(device.quantities),
    )


def tick_views(
    standings: Sequence[Standing],
    sensors: Sequence[SensorView],
    tests: Sequence[AlarmTest],
    now: datetime,
    words: Words,
) -> list[TickView]:
    """Return how the devices stand in a walk test and in what was announced of them: those still to be done first."""
    named = {sensor.device_id: sensor for sensor in sensors}
    views = [
        _tick(
            standing,
            named[standing.device_id],
            [test for test in tests if test.device_id == standing.device_id],
            now,
            words,
        )
        for standing in standings
    ]
    return sorted(views, key=lambda view: (view.is_answered, view.room_name.lower(), view.name.lower()))


def counted(ticks: Sequence[TickView]) -> Counted:
    """Return what has come of a walk test."""
    heard = sum(tick.only_heard_at is not None for tick in ticks)
    return Counted(sum(tick.is_answered for tick in ticks), heard, len(ticks))


def _tick(standing: Standing, sensor: SensorView, tests: Sequence[AlarmTest], now: datetime, words: Words) -> TickView:
    signal = _signal(standing)
    return TickView(
        standing.device_id,
        sensor.name,
        sensor.room_name,
        sensor.instruction,
        standing.answered_at is not None,
        standing.answered_at,
        standing.only_heard_at,
        "" if standing.battery is None else words.percent(standing.battery / 100),
        standing.battery is not None and standing.battery <= LOW_BATTERY,
        words.say(signal),
        signal == WEAK,
        sensor.is_calling,
        max((test.ends_at for test in tests if test.waits(now)), default=None),
        max((test.test_alarm_id for test in tests), default=0),
    )


def _signal(standing: Standing) -> str:
    if standing.link_quality is not None:
        return _grade(standing.link_quality, GOOD_LINK, FAIR_LINK)
    if standing.signal_strength is not None:
        return _grade(standing.signal_strength, GOOD_DBM, FAIR_DBM)
    return ""


def _grade(value: float, good: float, fair: float) -> str:
    return GOOD if value >= good else FAIR if value >= fair else WEAK


def chosen_room(value: str, add: Callable[[RoomKind], int]) -> int | None:
    """Return the room that was chosen by its value, made with `add` if it is a new one; None for no room.

    Raises `ValueError` if the value is none of `room_options`.
    """
    kind, _, which = value.partition(":")
    if not value:
        return None
    if kind == "room":
        return int(which)
    if kind == "kind":
        return add(RoomKind(which))
    raise ValueError(f"{value!r} is no room")
