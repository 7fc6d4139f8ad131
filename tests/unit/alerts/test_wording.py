from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.lifecycle import Family
from alerts.wording import TITLES, age, safety_explanation, title
from analytics.findings import FLOOD, SILENT_HOME, SILENT_SENSOR
from analytics.indicators import INDICATORS
from analytics.rules.catalogue import OF_KIND
from core.vocabulary import CALLS

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def test_every_call_for_help_has_a_name():
    assert set(TITLES) >= CALLS


def test_every_kind_of_finding_has_a_name():
    judged = {kind for kind, indicator in INDICATORS.items() if indicator.judged}
    assert {*judged, *OF_KIND, SILENT_HOME, SILENT_SENSOR, FLOOD} <= set(TITLES)
    assert title("flood", Family.TECHNICAL, "it") == "Troppe letture"


def test_a_kind_without_a_name_is_called_by_its_family():
    assert title("something_new", Family.TECHNICAL, "it") == "Problema tecnico"


@pytest.mark.parametrize(
    ("late", "ending"),
    [
        (timedelta(seconds=30), "at 14:02"),
        (timedelta(minutes=5), "at 14:02 (received 5 minutes later)"),
        (timedelta(hours=1), "at 14:02 (received 1 hour later)"),
        (timedelta(hours=30), "on 3 March at 14:02 (received 30 hours later)"),
        (timedelta(days=7), "on 3 March at 14:02 (received 7 days later)"),
        (timedelta(minutes=-5), "at 14:02"),
    ],
)
def test_a_late_reading_says_its_age(late, ending):
    assert safety_explanation("smoke", NOON, NOON + late, ROME).en == f"Smoke reported {ending}"


def test_the_sentence_is_in_the_homes_time_and_in_italian():
    assert safety_explanation("fall", NOON, NOON, ROME).it == "Rilevata caduta alle 14:02"


def test_an_age_has_its_plural():
    assert [age(timedelta(minutes=n), "it") for n in (1, 2)] == ["1 minuto", "2 minuti"]
