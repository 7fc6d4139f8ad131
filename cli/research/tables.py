"""What is in an export: its tables, column by column. The data dictionary is made of it, and so are the files."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from core.database import Row
from core.vocabulary import BY_ID


class Type(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    TRUTH = "true or false"
    INSTANT = "instant, UTC"
    DAY = "day, by the clock of the home"


class Column(NamedTuple):
    """A column: its name, what its values are, what they mean, and their unit."""

    name: str
    type: Type
    meaning: str
    unit: str = ""


class Table(NamedTuple):
    """A table: its name, what a row is, its columns, and what is made of each row that the database gives."""

    name: str
    about: str
    columns: tuple[Column, ...]
    shaped: Callable[[Row], Mapping[str, Any]] = dict


_SUBJECT = Column("subject", Type.TEXT, "pseudonym of the home")
_SHARE = "share from 0 to 1"
_CODE = Column("code_version", Type.TEXT, "version of the code that computed it")
_COVERAGE = Column(
    "coverage", Type.NUMBER, "share of the time in which the sensors it rests on are known to have been alive", _SHARE
)
_ROOM = Column("room", Type.TEXT, "kind of room; empty where none is known")
_QUANTITY = Column("quantity", Type.TEXT, "what was measured, as in the vocabulary of Vicino")
_UNIT = Column("unit", Type.TEXT, "unit of the value (UCUM)")
_FLAGS = Column(
    "flags", Type.WHOLE, "1: outside the plausible range, 2: the clock of the gateway was not synchronised; 3: both"
)

BAND_YEARS = 10
OLDEST_BAND = 90  # whoever is older is in one band: there are few of them


def age_band(birth_year: int | None, year: int) -> str:
    """Return the band of ten years in which somebody is in a year, as "(80, 90]"; "" where that is not known.

    As TIHM writes them: without its beginning, with its end. Whoever is older than 90 is in one band, and so is whoever
    is not older than 60.
    """
    if birth_year is None:
        return ""
    age = year - birth_year
    begin = min(max((age - 1) // BAND_YEARS * BAND_YEARS, 50), OLDEST_BAND)
    if begin == 50:  # noqa: PLR2004 - the first band
        return "(0, 60]"
    return f"({begin}, {begin + BAND_YEARS if begin < OLDEST_BAND else 120}]"


def _measured(row: Row) -> Mapping[str, Any]:
    quantity = BY_ID[row["quantity_id"]]
    return {**row, "quantity": quantity.name, "unit": quantity.unit}


TABLES: tuple[Table, ...] = (
    Table(
        "subjects",
        "A home all of whose residents agree to research, and the time of which something is in the export.",
        (
            _SUBJECT,
            Column("residents", Type.WHOLE, "how many live there", "persons"),
            Column("timezone", Type.TEXT, "the clock of the home"),
            Column("first_day", Type.DAY, "first day in the export: all residents agreed before it began"),
            Column("last_day", Type.DAY, "last day in the export"),
        ),
    ),
    Table(
        "residents",
        "Somebody who lives in a home.",
        (
            _SUBJECT,
            Column("resident", Type.TEXT, "pseudonym of the person"),
            Column("age_band", Type.TEXT, "age in the year of the last day; (80, 90] is from 81 to 90", "years"),
            Column("sex", Type.TEXT, "female, male or other; empty where not known"),
        ),
    ),
    Table(
        "enrolments",
        "Somebody takes part in a study.",
        (
            _SUBJECT,
            Column("resident", Type.TEXT, "pseudonym of the person"),
            Column("study", Type.TEXT, "key of the study"),
            Column("arm", Type.TEXT, "arm of the study"),
            Column("control", Type.TRUTH, "whether it is the control arm"),
            Column("enrolled_on", Type.DAY, "first day"),
            Column("left_on", Type.DAY, "day on which the person left; empty while they take part"),
        ),
    ),
    Table(
        "indicators",
        "An indicator of one day, beside what was usual in the weeks before.",
        (
            _SUBJECT,
            Column("kind", Type.TEXT, "which indicator: docs/reference/indicators.md says how it is computed"),
            Column("day", Type.DAY, "the day, or the night that begins on it"),
            Column("value", Type.NUMBER, "its value; empty where too little is known", "see unit"),
            Column("unit", Type.TEXT, "unit of value, low, median and high (UCUM)"),
            _COVERAGE,
            Column("low", Type.NUMBER, "lower end of what was usual", "see unit"),
            Column("median", Type.NUMBER, "middle of what was usual", "see unit"),
            Column("high", Type.NUMBER, "upper end of what was usual", "see unit"),
            Column("readings", Type.WHOLE, "on how many readings it rests"),
            _CODE,
        ),
    ),
    Table(
        "days",
        "How a day stands as a whole.",
        (
            _SUBJECT,
            Column("day", Type.DAY, "the day"),
            Column("state", Type.TEXT, "green, yellow, red, or unknown"),
            Column("score", Type.NUMBER, "how rare the day is: minus the decimal logarithm of its probability"),
            _COVERAGE,
            Column("because", Type.TEXT, "why it is unknown: context, coverage, learning, sensors"),
            Column("threshold", Type.NUMBER, "from which score on it is told"),
            _CODE,
        ),
    ),
    Table(
        "episodes",
        "A stretch of sleep, an outing, a visit to the bathroom, and so on.",
        (
            _SUBJECT,
            Column("kind", Type.TEXT, "presence, sleep, in_bed, outing, bathroom_visit, meal, …"),
            _ROOM,
            Column("started_at", Type.INSTANT, "its beginning"),
            Column("ended_at", Type.INSTANT, "its end"),
            _CODE,
        ),
    ),
    Table(
        "findings",
        "What a detector or rule found.",
        (
            _SUBJECT,
            Column("family", Type.TEXT, "wellbeing or technical"),
            Column("kind", Type.TEXT, "what it is about"),
            Column("detector", Type.TEXT, "what found it"),
            Column("detector_version", Type.TEXT, "and in which version"),
            Column("severity", Type.NUMBER, "how much it stands out", _SHARE),
            _COVERAGE,
            Column("started_at", Type.INSTANT, "beginning of what it is about"),
            Column("ended_at", Type.INSTANT, "its end"),
            Column("found_at", Type.INSTANT, "when it was found"),
            Column("trial", Type.TRUTH, "on trial: it alerted nobody"),
            Column("withdrawn", Type.TRUTH, "taken back later, for data that came in or for a context"),
        ),
    ),
    Table(
        "alerts",
        "An alert, and what became of it.",
        (
            _SUBJECT,
            Column("family", Type.TEXT, "safety, wellbeing or technical"),
            Column("kind", Type.TEXT, "what it is about"),
            Column("severity", Type.NUMBER, "how much it stands out", _SHARE),
            Column("happened_at", Type.INSTANT, "when it happened"),
            Column("opened_at", Type.INSTANT, "when the alert opened"),
            Column("told_at", Type.INSTANT, "when a channel first had a message; empty if none did"),
            Column("taken_at", Type.INSTANT, "when somebody first took charge; empty if nobody did"),
            Column("resolved_at", Type.INSTANT, "when it was closed; empty if it is open"),
            Column("state", Type.TEXT, "new, in_charge or resolved, at the time of the export"),
            Column("outcome", Type.TEXT, "true, false, explained, unclear: as judged; over: closed by itself"),
            Column("times", Type.WHOLE, "how often it happened while it was open"),
        ),
    ),
    Table(
        "contexts",
        "What was going on at home.",
        (
            _SUBJECT,
            Column("kind", Type.TEXT, "hospital, holiday, visit, …: docs/reference/contexts.md"),
            Column("started_at", Type.INSTANT, "its beginning"),
            Column("ended_at", Type.INSTANT, "its end; empty while it goes on"),
            Column("standing", Type.TEXT, "proposed by the system, entered by people, or confirmed by them"),
            Column("detector", Type.TEXT, "what proposed it; empty where people entered it"),
            Column("confidence", Type.NUMBER, "how sure that was", _SHARE),
        ),
    ),
    Table(
        "silences",
        "What was silent in the home, and why.",
        (
            _SUBJECT,
            Column("what", Type.TEXT, "gateway, device, or systems by which devices are heard"),
            Column("class", Type.TEXT, "sensor_dead, sensor_stuck, battery_low, gateway_offline, power_cut, line_cut"),
            Column("cause", Type.TEXT, "what the verdict rests on"),
            Column("since", Type.INSTANT, "its beginning"),
            Column("ended_at", Type.INSTANT, "its end; empty while it goes on"),
            Column("confidence", Type.NUMBER, "how sure the verdict is", _SHARE),
            Column("battery", Type.NUMBER, "of the device, as it last said", "%"),
        ),
    ),
    Table(
        "events",
        "What a sensor of movement, of a door or a bed, or a button said.",
        (
            _SUBJECT,
            Column("device", Type.TEXT, "a number within the home"),
            _ROOM,
            Column("place", Type.TEXT, "what it is fixed to, where that is known: entrance_door, fridge, bed, …"),
            _QUANTITY,
            Column("at", Type.INSTANT, "when"),
            Column("value", Type.NUMBER, "1 or 0; of contact, 1 is closed and 0 open"),
            _FLAGS,
        ),
        _measured,
    ),
    Table(
        "measurements",
        "What a scale, a blood pressure monitor or the like measured.",
        (
            _SUBJECT,
            _QUANTITY,
            Column("at", Type.INSTANT, "when"),
            Column("value", Type.NUMBER, "what was measured", "see unit"),
            _UNIT,
            _FLAGS,
        ),
        _measured,
    ),
    Table(
        "levels",
        "Temperature, humidity, light, air and so on of one hour.",
        (
            _SUBJECT,
            _ROOM,
            _QUANTITY,
            _UNIT,
            Column("hour", Type.INSTANT, "beginning of the hour"),
            Column("readings", Type.WHOLE, "how many there were"),
            Column("plausible", Type.WHOLE, "how many of them were plausible: the rest is not in the figures"),
            Column("mean", Type.NUMBER, "their mean", "see unit"),
            Column("minimum", Type.NUMBER, "their least", "see unit"),
            Column("maximum", Type.NUMBER, "their greatest", "see unit"),
        ),
        _measured,
    ),
)  # fmt: skip
