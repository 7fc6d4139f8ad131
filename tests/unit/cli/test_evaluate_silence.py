"""The silence classifier on a few simulated faults of every class, through the gateway's own code."""

import json
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from cli.evaluate.report import summary, write
from cli.evaluate.silence import outcomes
from simulator.faults import CLASSES

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture(scope="module")
def found():
    seen = []
    result = list(outcomes(77, 4, ROME, lambda done, total: seen.append((done, total))))
    assert seen[-1] == (4 * len(CLASSES), 4 * len(CLASSES))
    return result


def test_every_class_is_told_apart_with_and_without_battery(found):
    assert {one.battery for one in found} == {True, False}
    assert Counter(one.case.truth for one in found) == dict.fromkeys(CLASSES, 4)
    wrong = [(one.case.truth, one.said, one.case.event) for one in found if one.said != one.case.truth]
    assert len(wrong) <= 1, wrong


def test_no_technical_fault_is_taken_for_the_person(found):
    assert [one.case.event for one in found if one.as_wellbeing] == []


def test_an_outage_is_told_within_three_minutes(found):
    for one in found:
        if one.case.truth in ("power_cut", "line_cut"):
            assert one.first_s is not None
            assert one.first_s <= 180


def test_the_same_seed_gives_the_same_cases(found):
    again = next(iter(outcomes(77, 1, ROME)))
    assert (again.case, again.said) == (found[0].case, found[0].said)


def test_the_report_holds_every_case(found, tmp_path):
    figures = {"seed": 77, "per_class": 4, **summary(found)}
    assert set(figures["recall"]) == set(CLASSES)
    assert figures["balanced_accuracy"] == pytest.approx(sum(figures["recall"].values()) / len(CLASSES), abs=1e-3)
    write(figures, found, tmp_path)
    assert json.loads((tmp_path / "silence.json").read_text()) == figures
    assert len((tmp_path / "silence-cases.jsonl").read_text().splitlines()) == len(found)
    page = (tmp_path / "silence.html").read_text()
    assert page.count("<svg") == 2
    assert "What was said (columns) of what was true (rows)" in page
