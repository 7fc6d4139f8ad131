"""Computes days of a home from what is stored and stores what comes of them.

All of it happens in the transaction of the connection that is passed in, so that a day is computed or not: nothing
in between is ever seen.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import baseline, findings, keeping, repository, technical, test_alarms
from analytics.change import judging as changes
from analytics.contexts import judging
from analytics.contexts.effect import Contexts
from analytics.contexts.repository import put_silenced
from analytics.detectors.sudden import LIMIT
from analytics.digests.digest import Digest
from analytics.digests.repository import of_day
from analytics.episodes.repository import replace_episodes
from analytics.findings import Verdict
from analytics.frames import Episode, Span, instant, micros, readings_columns, span
from analytics.home_day import HomeDay, compute, reading_window
from analytics.indicators import INDICATORS, OF_DAYS
from analytics.layout import layout_of
from analytics.learned import of_home as learned
from analytics.measuring import values_of_days
from analytics.memory import Memory
from analytics.profiles import repository as profiles
from analytics.recent import Recent
from analytics.repository import Home, Told
from analytics.rules import looking
from analytics.rules.repository import past_of, standings_of, standings_of_homes, visits_of_homes
from analytics.rules.standing import Standing, SuddenSettings, held
from analytics.silence.blind import blind
from analytics.stillness.of_home import judge_stillness
from analytics.together import Together
from analytics.watch.repository import told_silences
from analytics.wellbeing import judging as wellbeing
from core.localtime import Interval, day_of, local_day
from devices import reads as devices
from ingest import reads as ingest

ONE_DAY = timedelta(days=1)
SLICE = 31  # days that are computed at once at most
HEARD_WITHIN = timedelta(minutes=5)  # gateways speak once a minute


def analyse_days(
    connection: Connection[DictRow],
    home: Home,
    days: Sequence[date],
    now: datetime,
    *,
    again: bool = True,
    recent: Recent | None = None,
) -> int:
    """Compute `days` (in order) of a home and judge them, and later ones that they are the past of.

    Return how many findings are new, different or withdrawn; whoever listens is told if there are any. What is not
    known at `now`, or lies after the noon that ends the night of a day, does not enter into that day.
    With `again`, days of which nothing is different are judged as well, and the home where it is due for its contexts
    or settings; what is computed here may make it due in any case. `recent` is what is remembered of its readings.
    """
    together = Together(connection, [home.home_id])
    told = together.of(home.home_id, repository.told_of_homes)
    changed, proposed = 0, False
    for run in _runs(days):
        computed = _computed(together, home, run, now, recent)
        replace_episodes(connection, computed.begun)
        # What one day tells another may withdraw: it is known beforehand only of a day that is alone.
        ran = _judged(together, computed, now, told if len(days) == 1 else None, again=again)
        changed += ran.changed
        proposed |= ran.proposed
    return _concluded(together, home, days, now, told, _Ran(changed, proposed), again=again)


def analyse_together(
    connection: Connection[DictRow], homes: Mapping[Home, date], now: datetime, recent: Recent | None = None
) -> int:
    """Compute one day of each of several homes, as `analyse_days` does; return how many findings have changed.

    For days that are computed on every day: most of what that takes is to ask, and is asked for all homes at once.
    """
    together = Together(connection, [home.home_id for home in homes])
    if recent is not None:
        recent.follow(connection, now)
    computed = [_computed(together, home, [day], now, recent) for home, day in homes.items()]
    replace_episodes(connection, {home: begun for one in computed for home, begun in one.begun.items()})
    changed = 0
    for one in computed:
        told = together.of(one.home.home_id, repository.told_of_homes)
        ran = _judged(together, one, now, told, again=False)
        changed += _concluded(together, one.home, one.asked, now, told, ran, again=False)
    return changed


def judge_again(connection: Connection[DictRow], home: Home, now: datetime) -> int:
    """Judge the days of a home again whose contexts or settings have changed; return how many findings have.

    Changes of today as well: what is there of its figures may have been judged by what was set before.
    """
    since = judging.due_since(connection, home, now)
    if since is None:
        return 0
    today = day_of(now, home.zone)
    days = [since + number * ONE_DAY for number in range((today - since).days)]
    evidence = _Evidence(connection, home.home_id, {})
    every = {(kind, day) for kind in INDICATORS for day in days}
    known = _Known(judging.contexts_of(connection, home, since), standings_of(connection, home))
    changed = judging.withdraw_explained(connection, home, known.contexts, since, now)
    if days:
        changed += _judge(connection, home, days, every, evidence, known, now)
    every |= {(kind, today) for kind in INDICATORS}
    changed += changes.judge(connection, home, ((), every), evidence.of, known.standings, known.contexts, now)
    for first in range(0, len(days), SLICE):
        computed = computed_days(connection, home, days[first : first + SLICE], now)
        changed += looking.look(connection, home, computed, known.standings, known.contexts, now, heard=True)
    wellbeing.state_days(connection, home, days, now, changed=changed > 0)
    return changed


class _Computed(NamedTuple):
    """What came of the days of a home that were `asked` for.

    Of those that are not among the `lasting`, what later days ask of them was stored lately. `digest` is what the days
    before tell of the one day, where that was kept.
    """

    home: Home
    asked: Sequence[date]
    days: list[HomeDay]
    lasting: list[HomeDay]
    digest: Digest | None

    @property
    def interval(self) -> Interval:
        """From when to when the days last."""
        zone = self.home.zone
        return Interval(local_day(self.asked[0], zone).start, local_day(self.asked[-1], zone).end)

    @property
    def begun(self) -> dict[Home, tuple[Interval, list[Episode]]]:
        """The episodes that begin on the days, if anything is known of them."""
        return {self.home: (self.interval, [e for one in self.days for e in one.episodes])} if self.days else {}


class _Ran(NamedTuple):
    """How many findings changed, and whether contexts did."""

    changed: int
    proposed: bool


def _runs(days: Sequence[date]) -> Iterator[list[date]]:
    run: list[date] = []
    for day in days:
        if run and day != run[-1] + ONE_DAY:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _computed(together: Together, home: Home, days: Sequence[date], now: datetime, recent: Recent | None) -> _Computed:
    """Compute days that follow each other; of a single one, by what was digested of those before it."""
    known = together.of(home.home_id, of_day, days[0])
    digest = keeping.digest_of(together.connection, home, days[0], known.digest, now) if len(days) == 1 else None
    before = repository.memory_of(together.connection, home.home_id, days[0]) if digest is None else digest
    computed = _days_of(together, home, days, now, before, recent)
    lasting = [one for one in computed if not keeping.is_kept(one, known.kept_at, home, now)]
    return _Computed(home, days, computed, lasting, digest)


def _judged(together: Together, done: _Computed, now: datetime, told: Told | None, *, again: bool) -> "_Ran":
    """Store what came of days but for their episodes, and judge them; `told` is what is told of the home, if known."""
    home, days, computed = done.home, done.asked, done.days
    if not computed:
        return _Ran(0, proposed=False)
    connection = together.connection
    keeping.keep(connection, home, done.lasting)
    restated = repository.put_values(connection, home, [v for one in computed for v in one.values], now)
    different = profiles.put_profiles(connection, home, [one.profile for one in computed if one.profile is not None])
    restated |= _several_days(connection, home, computed, different, now)
    proposed = judging.take_in(together, home, computed, done.lasting, now, is_over=bool(different), again=again)
    evidence = _Evidence(connection, home.home_id, {one.day: one.evidence for one in computed})
    since = min(days[0], *(day for _, day in restated)) if restated else days[0]
    known = _Known(
        judging.contexts_together(together, home, since),
        together.of(home.home_id, standings_of_homes, home.organisation_id),
    )
    heard = together.of(home.home_id, ingest.homes_heard, now - HEARD_WITHIN)
    past = past_of(connection, home, together.of(home.home_id, visits_of_homes), done.digest)
    about = days if again else ()
    rests = judging.rests_of(together, home, judging.known_from(home, since))
    changed = (
        _judge(connection, home, days, restated, evidence, known, now, told)
        + changes.judge(connection, home, (about, restated), evidence.of, known.standings, known.contexts, now)
        + looking.look(
            connection, home, computed, known.standings, known.contexts, now, heard=heard, told=told, past=past
        )
        + learned.judge(connection, home, {*different, *about}, known.standings, known.contexts, now)
        + judge_stillness(together, home, computed, known.standings, known.contexts, now, heard=heard, told=told)
        + technical.silences(connection, home, computed, done.interval, now, told, rests)
        + technical.silent_sensors(connection, home, computed, done.interval, now, told, rests)
    )
    return _Ran(changed, proposed.any)


def _concluded(
    together: Together, home: Home, days: Sequence[date], now: datetime, told: Told, ran: "_Ran", *, again: bool
) -> int:
    """Do what is done once when days of a home have been judged; return how many findings have changed in all."""
    connection, changed = together.connection, ran.changed
    changed += judge_again(connection, home, now) if again or ran.proposed else 0
    changed += technical.floods(together, home, local_day(min(days) - ONE_DAY, home.zone).start, now) if days else 0
    changed += test_alarms.check(together, home, now, told)
    wellbeing.state_days(connection, home, days, now, changed=changed > 0)
    if changed:
        repository.tell_finding(connection)
    return changed


def _several_days(
    connection: Connection[DictRow],
    home: Home,
    computed: Sequence[HomeDay],
    changed: Collection[date],
    now: datetime,
) -> set[tuple[str, date]]:
    """Restate what looks back on days that are over, also later where their profiles have `changed`."""
    over = [one.profile for one in computed if one.profile is not None]
    if not over:
        return set()
    reach = max(indicator.days for indicator in OF_DAYS.values()) - 1
    touched = {one.day for one in over} | {day + ahead * ONE_DAY for day in changed for ahead in range(reach + 1)}
    known = profiles.profiles_of(connection, home.home_id, min(touched) - reach * ONE_DAY, max(touched))
    values = [v for day in sorted(touched & known.keys()) for v in values_of_days(day, known)]
    return repository.put_values(connection, home, values, now)


def computed_days(connection: Connection[DictRow], home: Home, days: Sequence[date], now: datetime) -> list[HomeDay]:
    """Return what days that follow each other come to by what is stored, and store nothing."""
    memory = repository.memory_of(connection, home.home_id, days[0])
    return _days_of(Together(connection, [home.home_id]), home, days, now, memory)


def _days_of(
    together: Together,
    home: Home,
    days: Sequence[date],
    now: datetime,
    before: Memory | Digest,
    recent: Recent | None = None,
) -> list[HomeDay]:
    """Return what days that follow each other come to; they enter into what is known of the days `before`."""
    windows = [reading_window(day, home.zone, now) for day in days]
    start, end = instant(windows[0].start), instant(max(window.end for window in windows))
    sensors = together.of(home.home_id, devices.sensors_of_homes, start, end)
    if not sensors or start >= end:
        return []
    readings = (
        readings_columns(ingest.readings_of_home(together.connection, home.home_id, start, end))
        if recent is None
        else recent.readings(together.connection, home.home_id, start, end, now)
    )
    sensed = layout_of(tuple(sensors))
    told = together.of(home.home_id, told_silences, start)
    rests = [
        Span(micros(each.start), min(micros(each.end), micros(now))) for each in judging.rests_of(together, home, start)
    ]
    without_sight = blind((one.verdict for one in told), micros(now))._replace(rests=rests)
    found = []
    for day, window in zip(days, windows, strict=True):
        past = before.before(day)
        silent_so_far = not len(readings.at) or readings.at[0] >= window.end
        if past.last_at is None and silent_so_far:
            continue  # the home has never spoken yet: nothing is missing
        one = compute(day, home.zone, sensed, readings, past, now, without_sight)
        before.keep_day(one)
        found.append(one)
    return found


class _Known(NamedTuple):
    """What is known besides the figures: what is going on at the home, and what detectors are set to."""

    contexts: Contexts
    standings: Mapping[str, Standing]


class _Evidence(NamedTuple):
    """The episodes that findings rest on: of the days just computed, else as stored."""

    connection: Connection[DictRow]
    home_id: int
    computed: dict[date, list[Episode]]

    def of(self, day: date, interval: Interval) -> list[Episode]:
        """Return the episodes that touch the interval of a day."""
        if day not in self.computed:
            return repository.episodes_of_home(self.connection, self.home_id, interval)
        within = span(interval)
        return [e for e in self.computed[day] if e.start < within.end and e.end >= within.start]


def _judge(
    connection: Connection[DictRow],
    home: Home,
    days: Sequence[date],
    restated: Collection[tuple[str, date]],
    evidence: _Evidence,
    known: _Known,
    now: datetime,
    told: Told | None = None,
) -> int:
    """Judge `days`, days whose indicators were restated, and the days after them that have them in their past.

    Of an indicator that raises no findings only the usual range is worked out, and only where it was restated.
    """
    touched = {*days, *(day for _, day in restated)}
    first, last = min(touched), max(touched) + baseline.REACH
    changed = 0
    kinds = {kind for kind, _ in restated} | {kind for kind, indicator in INDICATORS.items() if indicator.judged}
    if not kinds:
        return 0
    histories = repository.history(connection, home.home_id, kinds, first - baseline.REACH, last)
    contexts = known.contexts
    silenced: list[judging.Silenced] = []
    every: list[Verdict] = []
    for kind, history in histories.items():
        window = INDICATORS[kind].interval
        judged = [
            findings.judge(
                kind,
                day,
                contexts.comparable(kind, day, history, window),
                evidence.of,
                home.zone,
                _limit(kind, known.standings),
            )
            for day in history["day"]
            if day >= first
        ]
        verdicts, kept_back = judging.keep_back(contexts, judged, home.zone)
        silenced += kept_back
        every += verdicts
        if INDICATORS[kind].judged:
            changed += _store(connection, home, kind, verdicts, known, now)
    repository.put_verdicts(connection, home, every)
    judged_kinds = [kind for kind in histories if INDICATORS[kind].judged]
    if judged_kinds and (told is None or told.silenced or silenced):
        put_silenced(connection, home, judged_kinds, (first, last), silenced, now)
    return changed


def _limit(kind: str, standings: Mapping[str, Standing]) -> float:
    standing = standings.get(kind)
    return float(standing.settings.limit) if standing and isinstance(standing.settings, SuddenSettings) else LIMIT


def _store(
    connection: Connection[DictRow],
    home: Home,
    kind: str,
    verdicts: Sequence[Verdict],
    known: _Known,
    now: datetime,
) -> int:
    """Store the findings among `verdicts` and withdraw the others."""
    if not verdicts:
        return 0
    excluded = judging.withdraw_excluded(connection, home, known.contexts, verdicts, now)
    stand_out = held((verdict.finding for verdict in verdicts if verdict.finding is not None), known.standings)
    indicator = INDICATORS[kind]
    about = Interval(
        indicator.interval(verdicts[0].day, home.zone).start, indicator.interval(verdicts[-1].day, home.zone).end
    )
    starts = [finding.interval.start for finding in stand_out]
    return (
        excluded
        + repository.put_findings(connection, home, stand_out, now)
        + repository.withdraw(connection, home.home_id, kind, about, starts, now)
    )
