"""Use of the kitchen, meals and hot drinks.

Signs in the kitchen (movement, fridge, cupboards, appliances) no more than `MERGED` apart are one use. A use is a
**meal** when something that food is kept or prepared in was used and it lasted for `MEAL`, or when somebody moved
there for `LONG`. Homes that are watched commercially count the same signs: kitchen movement, fridge, kettle and oven
(JMIR Aging e41187; gerontechnology 4940). It tells that food was prepared, not that it was eaten, and a cold meal that
somebody brings is not seen.

A **hot drink** is a kettle or coffee machine that was switched on.
"""

from collections.abc import Sequence

import numpy as np

from analytics.frames import MINUTE, ROOMS, Episode, Instants, Signs, together
from analytics.observed import HOT_DRINKS, SWITCHED, Track, switched_on
from core.places import Place, RoomKind

USE = "kitchen_use"
MEAL = "meal"
HOT_DRINK = "hot_drink"
MERGED = 10 * MINUTE
SHORTEST_MEAL = 3 * MINUTE
LONG = 10 * MINUTE
SAME_DRINK = 5 * MINUTE
FOOD = frozenset({Place.FRIDGE, Place.CUPBOARD, Place.STOVE, Place.OVEN, Place.MICROWAVE})


def uses(signs: Signs, tracks: Sequence[Track]) -> list[Episode]:
    """Return the uses of the kitchen, and those of them that are meals, ordered by time."""
    there = signs.where((signs.room_kind == ROOMS[RoomKind.KITCHEN]) & ~signs.left & ~signs.door)
    plugged = _in_kitchen(tracks)
    at = np.concatenate((there.at, plugged))
    food = np.concatenate((np.isin(there.place, list(FOOD)), np.ones(len(plugged), dtype=bool)))
    room = np.concatenate((there.room_id, np.zeros(len(plugged), dtype=np.int64)))
    order = np.argsort(at, kind="stable")
    at, food, room = at[order], food[order], room[order]
    found = []
    for first, last in together(at, MERGED):
        start, end = int(at[first]), int(at[last])
        one = Episode(USE, start, end, int(room[first : last + 1].max()) or None, last - first + 1)
        found.append(one)
        if end - start >= LONG or (end - start >= SHORTEST_MEAL and food[first : last + 1].any()):
            found.append(one._replace(kind=MEAL))
    return found


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


def _in_kitchen(tracks: Sequence[Track]) -> Instants:
    on = [
        switched_on(track)
        for track in tracks
        if track.source.quantity == "power" and track.source.room_kind == RoomKind.KITCHEN
    ]
    return np.sort(np.concatenate(on)) if on else np.array([], dtype=np.int64)
