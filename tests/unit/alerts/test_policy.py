import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.lifecycle import Family
from alerts.policies.plan import tellings
from alerts.policy import Rules, as_json, decide, from_json, has_slowed_down, new_round, next_step

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
    assert decide(family, opened, ROME, Rules()).first_at == told


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


OLD = {
    "name": "standard safety", "family": "safety", "zone": "Europe/Rome", "channels": ["email"],
    "recipients": "operators and coordinators", "first_at": "2026-03-03T02:00:00Z", "times": 3, "repeat_s": 300.0,
    "unanswered_after_s": 300.0, "severity": 1.0, "then_every_s": 900.0,
}  # fmt: skip


@pytest.mark.parametrize("severity", [{"severity": 0.2}, {}])
def test_a_policy_kept_before_it_had_steps_is_still_read(severity):
    kept = OLD | {"family": "wellbeing", "then_every_s": None, "times": 1, "unanswered_after_s": 86400.0}
    del kept["severity"]
    policy = from_json(kept | severity)
    assert new_round(policy, at(3, 23)) == at(4, 7)
    first = next_step(policy, 0, at(3, 9))
    assert (first.channels, first.next_at) == (("email",), at(4, 9))
    assert next_step(policy, 1, at(4, 9)) == ((), ("email",), True, True, None)


def test_a_call_for_help_that_opened_before_policies_had_steps_goes_on_without_end():
    policy = from_json(OLD)
    waits = [next_step(policy, number, at(3, 3)).next_at - at(3, 3) for number in range(5)]
    assert [wait.seconds for wait in waits] == [300, 300, 300, 900, 900]
    assert all(next_step(policy, number, at(3, 3)).tell for number in range(50))


def test_what_is_no_policy_is_refused():
    with pytest.raises(msgspec.ValidationError):
        from_json({"name": "nothing"})


@given(opened=INSTANTS, family=st.sampled_from(Family))
def test_nobody_waits_longer_than_a_day_nor_is_woken_for_less_than_safety(opened, family):
    told = decide(family, opened, ROME, Rules()).first_at
    assert timedelta() <= told - opened <= timedelta(hours=25)
    if family is not Family.SAFETY:
        assert time(7) <= told.astimezone(ROME).time() < time(22)


@given(opened=INSTANTS, family=st.sampled_from(Family), times=st.integers(1, 20))
def test_what_is_kept_in_the_alert_is_what_was_decided(opened, family, times):
    policy = decide(family, opened, ROME, Rules(300, times))
    assert from_json(json.loads(as_json(policy))) == policy
    assert new_round(policy, opened) == policy.first_at
    assert tellings(policy.plan) == (times if family is Family.SAFETY else 1)


@given(times=st.integers(1, 20))
def test_a_safety_alert_calls_without_end_and_says_once_that_nobody_came(times):
    policy = decide(Family.SAFETY, at(3, 3), ROME, Rules(300, times, 900))
    now, said = policy.first_at, []
    for step in range(times + 100):
        found = next_step(policy, step, now)
        assert found.tell
        assert found.last_resort is (step >= times)
        assert found.next_at - now == timedelta(seconds=300 if step < times else 900)
        assert has_slowed_down(policy, step + 1) is (step >= times)
        now, said = found.next_at, said + [step] * found.unanswered
    assert said == [times]


@pytest.mark.parametrize("family", [Family.WELLBEING, Family.TECHNICAL])
def test_other_alerts_call_once_and_then_say_that_nobody_came(family):
    policy = decide(family, at(3, 9), ROME, Rules())
    first = next_step(policy, 0, policy.first_at)
    assert (bool(first.tell), first.unanswered) == (True, False)
    assert next_step(policy, 1, first.next_at) == ((), (), True, True, None)
