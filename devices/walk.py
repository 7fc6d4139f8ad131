"""The walk test: what to do at each sensor of a home, and which of them have answered since it began. Pure."""

from collections.abc import Mapping, Sequence
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


class Answer(NamedTuple):
    """What counts as an answer: a reading of `quantity`, above nought if `rises`, nought if not; any if None."""

    quantity: str
    rises: bool | None


# The first that a device reports decides: what tells of the person before what tells of the device.
DEEDS: Sequence[tuple[Deed, Answer]] = (
    (Deed.PRESS, Answer("sos_button", rises=True)),
    (Deed.TEST, Answer("smoke", rises=None)),
    (Deed.TEST, Answer("gas", rises=None)),
    (Deed.TEST, Answer("carbon_monoxide", rises=None)),
    (Deed.TEST, Answer("water_leak", rises=None)),
    (Deed.LIE, Answer("bed_occupancy", rises=True)),
    (Deed.SIT, Answer("chair_occupancy", rises=True)),
    (Deed.OPEN, Answer("contact", rises=False)),
    (Deed.OPEN, Answer("opening", rises=True)),
    (Deed.WALK, Answer("occupancy", rises=True)),
    (Deed.WALK, Answer("motion", rises=True)),
    (Deed.WALK, Answer("presence", rises=True)),
    (Deed.SWITCH, Answer("appliance_on", rises=None)),
    (Deed.SWITCH, Answer("power", rises=None)),
    (Deed.TOUCH, Answer("vibration", rises=True)),
    (Deed.MEASURE, Answer("body_weight", rises=None)),
    (Deed.MEASURE, Answer("systolic_pressure", rises=None)),
    (Deed.MEASURE, Answer("oxygen_saturation", rises=None)),
    (Deed.MEASURE, Answer("body_temperature", rises=None)),
)


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


def deed_of(quantities: Sequence[str]) -> tuple[Deed, Answer | None]:
    """Return what to do at a device that reports these, and what answers; None if any reading does."""
    for deed, answer in DEEDS:
        if answer.quantity in quantities:
            return deed, answer
    return Deed.WAIT, None


def standings(devices: Mapping[int, Sequence[str]], readings: Sequence[Heard], started_at: datetime) -> list[Standing]:
    """Return how each of `devices` (id to quantities) stands, by what was heard, in order of time, before and since."""
    by_device: dict[int, list[Heard]] = {device: [] for device in devices}
    for heard in readings:
        if heard.device_id in by_device:
            by_device[heard.device_id].append(heard)
    return [_standing(device, quantities, by_device[device], started_at) for device, quantities in devices.items()]


def _standing(device: int, quantities: Sequence[str], heard: Sequence[Heard], started_at: datetime) -> Standing:
    deed, answer = deed_of(quantities)
    since = started_at - FRESH if answer is None else started_at
    answers = [each.at for each in heard if each.at >= since and _answers(each, answer)]
    latest = {each.quantity: each.value for each in heard}
    return Standing(
        device,
        deed,
        max(answers[0], started_at) if answers else None,
        heard[-1].at if heard else None,
        latest.get("battery"),
        latest.get("link_quality"),
        latest.get("signal_strength"),
    )


def _answers(heard: Heard, answer: Answer | None) -> bool:
    if answer is None:
        return True
    if heard.quantity != answer.quantity:
        return False
    return answer.rises is None or (heard.value > 0) is answer.rises
