"""Indicators that raise nothing: stored, restated, the same however readings came, seen only by whom they concern."""

import random
import threading
from datetime import date, timedelta

import pytest

from analytics.change.domains import DOMAIN_OF
from analytics.indicators import INDICATORS, OF_DAYS
from analytics.jobs import Pace, analyse, analyse_home, look
from analytics.profiles.profile import HOURLY
from analytics.reads import hourly_indicators, indicators
from analytics.rules.standing import QUIET_TIMES
from core.viewer import Viewer
from tests.unit.analytics.made import at

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)
LATE = date(2026, 2, 18)
NEVER = threading.Event()


def catch_up(database, clock) -> None:
    for home_id in look(database, clock, Pace(settle=timedelta(0), cadence=timedelta(0))):
        analyse_home(database, clock, home_id, NEVER)


def lived(day: date) -> list[tuple[int, str]]:
    """A day like any other and unlike each: up at seven, three meals, out every third day, bed at eleven."""
    shift = day.toordinal() * 7 % 20
    rows = [(f"7:{shift + 5:02}", "bathroom"), *((f"7:{shift + after:02}", "kitchen") for after in (9, 15, 21))]
    rows += [(f"{hour}:{minute:02}", "kitchen") for hour in (12, 19) for minute in (shift, shift + 6, shift + 12)]
    rows += [(f"{hour}:{shift + 30}", "bedroom") for hour in (9, 11, 13, 14, 17, 18)]
    rows += [(f"{hour}:{minute:02}", "kitchen") for hour in (20, 21) for minute in (shift, shift + 25)]
    rows += [(f"{hour}:{shift + 33}", "bathroom") for hour in (11, 14, 18, 21)]
    if day.toordinal() % 3 == 0:
        rows += [("15:05", "entrance_door"), ("16:20", "entrance_door"), ("16:21", "kitchen")]
    rows += [(f"22:{shift + 30}", "bathroom"), (f"22:{shift + 36}", "bedroom"), (f"23:{shift:02}", "bedroom")]
    rows += [("26:40", "bathroom"), ("26:44", "bedroom")] * (day.toordinal() % 2)
    return [(at(day, clock), room) for clock, room in rows]


def days(first: date, last: date) -> list[tuple[int, str]]:
    return [row for n in range((last - first).days + 1) for row in lived(first + timedelta(days=n))]


def contents(installation, home_id: int) -> list[str]:
    """All that was computed of a home, but for when and for whom."""
    return [
        row["row"]
        for table in ("indicator", "baseline", "hourly", "day_profile", "episode", "rhythm")
        for row in installation.rows(
            f"SELECT (to_jsonb(t) - 'home_id' - 'computed_at' - 'episode_id' - 'room_id' - 'rooms')::text AS row"  # noqa: S608 - its own list
            f" FROM analytics.{table} AS t WHERE home_id = %s ORDER BY 1",
            home_id,
        )
    ]


@pytest.fixture
def organisation(installation) -> int:
    return installation.organisation()


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_the_order_in_which_readings_come_the_figures_are_the_same(
    installation, database, clock, organisation, seed
) -> None:
    whole, piecemeal = installation.home(organisation), installation.home(organisation)
    rows = days(FIRST, LAST)
    installation.store(whole, rows)
    catch_up(database, clock)
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    for part in range(4):
        installation.store(piecemeal, shuffled[part::4], clock.now())
        clock.advance(3600)
        catch_up(database, clock)
    assert contents(installation, piecemeal.home_id) == contents(installation, whole.home_id)


def test_late_readings_restate_the_days_that_look_back_on_them(installation, database, clock, organisation) -> None:
    home = installation.home(organisation)
    late = [row for row in lived(LATE) if at(LATE, "8:00") <= row[0] < at(LATE, "20:00")]
    installation.store(home, [row for row in days(FIRST, LAST) if row not in late])
    catch_up(database, clock)

    def computed() -> dict[tuple[str, date], tuple]:
        rows = installation.rows("SELECT kind, day, value, xmin::text FROM analytics.indicator")
        return {(row["kind"], row["day"]): (row["value"], row["xmin"]) for row in rows}

    before = computed()
    assert before["meals", LATE][0] != 3
    clock.advance(3600)
    installation.store(home, late, clock.now())
    catch_up(database, clock)
    after = computed()
    assert after["meals", LATE][0] == 3
    assert after.keys() >= before.keys()
    for kind in OF_DAYS:
        restated = {day for (of, day), row in after.items() if of == kind and row != before.get((of, day))}
        assert restated <= {LATE + timedelta(days=ahead) for ahead in range(7)}
        assert LATE in restated
    later = LATE + timedelta(days=8)
    assert all(after[key] == before[key] for key in before if key[1] >= later)


def test_nothing_is_found_that_is_not_judged_and_all_is_known_that_the_home_can_tell(
    installation, database, people, clock, organisation
) -> None:
    home = installation.home(organisation)
    installation.store(home, days(FIRST, LAST - timedelta(days=1)))
    # A day upside down: hardly a meal, no sleep, walking about all night.
    rows = [(at(LAST, f"{hour}:{minute:02}"), room) for hour in range(22, 30) for minute, room in
            ((5, "kitchen"), (12, "bathroom"), (20, "kitchen"), (31, "bathroom"), (44, "kitchen"))]  # fmt: skip
    installation.store(home, rows)
    clock.advance(86_400)
    catch_up(database, clock)
    analyse(database, FIRST, LAST, clock=clock)
    found = installation.rows("SELECT DISTINCT kind FROM analytics.finding WHERE family = 'wellbeing' AND NOT trial")
    judged = {kind for kind, one in INDICATORS.items() if one.judged or kind in DOMAIN_OF}
    assert {row["kind"] for row in found} <= judged | set(QUIET_TIMES)

    with people.seen_by(Viewer(installation.viewer(organisation))) as view:
        seen = indicators(view, home.home_id, FIRST, LAST)
        hours = hourly_indicators(view, home.home_id, FIRST, LAST)
    by_kind = {row["kind"]: row for row in seen if row["day"] == LAST - timedelta(days=2)}
    assert {"sleep_start", "sleep_interruptions", "meals", "outings", "time_out", "activity", "room_changes",
            "walking_time", "night_walking", "company", *OF_DAYS} <= set(by_kind)  # fmt: skip
    assert by_kind["meals"]["value"] == 3
    assert by_kind["meals"]["low"] == 3  # what is usual is known of all of them
    assert 22.5 < by_kind["sleep_start"]["value"] < 23.5
    assert "cold_hours" not in by_kind  # no thermometer
    assert {row["kind"] for row in hours} == {each.kind for each in HOURLY}
    assert all(len(row["value"]) == 24 for row in hours)

    with people.seen_by(Viewer(installation.viewer(installation.organisation()))) as view:
        assert hourly_indicators(view, home.home_id, FIRST, LAST) == []
