"""Which contexts there are, and what each does to the judgement of which indicators: the one table of it.

An *aspect* is what a group of indicators is about. A context that affects an aspect keeps its days out of what is usual
for it, and nothing about it is judged meanwhile. Safety (a call for help, smoke, gas, water, a fall detector) is no
aspect: no context ever touches it. Heat and cold are judged in all of them, for the home is there, too, but for a
pause, in which nothing is known.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache

from core.translation import mark


class ContextKind(StrEnum):
    """What is going on."""

    HOSPITAL = "hospital"
    HOLIDAY = "holiday"
    AWAY = "away"  # elsewhere, with family or nobody knows where
    VISIT = "visit"
    CARER = "carer"
    PARTY = "party"
    WORKS = "works"
    OUTAGE = "outage"
    SECOND_RESIDENT = "second_resident"
    PET = "pet"
    OTHER = "other"
    # Nothing of the home is looked at or recorded (`registry.unwatched`): nobody enters it here, and nothing is judged.
    PAUSED = "paused"


class Aspect(StrEnum):
    """What a group of indicators and findings is about."""

    NIGHT = "night"
    ACTIVITY = "activity"
    RHYTHM = "rhythm"
    STILLNESS = "stillness"
    ABSENCE = "absence"
    MEALS = "meals"
    OUTINGS = "outings"
    CARE = "care"
    VITALS = "vitals"
    CLIMATE = "climate"


NAMES: Mapping[ContextKind, str] = {
    ContextKind.HOSPITAL: mark("In hospital"),
    ContextKind.HOLIDAY: mark("On holiday"),
    ContextKind.AWAY: mark("Away"),
    ContextKind.VISIT: mark("Visitors"),
    ContextKind.CARER: mark("A carer comes"),
    ContextKind.PARTY: mark("A party"),
    ContextKind.WORKS: mark("Builders in the home"),
    ContextKind.OUTAGE: mark("Power or line off"),
    ContextKind.SECOND_RESIDENT: mark("Somebody else lives there"),
    ContextKind.PET: mark("An animal"),
    ContextKind.OTHER: mark("Something else"),
    ContextKind.PAUSED: mark("Paused"),
}
# What people enter and the system proposes.
ENTERABLE = tuple(kind for kind in ContextKind if kind is not ContextKind.PAUSED)

ABSENT = frozenset({ContextKind.HOSPITAL, ContextKind.HOLIDAY, ContextKind.AWAY})
# What goes on for weeks: days with it are judged against days with it, once there are enough of them.
LASTING = frozenset({ContextKind.SECOND_RESIDENT, ContextKind.PET, ContextKind.CARER})
LEARNING = timedelta(days=14)  # as long as nothing is judged in what lasts: until then there is no new baseline

_ALL_BUT_CLIMATE = frozenset(Aspect) - {Aspect.CLIMATE}
_PEOPLE_ABOUT = frozenset({Aspect.ACTIVITY, Aspect.NIGHT, Aspect.RHYTHM})
AFFECTED: Mapping[ContextKind, frozenset[Aspect]] = {
    ContextKind.HOSPITAL: _ALL_BUT_CLIMATE,
    ContextKind.HOLIDAY: _ALL_BUT_CLIMATE,
    ContextKind.AWAY: _ALL_BUT_CLIMATE,
    ContextKind.VISIT: _PEOPLE_ABOUT,
    ContextKind.PARTY: _PEOPLE_ABOUT | {Aspect.MEALS},
    ContextKind.CARER: frozenset({Aspect.ACTIVITY, Aspect.MEALS}),
    ContextKind.WORKS: frozenset({Aspect.ACTIVITY, Aspect.RHYTHM, Aspect.MEALS, Aspect.OUTINGS}),
    ContextKind.OUTAGE: _ALL_BUT_CLIMATE - {Aspect.VITALS},
    ContextKind.SECOND_RESIDENT: _PEOPLE_ABOUT | {Aspect.MEALS, Aspect.OUTINGS},
    ContextKind.PET: _PEOPLE_ABOUT | {Aspect.OUTINGS},
    ContextKind.OTHER: _ALL_BUT_CLIMATE - {Aspect.STILLNESS, Aspect.ABSENCE},
    ContextKind.PAUSED: frozenset(Aspect),
}
# That nobody has been seen since the front door is a question to a person, not an answer: only one who answers ends it.
NEVER_BY_ITSELF = frozenset({Aspect.ABSENCE})

_PATTERNS: Mapping[str, Aspect] = {
    "night_heat_hours": Aspect.CLIMATE,
    # Whoever is out at night is missed whether or not there is a pet or a guest: only who is known to be away is not.
    "night_absence": Aspect.ABSENCE,
    "night_*": Aspect.NIGHT,
    "sleep_*": Aspect.NIGHT,
    "time_in_bed": Aspect.NIGHT,
    "activity*": Aspect.ACTIVITY,
    "room_changes": Aspect.ACTIVITY,
    "learned": Aspect.ACTIVITY,
    "walking_*": Aspect.ACTIVITY,
    "company": Aspect.ACTIVITY,
    "day_rest": Aspect.ACTIVITY,
    "interdaily_stability": Aspect.RHYTHM,
    "intradaily_variability": Aspect.RHYTHM,
    "relative_amplitude": Aspect.RHYTHM,
    "room_entropy": Aspect.RHYTHM,
    "decline*": Aspect.RHYTHM,
    "*stillness*": Aspect.STILLNESS,
    "long_absence": Aspect.ABSENCE,
    "meals": Aspect.MEALS,
    "hot_drinks": Aspect.MEALS,
    "food_uses": Aspect.MEALS,
    "outings": Aspect.OUTINGS,
    "time_out": Aspect.OUTINGS,
    "carer_*": Aspect.CARE,
    "expected_visit*": Aspect.CARE,
    "visit_missed": Aspect.CARE,
    "cold*": Aspect.CLIMATE,
    "heat*": Aspect.CLIMATE,
    "stale_air_hours": Aspect.CLIMATE,
    "humidity_hours": Aspect.CLIMATE,
    "body_*": Aspect.VITALS,
    "*_pressure": Aspect.VITALS,
    "heart_rate": Aspect.VITALS,
    "skin_temperature": Aspect.VITALS,
    "oxygen_saturation": Aspect.VITALS,
    "respiratory_rate": Aspect.VITALS,
    "muscle_mass": Aspect.VITALS,
    "weight_*": Aspect.VITALS,
    "vital_*": Aspect.VITALS,
}


@cache
def aspect_of(kind: str) -> Aspect | None:
    """Return what an indicator or a finding is about, by its kind; None for one that no context touches."""
    return next((aspect for pattern, aspect in _PATTERNS.items() if fnmatchcase(kind, pattern)), None)


def affects(context: ContextKind, kind: str) -> bool:
    """Tell whether a context keeps an indicator or a finding of this kind from being judged."""
    return aspect_of(kind) in AFFECTED[context]
