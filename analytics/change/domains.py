"""Which indicators speak of the same part of life, and over how many days each is looked at.

Indicators of one domain move together: an anxious night is more visits, more walking and less sleep. So a domain says
one thing at a time, in the words of the indicator that shows it best, and the others are named as contributions. The
indicators of a domain stand in the order in which they say plainly what has changed.
"""

from collections.abc import Mapping
from enum import StrEnum

SUDDEN = (1, 2, 3)
SLOW = (7, 14)
EVERY = (*SUDDEN, *SLOW)
LONGEST = max(EVERY)


class Domain(StrEnum):
    """A part of a person's life."""

    NIGHT = "night"
    KITCHEN = "kitchen"
    MOVING = "moving"
    OUT = "out"
    RHYTHM = "rhythm"


# The scales of indicators that already look at seven days: one more look at a longer stretch says nothing new.
_OF_A_WEEK = (1, 7)

DOMAINS: Mapping[Domain, Mapping[str, tuple[int, ...]]] = {
    Domain.NIGHT: {
        "night_bathroom_visits": EVERY,
        "sleep_duration": EVERY,
        "night_walking": EVERY,
        "sleep_interruptions": EVERY,
        "sleep_start": SLOW,
        "sleep_end": SLOW,
        "time_in_bed": EVERY,
    },
    Domain.KITCHEN: {"meals": EVERY, "hot_drinks": (3, *SLOW), "activity_kitchen": EVERY},
    Domain.MOVING: {"activity": EVERY, "room_changes": EVERY, "walking_time": (3, *SLOW)},
    Domain.OUT: {"outings": SLOW, "time_out": SLOW},
    Domain.RHYTHM: {
        "interdaily_stability": _OF_A_WEEK,
        "relative_amplitude": _OF_A_WEEK,
        "intradaily_variability": _OF_A_WEEK,
    },
}

# What is missed if it does not happen at all for days on end.
MISSED: Mapping[str, Domain] = {"outings": Domain.OUT}

DOMAIN_OF: Mapping[str, Domain] = {kind: domain for domain, kinds in DOMAINS.items() for kind in kinds}


def plainness(kind: str) -> int:
    """Return the place of an indicator in its domain: the lower, the more plainly it says what has changed."""
    return list(DOMAINS[DOMAIN_OF[kind]]).index(kind)
