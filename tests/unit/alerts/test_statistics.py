"""How alerts are answered: what is not over counts as what is known of it, and figures add up."""

from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.lifecycle import Family, Outcome
from alerts.reasons.catalogue import Reason
from alerts.statistics import figures as made
from alerts.statistics.figures import Happened, OnDuty, Period, Sent, by_organisation, figures
from alerts.statistics.times import Course, quantile, times

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PERIOD = Period(7, NOW)
COURSES = st.lists(st.builds(Course, st.integers(0, 30).map(float), st.booleans()), max_size=40)
SHARES = st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


def happened(**changes):
    given = Happened(1, Family.SAFETY, "sos_button", "Europe/Rome", NOW - timedelta(hours=1), None, None, None, None,
                     unanswered=False, outcome=None)  # fmt: skip
    return given._replace(**changes)


def going_on(courses, at):
    """The share that goes on after `at`, by the formula as it is printed: the product of (n - d) / n."""
    share = Fraction(1)
    for end in {each.seconds for each in courses if each.over and each.seconds <= at}:
        risk = sum(each.seconds >= end for each in courses)
        share *= Fraction(risk - sum(each.over and each.seconds == end for each in courses), risk)
    return share


@given(COURSES, SHARES)
def test_a_quantile_is_that_of_kaplan_and_meier(courses, share):
    ends = sorted({each.seconds for each in courses if each.over})
    reached = [at for at in ends if going_on(courses, at) <= 1 - Fraction(share).limit_denominator(100)]
    assert quantile(courses, share) == (reached[0] if reached else None)


@given(st.lists(st.floats(0, 1e6), min_size=1), SHARES)
def test_where_all_is_over_it_is_the_usual_quantile(seconds, share):
    found = quantile([Course(each, over=True) for each in seconds], share)
    assert found in seconds
    assert sum(each <= found for each in seconds) >= share * len(seconds) - 1e-6
    assert sum(each < found for each in seconds) < share * len(seconds)


@given(COURSES, st.floats(0, 100))
def test_one_more_that_is_not_over_never_makes_it_look_quicker(courses, seconds):
    before, after = times(courses), times([*courses, Course(seconds, over=False)])
    assert (after.alerts, after.not_over) == (before.alerts + 1, before.not_over + 1)
    for sooner, later in ((before.median_s, after.median_s), (before.p90_s, after.p90_s)):
        # Whoever was still at it when the last was known may leave nobody who can tell.
        assert later is None or (sooner is not None and later >= sooner)


@given(COURSES)
def test_half_are_never_over_later_than_nine_tenths(courses):
    found = times(courses)
    assert found.p90_s is None or (found.median_s is not None and found.median_s <= found.p90_s)


def test_what_is_broken_off_is_not_taken_for_an_end():
    opened = NOW - timedelta(hours=1)
    at = [opened + timedelta(minutes=minute) for minute in range(10)]
    assert made.told(happened(told_at=at[1], taken_at=at[2]), NOW) == Course(60, over=True)
    # Somebody took it from the board before anybody was told.
    assert made.told(happened(taken_at=at[2], closed_at=at[3]), NOW) == Course(120, over=False)
    assert made.told(happened(), NOW) == Course(3600, over=False)
    assert made.taken(happened(taken_at=at[2], closed_at=at[3]), NOW) == Course(120, over=True)
    # Whoever closes it straight away has taken charge of it.
    assert made.taken(happened(closed_at=at[3]), NOW) == Course(180, over=True)
    assert made.taken(happened(over_at=at[4]), NOW) == Course(240, over=False)
    assert made.closed(happened(over_at=at[4]), NOW) == Course(240, over=False)
    assert made.closed(happened(taken_at=at[2]), NOW) == Course(3600, over=False)
    assert made.closed(happened(closed_at=opened - timedelta(minutes=1)), NOW) == Course(0, over=True)


def test_alerts_are_counted_for_each_home_and_week_and_by_the_clock_of_their_homes():
    some = [
        happened(opened_at=datetime(2026, 3, 8, 23, 30, tzinfo=UTC), unanswered=True),
        happened(opened_at=datetime(2026, 3, 9, 22, 59, tzinfo=UTC), zone="UTC"),
        happened(family=Family.TECHNICAL, kind="weak_link"),
    ]
    found = figures(some, [], homes=4, period=Period(14, NOW))
    safety, wellbeing, technical = found.families
    assert (safety.alerts, wellbeing.alerts, technical.alerts, found.alerts) == (2, 0, 1, 3)
    assert safety.per_home_week == 2 / 8
    assert (safety.unanswered, safety.unanswered_share, wellbeing.unanswered_share) == (1, 0.5, None)
    assert {hour.hour: (hour.alerts, hour.unanswered) for hour in safety.hours if hour.alerts} == {
        0: (1, 1),
        22: (1, 0),
    }
    assert figures(some, [], homes=0, period=PERIOD).families[0].per_home_week is None


def test_each_shift_says_how_its_alerts_were_answered_and_a_gap_is_told_last():
    early, late, gap = OnDuty("Centrale", time(6), time(14)), OnDuty("Centrale", time(14), time(22)), OnDuty("Centrale")
    other = OnDuty("Auser", time(8), time(20))

    def later(seconds):
        return NOW - timedelta(hours=1) + timedelta(seconds=seconds)

    some = [
        happened(shifts=(late, other), taken_at=later(30)),
        happened(shifts=(early, other), taken_at=later(90), closed_at=later(540)),
        happened(shifts=(early,), taken_at=later(150), unanswered=True),
        happened(shifts=(gap,)),
        happened(family=Family.TECHNICAL, kind="weak_link"),
    ]
    safety, _, technical = figures(some, [], homes=1, period=PERIOD).families
    assert [(each.shift, each.alerts, each.unanswered) for each in safety.shifts] == [
        (other, 2, 0), (early, 2, 1), (late, 1, 0), (gap, 1, 0),
    ]  # fmt: skip
    assert safety.shifts[1].taken == (2, 0, 90, 150)
    assert safety.shifts[1].closed == (2, 1, 540, None)
    assert safety.shifts[3].taken == (1, 1, None, None)
    assert technical.shifts == ()


def test_outcomes_are_counted_by_kind_and_what_closed_by_itself_is_no_judgement():
    some = [
        *[happened(outcome=Outcome.TRUE)] * 2,
        happened(outcome=Outcome.TRUE, reason=Reason.WENT),
        happened(outcome=Outcome.FALSE),
        happened(outcome=Outcome.EXPLAINED),
        happened(),
        happened(family=Family.TECHNICAL, kind="weak_link", outcome=Outcome.OVER),
        happened(family=Family.WELLBEING, kind="cold", outcome=Outcome.UNCLEAR),
    ]
    found = figures(some, [], homes=1, period=PERIOD)
    assert [(each.kind, each.alerts, each.counts) for each in found.kinds] == [
        ("sos_button", 6, (3, 1, 1, 0)),
        ("cold", 1, (0, 0, 0, 1)),
        ("weak_link", 1, (0, 0, 0, 0)),
    ]
    assert found.kinds[0].counts.precision == 0.75
    assert [each.reasons for each in found.kinds] == [((Reason.WENT, 1),), (), ()]


SENT = st.builds(Sent, st.integers(1, 3), st.sampled_from(["email", "sms"]), *[st.integers(0, 9)] * 8)


@given(st.lists(st.integers(1, 3)), st.lists(SENT))
def test_organisations_add_up_to_all_of_them(owners, sent):
    some = [happened(organisation_id=owner, unanswered=owner == 2) for owner in owners]
    homes = {1: 2, 3: 1}
    apart = by_organisation(some, sent, homes, PERIOD)
    together = figures(some, [each for each in sent if each.organisation_id in apart], 3, PERIOD)
    assert sum(each.alerts for each in apart.values()) == together.alerts == len(owners)
    assert sum(each.families[0].unanswered for each in apart.values()) == together.families[0].unanswered
    for channel in together.channels:
        parts = [each for one in apart.values() for each in one.channels if each.channel == channel.channel]
        assert [sum(column) for column in zip(*(part[2:] for part in parts), strict=True)] == list(channel[2:])


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_nobody_can_tell_of_none(share):
    assert quantile([], share) is None
