"""The walk test: what to do at each sensor of a home, and which of them have answered since it began. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

# What has nothing to be done at it answers by itself; longer ago than this it may have fallen silent since.
FRESH = timedelta(hours=2)


class Deed(StrEnum):
    """What whoever walks through the home does at a sensor."""

    WALK = "walk"  # through the room
    OPEN = "open"  # and close
    PRESS = "press"
    LIE = "lie"  # down, and get up
    SIT = "sit"  # down, and get up
    SWITCH = "switch"  # on, and off
    TEST = "test"  # the test button of an alarm
    TOUCH = "touch"  # or shake
    MEASURE = "measure"
    WAIT = "wait"  # it reports by itself


# What answers is a reading of the quantity above nought, or at nought; of a quantity that is not listed, any.
RISES: Mapping[str, bool] = {
    "occupancy": True,
    "motion": True,
    "presence": True,
    "bed_occupancy": True,
    "chair_occupancy": True,
    "sos_button": True,
    "vibration": True,
    "opening": True,
    "contact": False,
}
# Of a device that the catalogue does not know, the first of these that it reports decides.
DEEDS: Sequence[tuple[str, Deed]] = (
    ("sos_button", Deed.PRESS),
    ("smoke", Deed.TEST),
    ("gas", Deed.TEST),
    ("carbon_monoxide", Deed.TEST),
    ("water_leak", Deed.TEST),
    ("bed_occupancy", Deed.LIE),
    ("chair_occupancy", Deed.SIT),
    ("contact", Deed.OPEN),
    ("opening", Deed.OPEN),
    ("occupancy", Deed.WALK),
    ("motion", Deed.WALK),
    ("presence", Deed.WALK),
    ("appliance_on", Deed.SWITCH),
    ("power", Deed.SWITCH),
    ("vibration", Deed.TOUCH),
    ("body_weight", Deed.MEASURE),
    ("systolic_pressure", Deed.MEASURE),
    ("oxygen_saturation", Deed.MEASURE),
    ("body_temperature", Deed.MEASURE),
)


class Tried(NamedTuple):
    """A device that is to answer: what it reports, and the quantities by which the catalogue says that it answers."""

    quantities: Sequence[str]
    answers: Sequence[str] = ()


class Heard(NamedTuple):
    """A reading of a device."""

    device_id: int
    quantity: str
    at: datetime
    value: float


class Standing(NamedTuple):
    """How a device stands in a walk test.

    `answered_at` is None while it has not answered, `heard_at` where it has not been heard lately. `battery` is in
    percent; `link_quality` 0 to 255 and `signal_strength` in dBm, as far as it tells them.
    """

    device_id: int
    deed: Deed
    answered_at: datetime | None
    heard_at: datetime | None
    battery: float | None
    link_quality: float | None
    signal_strength: float | None


def deed_of(quantities: Sequence[str]) -> Deed:
    """Return what to do at a device that reports these."""
    return next((deed for quantity, deed in DEEDS if quantity in quantities), Deed.WAIT)


def standings(devices: Mapping[int, Tried], readings: Sequence[Heard], started_at: datetime) -> list[Standing]:
    """Return how each of `devices` stands, by what was heard, in order of time, before and since."""
    by_device: dict[int, list[Heard]] = {device: [] for device in devices}
    for heard in readings:
        if heard.device_id in by_device:
            by_device[heard.device_id].append(heard)
    return [_standing(device, tried, by_device[device], started_at) for device, tried in devices.items()]


def _standing(device: int, tried: Tried, heard: Sequence[Heard], started_at: datetime) -> Standing:
    deed = deed_of(tried.quantities)
    answers = {each for each in tried.answers if each in tried.quantities} or _usual(tried.quantities)
    since = started_at if answers else started_at - FRESH
    answered = [each.at for each in heard if each.at >= since and (not answers or _answers(each, answers))]
    latest = {each.quantity: each.value for each in heard}
    return Standing(
        device,
        deed,
        max(answered[0], started_at) if answered else None,
        heard[-1].at if heard else None,
        latest.get("battery"),
        latest.get("link_quality"),
        latest.get("signal_strength"),
    )


def _usual(quantities: Sequence[str]) -> set[str]:
    return {quantity for quantity, _ in DEEDS if quantity in quantities}


def _answers(heard: Heard, answers: Collection[str]) -> bool:
    if heard.quantity not in answers:
        return False
    rises = RISES.get(heard.quantity)
    return rises is None or (heard.value > 0) is rises
