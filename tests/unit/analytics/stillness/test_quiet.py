from datetime import date

import numpy as np

from analytics.activity import activity
from analytics.frames import Span
from analytics.observed import Source, Track
from analytics.stillness.quiet import Quiet, Where, after_rests, kept, quiets
from core.places import Place, RoomKind
from tests.unit.analytics.made import (
    BATHROOM,
    BEDROOM,
    FRONT_DOOR,
    KITCHEN,
    ROME,
    at,
    readings,
    room_id,
    sensor,
    sensors,
)

DAY = date(2026, 3, 2)
BED = 20


def found(*events: tuple[str, int], until: str = "23:00", bed: tuple[tuple[str, float], ...] = ()) -> list[Quiet]:
    home = sensors(sensor(BED, "bed_occupancy", RoomKind.BEDROOM, Place.BED))
    rows = [(at(DAY, clock), series) for clock, series in events]
    signs = activity(readings([*rows, *((at(DAY, clock), BED, value) for clock, value in bed)]), home)
    times, values = np.array([at(DAY, clock) for clock, _ in bed]), np.array([value for _, value in bed])
    track = Track(Source(BED, "bed_occupancy", RoomKind.BEDROOM, Place.BED, room_id(RoomKind.BEDROOM)), times, values)
    return quiets(signs, [track] if bed else [], at(DAY, until))


def test_from_the_last_sign_to_the_next_and_the_last_goes_on() -> None:
    assert found(("9:00", KITCHEN), ("9:05", BATHROOM), ("9:40", KITCHEN), until="10:00") == [
        Quiet(at(DAY, "9:05"), at(DAY, "9:40"), room_id(RoomKind.BATHROOM), Where.ROOM, ended=True),
        Quiet(at(DAY, "9:40"), at(DAY, "10:00"), room_id(RoomKind.KITCHEN), Where.ROOM, ended=False),
    ]
    assert found(until="10:00") == []


def test_who_left_by_the_door_is_away_until_somebody_moves() -> None:
    away = found(("9:00", KITCHEN), ("9:05", FRONT_DOOR), until="33:00")
    assert [(each.where, each.ended) for each in away] == [(Where.AWAY, False)]
    # Still seen by the hall for a moment, back without a door that was heard.
    back = found(("9:00", FRONT_DOOR), ("9:01", KITCHEN), ("16:00", KITCHEN), until="16:05")
    assert [each.where for each in back] == [Where.AWAY]


def test_who_has_come_home_and_is_not_seen_any_more_is_not_away() -> None:
    came_home = (("9:00", FRONT_DOOR), ("10:30", FRONT_DOOR), ("10:31", KITCHEN))
    assert [each.where for each in found(*came_home, until="13:00")] == [Where.AWAY, Where.ROOM]
    # Who turns round at the door has gone again.
    only_the_door = (("9:00", FRONT_DOOR), ("10:30", FRONT_DOOR))
    assert [each.where for each in found(*only_the_door, until="13:00")] == [Where.AWAY, Where.AWAY]


def test_a_sensor_in_the_bed_tells_who_lies_in_it_from_who_got_up() -> None:
    night = found(("22:58", BEDROOM), bed=(("23:00", 1.0), ("27:00", 0.0)), until="31:00")
    assert [(each.where, each.room_id) for each in night] == [
        (Where.IN_BED, room_id(RoomKind.BEDROOM)),
        (Where.ROOM, room_id(RoomKind.BEDROOM)),
    ]
    elsewhere = found(("27:01", BATHROOM), bed=(("23:00", 1.0),), until="31:00")
    assert [each.where for each in elsewhere] == [Where.IN_BED, Where.ROOM], "the last sign was not in the bedroom"


def test_what_is_kept_of_a_day() -> None:
    times = found(("9:00", KITCHEN), ("9:30", KITCHEN), ("10:30", FRONT_DOOR), until="34:00")
    own = Span(at(DAY, "0:00"), at(DAY, "24:00"))
    one = kept(times, DAY, own, [], ROME)
    assert one.begin.tolist() == [540, 570, 630]
    assert one.lasted.tolist() == [30, 60, 23 * 60 + 30], "how long an absence has lasted is known"
    assert one.where.tolist() == [Where.ROOM, Where.ROOM, Where.AWAY]
    assert kept(times, DAY, own, [Span(at(DAY, "10:00"), at(DAY, "10:10"))], ROME).begin.tolist() == [540, 630]
    assert kept(times, DAY, Span(at(DAY, "24:00"), at(DAY, "48:00")), [], ROME).begin.tolist() == []
    still = found(("9:00", KITCHEN), until="11:00")
    assert kept(still, DAY, own, [], ROME).begin.tolist() == [], "nobody knows how long it will last"


def test_the_clock_is_the_home_s_when_it_changes() -> None:
    change = date(2026, 3, 29)  # the clock jumps from two to three
    moved = activity(readings([(at(change, "1:50"), BATHROOM), (at(change, "3:20"), BEDROOM)]), sensors())
    times = quiets(moved, [], at(change, "3:21"))
    one = kept(times, change, Span(at(change, "0:00"), at(change, "24:00")), [], ROME)
    assert (one.begin.tolist(), one.lasted.tolist()) == ([110], [30])


def test_what_goes_on_beyond_a_pause_begins_with_its_end_and_nobody_knows_where() -> None:
    lies, out, before = (
        Quiet(0, 100, 3, Where.IN_BED, ended=False),
        Quiet(0, 100, 4, Where.AWAY, ended=False),
        Quiet(0, 20, 3, Where.ROOM, ended=True),
    )
    rests = [Span(20, 40), Span(50, 70)]
    assert after_rests([lies, out, before], rests) == [
        Quiet(70, 100, 0, Where.ROOM, ended=False),
        Quiet(70, 100, 0, Where.AWAY, ended=False),
        before,
    ]
    # While it lasts there is nothing to judge yet.
    assert after_rests([lies], [Span(20, 100)]) == [lies]
