from datetime import date
from types import MappingProxyType

import numpy as np
import pytest

from analytics.activity import activity
from analytics.frames import HOUR, MINUTE, Signs, Span
from analytics.silence.blind import SEEING, Blind
from analytics.stillness.quiet import Quiet, Where
from analytics.stillness.seen import Reporting, Still, stills
from core.places import Place, RoomKind
from tests.unit.analytics.made import BATHROOM, BEDROOM, FRONT_DOOR, KITCHEN, at, readings, room_id, sensor, sensors

DAY = date(2026, 3, 2)
HOME = sensors()
QUIET = Quiet(at(DAY, "9:00"), at(DAY, "11:30"), room_id(RoomKind.KITCHEN), Where.ROOM, ended=False)
LIMIT = 150 * MINUTE


def one(*, spoken=None, unknown=(), blind=SEEING, quiet=QUIET, **more: bool) -> Still:
    times = {device: np.array([at(DAY, clock) for clock in clocks]) for device, clocks in (spoken or {}).items()}
    reporting = Reporting(times, dict.fromkeys(times, LIMIT))
    return stills([quiet], HOME, reporting, unknown, blind, lambda span: 0.9 + 0 * span.length, **more)[0]


def test_where_nothing_reports_by_itself_it_is_believed_up_to_now() -> None:
    assert one() == Still(QUIET, decided=True, blind=(), coverage=0.9)


def test_short_ones_are_not_looked_at() -> None:
    short = QUIET._replace(end=QUIET.start + 39 * MINUTE)
    assert stills([short], HOME, Reporting({}, {}), [], SEEING, lambda _: 1.0) == []


@pytest.mark.parametrize(
    ("bathroom", "until", "decided"),
    [
        (("8:10", "9:10", "10:10", "11:10"), "11:30", True),
        (("8:10", "9:10"), "11:30", True),  # it has spoken since, and is not overdue
        (("6:10", "8:10"), "9:00", False),  # it may have died before the last sign
    ],
)
def test_every_sensor_that_reports_by_itself_has_to_have_spoken_since(bathroom, until, decided) -> None:
    still = one(spoken={KITCHEN: ("9:00", "10:00", "11:00"), BATHROOM: bathroom})
    assert (still.quiet.end, still.decided) == (at(DAY, until), decided)


def test_one_that_is_overdue_ends_what_is_believed() -> None:
    still = one(spoken={BATHROOM: ("9:10",)}, quiet=QUIET._replace(end=at(DAY, "11:50")))
    assert (still.quiet.end, still.decided) == (at(DAY, "9:10"), False)


@pytest.mark.parametrize(("last", "decided"), [("10:15", True), ("10:05", False)])
def test_in_the_room_of_the_last_sign_the_first_report_that_is_missing_tells(last: str, decided: bool) -> None:
    still = one(spoken={KITCHEN: ("9:05", last), BATHROOM: ("9:30",)})  # usually every hour
    assert (still.quiet.end, still.decided) == (at(DAY, "11:30" if decided else "9:30"), decided)


def test_one_with_a_low_battery_that_misses_reports_may_not_see() -> None:
    hourly = tuple(f"{hour}:30" for hour in range(12))
    gaps = ("0:30", "1:30", "5:30", "6:30", "7:30", "9:30", "10:30")
    low = Blind(weak=frozenset({BATHROOM}))
    assert one(spoken={BATHROOM: hourly}, blind=low).blind == ()
    assert one(spoken={BATHROOM: gaps}).blind == (), "its battery is good"
    assert one(spoken={BATHROOM: gaps}, blind=low).blind == (room_id(RoomKind.BATHROOM),)


def test_the_room_of_the_last_sign_cannot_be_seen_as_it_was_when_one_that_watches_it_is_out() -> None:
    bed, fridge = 11, 12
    home = sensors(
        sensor(bed, "bed_occupancy", RoomKind.BEDROOM, Place.BED),
        sensor(fridge, "opening", RoomKind.KITCHEN, Place.FRIDGE),
    )
    bedroom, kitchen = room_id(RoomKind.BEDROOM), room_id(RoomKind.KITCHEN)

    def blind(device: int, quiet: Quiet) -> tuple[int, ...]:
        out = Blind(devices={device: [QUIET.span]})
        return stills([quiet], home, Reporting({}, {}), [], out, lambda _: 1.0)[0].blind

    lying = QUIET._replace(room_id=bedroom, where=Where.IN_BED)
    assert blind(BEDROOM, lying) == (bedroom,), "the bed tells who lies in it, not who turns over"
    assert blind(fridge, QUIET) == (), "whoever moves in the kitchen is seen without it"
    assert blind(KITCHEN, QUIET) == (kitchen,)


def test_a_room_of_every_day_in_which_nobody_was_seen_for_a_day_may_not_be_seen() -> None:
    signs = activity(readings([(QUIET.start - n * 20 * MINUTE, KITCHEN) for n in range(70)][::-1]), HOME)
    unseen = {room_id(RoomKind.BEDROOM), room_id(RoomKind.BATHROOM)}

    def blind(seen: Signs) -> set[int]:
        (still,) = stills([QUIET], HOME, Reporting({}, {}, seen), [], SEEING, lambda _: 1.0)
        return set(still.blind)

    assert blind(signs) == unseen
    assert blind(signs.where(np.arange(len(signs.at)) % 2 == 0)) == set(), "nobody was about for most of the day"


def test_one_that_is_known_to_be_blind_is_not_waited_for_and_its_room_is_named() -> None:
    out = Blind(devices=MappingProxyType({BATHROOM: [Span(at(DAY, "3:00"), at(DAY, "12:00"))]}))
    still = one(spoken={KITCHEN: ("10:00", "11:00"), BATHROOM: ("3:00",)}, blind=out)
    assert (still.quiet.end, still.decided) == (at(DAY, "11:30"), True)
    assert still.blind == (room_id(RoomKind.BATHROOM),)
    earlier = Blind(devices=MappingProxyType({BATHROOM: [Span(at(DAY, "3:00"), at(DAY, "4:00"))]}))
    assert one(blind=earlier).blind == ()
    # A door that cannot be seen leaves the hall without any sensor, too.
    door = Blind(devices=MappingProxyType({FRONT_DOOR: [Span(at(DAY, "3:00"), at(DAY, "12:00"))]}))
    assert one(blind=door).blind == (room_id(RoomKind.HALL),)


def test_of_a_home_that_is_not_known_only_what_was_before_is_believed() -> None:
    later = one(unknown=[Span(at(DAY, "10:30"), at(DAY, "11:00"))])
    assert (later.quiet.end, later.decided) == (at(DAY, "10:30"), False)
    whole = one(unknown=[Span(at(DAY, "9:00"), at(DAY, "11:30"))])
    assert (whole.quiet.end, whole.decided) == (at(DAY, "9:00"), False)
    ended = one(unknown=[Span(at(DAY, "10:30"), at(DAY, "11:00"))], quiet=QUIET._replace(ended=True))
    assert not ended.quiet.ended


def test_what_has_not_ended_in_what_was_read_is_left_to_the_next_day() -> None:
    left = one(is_present=False)
    assert (left.quiet.end - left.quiet.start, left.decided) == (0, False)
    assert one(is_present=False, quiet=QUIET._replace(ended=True)).quiet.end - QUIET.start == 2.5 * HOUR


BED = 9


@pytest.mark.parametrize(
    ("room", "where", "spoken", "may_lie"),
    [
        (RoomKind.BEDROOM, Where.ROOM, ("6:10",), True),  # it has been silent since
        (RoomKind.BEDROOM, Where.ROOM, ("6:10", "8:10", "10:40"), False),
        (RoomKind.BEDROOM, Where.IN_BED, ("6:10",), False),  # it told
        (RoomKind.KITCHEN, Where.ROOM, ("6:10",), False),
    ],
)
def test_where_the_bed_does_not_tell_somebody_may_lie_in_it(room, where, spoken, may_lie) -> None:
    home = sensors(sensor(BED, "bed_occupancy", RoomKind.BEDROOM, Place.BED))
    quiet = QUIET._replace(room_id=room_id(room), where=where)
    reporting = Reporting({BED: np.array([at(DAY, clock) for clock in spoken])}, {BED: LIMIT})
    (still,) = stills([quiet], home, reporting, [], SEEING, lambda _: 1.0)
    assert still.may_lie == may_lie
    out = Blind(devices=MappingProxyType({BED: [Span(at(DAY, "3:00"), at(DAY, "12:00"))]}))
    (blind,) = stills([quiet], home, Reporting({}, {}), [], out, lambda _: 1.0)
    assert blind.may_lie == (room is RoomKind.BEDROOM and where is Where.ROOM)
