"""Which parts of life could be judged, which are still learned, which nothing shows, and when a finding counts."""

from datetime import timedelta

import pytest

from analytics.change.domains import DOMAIN_OF, DOMAINS, Domain
from analytics.contexts.context import Context
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.parts import needed, parts_of
from analytics.wellbeing.state import Sight
from analytics.wellbeing.told import Told
from core.localtime import local_day
from tests.unit.analytics.wellbeing.stated import DAY, NOON, ROME, told

ONE_DAY = timedelta(days=1)
ALONE = Contexts([], ROME)
ALL = frozenset(DOMAIN_OF)


def before(days: int) -> list:
    return [DAY - ago * ONE_DAY for ago in range(1, days + 1)]


def sight_of(domain: Domain, *given, judged=()):
    return next(part for part in parts_of(DAY, *given[:2], judged, given[2]) if part.domain is domain)


def test_what_is_judged_on_a_day_takes_fifteen_days_before_it_or_as_many_weeks_as_it_looks_at() -> None:
    assert needed("night_bathroom_visits") == 14
    assert needed("hot_drinks") == 15
    assert needed("outings") == 20


@pytest.mark.parametrize(("known", "sight"), [(0, Sight.LEARNING), (14, Sight.LEARNING), (15, Sight.NOT_SEEN)])
def test_as_long_as_days_are_missing_it_is_learned(known: int, sight: Sight) -> None:
    one = sight_of(Domain.NIGHT, ALL, {"sleep_duration": before(known), "sleep_end": before(known // 2)}, ALONE)
    assert one.sight is sight
    assert (one.known, one.needed) == ((known, 15 if known else 14) if sight is Sight.LEARNING else (0, 0))


def test_the_day_itself_and_later_ones_teach_nothing_about_it() -> None:
    one = sight_of(Domain.NIGHT, ALL, {"sleep_duration": [DAY + n * ONE_DAY for n in range(20)]}, ALONE)
    assert (one.known, one.sight) == (0, Sight.LEARNING)


def test_without_a_sensor_nothing_is_learned_and_what_shows_it_is_named() -> None:
    shown_by = frozenset({"night_bathroom_visits", "activity"})
    parts = {part.domain: part for part in parts_of(DAY, shown_by, {}, {Domain.NIGHT}, ALONE)}
    assert list(parts) == list(DOMAINS)
    assert parts[Domain.NIGHT].sight is Sight.JUDGED
    assert parts[Domain.NIGHT].shown_by == ("night_bathroom_visits",)
    assert {domain for domain, part in parts.items() if part.sight is Sight.NO_SENSOR} == {
        Domain.KITCHEN, Domain.OUT, Domain.RHYTHM
    }  # fmt: skip


def test_a_context_is_named_for_what_it_excludes_and_only_for_that() -> None:
    visit = Contexts([Context(ContextKind.VISIT, NOON, NOON + timedelta(hours=20))], ROME)
    parts = {part.domain: part for part in parts_of(DAY, ALL, {}, {Domain.KITCHEN, Domain.OUT}, visit)}
    assert parts[Domain.NIGHT].sight is parts[Domain.MOVING].sight is Sight.CONTEXT
    assert parts[Domain.NIGHT].context is ContextKind.VISIT
    # Movement in the kitchen is excluded, meals are not: the part is judged, and the context named all the same.
    assert (parts[Domain.KITCHEN].sight, parts[Domain.KITCHEN].context) == (Sight.JUDGED, ContextKind.VISIT)
    assert parts[Domain.OUT].context is None


def test_a_finding_counts_on_the_days_it_touches_and_a_change_on_those_that_show_it() -> None:
    midnight = local_day(DAY + ONE_DAY, ROME).start
    until_midnight = Told(1, "stillness", 0.4, NOON, midnight)
    assert [until_midnight.counts_on(DAY + n * ONE_DAY, ROME) for n in (-1, 0, 1)] == [False, True, False]
    through_the_night = until_midnight._replace(ended_at=midnight + timedelta(hours=1))
    assert [through_the_night.counts_on(DAY + n * ONE_DAY, ROME) for n in (0, 1, 2)] == [True, True, False]
    instant = until_midnight._replace(started_at=midnight, ended_at=midnight)
    assert [instant.counts_on(DAY + n * ONE_DAY, ROME) for n in (0, 1)] == [False, True]
    slow = told(0.4, "outings", Domain.OUT)._replace(started_at=NOON - 14 * ONE_DAY, shown_on=(DAY, DAY + 2 * ONE_DAY))
    assert [slow.counts_on(DAY + n * ONE_DAY, ROME) for n in (-1, 0, 1, 2, 3)] == [False, True, True, True, False]
