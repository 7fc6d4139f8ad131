"""Each indicator has a name and a sentence in both languages, right for one, many, none and extreme values."""

import re
from datetime import date

import pytest

from analytics.baseline import Baseline
from analytics.explanation import no_verdict, not_measured, unusual
from analytics.figures import FIGURES, Tongue, name
from analytics.indicators import INDICATORS
from tests.unit.analytics.test_explanation import DISEASES

DAY = date(2019, 6, 14)
PLACEHOLDER = re.compile(r"%[(sd]|\{|\bnan\b|None|-0\b")
LARGEST = {"1": 9999.0, "h": 24.0, "min": 1440.0, "s": 20.0}


def usual(low: float, high: float) -> Baseline:
    return Baseline((low + high) / 2, 1.0, low, high, 28)


# Of each: a value, the sentence about it, the value that takes the singular or the least, and the most there can be.
SAID = {
    "night_bathroom_visits": (4, "4 visits to the bathroom", "4 visite al bagno", "1 visit ", "1 visita "),
    "longest_stillness": (5.25, "5 hours and 15 minutes without any", "5 ore e 15 minuti senza", "1 hour ", "1 ora "),
    "sleep_start": (25.5, "Sleep began at 1:30 in the night", "Sonno iniziato alle ore 1:30", "at 1:00", "ore 1:00"),
    "sleep_end": (29.25, "Sleep ended at 5:15 in the night", "Sonno finito alle ore 5:15", "at 1:00", "ore 1:00"),
    "sleep_duration": (4.5, "4 hours and 30 minutes of sleep", "4 ore e 30 minuti di sonno", "1 hour of", "1 ora di"),
    "sleep_interruptions": (
        6,
        "6 interruptions of sleep",
        "6 interruzioni del sonno",
        "1 interruption ",
        "1 interruzione ",
    ),
    "time_in_bed": (13, "13 hours in bed", "13 ore a letto", "1 hour in", "1 ora a"),
    "night_walking": (38, "38 moves from room", "38 passaggi da una", "1 move from", "1 passaggio da"),
    "night_door": (3, "3 uses of the front door", "3 usi della porta", "1 use of", "1 uso della"),
    "activity": (42, "42 minutes with movement at home", "42 minuti con movimento in casa", "1 minute ", "1 minuto "),
    "activity_bedroom": (42, "42 minutes with movement in the bedroom", "in camera", "1 minute ", "1 minuto "),
    "activity_bathroom": (42, "42 minutes with movement in the bathroom", "in bagno", "1 minute ", "1 minuto "),
    "activity_kitchen": (61, "1 hour and 1 minute with movement", "1 ora e 1 minuto con", "1 minute ", "1 minuto "),
    "activity_living": (42, "42 minutes with movement in the living", "in soggiorno", "1 minute ", "1 minuto "),
    "activity_hall": (
        42,
        "in the hall or at the entrance",
        "in corridoio o all\u2019ingresso",
        "1 minute ",
        "1 minuto ",
    ),
    "room_changes": (12, "12 moves from room to room", "12 passaggi da una", "1 move from", "1 passaggio da"),
    "walking_time": (9.46, "9.5 seconds to walk from one", "9,5 secondi per passare", "1.0 seconds", "1,0 secondi"),
    "meals": (2, "2 meals prepared", "2 pasti preparati", "1 meal prepared", "1 pasto preparato"),
    "hot_drinks": (7, "7 hot drinks", "7 bevande calde", "1 hot drink ", "1 bevanda calda "),
    "food_uses": (
        12,
        "12 uses of fridge, cupboards or stove",
        "12 usi di frigorifero, credenze o fornelli",
        "1 use of fridge, cupboards or stove ",
        "1 uso di frigorifero, credenze o fornelli ",
    ),
    "time_out": (6.5, "6 hours and 30 minutes out of", "6 ore e 30 minuti fuori casa", "1 hour out", "1 ora fuori"),
    "outings": (5, "5 outings", "5 uscite", "1 outing ", "1 uscita "),
    "company": (2, "2 hours with signs of several people", "2 ore con segni di più", "1 hour with", "1 ora con"),
    "interdaily_stability": (0.31, "Days alike to 31 %", "simili tra loro al 31 %", "to 100 %", "al 100 %"),
    "intradaily_variability": (1.87, "mixed to 1.87 (", "mescolati per 1,87 (", "to 1.00", "per 1,00"),
    "relative_amplitude": (0.42, "differ by 42 %", "giorno e notte 42 %", "by 100 %", "notte 100 %"),
    "room_entropy": (1.6, "unpredictable to 1.60 (", "successiva 1,60 (", "to 1.00", "successiva 1,00"),
    "cold_hours": (6, "6 hours below 18 °C at home", "6 ore sotto i 18 °C in casa", "1 hour below", "1 ora sotto"),
    "heat_hours": (6, "6 hours above 28 °C at home", "6 ore sopra i 28 °C in casa", "1 hour above", "1 ora sopra"),
    "night_heat_hours": (6, "6 hours above 26 °C where", "6 ore sopra i 26 °C dove", "1 hour above", "1 ora sopra"),
    "stale_air_hours": (6, "6 hours with stale air", "6 ore con aria viziata", "1 hour with", "1 ora con"),
    "humidity_hours": (6, "6 hours with air at home that", "6 ore con aria in casa troppo", "1 hour with", "1 ora con"),
    "body_weight": (71.26, "Body weight 71.3 kg", "Peso 71,3 kg", "1.0 kg", "1,0 kg"),
    "systolic_pressure": (171, "Upper blood pressure 171 mmHg", "Pressione massima 171 mmHg", "1 mmHg", "1 mmHg"),
    "diastolic_pressure": (99, "Lower blood pressure 99 mmHg", "Pressione minima 99 mmHg", "1 mmHg", "1 mmHg"),
    "heart_rate": (101, "Pulse 101 /min", "Polso 101 /min", "1 /min", "1 /min"),
    "body_temperature": (38.42, "Body temperature 38.4 °C", "Temperatura corporea 38,4 °C", "1.0 °C", "1,0 °C"),
    "skin_temperature": (35.0, "Skin temperature 35.0 °C", "Temperatura della pelle 35,0 °C", "1.0 °C", "1,0 °C"),
    "oxygen_saturation": (88, "Oxygen saturation 88 %", "Saturazione di ossigeno 88 %", "1 %", "1 %"),
    "respiratory_rate": (24, "Breathing rate 24 /min", "Frequenza del respiro 24 /min", "1 /min", "1 /min"),
    "body_water": (48.9, "Body water 48.9 %", "Acqua corporea 48,9 %", "1.0 %", "1,0 %"),
    "muscle_mass": (30.2, "Muscle mass 30.2 kg", "Massa muscolare 30,2 kg", "1.0 kg", "1,0 kg"),
}


def test_every_indicator_has_its_words() -> None:
    assert set(FIGURES) == set(INDICATORS) == set(SAID)
    names = [name(kind, language) for language in ("it", "en") for kind in INDICATORS]
    assert len(set(names)) == len(names)
    assert not DISEASES.search(" ".join(names))


@pytest.mark.parametrize("kind", list(INDICATORS))
def test_many_one_none_and_extreme_values_are_said_in_both_languages(kind: str) -> None:
    value, en, it, one_en, one_it = SAID[kind]
    said = unusual(kind, DAY, value, usual(value, value), 0.9)
    assert en in said.en
    assert it in said.it
    one = unusual(kind, DAY, 1, usual(1, 2), 1.0)
    assert one_en in one.en
    assert one_it in one.it
    for extreme in (0.0, -0.0, LARGEST.get(INDICATORS[kind].unit, 9999.0), value):
        for sentence in unusual(kind, DAY, extreme, usual(0, extreme + 1), 0.8):
            assert not PLACEHOLDER.search(sentence), sentence
            assert "80 %" in sentence
            assert sentence.endswith(("data.", "80 %."))
    assert not DISEASES.search(said.it + said.en)


@pytest.mark.parametrize("kind", list(INDICATORS))
def test_what_is_missing_is_said_with_its_period(kind: str) -> None:
    for said in (no_verdict(kind, DAY, 0.456, 28), not_measured(kind, DAY)):
        assert "14" in said.en
        assert "14" in said.it
        assert said.en != said.it
        assert not PLACEHOLDER.search(said.en + said.it)
    assert no_verdict(kind, DAY, 1.0, 1).en == "Still learning what is usual: 1 day of 14."


def test_the_period_is_a_night_a_day_its_hours_or_several_days() -> None:
    def of(kind: str, day: date = DAY) -> tuple[str, str]:
        said = unusual(kind, day, 1, usual(1, 1), 1.0)
        return said.en, said.it

    assert " in the night between Friday 14 and Saturday 15 June; usually" in of("sleep_start")[0]
    assert " nella notte tra venerdì 14 e sabato 15 giugno; di solito" in of("sleep_start")[1]
    assert " in the night between Friday 14 and Saturday 15 June (23:00-5:00);" in of("night_walking")[0]
    assert (
        " nella notte tra venerdì 31 maggio e sabato 1 giugno (23:00-5:00);"
        in of("night_walking", date(2019, 5, 31))[1]
    )
    assert " on Friday 14 June; usually" in of("meals")[0]
    assert " venerdì 14 giugno; di solito" in of("meals")[1]
    assert " on Friday 14 June (8:00-22:00);" in of("cold_hours")[0]
    assert " in the 7 days up to Friday 14 June; usually" in of("room_entropy")[0]
    assert " nei 7 giorni fino a venerdì 14 giugno; di solito" in of("room_entropy")[1]


def test_clock_times_lie_between_two_others() -> None:
    said = unusual("sleep_start", DAY, 26.0, usual(22.5, 24.25), 0.99)
    assert said.en.endswith("usually between 22:30 and 0:15. Based on 99 % of the data.")
    assert said.it.endswith("di solito tra le 22:30 e le 0:15. Dati disponibili: 99 %.")


def test_numbers_are_written_as_in_the_language() -> None:
    assert Tongue.of("it").number(1234.56, 1) == "1.234,6"
    assert Tongue.of("en").number(1234.56, 0) == "1,235"
    assert Tongue.of("en").number(-0.01, 1) == "0.0"
