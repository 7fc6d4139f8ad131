"""The canonical vocabulary: what can be measured in a home, in which unit and range.

Each quantity has a small integer id that is stored with every series and **never reused**. On the wire a
quantity is called by its name and carries its UCUM unit. A value outside the plausible range is stored and
flagged, never dropped in silence.
"""

from enum import IntFlag, StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How the values of a quantity behave over time."""

    STATE = "state"  # holds until the next reading
    EVENT = "event"  # happens at one instant
    LEVEL = "level"  # a sample of something continuous
    COUNTER = "counter"  # only grows, until it is reset


class Retention(StrEnum):
    """Which table a reading is kept in, and so how long."""

    EVENT = "event"
    LEVEL = "level"
    VITAL = "vital"
    TECHNICAL = "technical"


class Flag(IntFlag):
    """What is known to be odd about a stored reading."""

    NONE = 0
    OUT_OF_RANGE = 1  # outside the plausible range of its quantity
    UNSYNCHRONISED = 2  # stamped by a gateway whose clock was not synchronised


class Quantity(NamedTuple):
    """One measurable thing.

    `unit` is the UCUM code. `minimum` and `maximum` are the plausible range in that unit. `safety` quantities
    travel ahead of everything and open an alert, or belong to one, however late they are.
    """

    id: int
    name: str
    kind: Kind
    unit: str
    minimum: float
    maximum: float
    retention: Retention
    loinc: str | None = None
    safety: bool = False


def _state(id_: int, name: str, *, safety: bool = False, retention: Retention = Retention.EVENT) -> Quantity:
    return Quantity(id_, name, Kind.STATE, "1", 0, 1, retention, safety=safety)


def _event(id_: int, name: str, *, safety: bool = False) -> Quantity:
    return Quantity(id_, name, Kind.EVENT, "1", 0, 1, Retention.EVENT, safety=safety)


def _level(id_: int, name: str, unit: str, minimum: float, maximum: float) -> Quantity:
    return Quantity(id_, name, Kind.LEVEL, unit, minimum, maximum, Retention.LEVEL)


def _vital(id_: int, name: str, unit: str, minimum: float, maximum: float, loinc: str | None = None) -> Quantity:
    return Quantity(id_, name, Kind.LEVEL, unit, minimum, maximum, Retention.VITAL, loinc)


def _technical(id_: int, name: str, unit: str, minimum: float, maximum: float) -> Quantity:
    return Quantity(id_, name, Kind.LEVEL, unit, minimum, maximum, Retention.TECHNICAL)


QUANTITIES: tuple[Quantity, ...] = (
    _state(1, "occupancy"),  # 1 while somebody is seen
    _event(2, "motion"),  # a sensor that tells activations only, never their end
    _state(3, "contact"),  # 1 closed, 0 open, as a magnet contact says
    _event(4, "opening"),  # a door sensor that tells openings only
    _state(5, "bed_occupancy"),
    _state(6, "chair_occupancy"),
    _event(7, "vibration"),
    _event(8, "toilet_flush"),
    _state(9, "appliance_on"),
    _state(10, "presence"),  # radar: somebody is there even if still
    _state(20, "sos_button", safety=True),
    _state(21, "smoke", safety=True),
    _state(22, "gas", safety=True),
    _state(23, "carbon_monoxide", safety=True),
    _state(24, "water_leak", safety=True),
    _state(25, "fall", safety=True),
    _event(26, "sos_cancelled", safety=True),  # withdrawn at a button in the home
    # The gateway has told a contact itself: the value is which one, counted from 1 in the order of its configuration.
    Quantity(27, "contact_told", Kind.EVENT, "1", 1, 16, Retention.EVENT, safety=True),
    _level(40, "temperature", "Cel", -40, 60),
    _level(41, "humidity", "%", 0, 100),
    _level(42, "illuminance", "lx", 0, 200_000),
    _level(43, "carbon_dioxide", "[ppm]", 300, 10_000),
    _level(44, "pressure", "hPa", 850, 1_100),
    _level(45, "power", "W", 0, 16_000),
    Quantity(46, "energy", Kind.COUNTER, "kW.h", 0, 1_000_000, Retention.LEVEL),
    Quantity(47, "gas_volume", Kind.COUNTER, "m3", 0, 1_000_000, Retention.LEVEL),
    _level(48, "gas_concentration", "[ppm]", 0, 1_000_000),
    _level(49, "gas_lel", "%", 0, 100),  # of the concentration from which the gas can explode
    _level(50, "carbon_monoxide_concentration", "[ppm]", 0, 10_000),
    _level(51, "smoke_level", "1", 0, 65_535),  # on the detector's own scale
    _level(52, "light_level", "1", 0, 65_535),  # on the sensor's own scale, where it does not measure in lux
    _level(53, "vibration_strength", "1", 0, 65_535),  # on the sensor's own scale
    _level(54, "outdoor_temperature", "Cel", -50, 60),
    _level(55, "sound_level", "dB[SPL]", 0, 140),
    _level(56, "particulate_matter_2_5", "ug/m3", 0, 10_000),
    _level(57, "particulate_matter_10", "ug/m3", 0, 10_000),
    _vital(60, "body_weight", "kg", 25, 250, "29463-7"),
    _vital(61, "systolic_pressure", "mm[Hg]", 60, 260, "8480-6"),
    _vital(62, "diastolic_pressure", "mm[Hg]", 30, 160, "8462-4"),
    _vital(63, "heart_rate", "/min", 25, 220, "8867-4"),
    _vital(64, "body_temperature", "Cel", 32, 43, "8310-5"),
    _vital(65, "skin_temperature", "Cel", 20, 43),
    _vital(66, "oxygen_saturation", "%", 50, 100, "59408-5"),
    _vital(67, "respiratory_rate", "/min", 4, 60, "9279-1"),
    _vital(68, "body_water", "%", 20, 80),
    _vital(69, "muscle_mass", "kg", 10, 100),
    _technical(80, "battery", "%", 0, 100),
    _state(81, "battery_low", retention=Retention.TECHNICAL),
    _technical(82, "voltage", "V", 0, 400),
    _technical(83, "link_quality", "1", 0, 255),
    _technical(84, "signal_strength", "dB[mW]", -150, 20),
    _state(85, "tamper", retention=Retention.TECHNICAL),
    _state(86, "mains_power", retention=Retention.TECHNICAL),  # 1 while the device runs on mains, 0 on its battery
    _state(87, "charging", retention=Retention.TECHNICAL),
    _state(88, "reachable", retention=Retention.TECHNICAL),  # what the device's own system says of it
    _technical(89, "device_temperature", "Cel", -40, 150),  # of the device itself, not of the room
    _state(90, "haptic_feedback", retention=Retention.TECHNICAL),  # a switch that vibrates when it is touched
    # How many reports of the device were lost between the one before and the one it comes with.
    _technical(95, "missed_reports", "1", 0, 65_535),
)

BY_ID: dict[int, Quantity] = {quantity.id: quantity for quantity in QUANTITIES}
BY_NAME: dict[str, Quantity] = {quantity.name: quantity for quantity in QUANTITIES}

# Safety quantities that say something about a call for help; all others are calls for help.
ABOUT_CALLS: frozenset[str] = frozenset({"sos_cancelled", "contact_told"})
CALLS: frozenset[str] = frozenset(each.name for each in QUANTITIES if each.safety) - ABOUT_CALLS

# Quantities that say: somebody moved here at this instant (where their value is 1, or 0 for a contact that opens).
PRESENCE: frozenset[str] = frozenset({"occupancy", "motion", "presence"})


def flags_of(quantity: Quantity, value: float) -> Flag:
    """Return the flags of `value`, given in the unit of `quantity`."""
    return Flag.NONE if quantity.minimum <= value <= quantity.maximum else Flag.OUT_OF_RANGE
