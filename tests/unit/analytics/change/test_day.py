"""What a day comes to in each strand."""

from datetime import date

import numpy as np

from analytics.change.day import look
from analytics.change.domains import OF_NAME, Domain, Pace, Strand
from analytics.change.reference import Reference

DAY = date(2026, 3, 1)
NIGHTS = 30


class Plain(Reference):
    """A reference to which each pattern that is there is one day in a hundred, and so is each single sign."""

    __slots__ = ()

    def rarity(self, _name: str, _days: int, z: float) -> float:
        return 2.0 if z > 1 else 0.0


PLAIN = Plain("1", "", {}, {}, {}, {}, 100)


def night(door: tuple[float, float] | None = None, **now: float) -> float:
    """Return how rare the night is to which two nights like `now` have come after many alike.

    On them the `door` at the front, which is never moved at night, was moved so often.
    """
    histories = {kind: np.array([1.0 + n % 2 for n in range(NIGHTS)] + [value] * 2) for kind, value in now.items()}
    if door is not None:
        histories["night_door"] = np.array([0.0] * NIGHTS + list(door))
    strand = Strand(Domain.NIGHT, Pace.SUDDEN)
    (one,) = [each for each in look(DAY, histories, PLAIN) if each.strand == strand]
    return one.rarity


def test_who_is_about_with_the_front_door_is_told_sooner_than_who_is_only_about() -> None:
    assert night(night_walking=40.0, sleep_interruptions=9.0) == 2.0
    pattern = OF_NAME["about_at_night"]
    assert night((0.0, 9.0), night_walking=40.0, sleep_interruptions=9.0) == 2.0 + pattern.urgency
    assert night((1.0, 2.0), night_walking=40.0, sleep_interruptions=9.0) == 2.0 + pattern.again
    often = night(night_walking=40.0, sleep_interruptions=9.0, night_door=9.0)
    assert often == 2.0 + pattern.urgency, "a door that is moved every night, and more often now"
    assert night(night_walking=40.0, sleep_interruptions=9.0, night_door=1.5) == 2.0, "a door that is as usual"
    assert 0 < pattern.urgency < pattern.again
