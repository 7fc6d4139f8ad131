"""Whatever was lived: a day is the same one at a time or all at once, and days, nights and hours fit together."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.episodes import sleep
from analytics.frames import HOUR, MINUTE, Episode, Span, columns, instant, micros, span
from analytics.home_day import HomeDay, Past, compute, reading_window
from analytics.indicators import INDICATORS, OfDay
from analytics.indicators.protocol import MIDNIGHT, NOON
from analytics.measuring import Value, values_of_days
from analytics.profiles.profile import HOURLY, hours_of
from core.localtime import local_day, local_instant, local_night, night_of
from core.places import Place, RoomKind
from tests.unit.analytics.made import BATHROOM, BEDROOM, FRONT_DOOR, KITCHEN, ROME, readings, sensor, sensors

SPRING, AUTUMN, NEW_YEAR = date(2026, 3, 29), date(2026, 10, 25), date(2025, 12, 31)
ZONES = [ROME, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns"), ZoneInfo("Asia/Kolkata")]
BED, FRIDGE, KETTLE, WARMTH = 30, 31, 32, 33
HOME = sensors(
    sensor(FRIDGE, "contact", RoomKind.KITCHEN, Place.FRIDGE),
    sensor(KETTLE, "power", RoomKind.KITCHEN, Place.KETTLE),
    sensor(WARMTH, "temperature", RoomKind.LIVING),
)
WITH_BED = sensors(sensor(BED, "bed_occupancy", RoomKind.BEDROOM, Place.BED))
NONE = Past(np.empty((0, 24)), {}, None)
DAYS = 5
LATER = timedelta(days=9)
VALUES = {BEDROOM: 1.0, BATHROOM: 1.0, KITCHEN: 1.0, FRONT_DOOR: 1.0}

around = st.sampled_from([SPRING, AUTUMN, NEW_YEAR, date(2026, 6, 1)])
signs = st.tuples(
    st.integers(0, DAYS * 24 * 60 - 1),
    st.sampled_from([*VALUES, FRIDGE, KETTLE, WARMTH, BED]),
    st.sampled_from([0.0, 1.0, 17.0, 29.0, 2000.0]),
)
lives = st.lists(signs, min_size=1, max_size=150)


def table(first: date, life: list[tuple[int, int, float]], zone: ZoneInfo = ROME):
    start = micros(local_day(first, zone).start)
    rows = {(start + minute * MINUTE, series): VALUES.get(series, value) for minute, series, value in life}
    return readings((at, series, value) for (at, series), value in rows.items())


def seen_until(day: date, zone: ZoneInfo = ROME) -> datetime:
    return local_instant(day, time.min, zone) + LATER


def day_of(home, frame, day: date, until: datetime, zone: ZoneInfo = ROME) -> HomeDay:
    return compute(day, zone, home, frame, NONE, until)


def plain(one: HomeDay) -> tuple:
    profile = one.profile and (
        one.profile.rooms, one.profile.coverage, {k: v.tolist() for k, v in one.profile.hours.items()}
    )  # fmt: skip
    return one.episodes, one.values, one.devices, repr(profile)


@given(around, lives, st.sampled_from([HOME, WITH_BED]), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_day_is_the_same_alone_among_others_and_in_whatever_order_it_came(first, life, home, random) -> None:
    first -= timedelta(days=2)
    whole = table(first, life)
    shuffled = list(life)
    random.shuffle(shuffled)
    # Of two readings of one series at one instant, the later would win: make the order say nothing.
    if len({(minute, series) for minute, series, _ in life}) == len(life):
        assert table(first, shuffled).equals(whole)
    for day in (first + timedelta(days=n) for n in range(DAYS)):
        until = seen_until(day)
        window = reading_window(day, ROME, until)
        at = whole["at"].to_numpy()
        alone = whole[(at >= window.start) & (at < window.end)]
        assert plain(day_of(home, whole, day, until)) == plain(day_of(home, alone, day, until))


@given(around, lives, st.integers(0, DAYS * 24 * 60), st.sampled_from([HOME, WITH_BED]))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_not_known_yet_does_not_matter_and_what_is_final_stays(first, life, minute, home) -> None:
    first -= timedelta(days=2)
    whole = table(first, life)
    now = instant(micros(local_day(first, ROME).start) + minute * MINUTE)
    day = night_of(now, ROME)
    known = whole[whole["at"].to_numpy() < micros(now)]
    early, blind = day_of(home, whole, day, now), day_of(home, known, day, now)
    assert plain(early) == plain(blind)
    # A window that is over two hours ago comes out the same later, unless it looks at the sleep that goes on.
    final = {value.kind: value for value in day_of(home, whole, day, seen_until(day)).values}
    for value in early.values:
        if INDICATORS[value.kind].begins not in (NOON, MIDNIGHT) and value.kind != "longest_stillness":
            assert (value.readings, value.day) == (final[value.kind].readings, final[value.kind].day)


def checking_in(life: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """The same life, with the bed's sensor telling its state again every six hours, as such sensors do."""
    changes = sorted((minute, value) for minute, series, value in life if series == BED)
    told = dict(changes)
    state = 0.0
    for minute in range(DAYS * 24 * 60):
        state = told.get(minute, state)
        if minute % 360 == 0:
            told[minute] = state
    return [*(row for row in life if row[1] != BED), *((minute, BED, value) for minute, value in told.items())]


@given(around, lives)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_every_episode_belongs_to_one_day_and_every_sleep_to_one_night(first, life) -> None:
    first -= timedelta(days=2)
    whole = table(first, checking_in(life))
    days = [
        day_of(WITH_BED, whole, first + timedelta(days=n), seen_until(first + timedelta(days=n))) for n in range(DAYS)
    ]
    for one in days:
        own = span(local_day(one.day, ROME))
        assert all(own.start <= e.start < own.end for e in one.episodes)
    asleep = [e for one in days for e in one.episodes if e.kind == sleep.KIND]
    nights = [night_of(instant(e.start), ROME) for e in asleep]
    assert len(set(nights)) == len(nights)
    risings = [e for one in days for e in one.episodes if e.kind == sleep.RISING]
    assert all(any(s.start <= r.start and r.end <= s.end for s in asleep) for r in risings)


@given(around, lives)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_figures_lie_within_their_bounds(first, life) -> None:
    one = day_of(HOME, table(first, life), first, seen_until(first))
    own = local_day(first, ROME).duration / timedelta(hours=1)
    for value in one.values:
        assert 0 <= value.coverage <= 1
        if value.value is not None and value.unit in ("h", "min", "1"):
            assert value.value >= 0
        if value.value is not None and value.unit == "h" and not value.kind.startswith("sleep_"):
            assert value.value <= own + 1e-9
    found = {value.kind: value.value for value in one.values}
    if found.get("activity") is not None:
        assert one.profile is not None
        hours = np.diff(hours_of(first, ROME)) / HOUR
        told = one.profile.hours["activity"]
        if not np.isnan(told[hours > 0]).any():
            assert np.nansum(told * hours) == pytest.approx(found["activity"])
            assert np.nansum(one.profile.hours["room_changes"] * hours) == pytest.approx(found["room_changes"])


@given(around, st.sampled_from(ZONES), st.integers(-400, 400))
@settings(deadline=None)
def test_windows_of_days_and_nights_meet_and_cover_all_time(day, zone, offset) -> None:
    day += timedelta(days=offset)
    following = day + timedelta(days=1)
    for indicator in INDICATORS.values():
        window = indicator.window(day, zone)
        assert 0 < window.length <= indicator.days * 25 * HOUR
        if indicator.begins == indicator.ends and indicator.days == 1:
            assert window.end == indicator.window(following, zone).start
    begins = hours_of(day, zone)
    assert (begins[0], begins[-1]) == span(local_day(day, zone))
    assert (np.diff(begins) >= 0).all()
    assert hours_of(following, zone)[0] == begins[-1]


@given(around, st.sampled_from(ZONES), st.integers(-3, 3), st.integers(0, 23), st.integers(0, 59))
@settings(deadline=None)
def test_the_clock_of_sleep_is_the_clock_on_the_wall(day, zone, offset, hour, minute) -> None:
    day += timedelta(days=offset)
    start = local_instant(day if hour >= 12 else day + timedelta(days=1), time(hour, minute), zone)
    wall = start.astimezone(zone)
    night = span(local_night(day, zone))
    one = Episode(sleep.KIND, micros(start), min(micros(start) + 8 * HOUR, night.end), None, 2)
    indicator = INDICATORS["sleep_start"]
    assert isinstance(indicator, OfDay)
    observed = _observed(day, zone, one)
    value = indicator.value(observed, night)
    if value is not None:
        assert value % 24 == pytest.approx(wall.hour + wall.minute / 60, abs=1e-3)
        assert 12 <= value < 36


def _observed(day: date, zone: ZoneInfo, *episodes: Episode):
    from analytics.activity import signs_in  # noqa: PLC0415 - only here
    from analytics.observed import Observed, passages  # noqa: PLC0415 - only here

    none = signs_in(columns(readings([])), HOME)
    kinds: dict[str, list[Episode]] = {}
    for episode in episodes:
        kinds.setdefault(episode.kind, []).append(episode)
    return Observed(day, zone, Span(0, 0), none, passages(none), [], kinds)


def test_what_looks_at_seven_days_waits_for_seven_and_says_nothing_of_a_day_that_is_not_known() -> None:
    life = [
        (day * 1440 + hour * 60 + step, series, 1.0)
        for day in range(12)
        for hour in (7, 8, 12, 13, 18, 19, 20)
        for step, series in ((5, KITCHEN), (25, BEDROOM), (45, BATHROOM))
    ]
    first = date(2026, 6, 1)
    whole = table(first, life)
    profiles = {}
    found: list[Value] = []
    for day in (first + timedelta(days=n) for n in range(11)):
        one = day_of(HOME, whole, day, seen_until(day)).profile
        assert one is not None
        profiles[day] = one._replace(coverage=0.5) if day == date(2026, 6, 9) else one
        found += values_of_days(day, profiles)
    stability = {value.day.day: value.value for value in found if value.kind == "interdaily_stability"}
    assert list(stability) == [7, 8, 9, 10, 11]
    assert stability[7] == pytest.approx(1.0)  # every day is the same
    assert stability[9] is None
    assert stability[10] is not None  # 93 % of the seven days are known
    assert {each.kind for each in HOURLY} == set(profiles[first].hours)
