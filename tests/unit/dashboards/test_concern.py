from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.localtime import day_of, local_instant
from dashboards.concern import (
    Blindness,
    Concern,
    Limits,
    Reason,
    Sight,
    blindness,
    concern_of,
    judge,
    ranked,
    waking_time,
)

NOW = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
SEEN = Sight(1, True, None, NOW, NOW, NOW, 1.0, ROME)
LIMITS = Limits()

moments = st.one_of(st.none(), st.integers(0, 60 * 24 * 3).map(lambda minutes: NOW - timedelta(minutes=minutes)))
sights = st.builds(
    Sight,
    st.integers(1, 2) | st.just(0),
    st.booleans(),
    moments,
    moments,
    moments,
    moments,
    st.none() | st.floats(0, 1) | st.just(1.0),
    st.just(ROME),
)
instants = st.integers(0, 60 * 24 * 400).map(lambda minutes: NOW + timedelta(minutes=minutes))
durations = st.integers(0, 60 * 24 * 3).map(lambda minutes: timedelta(minutes=minutes))
reasons = st.lists(
    st.builds(
        Reason,
        st.uuids(),
        st.sampled_from(["safety", "wellbeing", "technical"]),
        st.floats(0, 1),
        st.integers(0, 5000).map(lambda minutes: NOW - timedelta(minutes=minutes)),
        st.booleans(),
    ),
    max_size=5,
)


def reason(family: str = "safety", severity: float = 1.0, minutes: int = 1, taken: bool = False) -> Reason:
    return Reason(uuid4(), family, severity, NOW - timedelta(minutes=minutes), taken)


def test_safety_always_asks_to_act_and_wellbeing_by_its_severity() -> None:
    assert concern_of(reason("safety", 0.1)) is Concern.ACT
    assert concern_of(reason("wellbeing", 0.69)) is Concern.LOOK
    assert concern_of(reason("wellbeing", 0.7)) is Concern.ACT
    assert concern_of(reason("technical", 0.5)) is Concern.UNKNOWN
    assert concern_of(reason("technical", 0.2)) is Concern.USUAL


def test_a_home_that_is_seen_and_has_no_alert_is_as_usual() -> None:
    assert judge([], SEEN, NOW, LIMITS).concern is Concern.USUAL


def test_a_home_with_a_context_is_never_as_usual_and_safety_goes_first() -> None:
    sight = SEEN._replace(context_since=NOW - timedelta(hours=2))
    verdict = judge([], sight, NOW, LIMITS)
    assert (verdict.concern, verdict.blindness) == (Concern.UNKNOWN, Blindness.CONTEXT)
    assert verdict.since == NOW - timedelta(hours=2)
    assert judge([reason()], sight, NOW, LIMITS).concern is Concern.ACT
    offline = judge([], sight._replace(online=False), NOW, LIMITS)
    assert offline.blindness is Blindness.OFFLINE


@given(reasons, sights)
def test_silence_is_never_taken_for_calm(found: list[Reason], sight: Sight) -> None:
    verdict = judge(found, sight, NOW, LIMITS)
    if verdict.concern is Concern.USUAL:
        assert sight.gateways > 0
        assert sight.online
        assert sight.heard_at is not None
        assert sight.reading_at is not None
        assert NOW - sight.heard_at <= LIMITS.status
        assert NOW - sight.reading_at <= LIMITS.reading
        assert sight.coverage is None or sight.coverage >= LIMITS.coverage
        assert sight.moved_at is not None
        assert NOW - sight.moved_at <= (LIMITS.still if sight.coverage is not None else LIMITS.still_by_day)


@given(instants, st.none() | durations, durations, st.none() | st.just(1.0))
def test_a_home_with_working_sensors_and_nobody_moving_is_never_green(
    now: datetime, quiet: timedelta | None, later: timedelta, coverage: float | None
) -> None:
    moved_at = None if quiet is None else now - quiet
    sight = SEEN._replace(heard_at=now, reading_at=now, moved_at=moved_at, coverage=coverage)
    green = judge([], sight, now, LIMITS).concern is Concern.USUAL
    if moved_at is None or now - moved_at > LIMITS.still:
        assert not green
    elif now - moved_at <= LIMITS.still_by_day:
        assert green
    # By the clock on the wall: all of it by day.
    elif day_of(moved_at, ROME) == day_of(now, ROME) and moved_at.astimezone(ROME).hour >= 7:
        until = min(now, local_instant(day_of(now, ROME), time(22), ROME))
        assert not (green and until - moved_at > LIMITS.still_by_day)
    # What is not green does not become so by waiting.
    then = now + later
    if not green:
        after = sight._replace(heard_at=then, reading_at=then)
        assert judge([], after, then, LIMITS).concern is not Concern.USUAL


def test_a_plug_that_reports_says_nothing_about_who_lives_there() -> None:
    asleep = NOW - timedelta(hours=6)  # since 22:00 in Rome
    long = NOW - timedelta(hours=11, minutes=30)
    for moved_at, coverage, why in [
        (long, None, Blindness.LEARNING),
        (None, None, Blindness.LEARNING),
        (asleep, None, Blindness.LEARNING),
        (long, 1.0, Blindness.STILL),
        (None, 1.0, Blindness.STILL),
    ]:
        verdict = judge([], SEEN._replace(moved_at=moved_at, coverage=coverage), NOW, LIMITS)
        assert (verdict.concern, verdict.blindness, verdict.since) == (Concern.UNKNOWN, why, moved_at)
    assert judge([], SEEN._replace(moved_at=asleep), NOW, LIMITS).concern is Concern.USUAL
    assert judge([], SEEN._replace(coverage=None), NOW, LIMITS).concern is Concern.USUAL


def test_the_waking_day_is_the_homes_own_also_when_the_clocks_change() -> None:
    start, end = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    # 13:00 to 22:00 in winter time, 7:00 to 14:00 in summer time.
    assert waking_time(start, end, ROME, LIMITS) == timedelta(hours=9 + 7)
    assert waking_time(end, start, ROME, LIMITS) == timedelta()


@given(reasons, sights)
def test_a_home_is_never_less_pressing_than_its_worst_alert(found: list[Reason], sight: Sight) -> None:
    verdict = judge(found, sight, NOW, LIMITS)
    assert all(verdict.concern <= concern_of(one) for one in found)


def test_each_kind_of_blindness_is_told_apart() -> None:
    old = NOW - timedelta(hours=9)
    assert blindness(SEEN._replace(gateways=0), NOW, LIMITS) == (Blindness.NO_GATEWAY, None)
    assert blindness(SEEN._replace(reading_at=None, moved_at=None), NOW, LIMITS) == (Blindness.NEVER, None)
    assert blindness(SEEN._replace(online=False, changed_at=old), NOW, LIMITS) == (Blindness.OFFLINE, old)
    assert blindness(SEEN._replace(heard_at=old), NOW, LIMITS) == (Blindness.UNHEARD, old)
    assert blindness(SEEN._replace(reading_at=old), NOW, LIMITS) == (Blindness.NO_READING, old)
    assert blindness(SEEN._replace(reading_at=None, moved_at=old), NOW, LIMITS) == (Blindness.NO_READING, old)
    assert blindness(SEEN._replace(coverage=0.79), NOW, LIMITS) == (Blindness.LOW_COVERAGE, None)
    assert blindness(SEEN, NOW, LIMITS) is None


@given(sights)
def test_a_paused_home_is_never_green_nor_out_of_the_ordinary_and_a_call_for_help_goes_first(sight: Sight) -> None:
    paused = sight._replace(paused_since=NOW, untold=True)
    verdict = judge([], paused, NOW, LIMITS)
    assert (verdict.concern, verdict.reason) == (Concern.UNKNOWN, None)
    call = Reason(uuid4(), "safety", 1.0, NOW, taken=False)
    assert judge([call], paused, NOW, LIMITS).concern is Concern.ACT
    assert judge([], SEEN._replace(paused_since=NOW, reading_at=None), NOW, LIMITS).blindness is Blindness.PAUSED


def test_an_alert_in_a_home_that_cannot_be_seen_says_both() -> None:
    verdict = judge([reason()], SEEN._replace(online=False), NOW, LIMITS)
    assert (verdict.concern, verdict.blindness) == (Concern.ACT, Blindness.OFFLINE)


def test_the_board_puts_what_nobody_has_taken_first_and_the_longest_waiting_before_the_others() -> None:
    homes = [
        (judge([], SEEN, NOW, LIMITS), "usual", 1),
        (judge([reason(minutes=5)], SEEN, NOW, LIMITS), "five minutes", 2),
        (judge([], SEEN._replace(online=False), NOW, LIMITS), "offline", 3),
        (judge([reason(minutes=90, taken=True)], SEEN, NOW, LIMITS), "in charge", 4),
        (judge([reason("wellbeing", 0.4)], SEEN, NOW, LIMITS), "look", 5),
        (judge([reason(minutes=20)], SEEN, NOW, LIMITS), "twenty minutes", 6),
    ]
    order = [name for _, name, _ in ranked(homes)]
    assert order == ["twenty minutes", "five minutes", "in charge", "look", "offline", "usual"]


@given(st.lists(st.tuples(reasons, sights), max_size=8))
def test_ranking_never_puts_a_lesser_concern_first(homes: list[tuple[list[Reason], Sight]]) -> None:
    lines = [(judge(found, sight, NOW, LIMITS), str(n), n) for n, (found, sight) in enumerate(homes)]
    order = ranked(lines)
    assert sorted(n for _, _, n in order) == list(range(len(homes)))
    concerns = [verdict.concern for verdict, _, _ in order]
    assert concerns == sorted(concerns)


@given(reasons, sights)
def test_a_day_that_stood_out_untold_is_looked_at_and_never_hides_an_alert(found, sight) -> None:
    seen = sight._replace(paused_since=None)
    plain, marked = (judge(found, seen._replace(untold=untold), NOW, LIMITS) for untold in (False, True))
    assert marked.concern <= plain.concern
    assert marked.concern <= Concern.LOOK or marked.reason is not None
    if plain.reason is not None:
        assert marked == plain
