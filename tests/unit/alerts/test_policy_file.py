"""What may stand in the files of policies and shifts, and what is said of what may not."""

from pathlib import Path

import pytest

from alerts.lifecycle import Family
from alerts.policies import document
from alerts.policies.plan import Who
from alerts.policies.repository import Known
from alerts.policies.wording import sentences
from alerts.shifts import document as shifts
from registry.reading import FileError

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
KNOWN = Known(
    frozenset({"unione-valle", "comune-alto", "volontari-valle"}), frozenset({"volontari-valle"}),
    frozenset({"carla", "omar", "beth"}), frozenset({"centrale"}),
)  # fmt: skip


def policy(text):
    return "policies:\n  - organisation: unione-valle\n    family: safety\n" + text


SOUND = """    steps:
      - tell: [{shift: centrale}]
    last_resort:
      tell: [{person: carla}]
"""


def test_the_example_can_be_loaded_and_says_itself_in_both_languages():
    found = document.load(EXAMPLES / "policies.yaml", KNOWN)
    assert [(one.family, one.kind) for one in found] == [
        (Family.SAFETY, ""), (Family.SAFETY, "water_leak"), (Family.WELLBEING, ""), (Family.TECHNICAL, ""),
    ]  # fmt: skip
    calls = found[0].plan
    assert calls.steps[1].tell == (Who(role="operator"), Who(contacts="family"))
    said = sentences(calls, Family.SAFETY, "en")
    assert said[:3] == [
        "At once whoever is on duty (centrale) are told, 3 times, every 90 seconds.",
        "After 90 seconds the operators and the family are told.",
        "After 3 minutes the volunteers of volontari-valle are told.",
    ]
    assert said[3].endswith("carla are told, on or off duty, every 10 minutes until somebody does.")
    italian = [sentence for one in found for sentence in sentences(one.plan, one.family, "it")]
    english = [sentence for one in found for sentence in sentences(one.plan, one.family, "en")]
    assert len(italian) == len(english)
    assert all(one != other for one, other in zip(italian, english, strict=True))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("    steps:\n      - tell: [{role: boss}]\n", 5, "the role is 'boss'"),
        ("    steps:\n      - tell: [{role: operator, person: omar}]\n", 5, "says role and person at once"),
        ("    steps:\n      - tell: [{shift: nights}]\n", 5, "there are: centrale"),
        ("    steps:\n      - tell: [{association: comune-alto}]\n", 5, "volontari-valle"),
        ("    steps:\n      - tell: [{person: omar, organisation: comune-alto}]\n", 5, "does not go with a person"),
        ("    steps:\n      - tell: [{person: omar}]\n        times: 3\n", 6, "needs 'every'"),
        ("    steps:\n      - tell: [{person: omar}]\n        every: 5\n        times: 3\n", 6, "'every' is 5"),
        ("    steps:\n      - tell: [{person: omar}]\n        after: soon\n", 6, "a whole number is expected"),
        ("    steps:\n      - tell: [{person: omar}]\n        channels: [pigeon]\n", 6, "the channel is 'pigeon'"),
        ("    steps: []\n", 4, "the policy has no steps"),
        ("    kind: sos\n" + SOUND, 4, "the kind is 'sos'"),
        (SOUND + '    quiet_from: "22:00"\n', 8, "quiet hours need both"),
        (SOUND + '    told_at: "8"\n', 8, "a time as 22:00 is expected"),
        (SOUND + '    told_at: "08:00"\n', 8, "safety is told at once"),
        (SOUND + "    severe: 2\n", 8, "a number from 0 to 1"),
        (SOUND + "    give_back_after: 600\n", 8, "needs 'remind_after'"),
        (SOUND + "    budget: 3\n", 8, "only wellbeing alerts have a budget"),
        (SOUND + "    colour: red\n", 8, "'colour' is not an entry of a policy"),
        ("    steps:\n      - tell: [{person: omar}]\n", 2, "names whom it tells where nobody took charge"),
        (SOUND.replace("person: carla", "shift: centrale"), 7, "can be told at any time"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_field(text, line, said):
    with pytest.raises(FileError) as raised:
        document.parse(policy(text), "p.yaml", KNOWN)
    assert any(fault.line == line and said in fault.sentence for fault in raised.value.faults), raised.value.faults


def test_everything_that_is_wrong_is_told_at_once():
    text = policy(SOUND + "    severe: 2\n") + "  - {organisation: nowhere, family: love}\n"
    with pytest.raises(FileError) as raised:
        document.parse(text, "p.yaml", KNOWN)
    assert len(raised.value.faults) == 4
    assert "line 8" in str(raised.value)


def test_two_policies_for_the_same_are_refused():
    text = policy(SOUND) + policy(SOUND).removeprefix("policies:\n")
    with pytest.raises(FileError, match="two policies for safety"):
        document.parse(text, "p.yaml", KNOWN)


def test_the_example_of_shifts_can_be_loaded():
    ((organisation, rota),) = shifts.load(EXAMPLES / "shifts.yaml", KNOWN.organisations, KNOWN.logins)
    assert (organisation, rota.key, rota.people) == ("unione-valle", "centrale", {"omar", "beth"})
    assert rota.shifts[0].weekdays == (0, 1, 2, 3, 4)
    assert rota.shifts[2].weekdays == (5, 6)


ROTA = "rotas:\n  - key: a\n    organisation: comune-alto\n    shifts:\n"
WORKS = '      - {days: [mon], begins: "08:00", ends: "12:00", people: [omar]}\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('      - {days: [mon-funday], begins: "08:00", ends: "12:00", people: [omar]}\n', 5, "is no weekday"),
        ('      - {days: [mon], begins: "8", ends: "12:00", people: [omar]}\n', 5, "a time as 08:00"),
        ('      - {days: [mon], begins: "08:00", ends: "12:00", people: [nora]}\n', 5, "there is no account 'nora'"),
        ('      - {days: [mon], begins: "08:00", ends: "12:00"}\n', 5, "has no people"),
        (WORKS + "    timezone: Rome\n", 6, "no time zone"),
        (WORKS + "    changes:\n      - {date: x}\n", 7, "a day as 2026-12-25"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_shifts_is_said_with_its_line(text, line, said):
    with pytest.raises(FileError) as raised:
        shifts.parse(ROTA + text, "s.yaml", KNOWN.organisations, KNOWN.logins)
    assert any(fault.line == line and said in fault.sentence for fault in raised.value.faults), raised.value.faults


def test_a_span_of_days_may_go_over_the_end_of_the_week():
    text = ROTA + '      - {days: [fri-mon], begins: "20:00", ends: "24:00", people: [omar]}\n'
    ((_, rota),) = shifts.parse(text, "s.yaml", KNOWN.organisations, KNOWN.logins)
    assert rota.shifts[0].weekdays == (0, 4, 5, 6)
    assert rota.shifts[0].ends.hour == 0
