"""Judges the rules on computed days of a home and stores what comes of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository as findings
from analytics.contexts.effect import Contexts
from analytics.contexts.judging import INSTANT, Silenced
from analytics.contexts.repository import put_silenced
from analytics.findings import Finding
from analytics.frames import Span, instant
from analytics.home_day import HomeDay
from analytics.repository import Home, Told
from analytics.rules import repository
from analytics.rules.catalogue import RULES
from analytics.rules.judging import judged
from analytics.rules.protocol import Mode, Past, Rule
from analytics.rules.standing import Standing
from core.localtime import Interval, local_day


def look(
    connection: Connection[DictRow],
    home: Home,
    computed: Sequence[HomeDay],
    known: Mapping[str, Standing],
    contexts: Contexts,
    now: datetime,
    *,
    heard: bool,
    told: Told | None = None,
    past: Past | None = None,
) -> int:
    """Judge the rules on days that follow each other; return how many findings are new, different or withdrawn.

    A rule that is off withdraws what it said of these days. `heard` says whether the home's gateway is heard now,
    `told` what is told already, and `past` what may be asked of earlier days, where that is known.
    """
    if not computed:
        return 0
    past = repository.past_of(connection, home) if past is None else past
    return sum(
        _look_at(
            connection,
            home,
            one,
            past,
            known,
            contexts,
            now,
            told,
            heard=heard or local_day(one.day, home.zone).end <= now,
        )
        for one in computed
    )


def _look_at(
    connection: Connection[DictRow],
    home: Home,
    one: HomeDay,
    past: Past,
    known: Mapping[str, Standing],
    contexts: Contexts,
    now: datetime,
    before: Told | None,
    *,
    heard: bool,
) -> int:
    changed = 0
    silenced: list[Silenced] = []
    looked = [
        (kind, _interval(rule.span(one.scene)))
        for rule in RULES.values()
        if known[rule.name].mode is Mode.OFF
        for kind in rule.kinds
    ]
    told: list[Finding] = []
    held: list[Finding] = []
    for rule, span, found in judged(one.scene, past, known, heard=heard):
        looked += [(kind, _interval(span)) for kind in rule.kinds]
        shown = []
        for each in found:
            because = contexts.excludes(each.kind, each.interval)
            if because is None:
                shown.append(each)
                continue
            silenced.append((each.kind, one.day, because))
            about = Interval(each.interval.start, each.interval.start + INSTANT)
            changed += findings.withdraw(connection, home.home_id, each.kind, about, [], now, because)
        held += shown
        told += _newest(connection, home, rule, shown)
    if before is None or before.silenced or silenced:
        put_silenced(connection, home, [kind for kind, _ in looked], (one.day, one.day), _once(silenced), now)
    changed += findings.put_findings(connection, home, told, now)
    if before is not None and not any(before.begins_since(kind, about.start) for kind, about in looked):
        return changed
    return changed + repository.withdraw_unmet(connection, home.home_id, looked, held, now)


def _once(silenced: Sequence[Silenced]) -> list[Silenced]:
    """Return what is kept back, of each kind and day one."""
    return list({(kind, day): (kind, day, because) for kind, day, because in silenced}.values())


def _newest(connection: Connection[DictRow], home: Home, rule: Rule, found: list[Finding]) -> list[Finding]:
    """Return the findings without those that are known, by a later day, to last longer than this day can tell."""
    if not found or not rule.lasting:
        return found
    end = max(each.interval.end for each in found)
    longer = repository.known_to_last(connection, home.home_id, rule.kinds, end)
    return [each for each in found if (each.kind, each.subject, each.interval.start) not in longer]


def _interval(span: Span) -> Interval:
    return Interval(instant(span.start), instant(span.end))
