"""Which indicators speak of the same part of life, which way each of them counts, and over how many days.

Indicators of one domain move together: an anxious night is more visits, more walking and less sleep. So a domain says
one thing at a time, in the words of the indicator that shows it best, and the others are named as contributions. The
indicators of a domain stand in the order in which they say plainly what has changed.

What is sudden shows itself within two or three days, what is slow over one or two weeks. They are told apart: else
what was sudden would stay in the mean of two weeks, and the next sudden change would be taken for the same one. One day
alone is not told: nearly everybody has a day like that now and then. Only a night of very many visits to the bathroom
is: an infection begins like that. What is urgent within hours has rules of its own.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from analytics.indicators.protocol import Direction


class Domain(StrEnum):
    """A part of a person's life."""

    NIGHT = "night"
    KITCHEN = "kitchen"
    MOVING = "moving"
    OUT = "out"
    RHYTHM = "rhythm"


class Pace(StrEnum):
    """Whether a change comes within days or over weeks."""

    SUDDEN = "sudden"
    SLOW = "slow"


class Strand(NamedTuple):
    """The changes of one domain that come at one pace."""

    domain: Domain
    pace: Pace


class Look(NamedTuple):
    """How an indicator is looked at: over so many days, in the direction that matters.

    Where both directions matter, more does so from `more_from` days on. Of what `is_amount` (a count, a duration) the
    square root is judged: the more there is of it, the more it varies (Anscombe, Biometrika 1948).
    """

    direction: Direction
    scales: tuple[int, ...]
    is_amount: bool = True
    more_from: int = 1

    def over(self, days: int) -> Direction:
        """Return the direction that matters over so many days."""
        return Direction.LESS if self.direction is Direction.BOTH and days < self.more_from else self.direction


class Pattern(NamedTuple):
    """Indicators that together say one thing, each as more (1) or less (-1) than usual, the plainest first.

    Without one that it `needs` it says nothing. `urgency` is by how much less rare than others it is told: to miss it
    is worse than to tell it once too often; `again` the same where what it needs, and what usually is not there on nine
    of ten days, is on two of these or more.
    """

    name: str
    domain: Domain
    signs: Mapping[str, int]
    needs: str | None = None
    urgency: float = 0.0
    again: float = 0.0

    def weight(self, *, again: bool) -> float:
        """Return by how much less rare it is told."""
        return max(self.urgency, self.again) if again else self.urgency


_SUDDEN, _SLOW = (2, 3), (7, 14)
EVERY = (*_SUDDEN, *_SLOW)
LONGEST = max(EVERY)
# Indicators that already look at seven days: one more look at a longer stretch says nothing new.
_OF_A_WEEK = (1, 7)
# Lying down or getting up late once or twice is nothing. Nor is more movement than usual: somebody is visiting, or
# there is an animal, which is known after a few days.
_FROM_THREE = (3, *_SLOW)
_MORE, _LESS, _BOTH, _LATER = Direction.MORE, Direction.LESS, Direction.BOTH, Direction.LATER

DOMAINS: Mapping[Domain, Mapping[str, Look]] = {
    Domain.NIGHT: {
        "night_bathroom_visits": Look(_MORE, (1, *EVERY)),
        "night_walking": Look(_MORE, EVERY),
        "sleep_duration": Look(_LESS, EVERY, is_amount=False),
        "sleep_interruptions": Look(_MORE, EVERY),
        "sleep_start": Look(_LATER, _FROM_THREE, is_amount=False),
        "sleep_end": Look(_BOTH, _SLOW, is_amount=False),
        "time_in_bed": Look(_BOTH, EVERY, is_amount=False),
    },
    Domain.KITCHEN: {
        "meals": Look(_LESS, EVERY),
        "food_uses": Look(_LESS, EVERY),
        "hot_drinks": Look(_LESS, EVERY),
        "activity_kitchen": Look(_LESS, EVERY),
    },
    Domain.MOVING: {
        "activity": Look(_BOTH, EVERY, more_from=min(_SLOW)),
        "room_changes": Look(_BOTH, EVERY, more_from=min(_SLOW)),
        "walking_time": Look(_MORE, _FROM_THREE, is_amount=False),
    },
    Domain.OUT: {"outings": Look(_LESS, _SLOW), "time_out": Look(_LESS, _SLOW)},
    Domain.RHYTHM: {
        "interdaily_stability": Look(_LESS, _OF_A_WEEK, is_amount=False),
        "relative_amplitude": Look(_LESS, _OF_A_WEEK, is_amount=False),
        "intradaily_variability": Look(_MORE, _OF_A_WEEK, is_amount=False),
    },
}

PATTERNS = (
    Pattern(
        "up_at_night",
        Domain.NIGHT,
        {"night_bathroom_visits": 1, "sleep_interruptions": 1, "night_walking": 1, "sleep_duration": -1},
    ),
    Pattern(
        "sleepless",
        Domain.NIGHT,
        {"sleep_duration": -1, "sleep_interruptions": 1, "sleep_start": 1, "time_in_bed": -1},
    ),
    Pattern(
        "about_at_night",
        Domain.NIGHT,
        {"night_walking": 1, "sleep_interruptions": 1, "night_door": 1},
        needs="night_door",
        urgency=0.4,
        again=1.0,
    ),
    Pattern(
        "eating_less",
        Domain.KITCHEN,
        {"meals": -1, "food_uses": -1, "hot_drinks": -1, "activity_kitchen": -1},
        urgency=0.6,
    ),
    Pattern("moving_less", Domain.MOVING, {"activity": -1, "room_changes": -1, "walking_time": 1}),
    Pattern("moving_more", Domain.MOVING, {"activity": 1, "room_changes": 1}),
    Pattern("staying_in", Domain.OUT, {"outings": -1, "time_out": -1}),
    Pattern(
        "rhythm_lost",
        Domain.RHYTHM,
        {"interdaily_stability": -1, "relative_amplitude": -1, "intradaily_variability": 1},
    ),
)

# What is missed if it does not happen at all for days on end.
MISSED: Mapping[str, Domain] = {"outings": Domain.OUT}
# What counts in patterns only: at homes that never open the door at night a single time is without comparison, so it
# has a rule of its own.
_ONLY_IN_PATTERNS: Mapping[str, Look] = {"night_door": Look(_MORE, EVERY)}

DOMAIN_OF: Mapping[str, Domain] = {kind: domain for domain, kinds in DOMAINS.items() for kind in kinds}
LOOKS: Mapping[str, Look] = {
    kind: look for kinds in (*DOMAINS.values(), _ONLY_IN_PATTERNS) for kind, look in kinds.items()
}
STRANDS = (
    *(Strand(domain, Pace.SUDDEN) for domain in Domain if domain is not Domain.OUT),
    *(Strand(domain, Pace.SLOW) for domain in Domain),
)


def pace_of(days: int) -> Pace:
    """Return whether so many days show what is sudden or what is slow."""
    return Pace.SLOW if days >= min(_SLOW) else Pace.SUDDEN


def plainness(kind: str) -> int:
    """Return the place of an indicator in its domain: the lower, the more plainly it says what has changed."""
    return list(DOMAINS[DOMAIN_OF[kind]]).index(kind)


OF_NAME: Mapping[str, Pattern] = {pattern.name: pattern for pattern in PATTERNS}
# By which indicators the days of a domain are judged: its own, and those that count in its patterns.
SHOWN_BY: Mapping[Domain, frozenset[str]] = {
    domain: frozenset(kinds).union(*(pattern.signs for pattern in PATTERNS if pattern.domain is domain))
    for domain, kinds in DOMAINS.items()
}
