"""What is proposed from traces: made homes in which each thing happens, and one in which nothing does."""

from datetime import timedelta

import pytest

from analytics.contexts.context import ENOUGH, Context, Standing
from analytics.contexts.crowd import crowds
from analytics.contexts.doors import stays
from analytics.contexts.kinds import ContextKind
from analytics.contexts.propose import propose
from analytics.contexts.traces import of_text, to_text
from analytics.contexts.wording import why
from analytics.frames import SECOND
from core.localtime import local_day
from tests.unit.analytics.contexts.made import BATHROOMS, ROME, by_turns, day, door, round_of, traces_of
from tests.unit.analytics.made import at, utc

LEARNED = 28  # days


def lived(days: int) -> list:
    return [sign for number in range(days) for sign in round_of(day(number))]


def proposed(signs, until=None, known=()):
    return propose(traces_of(signs, until), ROME, known, BATHROOMS)


def test_of_somebody_alone_nothing_is_proposed() -> None:
    outings = [sign for number in range(0, 40, 3) for sign in door(day(number), "15:40", "15:57")]
    signs = [s for s in lived(40) if not any(at(day(n), "15:40") < s[0] < at(day(n), "15:57") for n in range(0, 40, 3))]
    assert proposed([*signs, *outings]) == []


def test_a_day_with_somebody_else_is_told_before_it_is_known_who() -> None:
    busy = by_turns(day(LEARNED), (f"{hour}:{minute:02}" for hour in range(8, 20) for minute in (33, 37, 41, 45, 49)))
    (one,) = proposed(sorted([*lived(LEARNED + 1), *busy]))
    assert (one.detector, one.kind) == ("busy_day", ContextKind.VISIT)
    assert (one.start, one.end) == local_day(day(LEARNED), ROME)
    assert one.confidence >= ENOUGH


def test_who_walks_about_by_night_is_nobody_else() -> None:
    hours = (0, 1, 2, 3, 4)
    night = by_turns(day(LEARNED), (f"{hour}:{minute:02}" for hour in hours for minute in range(0, 60, 4)))
    assert proposed(sorted([*lived(LEARNED + 1), *night])) == []


def test_traces_survive_being_stored() -> None:
    for on, one in traces_of([*lived(3), *door(day(1), "12:00")]).items():
        assert of_text(on, to_text(one)) == one


def test_who_left_by_the_door_and_does_not_come_back_is_away() -> None:
    signs = [s for s in lived(LEARNED) if s[0] < at(day(LEARNED - 1), "14:55")] + door(day(LEARNED - 1), "14:56")
    left = utc(day(LEARNED - 1), "14:56")
    assert proposed(signs, at(day(LEARNED - 1), "20:00")) == []
    (asked,) = proposed(signs, at(day(LEARNED - 1), "23:30"))
    assert (asked.kind, asked.start, asked.end) == (ContextKind.AWAY, left, None)
    assert asked.confidence < ENOUGH
    (sure,) = proposed(signs, at(day(LEARNED), "3:30"))
    assert sure.confidence >= ENOUGH
    back = door(day(LEARNED + 3), "10:00") + [
        s for s in round_of(day(LEARNED + 3)) if s[0] > at(day(LEARNED + 3), "10:00")
    ]
    (over,) = proposed([*signs, *back])
    assert (over.start, over.end) == (left, utc(day(LEARNED + 3), "10:00"))


def test_a_neighbour_who_waters_the_plants_does_not_end_an_absence() -> None:
    signs = [s for s in lived(10) if s[0] < at(day(9), "9:00")] + door(day(9), "9:01")
    neighbour = [*door(day(11), "17:00"), (at(day(11), "17:05"), 4), (at(day(11), "17:10"), 3), *door(day(11), "17:12")]
    (away,) = proposed([*signs, *neighbour], at(day(13), "9:00"))
    assert away.start == utc(day(9), "09:01")
    assert away.end is None


def test_nobody_moves_and_no_door_was_used_is_a_question_that_never_acts() -> None:
    signs = [s for s in lived(10) if s[0] < at(day(9), "14:00")]
    assert proposed(signs, at(day(10), "10:00")) == []
    (asked,) = proposed(signs, at(day(10), "20:00"))
    assert not asked.evidence["by_door"]
    assert asked.confidence < ENOUGH
    assert "no door" in why(asked, ROME).en


def test_visitors_come_and_leave_between_two_uses_of_the_door() -> None:
    on = day(LEARNED + 2)
    visit = [*door(on, "14:02", "17:03"), *by_turns(on, [f"{h}:{m}" for h in (14, 15, 16) for m in (10, 25, 40)])]
    (found,) = proposed([*lived(LEARNED + 4), *visit])
    assert found.kind is ContextKind.VISIT
    assert (found.start, found.end) == (utc(on, "14:02"), utc(on, "17:03"))
    assert found.confidence >= ENOUGH
    assert found.evidence["moves"] >= 9
    # The same without anybody who moves by turns is a door that was opened twice.
    assert proposed([*lived(LEARNED + 4), *door(on, "14:02", "17:03")]) == []


def test_who_comes_on_the_same_weekdays_at_the_same_time_is_a_carer_and_no_visitor() -> None:
    working = [n for n in range(LEARNED + 8) if day(n).weekday() < 5]
    signs = lived(LEARNED + 8)
    for number in working:
        arrives, leaves = f"8:{number % 12 + 10}", f"9:{number % 9 + 5:02}"
        signs += [*door(day(number), arrives, leaves), *by_turns(day(number), ["8:25", "8:35", "8:45", "8:52"])]
    (carer,) = proposed(signs)
    assert carer.kind is ContextKind.CARER
    assert carer.evidence["weekdays"] == [0, 1, 2, 3, 4]
    assert carer.confidence < ENOUGH  # it never acts by itself
    assert "on working days" in why(carer, ROME).en
    assert "nei giorni feriali" in why(carer, ROME).it


@pytest.mark.parametrize(
    ("kind", "clocks", "rooms"),
    [
        (ContextKind.SECOND_RESIDENT, [f"{h}:{m}" for h in range(8, 22) for m in (12, 31)], (4, 2)),
        (ContextKind.PET, [f"{h}:{m}" for h in range(24) for m in (17, 44)], (4, 1)),
    ],
)
def test_somebody_who_moves_in_is_told_within_days_and_when_they_leave(kind, clocks, rooms) -> None:
    began, over = LEARNED, LEARNED + 12
    signs = lived(over + 5) + [s for n in range(began, over) for s in by_turns(day(n), clocks, rooms)]
    first = next(
        n for n in range(began, over)
        if any(one.kind is kind for one in proposed([s for s in signs if s[0] < at(day(n + 1), "0:00")]))
    )  # fmt: skip
    assert first - began <= 4
    (found,) = proposed(signs)
    assert found.kind is kind
    assert abs(found.start - utc(day(began), "00:00")) <= timedelta(days=1)
    assert found.end is not None
    assert abs(found.end - utc(day(over), "00:00")) <= timedelta(days=1)


def test_until_it_is_known_whether_somebody_has_moved_out_the_days_are_judged_as_without_them() -> None:
    clocks = [f"{h}:{m}" for h in range(8, 22) for m in (12, 31)]
    began, over = LEARNED, LEARNED + 12
    signs = lived(over + 6) + [s for n in range(began, over) for s in by_turns(day(n), clocks)]
    (maybe,) = proposed([s for s in signs if s[0] < at(day(over + 1), "0:00")])
    assert maybe.end == utc(day(over), "00:00")
    assert maybe.over_at is None
    (next_morning,) = proposed([s for s in signs if s[0] < at(day(over + 1), "7:40")])
    assert next_morning == maybe._replace(evidence=next_morning.evidence)
    back = [s for s in signs if s[0] < at(day(over + 1), "0:00")] + [
        s for n in (over + 1, over + 2) for s in (*round_of(day(n)), *by_turns(day(n), clocks))
    ]
    (goes_on,) = proposed(back)
    assert goes_on.end is None
    (surely,) = proposed(signs)
    assert surely.over_at == surely.end is not None


def test_days_that_somebody_explained_teach_nothing_of_what_is_usual() -> None:
    clocks = [f"{h}:{m}" for h in range(8, 22) for m in (12, 31)]
    guests = [s for n in range(2, 14) for s in by_turns(day(n), clocks)]
    later = [s for n in range(38, 43) for s in by_turns(day(n), clocks)]
    signs = [*lived(43), *guests, *later]
    known = [Context(ContextKind.VISIT, utc(day(2), "00:00"), utc(day(14), "00:00"), Standing.ENTERED)]
    assert ContextKind.SECOND_RESIDENT not in [one.kind for one in proposed(signs)]
    assert [one.kind for one in proposed(signs, known=known)] == [ContextKind.SECOND_RESIDENT]


def test_the_door_of_an_outing_is_nobody_elses() -> None:
    quiet = [s for s in round_of(day(0)) if not at(day(0), "10:00") <= s[0] <= at(day(0), "11:30")]
    out = door(day(0), "10:00", "11:30")
    assert stays(traces_of([*quiet, *out]).values(), 600, 36_000) == []
    assert len(stays(traces_of([*round_of(day(0)), *out]).values(), 600, 36_000)) == 1


def test_somebody_else_is_told_though_a_sensor_fails_meanwhile() -> None:
    clocks = [f"{h}:{m}" for h in range(8, 22) for m in (12, 31)]
    failed = LEARNED + 2  # on the third day with somebody else nothing is seen of the living room and half of the hall
    signs = [*lived(LEARNED + 5), *(s for n in range(LEARNED, LEARNED + 5) for s in by_turns(day(n), clocks))]
    poorer = [s for s in signs if not at(day(failed), "8:00") <= s[0] < at(day(failed), "20:00") or s[1] in (1, 2, 3)]
    days = traces_of(sorted(poorer))
    missed = ((at(day(failed), "8:00") // SECOND, at(day(failed), "20:00") // SECOND),)
    days[day(failed)] = days[day(failed)]._replace(unknown=missed)
    found = [one for one in propose(days, ROME, (), BATHROOMS) if one.kind is ContextKind.SECOND_RESIDENT]
    assert [one.start for one in found] == [local_day(day(LEARNED), ROME).start]


def test_a_sensor_that_fails_makes_no_busy_day_and_is_got_used_to() -> None:
    failed = range(LEARNED, LEARNED + 40)
    gone = at(day(failed[0]), "0:00"), at(day(failed[-1]), "24:00")
    signs = [s for s in lived(LEARNED + 60) if s[1] != 5 or not gone[0] <= s[0] < gone[1]]
    days = traces_of(signs)
    for number in failed:
        whole = (at(day(number), "0:00") // SECOND, at(day(number), "24:00") // SECOND)
        days[day(number)] = days[day(number)]._replace(unknown=(whole,))
    assert propose(days, ROME, (), BATHROOMS) == []
    assert [one.looked for one in crowds(days, ROME)][failed[0] : failed[-1] + 1] == [False] * 10 + [True] * 30


def test_who_leaves_while_a_sensor_fails_is_missed_by_how_little_is_moved_about() -> None:
    clocks = [f"{h}:{m}" for h in range(8, 22) for m in (12, 31)]
    began, over = LEARNED, LEARNED + 12
    signs = lived(over + 6) + [s for n in range(began, over) for s in by_turns(day(n), clocks)]
    days = traces_of(signs)
    failed = range(over - 4, over + 3)  # a door that is always open to its sensor: rare moves cannot be told
    for number in failed:
        whole = (at(day(number), "0:00") // SECOND, at(day(number), "24:00") // SECOND)
        days[day(number)] = days[day(number)]._replace(unknown=(whole,))

    def since_and_until(last: int):
        known = {on: one for on, one in days.items() if on <= day(last)}
        return [(one.start, one.end, one.over_at is None) for one in propose(known, ROME, (), BATHROOMS)]

    start, end = utc(day(began), "00:00"), utc(day(over), "00:00")
    assert since_and_until(over - 1) == [(start, None, True)]
    assert since_and_until(over) == since_and_until(over + 2) == [(start, end, True)]
    assert since_and_until(over + 5) == [(start, end, False)]


def test_how_much_more_there_is_with_somebody_else_is_learned_on_all_of_their_days() -> None:
    few, many = [f"{h}:12" for h in range(8, 22)], [f"{h}:{m}" for h in range(8, 22) for m in (2, 22, 42)]
    began, over = LEARNED, LEARNED + 12
    others = [s for n in range(began, over) for s in by_turns(day(n), few if n < began + 4 else many)]
    # Who lives there goes more ways than usual on the first days alone, and fewer than with somebody else.
    later = [s for n in range(over, over + 3) for s in by_turns(day(n), few[:9])]
    found = crowds(traces_of([*lived(over + 3), *others, *later]), ROME)
    # At first they move about too little to tell for sure from how much is usual.
    assert [one.crowded for one in found][began + 2 :] == [True] * 10 + [False] * 3
