"""Each sentence of a proposal: singular, plural, extreme values, both languages, no placeholder left."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.contexts.carers import NAME as CARER
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Proposal
from analytics.contexts.propose import DETECTORS
from analytics.contexts.wording import ANSWERS, QUESTIONS, clock, why
from tests.unit.analytics.contexts.made import ROME

START = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # the evening before the clock goes forward
END = START + timedelta(days=3)


def made(detector: str, kind: ContextKind, end: datetime | None = None, **evidence: object) -> Proposal:
    return Proposal(detector, kind, START, end, 0.8, evidence)


CASES = [
    made("absence", ContextKind.AWAY, by_door=True),
    made("absence", ContextKind.AWAY, by_door=False),
    made("absence", ContextKind.AWAY, END, by_door=True),
    made("absence", ContextKind.AWAY, END, by_door=False),
    *(
        made("visit", ContextKind.VISIT, END, moves=count, usual=usual)
        for count, usual in ((1, 0.0), (4, 1.25), (999, 40.0))
    ),
    *(
        made("busy_day", ContextKind.VISIT, START + timedelta(days=1), moves=count, usual=usual, rare=count)
        for count, usual in ((1, 0.0), (140, 71.4), (9999, 1000.0))
    ),
    *(
        made(CARER, ContextKind.CARER, time="8:15", weekdays=days, seen=seen, days=count)
        for days, seen, count in (([0], 1, 1), ([0, 1, 2, 3, 4], 19, 20), (list(range(7)), 28, 28), ([2, 5], 8, 8))
    ),
    *(
        made("lasting", kind, end, days=count, seen=count)
        for kind in (ContextKind.SECOND_RESIDENT, ContextKind.PET)
        for end in (None, END)
        for count in (1, 4, 75)
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.detector}-{case.kind}-{case.evidence}")
def test_a_sentence_is_whole_in_both_languages(case: Proposal) -> None:
    said = why(case, ROME)
    assert said.it != said.en
    for text in said:
        assert text.endswith(".")
        assert "%" not in text
        assert "None" not in text
    if case.detector == "busy_day":
        assert "On Saturday 28 March somebody" in said.en
    elif case.detector != CARER:
        assert "Saturday 28 March at 23:30" in said.en
        assert "sabato 28 marzo, ore 23:30" in said.it


def test_one_is_one_and_many_are_many() -> None:
    one, many = (why(made("visit", ContextKind.VISIT, END, moves=n, usual=0.5), ROME) for n in (1, 2))
    assert " 1 move from" in one.en
    assert " 2 moves from" in many.en
    assert " 1 passaggio " in one.it
    assert " 2 passaggi " in many.it


def test_weekdays_are_named() -> None:
    said = why(made(CARER, ContextKind.CARER, time="8:15", weekdays=[2, 5], seen=8, days=8), ROME)
    assert "on Wednesday, Saturday" in said.en
    assert "mercoledì, sabato" in said.it


@pytest.mark.parametrize(("minute", "text"), [(0, "0:00"), (493, "8:15"), (1438, "0:00"), (1432.4, "23:50")])
def test_a_time_of_day_is_told_to_five_minutes(minute: float, text: str) -> None:
    assert clock(minute) == text


def test_whatever_is_proposed_can_be_asked_and_answered() -> None:
    proposed = {ContextKind.AWAY, ContextKind.VISIT, ContextKind.CARER, ContextKind.SECOND_RESIDENT, ContextKind.PET}
    assert proposed <= set(QUESTIONS)
    assert proposed <= set(ANSWERS)
    assert {case.detector for case in CASES} == DETECTORS
