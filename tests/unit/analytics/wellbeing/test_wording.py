"""What is said of how a day stands: in both languages, right for one and many, and never empty."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.change.day import DomainDay, Sign
from analytics.change.domains import DOMAIN_OF, Domain, Pace
from analytics.contexts.kinds import ContextKind
from analytics.figures import Tongue
from analytics.wellbeing import wording
from analytics.wellbeing.attention import Attention, Rank
from analytics.wellbeing.fusing import fuse
from analytics.wellbeing.state import Because, DayState, Sight, State
from tests.unit.analytics.test_explanation import DISEASES
from tests.unit.analytics.wellbeing.stated import CALM, DAY, LIMIT, USUAL, all_parts, evidences, part, shown, told

IT, EN = Tongue.of("it"), Tongue.of("en")
PLACEHOLDER = re.compile(r"%[(sd]|\{|\bnan\b|None|-0\b|\(\)|: ?\.|  ")


def name_of(kind: str) -> str:
    return {"stillness": "Nobody moves: possible fall"}.get(kind, "Change in wellbeing")


def both(one: DayState) -> tuple[str, str]:
    return wording.sentence(one, EN, name_of), wording.sentence(one, IT, name_of)


def test_a_day_that_stands_out_by_one_part_says_the_figure_and_what_is_usual() -> None:
    one = fuse(DAY, CALM._replace(shows=[shown(Domain.NIGHT, 5.0)]), LIMIT)
    assert both(one) == (
        "Out of the ordinary. Nights: 5 visits to the bathroom, usually 0 to 2.",
        "Fuori dal solito. Notti: 5 visite al bagno, di solito da 0 a 2.",
    )
    assert wording.brief(one, IT, name_of) == "fuori dal solito: notti"


def test_several_parts_say_how_much_each_makes_up() -> None:
    shows = [shown(Domain.NIGHT, 5.0), shown(Domain.KITCHEN, 4.4), shown(Domain.MOVING, 1.5)]
    english, italian = both(fuse(DAY, CALM._replace(shows=shows), LIMIT))
    assert english == (
        "Out of the ordinary. Nights: 5 visits to the bathroom, usually 0 to 2 (80 %);"
        " Meals and kitchen: 5 meals prepared, usually 0 to 2 (20 %)."
    )
    assert italian.startswith("Fuori dal solito. Notti: 5 visite al bagno, di solito da 0 a 2 (80 %); Pasti e cucina: ")


def test_what_was_told_is_named_however_small_its_part_is() -> None:
    findings = [told(0.9), told(0.3, "cold", number=2)]
    english, italian = both(fuse(DAY, CALM._replace(shows=(), told=findings), LIMIT))
    assert english.startswith("Far out of the ordinary. Nobody moves: possible fall; Change in wellbeing.")
    assert italian.startswith("Molto fuori dal solito. ")


@pytest.mark.parametrize(
    ("days", "english", "italian"),
    [
        (1, "Going out: not once for 1 day.", "Uscite: neanche una volta da 1 giorno."),
        (9, "Going out: not once for 9 days.", "Uscite: neanche una volta da 9 giorni."),
    ],
)
def test_what_has_not_happened_for_days(days: int, english: str, italian: str) -> None:
    day = DomainDay(Domain.OUT, DAY, (Sign("outings", days, 0.8, None, 6.0, is_missing=True),), Pace.SLOW, 6.0)
    found = both(fuse(DAY, CALM._replace(shows=[day]), LIMIT))
    assert english in found[0]
    assert italian in found[1]


def test_what_lasts_for_days_says_so() -> None:
    day = DomainDay(Domain.KITCHEN, DAY, (Sign("meals", 7, 1.0, USUAL, 6.0),), Pace.SLOW, 6.0)
    english, italian = both(fuse(DAY, CALM._replace(shows=[day]), LIMIT))
    assert "1 meal prepared on average over 7 days, usually 0 to 2" in english
    assert "in media su 7 giorni" in italian


@pytest.mark.parametrize(
    ("changes", "english", "italian"),
    [
        ({"coverage": 0.4}, "Not enough was seen: 40 % of the day.", "Si è visto troppo poco: il 40 % della giornata."),
        (
            {"parts": all_parts(Sight.LEARNING), "shows": ()},
            "Still learning what is usual: 9 days of 14.",
            "9 giorni su 14",
        ),
        ({"parts": all_parts(Sight.NO_SENSOR), "shows": ()}, "No sensor of this home shows", "Nessun sensore"),
        (
            {"parts": (part(Domain.NIGHT), *all_parts(Sight.NOT_SEEN)[1:])},
            "Too little could be judged: 1 of 5 parts of life. Not judged: meals and kitchen,",
            "Si è potuto valutare troppo poco (aspetti della vita: 1 su 5).",
        ),
        (
            {"parts": (part(Domain.NIGHT, Sight.CONTEXT, ContextKind.HOSPITAL), *all_parts()[1:]),
             "kept_back": {"night_bathroom_visits": ContextKind.HOSPITAL}},
            "Not judged as usual: In hospital. Not told because of it: Visits to the bathroom at night.",
            "Non valutata come al solito: In ospedale.",
        ),
    ],
)  # fmt: skip
def test_why_a_day_is_not_known(changes, english: str, italian: str) -> None:
    found = both(fuse(DAY, CALM._replace(**changes), LIMIT))
    assert english in found[0]
    assert italian in found[1]


def test_how_far_learning_is() -> None:
    assert wording.learning(all_parts(), EN) == ""
    assert "9" in wording.learning(all_parts(Sight.LEARNING), IT)
    some = (*all_parts()[:3], part(Domain.OUT, Sight.LEARNING), part(Domain.RHYTHM))
    assert wording.learning(some, EN) == "Still learning: going out (9 of 14 days)."
    assert wording.learning(some, IT) == "Sto ancora imparando: uscite (9 su 14 giorni)."


def test_what_no_sensor_shows_names_the_sensor_that_would() -> None:
    assert wording.never_shown(all_parts(), EN) == []
    found = wording.never_shown(all_parts(Sight.NO_SENSOR), EN)
    assert len(found) == len(wording.SHOWN_WITH)
    assert "Outings: it takes a sensor on the front door" in found
    assert {DOMAIN_OF[kind] for kind in wording.SHOWN_WITH} <= set(Domain)


def test_each_part_says_whether_it_is_judged() -> None:
    parts = [part(domain, sight) for domain, sight in zip(Domain, Sight, strict=True)]
    assert wording.sights([*parts[:3], part(Domain.OUT, Sight.CONTEXT, ContextKind.VISIT)], EN) == [
        ("nights", "judged"),
        ("meals and kitchen", "still learning: 9 of 14 days"),
        ("moving about at home", "too little was seen"),
        ("going out", "not judged: Visitors"),
    ]


@pytest.mark.parametrize("count", [1, 2])
def test_what_puts_a_home_before_others(count: int) -> None:
    asks = Attention(Rank.YELLOW, count, 0.4, count + 1, rising=True, silent=count, sure=0.9)
    said = wording.why_look(asks, IT)
    assert said == [
        f"da {count + 1} giorni",
        "sempre più fuori dal solito questa settimana",
        "1 allarme che nessuno ha preso in carico" if count == 1 else "2 allarmi che nessuno ha preso in carico",
        "1 dispositivo tace" if count == 1 else "2 dispositivi tacciono",
    ]
    calm = Attention(Rank.GREEN, 0, -3.0, 7, rising=False, silent=0, sure=0.9)
    assert wording.why_look(calm, EN) == []


@given(evidences(), st.sampled_from([IT, EN]))
def test_whatever_a_day_comes_to_is_said_in_whole_words(evidence, tongue) -> None:
    one = fuse(DAY, evidence, LIMIT)
    said = wording.sentence(one, tongue, name_of)
    assert said
    assert not PLACEHOLDER.search(said), said
    assert not DISEASES.search(said), said
    assert wording.brief(one, tongue, name_of)
    assert (one.state is State.UNKNOWN) == (one.because in set(Because))
