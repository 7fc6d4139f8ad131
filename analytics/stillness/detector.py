"""What is expected of quiet times and absences in one home, and how unusual one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self
from zoneinfo import ZoneInfo

import numpy as np

from analytics.baseline import LEAST_DAYS
from analytics.frames import MINUTE
from analytics.stillness.absence import Absences, absences
from analytics.stillness.habit import Spot, Usual, cohort, ripe, sort_of, usual_times
from analytics.stillness.quiet import QuietDay, Where, minute_of
from analytics.stillness.seen import Still

State = dict[str, Any]
HOUR = 60  # minutes
NONE = absences(())
# Somebody may have gone unseen into a room that cannot be seen, and come back from it.
UNSEEN = 2.0


class Reason(NamedTuple):
    """Why a time has the score it has, in minutes: how long it is, from when on that is worth a finding, what is usual.

    `usual` is None while that is being learned; `ever` says of an absence that there was no longer one.
    """

    minutes: float
    limit: float
    usual: float | None
    days: int
    score: float
    ever: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """The time until the next sign of anybody, by hour and room (`habit`), and how long absences last (`absence`).

    A score of 1 is the threshold. It knows the days it has learned and no others, does not mind missing ones, and is
    the same after `from_state(state())`. `rooms` are the kinds of the home's rooms (`analytics.frames.ROOMS`).
    """

    name: ClassVar[str] = "expected_gap"
    version: ClassVar[str] = "1"

    rooms: Mapping[int, int]
    days: int = 0
    spots: Mapping[Spot, Usual] = field(default_factory=dict)
    away: Absences = NONE

    def learn(self, days: Sequence[QuietDay]) -> Self:
        """Return a detector that knows what is kept of the days before; one without anything teaches nothing."""
        known = [day for day in days if len(day.begin)]
        return type(self)(self.rooms, len(known), usual_times(known, self.rooms), absences(known))

    def score(self, still: Still, zone: ZoneInfo) -> float:
        """Return how unusual a time is, 1 being the threshold."""
        return self.explain(still, zone).score

    def explain(self, still: Still, zone: ZoneInfo) -> Reason:
        """Return what the score of a time rests on."""
        quiet = still.quiet
        minutes = (quiet.end - quiet.start) / MINUTE
        learned = self.days >= LEAST_DAYS
        if quiet.where is Where.AWAY:
            ever = minutes > self.away.longest
            known = (self.away.longest if ever else self.away.usual) if learned and self.away.known else None
            return Reason(minutes, self.away.limit, known, self.days, minutes / self.away.limit, ever)
        begin = minute_of(quiet.start, zone)
        spots = [Spot(quiet.room_id, quiet.where), *([Spot(quiet.room_id, Where.IN_BED)] if still.may_lie else [])]
        limit, spot = max((self._limit(each, begin, still.blind), each) for each in spots)
        usual = float(self._usual(spot).usual[begin // HOUR]) if learned else None
        return Reason(minutes, limit, usual, self.days, minutes / limit)

    def soonest(self, begin: int) -> float:
        """Return after how many minutes any time that begins at a minute of the clock may be worth a finding."""
        spots = {*self.spots, *(Spot(room, Where.ROOM) for room in (0, *self.rooms))}
        return min(self.away.limit, *(ripe(self._usual(spot), begin) for spot in spots))

    def _limit(self, spot: Spot, begin: int, blind: Sequence[int]) -> float:
        own = ripe(self._usual(spot), begin)
        if not blind:
            return own
        unseen = (ripe(self._usual(Spot(room, Where.ROOM)), begin) for room in blind)
        return UNSEEN * max(own, *unseen)

    def _usual(self, spot: Spot) -> Usual:
        """Return what is usual in a spot; in one of which nothing is known, what is in general."""
        known = self.spots.get(spot)
        sort = sort_of(spot, self.rooms)
        if known is None:
            return cohort(sort)
        return known if self.days >= LEAST_DAYS else known.at_least(cohort(sort))

    def state(self) -> State:
        """Return all it has learned as plain values that JSON can hold."""
        return {
            "rooms": {str(room): kind for room, kind in self.rooms.items()},
            "days": self.days,
            "spots": [
                [spot.room_id, int(spot.where), *(column.tolist() for column in usual)]
                for spot, usual in self.spots.items()
            ],
            "away": list(self.away),
        }

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Return the detector that `state` was taken from."""
        return cls(
            {int(room): kind for room, kind in state["rooms"].items()},
            state["days"],
            {
                Spot(room, Where(where)): Usual(*(np.array(column) for column in columns))
                for room, where, *columns in state["spots"]
            },
            Absences(*state["away"]),
        )
