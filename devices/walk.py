"""The walk test: how each sensor of a home is tried, and which of them have answered since it began. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from core.vocabulary import CALLS
from devices import models
from devices.models import WalkTest

# What has nothing to be done at it answers by itself; longer ago than this it may have fallen silent since.
FRESH = timedelta(hours=2)

# What answers is a reading of these above nought, or at nought; of a quantity that is not listed, any.
RISES: Mapping[str, bool] = {
    "occupancy": True,
    "motion": True,
    "presence": True,
    "bed_occupancy": True,
    "chair_occupancy": True,
    "vibration": True,
    "opening": True,
    "contact": False,
    **dict.fromkeys(CALLS, True),
}
# A device that the catalogue does not know is tried as the kind of the first of these quantities that it reports.
KINDS: Sequence[tuple[str, str]] = (
    ("sos_button", "sos_button"),
    ("smoke", "smoke"),
    ("gas", "gas"),
    ("carbon_monoxide", "carbon_monoxide"),
    ("water_leak", "water_leak"),
    ("fall", "fall"),
    ("bed_occupancy", "bed"),
    ("chair_occupancy", "chair"),
    ("contact", "contact"),
    ("opening", "contact"),
    ("presence", "presence"),
    ("occupancy", "motion"),
    ("motion", "motion"),
    ("appliance_on", "plug"),
    ("power", "plug"),
    ("vibration", "medication_box"),
    ("body_weight", "scale"),
    ("systolic_pressure", "blood_pressure"),
    ("oxygen_saturation", "oximeter"),
    ("body_temperature", "thermometer"),
    ("skin_temperature", "thermometer"),
    ("carbon_dioxide", "air"),
    ("temperature", "climate"),
    ("humidity", "climate"),
    ("illuminance", "light"),
)


class Tried(NamedTuple):
    """A device that is to answer: what it reports, and how it is tried, None if it reports by itself."""

    quantities: Collection[str]
    test: WalkTest | None

    @property
    def answers(self) -> set[str]:
        """The quantities any of which is the answer; empty if whatever it says is.

        Of what calls for help only the call is: that its battery is told says nothing of its alarm.
        """
        of_test = set(self.test.answers) if self.test else set[str]()
        wanted = of_test & CALLS or of_test
        return wanted & set(self.quantities) or wanted


class Heard(NamedTuple):
    """A reading of a device."""

    device_id: int
    quantity: str
    at: datetime
    value: float


class Standing(NamedTuple):
    """How a device stands in a walk test.

    `answered_at` is None while it has not answered, `heard_at` where it has not been heard lately. `only_heard_at` is
    when it was last heard since the test began, if that was no answer. `battery` is in percent; `link_quality` 0 to
    255 and `signal_strength` in dBm, as far as it tells them.
    """

    device_id: int
    answered_at: datetime | None
    only_heard_at: datetime | None
    heard_at: datetime | None
    battery: float | None
    link_quality: float | None
    signal_strength: float | None


class Counted(NamedTuple):
    """What came of a walk test: how many devices answered, were only heard, and were to answer."""

    answered: int
    heard: int
    expected: int


def tried(model: str, quantities: Collection[str]) -> Tried:
    """Return how a device is tried: as the catalogue says of its model, else of the kind that reports the like."""
    if (known := models.find(model)) is not None:
        return Tried(quantities, known.test)
    kind = next((kind for quantity, kind in KINDS if quantity in quantities), None)
    return Tried(quantities, None if kind is None else models.kinds()[kind].walk_test)


def standings(devices: Mapping[int, Tried], readings: Sequence[Heard], started_at: datetime) -> list[Standing]:
    """Return how each of `devices` stands, by what was heard, in order of time, before and since."""
    by_device: dict[int, list[Heard]] = {device: [] for device in devices}
    for heard in readings:
        if heard.device_id in by_device:
            by_device[heard.device_id].append(heard)
    return [_standing(device, each, by_device[device], started_at) for device, each in devices.items()]


def _standing(device: int, each: Tried, heard: Sequence[Heard], started_at: datetime) -> Standing:
    answers = each.answers
    since = started_at if answers else started_at - FRESH
    answered = [one.at for one in heard if one.at >= since and (not answers or _answers(one, answers))]
    latest = {one.quantity: one.value for one in heard}
    heard_at = heard[-1].at if heard else None
    return Standing(
        device,
        max(answered[0], started_at) if answered else None,
        heard_at if heard_at is not None and heard_at >= started_at and not answered else None,
        heard_at,
        latest.get("battery"),
        latest.get("link_quality"),
        latest.get("signal_strength"),
    )


def _answers(heard: Heard, answers: Collection[str]) -> bool:
    if heard.quantity not in answers:
        return False
    rises = RISES.get(heard.quantity)
    return rises is None or (heard.value > 0) is rises
