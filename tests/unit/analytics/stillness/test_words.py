"""Every sentence in both languages, with singular, plural, missing and extreme figures."""

from datetime import datetime

import pytest

from analytics.stillness.words import Period, long_absence, stillness
from core.places import RoomKind
from tests.unit.analytics.made import ROME
from tests.unit.analytics.test_explanation import DISEASES


def period(since: tuple[int, int, int], until: tuple[int, int, int], *, ended: bool = False) -> Period:
    return Period(*(datetime(2019, 6, *each, tzinfo=ROME) for each in (since, until)), ended)


MORNING = period((14, 9, 5), (14, 11, 10))
NIGHT = period((13, 22, 45), (14, 9, 0))


@pytest.mark.parametrize(
    ("when", "en", "it"),
    [
        (MORNING, "since 9:05 (2 h 5 min).", "dalle 9:05 (2 h 5 min)."),
        (MORNING._replace(ended=True), "from 9:05 to 11:10 (2 h 5 min).", "dalle 9:05 alle 11:10 (2 h 5 min)."),
        (
            NIGHT,
            "since Thursday 13 June at 22:45 (10 h 15 min).",
            "da giovedì 13 giugno, ore 22:45 (10 h 15 min).",
        ),
        (
            NIGHT._replace(ended=True),
            "from Thursday 13 June at 22:45 to Friday 14 June at 9:00 (10 h 15 min).",
            "da giovedì 13 giugno, ore 22:45 a venerdì 14 giugno, ore 9:00 (10 h 15 min).",
        ),
        (period((14, 9, 5), (14, 9, 51)), "since 9:05 (46 min).", "dalle 9:05 (46 min)."),
        (period((1, 9, 0), (14, 9, 0)), "(312 h).", "(312 h)."),
    ],
)
def test_when(when: Period, en: str, it: str) -> None:
    said = stillness(when, RoomKind.HALL, 25.0, 28, in_bed=False, blind=(), coverage=1.0)
    assert en in said.en
    assert it in said.it
    assert said.en.startswith("No movement in the home ")
    assert said.it.startswith("Nessun movimento in casa ")


@pytest.mark.parametrize(
    ("room", "in_bed", "en", "it"),
    [
        (RoomKind.BATHROOM, False, "Last sign: bathroom.", "Ultimo segnale: bagno."),
        (RoomKind.BEDROOM, True, "Last sign: lying down in bed.", "Ultimo segnale: a letto."),
        ("", False, "", ""),
        (RoomKind.OUTSIDE, False, "", ""),
    ],
)
def test_where(room: str, in_bed: bool, en: str, it: str) -> None:
    said = stillness(MORNING, room, 25.0, 28, in_bed=in_bed, blind=(), coverage=1.0)
    assert en in said.en
    assert it in said.it
    assert bool(en) == ("Last sign" in said.en)


@pytest.mark.parametrize(
    ("usual", "days", "en", "it"),
    [
        (25.0, 28, "within 25 min (28 days known).", "entro 25 min (noto da 28 giorni)."),
        (61.0, 1, "within 1 h (1 day known).", "entro 1 h (noto da 1 giorno)."),
        (839.0, 60, "within 14 h (60 days known).", "entro 14 h (noto da 60 giorni)."),
        (1.0, 28, "within 5 min", "entro 5 min"),
        (None, 1, "What is usual is still being learned: 1 day of 14.", "imparando: 1 giorno su 14."),
        (None, 0, "What is usual is still being learned: 0 days of 14.", "imparando: 0 giorni su 14."),
        (None, 13, "What is usual is still being learned: 13 days of 14.", "imparando: 13 giorni su 14."),
    ],
)
def test_what_is_usual(usual: float | None, days: int, en: str, it: str) -> None:
    said = stillness(MORNING, RoomKind.HALL, usual, days, in_bed=False, blind=(), coverage=0.876)
    assert en in said.en
    assert it in said.it
    if usual is not None:
        assert "at about 9:00" in said.en
        assert "verso le 9:00" in said.it
    assert said.en.endswith("Based on 87 % of the data.")
    assert said.it.endswith("Dati disponibili: 87 %.")


def test_rooms_that_cannot_be_seen_are_named() -> None:
    one = stillness(MORNING, RoomKind.HALL, 25.0, 28, in_bed=False, blind=[RoomKind.KITCHEN], coverage=0.9)
    assert "One room cannot be seen at the moment: kitchen." in one.en
    assert "Una stanza al momento non si può vedere: cucina." in one.it
    two = stillness(MORNING, "", None, 2, in_bed=False, blind=[RoomKind.LIVING, RoomKind.KITCHEN], coverage=0.0)
    assert "2 rooms cannot be seen at the moment: kitchen, living room." in two.en
    assert "2 stanze al momento non si possono vedere: cucina, soggiorno." in two.it
    assert two.en.endswith("Based on 0 % of the data.")


@pytest.mark.parametrize(
    ("when", "longest", "days", "ever", "en", "it"),
    [
        (
            MORNING, 160.0, 28, True,
            ("Nobody has moved at home since the front door at 9:05 (2 h 5 min): away, or is something wrong? "
            "Longer than any absence in the 28 days before, at most 2 h 40 min."),
            ("Nessuno si muove in casa dopo la porta d\u2019ingresso alle 9:05 (2 h 5 min): fuori casa, o è successo "
            "qualcosa? Più di ogni assenza nei 28 giorni precedenti, al massimo 2 h 40 min."),
        ),
        (
            MORNING._replace(ended=True), 60.0, 1, False,
            ("Nobody moved at home from the front door at 9:05 until 11:10 (2 h 5 min). "
            "In the 1 day before, absences usually lasted at most 1 h."),
            ("Nessuno si è mosso in casa dalla porta d\u2019ingresso alle 9:05 fino alle 11:10 (2 h 5 min). "
            "Nel giorno precedente le assenze sono durate di solito al massimo 1 h."),
        ),
        (
            NIGHT, None, 5, True,
            ("since the front door on Thursday 13 June at 22:45 (10 h 15 min): away, or is something wrong? "
            "What is usual is still being learned: 5 days of 14."),
            ("dopo la porta d\u2019ingresso di giovedì 13 giugno, ore 22:45 (10 h 15 min): fuori casa, o è successo "
            "qualcosa? Le abitudini si stanno ancora imparando: 5 giorni su 14."),
        ),
        (
            NIGHT._replace(ended=True), 0.0, 60, True,
            "from the front door on Thursday 13 June at 22:45 until Friday 14 June at 9:00 (10 h 15 min).",
            "dalla porta d\u2019ingresso di giovedì 13 giugno, ore 22:45 fino a venerdì 14 giugno, ore 9:00 (10 h",
        ),
    ],
)  # fmt: skip
def test_long_absences(when, longest, days, ever, en, it) -> None:
    said = long_absence(when, longest, days, ever=ever, coverage=1.0)
    assert en in said.en
    assert it in said.it
    assert not DISEASES.search(said.en + said.it)


def test_a_duration_over_a_change_of_the_clock_is_that_of_time() -> None:
    spring = Period(datetime(2026, 3, 29, 1, 30, tzinfo=ROME), datetime(2026, 3, 29, 5, 0, tzinfo=ROME), ended=False)
    assert spring.minutes == 150
