import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.lifecycle import Family
from alerts.policy import Rules, as_json, decide, first_notification, from_json, has_slowed_down, new_round, next_step

ROME = ZoneInfo("Europe/Rome")
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=ROME)


@pytest.mark.parametrize(
    ("family", "opened", "told"),
    [
        (Family.SAFETY, at(3, 3), at(3, 3)),
        (Family.WELLBEING, at(3, 3), at(3, 7)),
        (Family.WELLBEING, at(3, 7), at(3, 7)),
        (Family.WELLBEING, at(3, 21, 59), at(3, 21, 59)),
        (Family.WELLBEING, at(3, 22), at(4, 7)),
        (Family.TECHNICAL, at(3, 7, 59), at(3, 8)),
        (Family.TECHNICAL, at(3, 8), at(4, 8)),
        # The night in which clocks go forward.
        (Family.WELLBEING, at(28, 23), at(29, 7)),
    ],
)
def test_when_people_are_first_told(family, opened, told):
    assert first_notification(family, opened, ROME) == told


@pytest.mark.parametrize(
    ("family", "severity", "told"),
    [
        (Family.WELLBEING, 0.69, at(4, 7)),
        (Family.WELLBEING, 0.7, at(3, 23)),
        (Family.WELLBEING, 1.0, at(3, 23)),
        (Family.TECHNICAL, 1.0, at(4, 8)),
    ],
)
def test_what_is_severe_about_a_person_does_not_wait_for_the_day(family, severity, told):
    policy = decide(family, at(3, 23), ROME, Rules(), severity)
    assert policy.first_at == told
    assert new_round(from_json(json.loads(as_json(policy))), at(3, 23)) == told


def test_a_policy_kept_before_severity_was_part_of_it_is_still_read():
    kept = json.loads(as_json(decide(Family.WELLBEING, at(3, 23), ROME, Rules())))
    del kept["severity"]
    assert new_round(from_json(kept), at(3, 23)) == at(4, 7)


@given(opened=INSTANTS, family=st.sampled_from(Family))
def test_nobody_waits_longer_than_a_day_nor_is_woken_for_less_than_safety(opened, family):
    told = first_notification(family, opened, ROME)
    assert timedelta() <= told - opened <= timedelta(hours=25)
    if family is not Family.SAFETY:
        assert time(7) <= told.astimezone(ROME).time() < time(22)


@given(opened=INSTANTS, family=st.sampled_from(Family), times=st.integers(1, 20))
def test_what_is_kept_in_the_alert_is_what_was_decided(opened, family, times):
    policy = decide(family, opened, ROME, Rules(300, times))
    assert from_json(json.loads(as_json(policy))) == policy
    assert new_round(policy, opened) == policy.first_at


@given(times=st.integers(1, 20))
def test_a_safety_alert_calls_without_end_and_says_once_that_nobody_came(times):
    policy = decide(Family.SAFETY, at(3, 3), ROME, Rules(300, times, 900))
    now, said = policy.first_at, []
    for step in range(times + 100):
        found = next_step(policy, step, now)
        assert found.tells
        assert found.next_at - now == timedelta(seconds=300 if step < times else 900)
        assert has_slowed_down(policy, step + 1) is (step >= times)
        now, said = found.next_at, said + [step] * found.unanswered
    assert said == [times]


@pytest.mark.parametrize("family", [Family.WELLBEING, Family.TECHNICAL])
def test_other_alerts_call_once_and_then_say_that_nobody_came(family):
    policy = decide(family, at(3, 9), ROME, Rules())
    first = next_step(policy, 0, policy.first_at)
    assert (first.tells, first.unanswered) == (True, False)
    assert next_step(policy, 1, first.next_at) == (False, True, None)
