"""What each indicator is called, and how its figures are said in a sentence.

Plain words, never a disease; numbers as they are written in the language.
"""

from collections.abc import Callable
from functools import lru_cache
from gettext import NullTranslations
from typing import NamedTuple

from babel.numbers import format_decimal

from core.languages import LOCALES
from core.translation import mark, translator

SHORTEST_TOLD = 30  # minutes: stillnesses shorter than this are not recorded
MINUTES_OF_A_DAY = 24 * 60


class Tongue(NamedTuple):
    """A language and its translations."""

    language: str
    t: NullTranslations

    @classmethod
    def of(cls, language: str) -> "Tongue":
        """Return a language by its code."""
        return cls(language, translator(language))

    def number(self, value: float, digits: int) -> str:
        """Return a number with so many decimals; never minus zero."""
        return _written(round(value, digits) + 0.0, digits, self.language)


@lru_cache(maxsize=4096)
def _written(rounded: float, digits: int, language: str) -> str:
    """Return a number as it is written: a year of a person writes the same few over and over."""
    return format_decimal(rounded, format=f"#,##0.{'0' * digits}".rstrip("."), locale=LOCALES[language])


Said = Callable[[float, Tongue], str]


class Figure(NamedTuple):
    """How an indicator is called, how its value is said in a sentence, and how the ends of its usual range are.

    `between` joins two ends that differ.
    """

    name: str
    said: Said
    written: Said
    between: str = mark("%(low)s to %(high)s")


def name(kind: str, language: str) -> str:
    """Return what an indicator is called. Raises `KeyError` for one that has no name."""
    return translator(language).gettext(FIGURES[kind].name)


def ends_in_words(low: float, high: float, word: Said, between: str, tongue: Tongue) -> str:
    """Return the ends of a range in words, joined by `between`; one alone where they are said alike."""
    ends = word(low, tongue), word(high, tongue)
    return ends[0] if ends[0] == ends[1] else tongue.t.gettext(between) % {"low": ends[0], "high": ends[1]}


# --- how numbers are written ---


def duration(hours: float, t: NullTranslations) -> str:
    """Return a duration in hours and minutes, to five minutes; below half an hour only that."""
    minutes = 5 * round(hours * 12)
    return t.gettext("less than half an hour") if minutes < SHORTEST_TOLD else spelled(minutes, t)


def spelled(minutes: int, t: NullTranslations) -> str:
    """Return a duration of whole minutes in words: hours, minutes or both."""
    whole, rest = divmod(minutes, 60)
    hours_said = t.ngettext("%(count)d hour", "%(count)d hours", whole) % {"count": whole}
    minutes_said = t.ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest}
    if whole and rest:
        return t.gettext("%(hours)s and %(minutes)s") % {"hours": hours_said, "minutes": minutes_said}
    return hours_said if whole else minutes_said


def _stillness(hours: float, tongue: Tongue) -> str:
    return duration(hours, tongue.t)


def _hours(hours: float, tongue: Tongue) -> str:
    return spelled(5 * round(hours * 12), tongue.t)


def _minutes(minutes: float, tongue: Tongue) -> str:
    return spelled(round(minutes), tongue.t)


def _count(value: float, tongue: Tongue) -> str:
    return tongue.number(value, 0)


def _clock(hours: float, _: Tongue) -> str:
    minutes = round(hours * 60) % MINUTES_OF_A_DAY
    return f"{minutes // 60}:{minutes % 60:02}"


def _percent(share: float, _: Tongue) -> str:
    return f"{round(share * 100)} %"


def _decimal(digits: int, unit: str = "") -> Said:
    return lambda value, tongue: f"{tongue.number(value, digits)} {unit}".rstrip()


# --- how they are said ---


def _counted(words: Callable[[NullTranslations, int], str]) -> Said:
    def said(value: float, tongue: Tongue) -> str:
        count = round(value)
        return words(tongue.t, count) % {"count": count}

    return said


def _with(text: str, written: Said) -> Said:
    return lambda value, tongue: tongue.t.gettext(text) % {"value": written(value, tongue)}


def _figure(name: str, text: str, written: Said, between: str = mark("%(low)s to %(high)s")) -> Figure:
    return Figure(name, _with(text, written), written, between)


_AND = mark("between %(low)s and %(high)s")
_MOVES = _counted(lambda t, n: t.ngettext("%(count)d move from room to room", "%(count)d moves from room to room", n))

FIGURES: dict[str, Figure] = {
    "night_bathroom_visits": Figure(
        mark("Visits to the bathroom at night"),
        _counted(lambda t, n: t.ngettext("%(count)d visit to the bathroom", "%(count)d visits to the bathroom", n)),
        _count,
    ),
    "longest_stillness": _figure(
        mark("Longest time without movement by day"), mark("%(value)s without any movement at home"), _stillness
    ),
    "sleep_start": _figure(mark("Beginning of sleep"), mark("Sleep began at %(value)s"), _clock, _AND),
    "sleep_end": _figure(mark("End of sleep"), mark("Sleep ended at %(value)s"), _clock, _AND),
    "sleep_duration": _figure(mark("Duration of sleep"), mark("%(value)s of sleep"), _hours),
    "sleep_interruptions": Figure(
        mark("Interruptions of sleep"),
        _counted(lambda t, n: t.ngettext("%(count)d interruption of sleep", "%(count)d interruptions of sleep", n)),
        _count,
    ),
    "time_in_bed": _figure(mark("Time in bed"), mark("%(value)s in bed"), _hours),
    "night_walking": Figure(mark("Walking about at night"), _MOVES, _count),
    "night_door": Figure(
        mark("Front door at night"),
        _counted(lambda t, n: t.ngettext("%(count)d use of the front door", "%(count)d uses of the front door", n)),
        _count,
    ),
    "activity": _figure(mark("Movement at home"), mark("%(value)s with movement at home"), _minutes),
    "activity_bedroom": _figure(
        mark("Movement in the bedroom"), mark("%(value)s with movement in the bedroom"), _minutes
    ),
    "activity_bathroom": _figure(
        mark("Movement in the bathroom"), mark("%(value)s with movement in the bathroom"), _minutes
    ),
    "activity_kitchen": _figure(
        mark("Movement in the kitchen"), mark("%(value)s with movement in the kitchen"), _minutes
    ),
    "activity_living": _figure(
        mark("Movement in the living room"), mark("%(value)s with movement in the living room"), _minutes
    ),
    "activity_hall": _figure(
        mark("Movement in the hall"), mark("%(value)s with movement in the hall or at the entrance"), _minutes
    ),
    "room_changes": Figure(mark("Moves from room to room"), _MOVES, _count),
    "walking_time": _figure(
        mark("Time to walk from room to room"),
        mark("%(value)s to walk from one room to the next"),
        lambda value, tongue: tongue.t.gettext("%(number)s seconds") % {"number": tongue.number(value, 1)},
    ),
    "meals": Figure(
        mark("Meals"),
        _counted(lambda t, n: t.ngettext("%(count)d meal prepared", "%(count)d meals prepared", n)),
        _count,
    ),
    "hot_drinks": Figure(
        mark("Hot drinks"), _counted(lambda t, n: t.ngettext("%(count)d hot drink", "%(count)d hot drinks", n)), _count
    ),
    "food_uses": Figure(
        mark("Uses of fridge, cupboards and stove"),
        _counted(
            lambda t, n: t.ngettext(
                "%(count)d use of fridge, cupboards or stove", "%(count)d uses of fridge, cupboards or stove", n
            )
        ),
        _count,
    ),
    "time_out": _figure(mark("Time out of the home"), mark("%(value)s out of the home"), _hours),
    "outings": Figure(
        mark("Outings"), _counted(lambda t, n: t.ngettext("%(count)d outing", "%(count)d outings", n)), _count
    ),
    "company": _figure(mark("Signs of several people"), mark("%(value)s with signs of several people at home"), _hours),
    "interdaily_stability": _figure(
        mark("How alike the days are"),
        mark("Days alike to %(value)s (all the same would be 100)"),
        _percent,
    ),
    "intradaily_variability": _figure(
        mark("How broken up the days are"),
        mark("Rest and activity mixed to %(value)s (0 is one rest and one active time a day, 2 is no order)"),
        _decimal(2),
    ),
    "relative_amplitude": _figure(
        mark("Difference between day and night"),
        mark("Day and night differ by %(value)s (no movement in the quiet hours would be 100)"),
        _percent,
    ),
    "room_entropy": _figure(
        mark("How unpredictable the next room is"),
        mark("The next room is unpredictable to %(value)s (0 is always the same round)"),
        _decimal(2),
    ),
    "cold_hours": _figure(mark("Cold by day"), mark("%(value)s below 18 °C at home"), _hours),
    "heat_hours": _figure(mark("Heat by day"), mark("%(value)s above 28 °C at home"), _hours),
    "night_heat_hours": _figure(mark("Heat by night"), mark("%(value)s above 26 °C where the person sleeps"), _hours),
    "stale_air_hours": _figure(mark("Stale air"), mark("%(value)s with stale air at home"), _hours),
    "humidity_hours": _figure(
        mark("Too dry or too damp"), mark("%(value)s with air at home that is too dry or too damp"), _hours
    ),
    "body_weight": _figure(mark("Body weight"), mark("Body weight %(value)s"), _decimal(1, "kg")),
    "systolic_pressure": _figure(
        mark("Blood pressure, upper value"), mark("Upper blood pressure %(value)s"), _decimal(0, "mmHg")
    ),
    "diastolic_pressure": _figure(
        mark("Blood pressure, lower value"), mark("Lower blood pressure %(value)s"), _decimal(0, "mmHg")
    ),
    "heart_rate": _figure(mark("Pulse"), mark("Pulse %(value)s"), _decimal(0, "/min")),
    "body_temperature": _figure(mark("Body temperature"), mark("Body temperature %(value)s"), _decimal(1, "°C")),
    "skin_temperature": _figure(mark("Skin temperature"), mark("Skin temperature %(value)s"), _decimal(1, "°C")),
    "oxygen_saturation": _figure(mark("Oxygen saturation"), mark("Oxygen saturation %(value)s"), _decimal(0, "%")),
    "respiratory_rate": _figure(mark("Breathing rate"), mark("Breathing rate %(value)s"), _decimal(0, "/min")),
    "body_water": _figure(mark("Body water"), mark("Body water %(value)s"), _decimal(1, "%")),
    "muscle_mass": _figure(mark("Muscle mass"), mark("Muscle mass %(value)s"), _decimal(1, "kg")),
}
