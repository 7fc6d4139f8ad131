"""What is said of a silence."""

from enum import StrEnum
from typing import NamedTuple

from analytics.frames import Span


class Silence(StrEnum):
    """Why something is silent."""

    SENSOR_DEAD = "sensor_dead"
    SENSOR_STUCK = "sensor_stuck"
    BATTERY_LOW = "battery_low"
    GATEWAY_OFFLINE = "gateway_offline"
    POWER_CUT = "power_cut"
    LINE_CUT = "line_cut"
    PERSON_AWAY = "person_away"
    PERSON_STILL = "person_still"


TECHNICAL = frozenset(Silence) - {Silence.PERSON_AWAY, Silence.PERSON_STILL}


class Cause(StrEnum):
    """What the verdict rests on, where one class has several reasons."""

    NONE = ""
    UNKNOWN = "unknown"  # not back yet: nobody can tell
    RESTARTED = "restarted"  # the machine was started meanwhile
    ON_BATTERY = "on_battery"  # the gateway says that it runs on its battery
    MAINS_DEVICES = "mains_devices"  # only what needs mains is silent
    PROGRAM = "program"  # only the program was started anew
    SWITCHED_OFF = "switched_off"  # it took leave
    SYSTEM = "system"  # it is there and does not reach the system by which it hears its sensors
    RADIO = "radio"  # it is there and hears none of its sensors
    EMPTY = "empty"  # silent since its battery ran out
    WEAK = "weak"  # still there, but not for long
    UNPLUGGED = "unplugged"  # a device on mains
    HELD = "held"  # an activation that never ends
    BLIND = "blind"  # no change although the home lives
    FROZEN = "frozen"  # a level that is exactly constant
    PASSED = "passed"  # people came and went, and the door was not moved


class Subject(NamedTuple):
    """Who is silent: "gateway" or "device" with its id, or "person" with 0; "systems" with the id of their gateway."""

    kind: str
    id: int


class Verdict(NamedTuple):
    """One silence: whose, why, from when to when (microseconds; `until` None: still), and how sure it is (0 to 1).

    `battery` is the last charge in percent where the battery is the reason. Where a gateway does not reach `systems`,
    `devices` are those that it hears by them; of no others it says anything.
    """

    subject: Subject
    silence: Silence
    cause: Cause
    since: int
    until: int | None
    confidence: float
    battery: float | None = None
    systems: tuple[str, ...] = ()
    devices: tuple[int, ...] = ()

    @property
    def technical(self) -> bool:
        """Whether it says nothing about the person."""
        return self.silence in TECHNICAL

    def span(self, now: int) -> Span:
        """Return from when to when it lasts, to `now` if it still does."""
        return Span(self.since, max(self.since, now if self.until is None else self.until))
