"""What rules and their settings are called, in words of who coordinates a service."""

from collections.abc import Mapping
from typing import NamedTuple

from analytics.figures import FIGURES
from analytics.rules.protocol import Mode
from core.translation import mark
from core.vocabulary import BY_NAME
from dashboards.quantities import QUANTITIES
from dashboards.wording import Words


class RuleWords(NamedTuple):
    """The name of a rule, and what it tells, in one sentence."""

    name: str
    meaning: str


class FieldWords(NamedTuple):
    """What a setting is called, and its unit ("" for none)."""

    label: str
    unit: str = ""


RULES: Mapping[str, RuleWords] = {
    "changes": RuleWords(
        mark("Changes in daily life"),
        mark("Nights, meals, moving about, going out and rhythm, each compared with what is usual for the person."),
    ),
    "stillness": RuleWords(
        mark("Nobody moves: possible fall"),
        mark("Nobody has moved for longer than this person ever does at this hour, in this room."),
    ),
    "long_absence": RuleWords(
        mark("Unusually long absence"), mark("Somebody went out and has not come back for much longer than usual.")
    ),
    "learned": RuleWords(
        mark("Days that a learned model finds worth a look"),
        mark("It has learned from days on which people with dementia were agitated. It says nothing about an illness."),
    ),
    "heat": RuleWords(mark("Heat in the home"), mark("The home is warmer than is good for elderly people.")),
    "cold": RuleWords(mark("Cold in the home"), mark("The home is colder than is good for elderly people.")),
    "night_absence": RuleWords(
        mark("Out of the home at night"), mark("Somebody went out by night and is not back when they usually are.")
    ),
    "night_door_opened": RuleWords(
        mark("Front door opened at night"), mark("The front door was moved by night, which hardly ever happens here.")
    ),
    "visit_missed": RuleWords(
        mark("An expected visit has not taken place"), mark("Nobody came at a time at which a visit is expected.")
    ),
    "vital_signs": RuleWords(
        mark("Measured values"),
        mark("A measured value is beyond its limit or far off what is usual. This is no medical device."),
    ),
}
OF_ONE_FIGURE = mark("Changes that are told in the words of this figure. Their budget is that of all changes.")

_MINUTES, _DEGREES = mark("minutes"), "°C"
FIELDS: Mapping[str, Mapping[str, FieldWords]] = {
    "changes": {"budget": FieldWords(mark("Wellbeing alerts per home and week, of which changes have 60 %"))},
    "heat": {
        "day_limit": FieldWords(mark("By day, where it is warmer than usual"), _DEGREES),
        "night_limit": FieldWords(mark("By night, where it is warmer than usual"), _DEGREES),
        "warmer": FieldWords(mark("Warmer than usual by"), _DEGREES),
        "day_always": FieldWords(mark("By day, in any case"), _DEGREES),
        "night_always": FieldWords(mark("By night, in any case"), _DEGREES),
        "hours": FieldWords(mark("For so long"), mark("hours")),
    },
    "cold": {
        "watched_below": FieldWords(mark("Watched below"), _DEGREES),
        "colder": FieldWords(mark("Colder than usual by"), _DEGREES),
        "always": FieldWords(mark("Told below this in any case"), _DEGREES),
        "advised": FieldWords(mark("Advised temperature, which is named"), _DEGREES),
        "hours": FieldWords(mark("For so long"), mark("hours")),
    },
    "night_absence": {
        "from_hour": FieldWords(mark("Night begins at"), mark("hour of the day")),
        "to_hour": FieldWords(mark("Night ends at"), mark("hour of the day")),
        "least": FieldWords(mark("Told after, at the earliest"), _MINUTES),
        "unknown": FieldWords(mark("Told after, while habits are learned"), _MINUTES),
        "factor": FieldWords(mark("Times the longest usual absence")),
    },
    "night_door_opened": {
        "from_hour": FieldWords(mark("Night begins at"), mark("hour of the day")),
        "to_hour": FieldWords(mark("Night ends at"), mark("hour of the day")),
        "usual_share": FieldWords(mark("Not told where the door is moved in more than this share of nights")),
    },
    "visit_missed": {
        "early": FieldWords(mark("A visit may come early by"), _MINUTES),
        "grace": FieldWords(mark("Told after the end of the visit by"), _MINUTES),
    },
    "vital_signs": {
        "gain": FieldWords(mark("Told when the weight has risen by (0: not told)"), "kg"),
        "gain_days": FieldWords(mark("Within"), mark("days")),
        "own_range": FieldWords(mark("Tell what is far off the person's own usual values")),
        "z": FieldWords(mark("So many usual spreads off")),
    },
}
LOWEST, HIGHEST = mark("%(what)s: told at or below"), mark("%(what)s: told at or above")

MODES: Mapping[Mode, str] = {
    Mode.ACTIVE: mark("On"),
    Mode.SHADOW: mark("On trial"),
    Mode.OFF: mark("Off"),
}
MODE_HINTS: Mapping[Mode, str] = {
    Mode.ACTIVE: mark("What it finds is an alert."),
    Mode.SHADOW: mark("What it finds is shown as on trial. Nobody is called."),
    Mode.OFF: mark("Nothing is looked for."),
}


def name(rule: str, words: Words) -> str:
    """Return what a rule or detector is called."""
    return words.say(RULES[rule].name if rule in RULES else FIGURES[rule].name)


def meaning(rule: str, words: Words) -> str:
    """Return what a rule or detector tells."""
    return words.say(RULES[rule].meaning if rule in RULES else OF_ONE_FIGURE)


# Of the two blood pressures each is meant by itself here.
VITAL: Mapping[str, str] = {
    "systolic_pressure": mark("upper blood pressure (systolic)"),
    "diastolic_pressure": mark("lower blood pressure (diastolic)"),
}
_UNITS = {"Cel": "°C", "mm[Hg]": "mmHg", "/min": "/min", "kg": "kg", "%": "%"}


def label(rule: str, field: str, words: Words) -> str:
    """Return what a setting is called; `field` is a name of the settings, or `limits.QUANTITY.low` or `.high`."""
    group, _, rest = field.partition(".")
    if group == "limits":
        quantity, _, end = rest.partition(".")
        return words.say(LOWEST if end == "low" else HIGHEST) % {
            "what": words.say(VITAL.get(quantity) or QUANTITIES[quantity])
        }
    return words.say(FIELDS[rule][field].label)


def unit(rule: str, field: str, words: Words) -> str:
    """Return the unit of a setting, "" where it has none."""
    if field.startswith("limits."):
        return _UNITS.get(BY_NAME[field.split(".")[1]].unit, "")
    known = FIELDS.get(rule, {}).get(field)
    return words.say(known.unit) if known else ""
