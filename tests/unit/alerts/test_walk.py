"""For any policy, shifts and clock: a telling reaches somebody, or the alert says that nobody took charge."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.lifecycle import Family
from alerts.policies.plan import LastResort, Plan, Step, Who, telling, tellings
from alerts.policies.walk import carry_out
from alerts.policy import Found, decide
from alerts.shifts.calendar import on_duty
from tests.unit.alerts.test_plan import INSTANTS, PLANS, ROME
from tests.unit.alerts.test_shifts import ROTAS


def reaching(rota, now, reachable):
    """Say whom a step reaches: the shift as it is then, other people where they can be reached at all."""

    def reach(found):
        people = set()
        for who in found.tell:
            people |= on_duty(rota, now) if who.shift else {who.person or who.role or "family"} & reachable
        return sorted(people)

    return reach


@given(
    plan=PLANS, rota=ROTAS, opened=INSTANTS, family=st.sampled_from(Family),
    reachable=st.sets(st.sampled_from(["anna", "operator", "family", "bruno"])),
)  # fmt: skip
def test_it_ends_in_somebody_or_in_nobody_took_charge(plan, rota, opened, family, reachable):
    policy = decide(family, opened, ROME, Found(plan))
    now, number, said, seen = policy.first_at, 0, 0, []
    while now is not None and number <= tellings(plan) + 5:
        carried = carry_out(policy, number, now, reaching(rota, now, reachable))
        assert carried.number >= number
        # No telling is silent but where nobody took charge, and each step reached somebody or was passed over.
        assert carried.people or carried.found.last_resort
        seen += [*carried.passed_over, *([telling(plan, carried.number).step] if not carried.found.last_resort else [])]
        said += carried.found.unanswered
        number, now = carried.number + 1, carried.found.next_at
    assert said == 1
    assert sorted(set(seen)) == list(range(len(plan.steps)))
    assert seen == sorted(seen)


@given(plan=PLANS, rota=ROTAS, opened=INSTANTS)
def test_a_gap_delays_nothing(plan, rota, opened):
    nobody = carry_out(decide(Family.SAFETY, opened, ROME, Found(plan)), 0, opened, lambda _: ())
    assert nobody.found.unanswered
    assert nobody.number == tellings(plan)
    assert nobody.passed_over == tuple(range(len(plan.steps)))


def test_the_last_resort_is_told_where_no_step_reached_anybody():
    quiet = LastResort(tell=(Who(person="dora"),))
    steps = (Step(tell=(Who(shift="first"),)), Step(tell=(Who(role="operator"),)))
    plan = Plan(name="p", steps=steps, last_resort=quiet)
    policy = decide(Family.SAFETY, datetime(2026, 3, 3, tzinfo=UTC), ROME, Found(plan))
    found = carry_out(policy, 0, policy.first_at, lambda step: ["dora"] if step.last_resort else [])
    assert (found.people, found.found.unanswered) == (["dora"], True)
    assert found.found.next_at == policy.first_at + timedelta(seconds=quiet.every)
