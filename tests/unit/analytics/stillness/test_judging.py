import json
from datetime import date, timedelta

import pytest

from analytics.frames import instant
from analytics.stillness.detector import Expected
from analytics.stillness.judging import LONG_ABSENCE, STILLNESS, Judged, judge
from analytics.stillness.quiet import Where
from analytics.stillness.seen import Still
from core.localtime import Interval
from tests.unit.analytics.made import ROME
from tests.unit.analytics.stillness.persons import BATHROOM, BEDROOM, FIRST, HALL, LIVING, ROOMS_OF_HOME, days, still

LEARNED = Expected(ROOMS_OF_HOME).learn(days(28))


def judged(*stills: Still, heard: bool = True) -> Judged:
    return judge(stills, lambda _: LEARNED, ROOMS_OF_HOME, ROME, heard=heard)


def test_a_finding_names_what_it_rests_on() -> None:
    one = still("10:00", 130, BATHROOM)
    result = judged(one, still("13:10", 44, LIVING))
    assert result.held == []
    (found,) = result.findings
    assert (found.family, found.kind, found.subject) == ("wellbeing", STILLNESS, "")
    assert found.interval == Interval(instant(one.quiet.start), instant(one.quiet.end))
    assert (found.coverage, found.detector, found.detector_version) == (1.0, "expected_gap", "1")
    assert found.explanation_en == (
        "No movement in the home since 10:00 (2 h 10 min). Last sign: bathroom. "
        "After a last sign there at about 10:00, movement usually follows within 10 min (28 days known). "
        "Based on 100 % of the data."
    )
    assert found.explanation_it.startswith("Nessun movimento in casa dalle 10:00 (2 h 10 min). Ultimo segnale: bagno.")
    assert json.loads(json.dumps(found.evidence)) == found.evidence
    assert (found.evidence["minutes"], found.evidence["where"], found.evidence["ended"]) == (130.0, "room", False)


def test_severity_rises_and_a_possible_fall_does_not_wait_for_the_morning() -> None:
    severities = [judged(still("2:00", minutes, HALL)).findings[0].severity for minutes in (260, 330, 600, 5000)]
    assert severities == sorted(severities)
    assert 0.7 <= severities[0] < severities[-1] == 1.0


def test_what_has_ended_is_restated_with_its_end() -> None:
    (found,) = judged(still("10:00", 130, BATHROOM, ended=True)).findings
    assert found.explanation_en.startswith("No movement in the home from 10:00 to 12:10 (2 h 10 min).")
    assert found.evidence["ended"]


def test_somebody_who_is_away_for_long_is_another_milder_finding() -> None:
    (found,) = judged(still("9:40", 370, HALL, Where.AWAY)).findings
    assert found.kind == LONG_ABSENCE
    assert found.severity < 0.5
    assert found.explanation_en == (
        "Nobody has moved at home since the front door at 9:40 (6 h 10 min): away, or is something wrong? "
        "Longer than any absence in the 28 days before, at most 1 h 15 min. Based on 100 % of the data."
    )
    assert judged(still("9:40", 350, HALL, Where.AWAY)) == Judged([], [])


def test_of_what_goes_on_nothing_is_said_where_the_gateway_is_not_heard() -> None:
    one = still("10:00", 130, BATHROOM)
    assert judged(one, heard=False) == Judged([], [one.quiet.start])
    assert len(judged(still("10:00", 130, BATHROOM, ended=True), heard=False).findings) == 1


def test_what_is_not_known_to_its_end_is_neither_confirmed_nor_refuted() -> None:
    short = still("10:00", 50, BATHROOM)._replace(decided=False)
    assert judged(short) == Judged([], [short.quiet.start])
    assert len(judged(still("10:00", 130, BATHROOM)._replace(decided=False)).findings) == 1


def test_nothing_is_said_where_too_little_is_known_and_what_was_said_stays() -> None:
    one = still("10:00", 250, BATHROOM)
    assert judged(one._replace(coverage=0.79)) == Judged([], [one.quiet.start])
    assert len(judged(one._replace(coverage=0.8)).findings) == 1


def test_each_is_judged_by_what_was_known_on_the_day_it_began() -> None:
    asked: list[date] = []

    def expected(day: date) -> Expected:
        asked.append(day)
        return LEARNED

    judge([still("23:30", 700, BEDROOM)], expected, ROOMS_OF_HOME, ROME, heard=True)
    assert asked == [FIRST + timedelta(days=60)]


@pytest.mark.parametrize("room", [0, 99])
def test_a_room_that_is_not_known_is_not_named(room: int) -> None:
    (found,) = judged(still("10:00", 250, room)).findings
    assert "Last sign" not in found.explanation_en
