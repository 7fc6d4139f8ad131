"""Use of the kitchen, meals and hot drinks.

Signs in the kitchen (movement, fridge, cupboards, appliances) no more than `MERGED` apart are one use. Whether a use is
a **meal** depends on what the home watches of what food is kept or prepared in: where that is several things, two of
them were used within at least `PREPARING`; where it is one, it was used in a use of at least `WITH_ONE`; where it is
nothing, or the one was not touched for `UNTOUCHED` before and after, somebody moved in the kitchen for `MOVING`: who
does not eat does not stay there, but a contact that is stuck is not touched either. Homes that are watched commercially
count the same signs (JMIR Aging e41187; gerontechnology 4940). It tells that food was prepared, not that it was eaten,
and what somebody brings is not seen.

A **use of food** is one use of something that holds or prepares food: a fridge that is opened, a stove that is switched
on.

A **hot drink** is a kettle or coffee machine that was switched on.
"""

from collections.abc import Collection, Sequence

import numpy as np

from analytics.frames import HOUR, MINUTE, ROOMS, SECOND, Episode, Instants, Signs, together
from analytics.observed import HOT_DRINKS, SWITCHED, Track, switched_on
from analytics.sensors import among
from core.places import Place, RoomKind

USE = "kitchen_use"
MEAL = "meal"
HOT_DRINK = "hot_drink"
FOOD_USE = "food_use"
MERGED = 10 * MINUTE
PREPARING = 30 * SECOND
WITH_ONE = 3 * MINUTE
MOVING = 10 * MINUTE
UNTOUCHED = 16 * HOUR  # longer than most nights
SEVERAL = 2
SAME_DRINK = 5 * MINUTE
SAME_FOOD = MINUTE  # a door that is opened and closed is one use
FOOD = frozenset({Place.FRIDGE, Place.CUPBOARD, Place.STOVE, Place.OVEN, Place.MICROWAVE})


def uses(signs: Signs, tracks: Sequence[Track], watched: Collection[str]) -> list[Episode]:
    """Return the uses of the kitchen, and those of them that are meals, ordered by time.

    `watched` are the things that the sensors of the home are fixed to.
    """
    stores = len(FOOD.intersection(watched))
    there = signs.where((signs.room_kind == ROOMS[RoomKind.KITCHEN]) & ~signs.left & ~signs.door)
    plugged = _plugged_in(tracks)
    at = np.concatenate((there.at, *(times for _, times in plugged)))
    place = np.concatenate((there.place, *(np.full(len(times), name, dtype=object) for name, times in plugged)))
    room = np.concatenate((there.room_id, np.zeros(len(at) - len(there.at), dtype=np.int64)))
    order = np.argsort(at, kind="stable")
    at, place, room = at[order], place[order], room[order]
    touched = at[among(place.tolist(), FOOD)]
    found = []
    for first, last in together(at, MERGED):
        one = Episode(USE, int(at[first]), int(at[last]), int(room[first : last + 1].max()) or None, last - first + 1)
        found.append(one)
        around = np.searchsorted(touched, (one.start - UNTOUCHED, one.end + UNTOUCHED))
        tells = 0 if stores == 1 and around[0] == around[1] else stores
        if _is_meal(one.end - one.start, len(FOOD.intersection(place[first : last + 1])), tells):
            found.append(one._replace(kind=MEAL))
    return found


def food_uses(signs: Signs, tracks: Sequence[Track]) -> list[Episode]:
    """Return when something that holds or prepares food was used, ordered by time."""
    touched = signs.where(among(signs.place.tolist(), FOOD))
    plugged = [times for name, times in _plugged_in(tracks) if name in FOOD]
    at = np.sort(np.concatenate((touched.at, *plugged)))
    return [
        Episode(FOOD_USE, int(at[first]), int(at[last]), None, last - first + 1)
        for first, last in together(at, SAME_FOOD)
    ]


def _is_meal(lasted: int, used: int, stores: int) -> bool:
    """Tell whether a use is a meal by how many of the things that hold or prepare food were used, of how many."""
    if stores >= SEVERAL:
        return used >= SEVERAL and lasted >= PREPARING
    return lasted >= WITH_ONE and used > 0 if stores else lasted >= MOVING


def hot_drinks(tracks: Sequence[Track]) -> list[Episode]:
    """Return when a hot drink was made, each from the first to the last time its appliance was switched on."""
    found = []
    for track in tracks:
        if track.source.place in HOT_DRINKS and track.source.quantity in SWITCHED:
            at = switched_on(track)
            found += [
                Episode(HOT_DRINK, int(at[first]), int(at[last]), None, last - first + 1)
                for first, last in together(at, SAME_DRINK)
            ]
    return sorted(found)


def _plugged_in(tracks: Sequence[Track]) -> list[tuple[str, Instants]]:
    """Return when what is plugged in in the kitchen was switched on, by what it is."""
    return [
        (track.source.place, switched_on(track))
        for track in tracks
        if track.source.quantity == "power" and track.source.room_kind == RoomKind.KITCHEN
    ]
