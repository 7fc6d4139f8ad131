"""Guesses of where a found device is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.places import Place, RoomKind
from core.vocabulary import BY_NAME
from devices.suggestion import Suggestion, suggest

MOTION, DOOR, PLUG = {"occupancy", "battery"}, {"contact"}, {"power", "energy"}


@pytest.mark.parametrize(
    ("name", "quantities", "expected"),
    [
        ("Movimento bagno", MOTION, (RoomKind.BATHROOM, None)),
        ("bedroom_motion_2", MOTION, (RoomKind.BEDROOM, None)),
        ("Porta di casa", DOOR, (RoomKind.ENTRANCE, Place.ENTRANCE_DOOR)),
        ("front door", DOOR, (RoomKind.ENTRANCE, Place.ENTRANCE_DOOR)),
        ("Porta bagno", DOOR, (RoomKind.BATHROOM, Place.INNER_DOOR)),
        ("Porta ingresso", DOOR, (RoomKind.ENTRANCE, Place.ENTRANCE_DOOR)),
        ("Frigorifero", DOOR, (RoomKind.KITCHEN, Place.FRIDGE)),
        ("fridge door", DOOR, (RoomKind.KITCHEN, Place.FRIDGE)),
        ("Macchina del caffè", PLUG, (RoomKind.KITCHEN, Place.COFFEE_MACHINE)),
        ("Pulsante di aiuto", {"sos_button", "battery"}, (None, Place.BODY)),
        ("Pulsante camera", {"sos_button"}, (None, Place.BODY)),
        ("Fumo cucina", {"smoke"}, (RoomKind.KITCHEN, Place.CEILING)),
        ("Acqua bagno", {"water_leak"}, (RoomKind.BATHROOM, Place.FLOOR)),
        ("0x00158d0001a9ec71", {"bed_occupancy"}, (RoomKind.BEDROOM, Place.BED)),
        ("0x00158d0001a9ec71", MOTION, (None, None)),
        ("", set(), (None, None)),
    ],
)
def test_names_and_quantities_tell_where(name, quantities, expected):
    assert suggest(name, quantities) == Suggestion(*expected)


@given(st.text(max_size=60), st.sets(st.sampled_from(sorted(BY_NAME))))
def test_whatever_a_device_is_called_there_is_an_answer(name, quantities):
    found = suggest(name, quantities)
    assert found.room is None or found.room in RoomKind
    assert found.place is None or found.place in Place
