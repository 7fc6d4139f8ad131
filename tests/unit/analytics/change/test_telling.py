"""From days to changes, and what is said of them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.baseline import Baseline
from analytics.change import watch
from analytics.change.day import DomainDay, Joint, Sign
from analytics.change.domains import DOMAIN_OF, DOMAINS, LOOKS, MISSED, PATTERNS, SHOWN_BY, Domain, Pace
from analytics.change.reference import shipped
from analytics.change.runs import WORSE, runs
from analytics.change.wording import told
from analytics.contexts.context import Context
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import ContextKind
from analytics.indicators import INDICATORS
from analytics.indicators.protocol import Direction
from core.localtime import Interval, local_day

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
CALM = Contexts([], ROME)
USUAL = Baseline(1.0, 0.75, 0.0, 2.0, 28)


def night(ahead: int, rarity: float, kind: str = "night_bathroom_visits", days: int = 1) -> DomainDay:
    pace = Pace.SLOW if days >= 7 else Pace.SUDDEN
    return DomainDay(Domain.NIGHT, DAY + ahead * ONE_DAY, (Sign(kind, days, 5.0, USUAL, rarity),), pace, rarity)


def test_days_that_follow_each_other_are_one_change() -> None:
    (run,) = runs([night(0, 3.5), night(1, 1.0), night(2, 5.0), night(4, 3.2)], 3.0)
    assert (run.first.day, run.most.day, run.last.day) == (DAY, DAY + 2 * ONE_DAY, DAY + 4 * ONE_DAY)


def test_after_calm_days_it_is_another_one() -> None:
    first, second = runs([night(0, 3.5), night(4, 3.5)], 3.0)
    assert (first.last.day, second.first.day) == (DAY, DAY + 4 * ONE_DAY)


def test_what_shows_itself_more_plainly_is_another_one() -> None:
    found = runs(
        [night(0, 4.0, "sleep_interruptions"), night(1, 4.0, "night_bathroom_visits"), night(2, 4.0, "night_walking")],
        3.0,
    )
    assert [run.kind for run in found] == ["sleep_interruptions", "night_bathroom_visits"]
    assert found[1].last.day == DAY + 2 * ONE_DAY


def test_what_is_far_rarer_and_says_something_else_is_another_one() -> None:
    first = night(0, 4.0)
    slept_little = night(1, 4.0 + WORSE, "sleep_duration")
    assert [run.kind for run in runs([first, slept_little], 3.0)] == ["night_bathroom_visits", "sleep_duration"]
    assert len(runs([first, night(1, 3.9 + WORSE, "sleep_duration")], 3.0)) == 1
    assert len(runs([first, night(1, 9.0)], 3.0)) == 1, "more of the same"


def test_what_was_done_less_and_is_not_done_at_all_any_more_is_another_one_where_it_is_far_rarer() -> None:
    def outings(ahead: int, rarity: float, *, none: bool) -> DomainDay:
        sign = Sign("outings", 7, 0.9 if none else 0.4, None if none else USUAL, rarity, none)
        return DomainDay(Domain.OUT, DAY + ahead * ONE_DAY, (sign,), Pace.SLOW, rarity)

    fewer = [outings(0, 3.2, none=False), outings(5, 4.0, none=False)]
    none = [outings(9 + more, 6.0 + more / 4, none=True) for more in range(6)]
    first, second = runs([*fewer, *none], 3.0)
    assert (first.first.day, first.last.day) == (DAY, DAY + 9 * ONE_DAY), (
        "not yet a thousand times rarer than what was told"
    )
    assert (second.begins, second.last.day) == (DAY + 10 * ONE_DAY, DAY + 14 * ONE_DAY)
    assert second.first.signs[0].is_missing
    assert len(runs([*fewer, *(one._replace(rarity=6.1) for one in none)], 3.0)) == 1
    assert len(runs(none, 3.0)) == 1, "none at all from the first is one change"
    assert len(runs([*fewer, *none, outings(16, 4.0, none=False), outings(17, 12.0, none=True)], 3.0)) == 2


def test_two_changes_never_begin_on_the_same_day() -> None:
    first, second = runs([night(0, 4.0), night(20, 4.0, days=14), night(21, 4.0, days=14)], 3.0)
    assert (first.begins, second.begins) == (DAY, DAY + 7 * ONE_DAY)
    first, second = runs([night(0, 4.0), night(4, 4.0, days=7)._replace(pace=Pace.SUDDEN)], 3.0)
    assert (first.begins, second.begins) == (DAY, DAY + ONE_DAY)


def test_what_was_sudden_is_not_told_again_as_slow() -> None:
    days = [night(0, 5.0), night(1, 5.0), *(night(ahead, 5.0, days=14) for ahead in range(1, 20))]
    first, second = runs(sorted(days, key=lambda one: one.day), 3.0)
    assert (first.first.pace, second.first.pace) == (Pace.SUDDEN, Pace.SLOW)
    assert second.first.day == DAY + 15 * ONE_DAY, "after two weeks nothing of it is left in the mean"


def test_what_is_sudden_is_news_while_something_slow_goes_on() -> None:
    slow = [night(ahead, 4.0, days=14) for ahead in range(10)]
    found = runs([*slow, night(10, 5.0)], 3.0)
    assert [(run.first.pace, run.first.day) for run in found] == [
        (Pace.SLOW, DAY),
        (Pace.SUDDEN, DAY + 10 * ONE_DAY),
    ]


def test_a_slow_change_that_comes_back_within_two_weeks_is_the_same() -> None:
    (run,) = runs([night(0, 4.0, days=7), night(13, 4.0, days=7)], 3.0)
    assert run.last.day == DAY + 13 * ONE_DAY
    assert len(runs([night(0, 4.0, days=7), night(15, 4.0, days=7)], 3.0)) == 2


def test_a_day_is_told_by_the_plainest_of_its_signs() -> None:
    signs = tuple(Sign(kind, 1, 5.0, USUAL, rarity) for kind, rarity in
                  [("sleep_interruptions", 6.0), ("sleep_duration", 2.6), ("night_bathroom_visits", 1.4)])  # fmt: skip
    day = DomainDay(Domain.NIGHT, DAY, signs, Pace.SUDDEN, 6.0)
    assert day.plainest().kind == "sleep_duration", "the visits are not rare enough to give it their name"
    assert day._replace(signs=signs[:1]).plainest().kind == "sleep_interruptions"
    slight = day._replace(signs=(signs[2],))
    assert slight.plainest().kind == "night_bathroom_visits", "where nothing else is"


def test_a_day_that_shows_a_pattern_is_told_by_it() -> None:
    kinds = [("night_walking", 3.0), ("night_bathroom_visits", 2.5), ("sleep_interruptions", 2.4)]
    signs = tuple(Sign(kind, 2, 5.0, USUAL, rarity) for kind, rarity in kinds)
    day = DomainDay(Domain.NIGHT, DAY, signs, Pace.SUDDEN, 4.0)
    assert day._replace(joint=Joint("up_at_night", 2, 4.0)).plainest().kind == "night_bathroom_visits"
    assert day._replace(joint=Joint("about_at_night", 2, 4.0)).plainest().kind == "night_walking"
    without = day._replace(joint=Joint("sleepless", 2, 1.0), signs=signs[:2])
    assert without.plainest().kind == "night_bathroom_visits", "none of the signs is the pattern's"


def known(**values: list[float]) -> watch.Known:
    return {
        kind: {DAY + ahead * ONE_DAY: (value, 0.97) for ahead, value in enumerate(of_kind)}
        for kind, of_kind in values.items()
    }


def told_of(figures: watch.Known, days: int, threshold: float = 3.0):
    seen = [one for ahead in range(days) for one in watch.looked_at(figures, DAY + ahead * ONE_DAY, shipped(), CALM)]
    return watch.told(seen, figures, threshold, ROME, lambda *_: ())


def test_nights_with_far_more_visits_are_one_finding_that_begins_with_the_first() -> None:
    figures = known(night_bathroom_visits=[1.0, 2.0, 1.0, 0.0] * 7 + [6.0, 6.0, 7.0])
    (found,) = told_of(figures, 31)
    assert found.kind == "night_bathroom_visits"
    assert found.interval.start.date() == DAY + 28 * ONE_DAY
    assert found.coverage == 0.97
    assert 0.3 <= found.severity <= 1
    assert found.evidence["usual"] == {"median": 1.0, "spread": 0.75, "low": 0.0, "high": 2.0, "days": 28}
    assert found.evidence["shown_on"] == ["2026-03-30", "2026-04-01"]


def test_a_day_without_verdict_is_not_in_the_coverage_of_what_is_told() -> None:
    figures = known(night_bathroom_visits=[1.0, 2.0, 1.0, 0.0] * 7 + [9.0] * 3 + [np.nan] + [9.0] * 3)
    unseen = DAY + 31 * ONE_DAY
    partly = {"night_bathroom_visits": {**figures["night_bathroom_visits"], unseen: (np.nan, 0.2)}}
    assert {found.coverage for found in told_of(partly, 35)} == {0.97}


def test_what_was_told_before_is_not_told_of_days_after() -> None:
    figures = known(night_bathroom_visits=[1.0, 2.0, 1.0, 0.0] * 7 + [9.0, 9.0] + [1.0] * 9)
    assert len(told_of(figures, 39)) == 1
    seen = [one for ahead in range(39) for one in watch.looked_at(figures, DAY + ahead * ONE_DAY, shipped(), CALM)]
    assert watch.told(seen, figures, 3.0, ROME, lambda *_: (), DAY + 36 * ONE_DAY) == []


def stay(first: int, last: int, kind: ContextKind = ContextKind.HOSPITAL) -> Contexts:
    days = Interval(
        local_day(DAY + first * ONE_DAY, ROME).start, local_day(DAY + last * ONE_DAY, ROME).start + timedelta(hours=20)
    )
    return Contexts([Context(kind, *days)], ROME)


def test_days_of_a_context_are_neither_judged_nor_usual() -> None:
    figures = known(meals=[3.0] * 28 + [0.0] * 6 + [3.0] * 3)
    within, after = DAY + 29 * ONE_DAY, DAY + 36 * ONE_DAY
    assert watch.looked_at(figures, within, shipped(), CALM)
    assert watch.looked_at(figures, within, shipped(), stay(28, 33)) == []
    assert np.count_nonzero(watch.histories(figures, after, CALM)["meals"] == 0) == 6
    assert np.count_nonzero(watch.histories(figures, after, stay(28, 33))["meals"] == 0) == 0


def test_what_a_context_keeps_back_is_said_once_a_day() -> None:
    figures = known(meals=[3.0, 2.0] * 20 + [0.0] * 5)
    day = DAY + 44 * ONE_DAY
    rare = [one for one in watch.looked_at(figures, day, shipped(), CALM) if one.rarity > 2.0]
    assert len(rare) == 2, "as sudden and as slow"
    kept_back = list(watch.kept_back(figures, [day], shipped(), stay(40, 45), 2.0))
    assert kept_back == [("meals", day, ContextKind.HOSPITAL)]


def test_a_figure_over_a_week_rests_on_each_of_its_days() -> None:
    figures = known(relative_amplitude=[0.8] * 60)
    values = watch.histories(figures, DAY + 59 * ONE_DAY, stay(40, 41))["relative_amplitude"][-60:]
    assert np.count_nonzero(np.isnan(values)) > 2


@pytest.mark.parametrize("kind", [kind for kinds in DOMAINS.values() for kind in kinds])
@pytest.mark.parametrize("days", [1, 2, 14])
@pytest.mark.parametrize("value", [0.0, 1.0, 7.35])
def test_every_indicator_is_said_in_both_languages(kind, days, value) -> None:
    usual = Baseline(value, 0.5, value, value + 2, 28)
    said = told(Sign(kind, days, value, usual, 4.0), DAY, (), None, 0.974)
    for text, based in ((said.en, "Based on 97 % of the data."), (said.it, "Dati disponibili: 97 %.")):
        assert "%(" not in text
        assert text.endswith(based)
        assert text.count(". ") >= 1
    assert "usually" in said.en
    assert "di solito" in said.it


def test_several_nights_their_company_and_their_beginning() -> None:
    others = [Sign("sleep_interruptions", 3, 4.0, USUAL, 3.0), Sign("night_walking", 3, 9.0, USUAL, 2.0)]
    said = told(Sign("night_bathroom_visits", 3, 5.2, USUAL, 4.0), DAY, others, DAY - ONE_DAY, 1.0)
    assert said.en == (
        "5 visits to the bathroom on average in the 3 nights up to that of Monday 2 March; usually 0 to 2. "
        "Also: 4 interruptions of sleep (usually 0 to 2); 9 moves from room to room (usually 0 to 2). "
        "First noticed on Sunday 1 March. Based on 100 % of the data."
    )
    assert said.it.startswith(
        "5 visite al bagno in media nelle 3 notti fino a quella di lunedì 2 marzo; di solito da 0 a 2."
    )


@pytest.mark.parametrize(
    ("days", "share", "en", "it"),
    [
        (1, 0.97, "Nobody has gone out for 1 day, up to Monday 2 March; usually on 10 of 10 days.", "da 1 giorno"),
        (12, 0.02, "Nobody has gone out for 12 days, up to Monday 2 March; usually on 1 of 10 days.", "da 12 giorni"),
    ],
)
def test_what_does_not_happen_any_more(days, share, en, it) -> None:
    assert set(MISSED) == {"outings"}
    said = told(Sign("outings", days, share, None, 4.0, is_missing=True), DAY, (), None, 1.0)
    assert said.en.startswith(en)
    assert it in said.it


def test_every_domain_has_indicators_that_there_are() -> None:
    kinds = [kind for of_domain in DOMAINS.values() for kind in of_domain]
    assert len(kinds) == len(set(kinds))
    assert set(LOOKS) <= set(INDICATORS)


def test_patterns_are_of_indicators_of_their_domain_and_say_which_way_matters() -> None:
    for pattern in PATTERNS:
        assert len(pattern.signs) >= 2
        for kind, sign in pattern.signs.items():
            assert DOMAIN_OF.get(kind, pattern.domain) is pattern.domain
            direction = LOOKS[kind].direction
            assert direction is Direction.BOTH or (sign == 1) == (direction in (Direction.MORE, Direction.LATER))
        assert pattern.needs is None or pattern.needs in pattern.signs


def walked(figures: watch.Known, days: int) -> list[DomainDay]:
    seen: list[DomainDay] = []
    for ahead in range(days):
        seen += watch.looked_at(figures, DAY + ahead * ONE_DAY, shipped(), CALM, before=seen)
    return seen


def test_bad_nights_that_were_sudden_do_not_hide_those_that_come_after_them() -> None:
    ordinary, bad = [1.0, 2.0, 1.0, 0.0] * 5, [10.0, 3.0, 7.0, 11.0, 9.0]
    figures = known(night_bathroom_visits=[*ordinary, *bad, *ordinary[:11], 6.0, 6.0])
    last = DAY + 37 * ONE_DAY

    def rarity(seen: list[DomainDay]) -> float:
        return max(one.rarity for one in seen if one.day == last and one.pace is Pace.SUDDEN)

    hidden = rarity(watch.looked_at(figures, last, shipped(), CALM))
    shown = rarity(walked(figures, 38))
    assert hidden < 3.0 < shown
    seen = walked(figures, 38)
    assert len(watch.told(seen, figures, 3.0, ROME, lambda *_: ())) == 2


def test_what_goes_on_for_more_than_two_weeks_is_how_somebody_lives_now() -> None:
    figures = known(night_bathroom_visits=[1.0, 2.0, 1.0, 0.0] * 7 + [8.0, 9.0, 8.0, 10.0] * 8)
    by_day = {one.day: one.rarity for one in walked(figures, 60) if one.pace is Pace.SUDDEN}
    assert by_day[DAY + 35 * ONE_DAY] > watch.SUDDEN
    assert by_day[DAY + 59 * ONE_DAY] < 2.0


def test_which_days_are_odd_goes_by_the_domain_and_what_showed_it() -> None:
    day = DAY + 10 * ONE_DAY
    sign = Sign("night_bathroom_visits", 3, 9.0, USUAL, 4.0)
    before = [
        DomainDay(Domain.NIGHT, DAY + 5 * ONE_DAY, (sign,), Pace.SUDDEN, 4.0),
        DomainDay(Domain.NIGHT, DAY + 8 * ONE_DAY, (sign,), Pace.SLOW, 4.0),
        DomainDay(Domain.KITCHEN, DAY + 8 * ONE_DAY, (sign._replace(kind="meals"),), Pace.SUDDEN, 3.4),
        DomainDay(Domain.NIGHT, day, (sign,), Pace.SUDDEN, 4.0),
    ]
    odd = watch.odd_days(before, day)
    assert set(odd) == set(SHOWN_BY[Domain.NIGHT])
    assert np.flatnonzero(odd["night_walking"][::-1]).tolist() == [5, 6, 7], "days ago"
