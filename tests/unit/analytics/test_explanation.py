import re
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.baseline import Baseline
from analytics.explanation import no_verdict, silent_home, silent_sensors, unusual
from analytics.figures import duration
from analytics.indicators import INDICATORS
from core.translation import translator
from tests.unit.analytics.made import ROME

DAY = date(2019, 6, 14)
DISEASES = re.compile(
    r"infect|infez|urin|dement|demenz|nicturi|nocturi|diagnos|malatt|disease|syndrom|sindrom", re.IGNORECASE
)


def usual(low: float, high: float) -> Baseline:
    return Baseline((low + high) / 2, 1.0, low, high, 28)


NIGHT_EN = "in the night between Friday 14 and Saturday 15 June (22:00-6:00); usually"
NIGHT_IT = "nella notte tra venerdì 14 e sabato 15 giugno (22:00-6:00); di solito"


@pytest.mark.parametrize(
    ("value", "usually", "coverage", "en", "it"),
    [
        (4, (0, 1), 0.97, "4 visits {} 0 to 1. Based on 97 %", "4 visite {} da 0 a 1. Dati disponibili: 97 %."),
        (1, (0, 0), 0.8, "1 visit {} 0. Based on 80 %", "1 visita {} 0. Dati disponibili: 80 %."),
        (
            137,
            (12, 40),
            0.999,
            "137 visits {} 12 to 40. Based on 99 %",
            "137 visite {} da 12 a 40. Dati disponibili: 99 %.",
        ),
    ],
    ids=["plural", "singular", "extreme"],
)
def test_visits(value: float, usually: tuple[float, float], coverage: float, en: str, it: str) -> None:
    said = unusual("night_bathroom_visits", DAY, value, usual(*usually), coverage)
    assert said.en == en.format(f"to the bathroom {NIGHT_EN}") + " of the data."
    assert said.it == it.format(f"al bagno {NIGHT_IT}")


def test_stillness() -> None:
    said = unusual("longest_stillness", DAY, 5 + 1 / 3, usual(0.0, 1.0), 1.0)
    assert said.en == (
        "5 hours and 20 minutes without any movement at home on Friday 14 June (8:00-22:00); "
        "usually less than half an hour to 1 hour. Based on 100 % of the data."
    )
    assert said.it == (
        "5 ore e 20 minuti senza alcun movimento in casa venerdì 14 giugno (8:00-22:00); "
        "di solito da meno di mezz\u2019ora a 1 ora. Dati disponibili: 100 %."
    )


def test_a_night_between_two_months_names_both() -> None:
    said = unusual("night_bathroom_visits", date(2019, 5, 31), 4, usual(0, 1), 1.0)
    assert "between Friday 31 May and Saturday 1 June" in said.en
    assert "tra venerdì 31 maggio e sabato 1 giugno" in said.it


@pytest.mark.parametrize(
    ("hours", "en", "it"),
    [
        (0.0, "less than half an hour", "meno di mezz\u2019ora"),
        (0.5, "30 minutes", "30 minuti"),
        (1.0, "1 hour", "1 ora"),
        (2.0, "2 hours", "2 ore"),
        (1.9999, "2 hours", "2 ore"),
        (14.0, "14 hours", "14 ore"),
    ],
)
def test_durations(hours: float, en: str, it: str) -> None:
    assert duration(hours, translator("en")) == en
    assert duration(hours, translator("it")) == it


def test_no_verdict_for_want_of_data() -> None:
    said = no_verdict("night_bathroom_visits", DAY, 0.456, 28)
    assert said.en == (
        "No verdict in the night between Friday 14 and Saturday 15 June (22:00-6:00): "
        "45 % of the data are there, 80 % are needed."
    )
    assert said.it == (
        "Nessun giudizio nella notte tra venerdì 14 e sabato 15 giugno (22:00-6:00): "
        "dati disponibili 45 %, ne servono almeno 80 %."
    )


def test_still_learning() -> None:
    assert no_verdict("longest_stillness", DAY, 1.0, 9).en == "Still learning what is usual: 9 days of 14."
    assert no_verdict("longest_stillness", DAY, 1.0, 1).en == "Still learning what is usual: 1 day of 14."
    assert no_verdict("longest_stillness", DAY, 1.0, 1).it == "Sto ancora imparando le abitudini: 1 giorno su 14."
    assert no_verdict("longest_stillness", DAY, 1.0, 0).it == "Sto ancora imparando le abitudini: 0 giorni su 14."


def test_a_silent_home() -> None:
    start = datetime(2019, 6, 15, 2, 4, tzinfo=UTC)
    assert silent_home(start, None, 0.97, ROME).en == (
        "No data from the home since Saturday 15 June at 4:04. "
        "Before that, data came as usual: 97 % in the 24 hours before."
    )
    ended = silent_home(start, start + timedelta(hours=58, minutes=12), 0.5, ROME)
    assert ended.it == (
        "Nessun dato dalla casa da sabato 15 giugno, ore 4:04 a lunedì 17 giugno, ore 14:16. "
        "Già nelle 24 ore precedenti i dati erano incompleti: 50 %."
    )
    assert silent_home(start, None, None, ROME).it == "Nessun dato dalla casa da sabato 15 giugno, ore 4:04."


def test_silent_sensors() -> None:
    start = datetime(2019, 6, 15, 2, 4, tzinfo=UTC)
    end = start + timedelta(hours=58, minutes=12)
    assert silent_sensors(["bathroom"], start, None, ROME) == (
        "Un sensore non invia nulla da sabato 15 giugno, ore 4:04, mentre altri sì: bagno.",
        "One sensor has sent nothing since Saturday 15 June at 4:04, while others have: bathroom.",
    )
    assert silent_sensors(["kitchen", ""], start, end, ROME).en == (
        "2 sensors sent nothing from Saturday 15 June at 4:04 to Monday 17 June at 14:16, while others did: "
        "kitchen, other room."
    )
    assert silent_sensors(["kitchen", "bathroom"], start, None, ROME).it.startswith("2 sensori non inviano nulla da")


@pytest.mark.parametrize("kind", list(INDICATORS))
def test_every_indicator_has_its_sentence_and_none_names_a_disease(kind: str) -> None:
    said = unusual(kind, DAY, 6, usual(0, 2), 0.9)
    assert said.it != said.en
    assert "90 %" in said.it
    assert "90 %" in said.en
    assert not DISEASES.search(said.it + said.en)
