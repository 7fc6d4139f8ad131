"""Activity: in how many minutes of the day somebody was seen to move, in each sort of room and in all."""

from collections.abc import Callable

import numpy as np

from analytics.frames import ROOMS, Span
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import Observed
from analytics.profiles.profile import active_minutes
from analytics.sensors import all_movement, movement_in
from core.places import RoomKind

SOURCE = "Sensors 2021 21:6080 (presence pattern); PMC5620736 (permanence in rooms)"
# What is told apart: who looks at the figures thinks of the entrance as part of the hall.
SORTS: dict[str, tuple[RoomKind, ...]] = {
    "bedroom": (RoomKind.BEDROOM,),
    "bathroom": (RoomKind.BATHROOM,),
    "kitchen": (RoomKind.KITCHEN,),
    "living": (RoomKind.LIVING,),
    "hall": (RoomKind.HALL, RoomKind.ENTRANCE),
}


def activity(observed: Observed, window: Span) -> float:
    """Return in how many minutes of the local day anybody was seen to move anywhere in the home; unit: minutes."""
    signs = observed.signs.within(window)
    return float(len(active_minutes(signs.at[~signs.left], window.start)))


def _in(sort: str) -> Callable[[Observed, Span], float]:
    kinds = [ROOMS[kind] for kind in SORTS[sort]]

    def minutes(observed: Observed, window: Span) -> float:
        signs = observed.signs.within(window)
        there = np.isin(signs.room_kind, kinds) & ~signs.left
        return float(len(active_minutes(signs.at[there], window.start)))

    return minutes


INDICATORS = (
    OfDay(
        kind="activity",
        unit="min",
        begins=MIDNIGHT,
        ends=MIDNIGHT,
        value=activity,
        direction=Direction.BOTH,
        formula="Minutes of the local day in which somebody was seen to move anywhere in the home. Minutes, not signs: "
        "how often a sensor repeats what it sees is a matter of its model.",
        source=SOURCE,
        rests_on="movement anywhere in the home",
        watched=all_movement,
        spread_floor=15.0,
        least_excess=45.0,
    ),
    *(
        OfDay(
            kind=f"activity_{sort}",
            unit="min",
            begins=MIDNIGHT,
            ends=MIDNIGHT,
            value=_in(sort),
            direction=Direction.BOTH,
            formula=f"The same in rooms of the sort {' or '.join(kinds)}.",
            source=SOURCE,
            rests_on=f"movement in rooms of the sort {' or '.join(kinds)}",
            watched=movement_in(*kinds),
            spread_floor=5.0,
            least_excess=20.0,
        )
        for sort, kinds in SORTS.items()
    ),
)
