"""Where a found device probably is: a guess from what it is called and what it measures, to save choosing. Pure.

The installer sees the guess and changes it; nothing is stored because of it.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import NamedTuple

from core.places import Place, RoomKind


class Suggestion(NamedTuple):
    """A kind of room and a place in it, each None where nothing tells."""

    room: RoomKind | None
    place: Place | None


# Words of Italian and English by which people name their sensors, without accents.
ROOM_WORDS: Mapping[RoomKind, tuple[str, ...]] = {
    RoomKind.BEDROOM: ("camera", "letto", "bedroom", "bed", "materasso"),
    RoomKind.BATHROOM: ("bagno", "bathroom", "wc", "toilet", "doccia", "shower", "lavandino"),
    RoomKind.KITCHEN: ("cucina", "kitchen", "frigo", "frigorifero", "fridge", "bollitore", "kettle", "forno", "oven",
                       "fornello", "fornelli", "stove", "microonde", "microwave", "caffe", "coffee"),
    RoomKind.LIVING: ("soggiorno", "salotto", "sala", "tinello", "living", "lounge", "poltrona", "divano", "tv",
                      "televisore", "television"),
    RoomKind.HALL: ("corridoio", "hall", "hallway", "disimpegno", "scala", "scale", "stairs"),
    RoomKind.ENTRANCE: ("ingresso", "entrata", "entrance", "entry", "front", "portone"),
    RoomKind.OUTSIDE: ("balcone", "terrazza", "giardino", "cortile", "balcony", "terrace", "garden", "outside",
                       "garage"),
}  # fmt: skip
PLACE_WORDS: Mapping[Place, tuple[str, ...]] = {
    Place.FRIDGE: ("frigo", "frigorifero", "fridge"),
    Place.KETTLE: ("bollitore", "kettle"),
    Place.COFFEE_MACHINE: ("caffe", "coffee"),
    Place.STOVE: ("fornello", "fornelli", "piano", "stove", "cooker", "hob"),
    Place.OVEN: ("forno", "oven"),
    Place.MICROWAVE: ("microonde", "microwave"),
    Place.WASHING_MACHINE: ("lavatrice", "washing"),
    Place.TV: ("tv", "televisore", "television"),
    Place.MEDICINE: ("medicine", "medicinali", "farmaci", "pillole", "pills", "medication"),
    Place.TOILET: ("wc", "toilet"),
    Place.SHOWER: ("doccia", "shower", "vasca"),
    Place.BED: ("letto", "bed", "materasso", "mattress"),
    Place.CHAIR: ("poltrona", "sedia", "divano", "chair", "armchair", "sofa"),
    Place.WINDOW: ("finestra", "window"),
    Place.CUPBOARD: ("armadio", "credenza", "cupboard", "cabinet"),
}
DOOR_WORDS = frozenset({"porta", "portone", "door"})
FRONT_WORDS = frozenset({"casa", "ingresso", "entrata", "portone", "front", "entrance", "main", "principale"})
# What a quantity alone tells of the place.
MEASURED: Mapping[str, Place] = {
    "bed_occupancy": Place.BED,
    "chair_occupancy": Place.CHAIR,
    "sos_button": Place.BODY,
    "smoke": Place.CEILING,
    "water_leak": Place.FLOOR,
    "toilet_flush": Place.TOILET,
}
MEASURED_IN: Mapping[str, RoomKind] = {"bed_occupancy": RoomKind.BEDROOM, "toilet_flush": RoomKind.BATHROOM}


def suggest(name: str, quantities: Collection[str]) -> Suggestion:
    """Return where a device of this name that reports these quantities probably is."""
    words = _words(name)
    place = next((place for place, known in PLACE_WORDS.items() if words & set(known)), None)
    if "contact" in quantities and words & DOOR_WORDS and place is None:
        inner = (
            any(words & set(ROOM_WORDS[kind]) for kind in RoomKind if kind in ROOM_WORDS) and not words & FRONT_WORDS
        )
        place = Place.INNER_DOOR if inner else Place.ENTRANCE_DOOR
    if place is None:
        place = next((MEASURED[each] for each in sorted(quantities) if each in MEASURED), None)
    room = next((kind for kind, known in ROOM_WORDS.items() if words & set(known)), None)
    if room is None and place is Place.ENTRANCE_DOOR:
        room = RoomKind.ENTRANCE
    if room is None:
        room = next((MEASURED_IN[each] for each in sorted(quantities) if each in MEASURED_IN), None)
    # What is worn goes where the person goes.
    return Suggestion(None if place is Place.BODY else room, place)


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return set(re.findall(r"[a-z]+", plain))
