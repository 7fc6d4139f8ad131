"""Policies as a form: what stands in it comes back as it was, and each fault stands beside its field."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.drafts.reads import Choices
from alerts.lifecycle import Family
from alerts.policies import document
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.wanted import Known
from alerts.policy import Rules, standard
from alerts.wording import TITLES, TRIAL
from dashboards.policies import fields, views
from dashboards.wording import Words
from tests.unit.alerts.test_plan import PLANS

IT, EN = Words("it"), Words("en")
EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "policies.yaml"
KNOWN = Known(
    frozenset({"unione-valle", "bobbio"}), frozenset({"volontari-valle"}), frozenset({"carla", "anna"}),
    frozenset({"centrale"}),
)  # fmt: skip
NONE = Choices({}, {}, {})


def back(plan: Plan, family: Family) -> Plan | None:
    known = fields.known_to("bobbio", NONE, plan)
    answered = fields.read(fields.filled(plan, family), "bobbio", family, "", known, EN)
    assert answered.problems == {}
    return answered.plan


@pytest.mark.parametrize("index", range(4))
def test_the_policies_of_the_example_pass_through_the_form_as_they_are(index: int) -> None:
    policy = document.load(EXAMPLE, KNOWN)[index]
    assert back(policy.plan, policy.family) == policy.plan


@pytest.mark.parametrize("family", Family)
def test_what_is_delivered_passes_through_the_form_as_it_is(family: Family) -> None:
    plan = standard(family, Rules())
    assert back(plan, family) == msgspec.structs.replace(plan, last_resort=back(plan, family).last_resort)


@given(plan=PLANS)
def test_any_plan_tells_the_same_people_at_the_same_times_after_it_passed_through_the_form(plan: Plan) -> None:
    given = fields.filled(plan, Family.SAFETY)
    answered = fields.read(given, "bobbio", Family.SAFETY, "", fields.known_to("bobbio", NONE, plan), EN)
    if answered.plan is not None:  # some are such as no form or file may say
        assert [(step.tell, step.after, step.times) for step in answered.plan.steps] == [
            (tuple(dict.fromkeys(step.tell)), step.after, step.times) for step in plan.steps
        ]


def test_a_step_that_names_nobody_is_left_out_and_the_others_move_up() -> None:
    given = {
        "step-0-who-0": [""], "step-0-after": ["5"], "step-2-who-0": ["role operator"], "step-2-after": ["1,5"],
        "step-2-times": ["2"], "step-2-every": ["3"], "last-who-0": ["person carla"], "unanswered_after": ["5"],
    }  # fmt: skip
    answered = fields.read(given, "bobbio", Family.SAFETY, "", KNOWN, EN)
    assert answered.plan is not None
    assert answered.plan.steps == (Step(tell=(Who(role="operator"),), after=90, times=2, every=180),)
    assert answered.plan.last_resort == LastResort(tell=(Who(person="carla"),))


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"step-0-who-0": [""]}, "steps", "senza passi"),
        ({"step-0-who-0": ["person nobody"]}, "step-0-who-0", "Qui non si può avvisare"),
        ({"step-0-who-1": ["shift other"]}, "step-0-who-1", "Qui non si può avvisare"),
        ({"step-0-who-0": ["nonsense"]}, "step-0-who-0", "Qui non si può avvisare"),
        ({"step-0-after": ["due"]}, "step-0-after", "Scrivi un numero"),
        ({"step-0-after": ["99999"]}, "step-0-after", "Da 0 min a 7 giorni."),
        ({"step-0-times": ["2"]}, "step-0-times", "serve il tempo"),
        ({"step-0-times": ["1,5"]}, "step-0-times", "Scrivi un numero"),
        ({"step-0-every": ["0,1"]}, "step-0-every", "Da 30 s a 7 giorni."),
        ({"step-0-by": ["pigeon"]}, "step-0-by", "Questo mezzo"),
        ({"last-who-0": [""]}, "last-who-0", "serve qualcuno"),
        ({"last-who-0": ["shift centrale"]}, "last-who-0", "a ogni ora"),
        ({"last-every": ["0"]}, "last-every", "Da 1 min a 7 giorni."),
        ({"unanswered_after": ["0,5"]}, "unanswered_after", "Da 1 min a 7 giorni."),
        ({"give_back_after": ["10"]}, "give_back_after", "promemoria"),
        ({"group_within": ["99999"]}, "group_within", "Da 0 min a 7 giorni."),
    ],
)
def test_each_fault_stands_beside_its_field(changed: dict[str, list[str]], field: str, said: str) -> None:
    given = {
        "step-0-who-0": ["role operator"], "last-who-0": ["person carla"], "unanswered_after": ["5"],
    } | changed  # fmt: skip
    answered = fields.read(given, "bobbio", Family.SAFETY, "", KNOWN, IT)
    assert answered.plan is None
    assert set(answered.problems) == {field}
    assert said in answered.problems[field]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"severe": ["101"]}, "severe"),
        ({"budget": ["0"]}, "budget"),
        ({"quiet_from": ["22:00"]}, "quiet_from"),
        ({"quiet_from": ["7"], "quiet_until": ["08:00"]}, "quiet_from"),
        ({"quiet_from": ["07:00"], "quiet_until": ["07:00"]}, "quiet_until"),
    ],
)
def test_so_do_those_of_wellbeing(changed: dict[str, list[str]], field: str) -> None:
    given = {"step-0-who-0": ["role operator"], "unanswered_after": ["24"]} | changed
    assert set(fields.read(given, "bobbio", Family.WELLBEING, "", KNOWN, IT).problems) == {field}


@given(st.dictionaries(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=3), max_size=8))
def test_no_answer_is_an_error_of_ours(given: dict[str, list[str]]) -> None:
    for family in Family:
        fields.read(given, "bobbio", family, "", KNOWN, IT)


def test_the_steps_stand_over_time_until_nobody_has_taken_charge() -> None:
    plan = document.load(EXAMPLE, KNOWN)[0].plan
    choices = Choices({"centrale": "centrale"}, {"carla": "Carla Gallo"}, {"volontari-valle": "Volontari"})
    shown = [(each.when, each.who, each.how) for each in views.points(plan, Family.SAFETY, choices, EN)]
    assert shown == [
        ("at once", "whoever is on duty (centrale)", "3 times, every 1 min 30 s"),
        ("after 4 min 30 s", "the operators, the family", ""),
        ("after 7 min 30 s", "Volontari", ""),
        (
            "after 12 min 30 s",
            "nobody took charge: Carla Gallo, on or off duty",
            "every 10 min until somebody takes charge",
        ),
    ]


def test_every_kind_of_alert_can_have_a_policy_of_its_own_in_one_family() -> None:
    listed = [kind for family in Family for kind, _ in views.kinds(family, EN)]
    assert sorted(listed) == sorted(set(TITLES) - {TRIAL})
