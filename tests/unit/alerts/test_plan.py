"""Any plan ends in its last resort, and its tellings follow each other in order."""

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from alerts.lifecycle import Family
from alerts.policies.plan import LastResort, Plan, Step, Telling, Who, first_of_next, telling, tellings
from alerts.policy import Found, as_json, decide, from_json, next_step, permitted

ROME = ZoneInfo("Europe/Rome")
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
WHO = st.sampled_from([Who(role="operator"), Who(shift="first"), Who(person="anna"), Who(contacts="family")])
CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")
STEPS = st.builds(
    Step, tell=st.lists(WHO, min_size=1, max_size=2).map(tuple), after=st.integers(0, 900), times=st.integers(1, 4),
    every=st.integers(30, 600),
)  # fmt: skip
PLANS = st.builds(
    lambda steps, last, quiet, told_at, severe: Plan(
        name="p", steps=tuple(steps), last_resort=last, quiet_from=quiet[0], quiet_until=quiet[1], told_at=told_at,
        severe=severe,
    ),
    st.lists(STEPS, min_size=1, max_size=4),
    st.builds(LastResort, tell=st.lists(WHO, max_size=1).map(tuple), every=st.integers(60, 900)),
    st.one_of(st.just(("", "")), st.tuples(CLOCKS, CLOCKS).filter(lambda pair: pair[0] != pair[1])),
    st.one_of(st.just(""), CLOCKS),
    st.floats(0, 1),
)  # fmt: skip


@given(plan=PLANS)
def test_tellings_count_through_the_steps(plan):
    order = [telling(plan, number) for number in range(tellings(plan))]
    assert order == [Telling(i, before) for i, step in enumerate(plan.steps) for before in range(step.times)]
    assert telling(plan, tellings(plan)) is None
    for number, found in enumerate(order):
        following = first_of_next(plan, number)
        assert following > number
        assert telling(plan, following) in (None, Telling(found.step + 1, 0))


@given(plan=PLANS, family=st.sampled_from(Family), opened=INSTANTS, severity=st.floats(0, 1))
def test_whatever_the_plan_it_says_once_that_nobody_came_and_safety_goes_on(plan, family, opened, severity):
    policy = from_json_of(decide(family, opened, ROME, Found(plan, "union", 3), severity))
    now, unanswered, number = policy.first_at, 0, 0
    assert now >= opened
    while now is not None and number < tellings(plan) + 50:
        found = next_step(policy, number, now)
        unanswered += found.unanswered
        assert found.last_resort is (number >= tellings(plan))
        assert found.next_at is None or found.next_at >= now
        now, number = found.next_at, number + 1
    assert unanswered == 1
    assert (now is not None) is (family is Family.SAFETY)


@given(plan=PLANS, at=INSTANTS, severity=st.floats(0, 1))
def test_nobody_is_woken_but_for_safety_and_what_is_severe(plan, at, severity):
    assert permitted(plan, Family.SAFETY, at, ROME, severity) == at
    told = permitted(plan, Family.WELLBEING, at, ROME, severity)
    assert timedelta() <= told - at <= timedelta(hours=26)
    if plan.told_at or not plan.quiet_from or severity >= plan.severe:
        return
    wall, begins, ends = (
        told.astimezone(ROME),
        time.fromisoformat(plan.quiet_from),
        time.fromisoformat(plan.quiet_until),
    )
    quiet = begins <= wall.time() < ends if begins < ends else wall.time() >= begins or wall.time() < ends
    # In the hour that comes twice, and in the one that is skipped, the wall shows another time than the plan says.
    assert not quiet or wall.utcoffset() != (wall + timedelta(hours=2)).utcoffset() or wall.fold


def from_json_of(policy):

    kept = from_json(json.loads(as_json(policy)))
    assert kept == policy
    return kept
