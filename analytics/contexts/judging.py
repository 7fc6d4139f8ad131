"""How the judgement of a home and its contexts meet: what is proposed, what is kept back, what is judged again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository as analysis
from analytics.baseline import REACH
from analytics.contexts import absence, repository
from analytics.contexts.context import Context
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import NOTHING, Changes, Proposal, reconcile
from analytics.contexts.propose import DETECTORS, LOOK_BACK, propose
from analytics.findings import Verdict
from analytics.home_day import HomeDay
from analytics.indicators import INDICATORS
from analytics.repository import Home
from analytics.together import Together
from core.localtime import Interval, day_of, local_day
from core.places import RoomKind
from registry import reads as registry

INSTANT = timedelta(microseconds=1)

# Kind and day of a finding that is kept back, and the context for which.
Silenced = tuple[str, date, ContextKind]
LOOK_EVERY = timedelta(hours=1)


def contexts_of(connection: Connection[DictRow], home: Home, since: date) -> Contexts:
    """Return the contexts of a home that matter to whoever judges days from `since` on."""
    return contexts_together(Together(connection, [home.home_id]), home, since)


def contexts_together(together: Together, home: Home, since: date) -> Contexts:
    """Return the same of one of several homes."""
    start = known_from(home, since)
    known = together.of(home.home_id, repository.known_of_homes, start)
    return Contexts([*(one.context for one in known), *_pauses(together, home, start)], home.zone)


def known_from(home: Home, since: date) -> datetime:
    """Return from when on contexts matter to whoever judges days from `since` on."""
    return local_day(since - REACH, home.zone).start - timedelta(days=8)


def rests_of(together: Together, home: Home, start: datetime) -> list[Interval]:
    """Return when nothing of a home is looked at or recorded, as far as it reaches beyond an instant."""
    return together.of(home.home_id, _unwatched, start)


def _pauses(together: Together, home: Home, start: datetime) -> list[Context]:
    return [Context(ContextKind.PAUSED, *interval) for interval in rests_of(together, home, start)]


def _is_only_unrecorded(one: Proposal, rests: Sequence[Interval]) -> bool:
    """Tell whether nobody moved in the time of a proposal because nothing was recorded."""
    start, end = one.interval
    return one.detector == absence.NAME and any(rest.start < end and start < rest.end for rest in rests)


def _unwatched(connection: Connection[DictRow], homes: Sequence[int], start: datetime) -> dict[int, list[Interval]]:
    found = registry.unwatched(connection, homes, start)
    return {home_id: found.get(home_id, []) for home_id in homes}


def take_in(
    together: Together,
    home: Home,
    computed: Sequence[HomeDay],
    lasting: Sequence[HomeDay],
    now: datetime,
    *,
    is_over: bool,
    again: bool,
) -> Changes:
    """Store the traces of the `lasting` ones of computed days and, once an hour, what the system proposes by all.

    It does so at once where a day turns out to be over (`is_over`), or was another one than it seemed; other looks are
    taken with the day that goes on, or where stored history is computed `again`. The home is due to be judged again
    from the first day on that has another context now.
    """
    connection = together.connection
    repository.put_traces(connection, home, [one.traces for one in lasting])
    last, today = max(one.day for one in computed), day_of(now, home.zone)
    if last < today and not is_over and not again:
        return NOTHING
    looked_at, lately = together.of(home.home_id, repository.looked_at), now if is_over else now - LOOK_EVERY
    if looked_at is not None and looked_at > lately:
        return NOTHING
    if not repository.take_look(connection, home.home_id, now, lately):
        return NOTHING
    if not again:  # what a late day tells does not take back what days after it told
        last = max(last, today)
    first = last - LOOK_BACK
    traces = repository.traces_of(connection, home.home_id, first, last)
    traces |= {one.day: one.traces for one in computed}
    looked_back_to = local_day(min(traces, default=first), home.zone).start
    known = repository.known(connection, home.home_id, looked_back_to - LOOK_BACK)
    rooms = registry.rooms_of_home(connection, home.home_id)
    bathrooms = frozenset(room.room_id for room in rooms if room.kind == RoomKind.BATHROOM)
    rests = rests_of(together, home, looked_back_to - LOOK_BACK)
    said = [one.context for one in known] + _pauses(together, home, looked_back_to - LOOK_BACK)
    proposals = [one for one in propose(traces, home.zone, said, bathrooms) if not _is_only_unrecorded(one, rests)]
    changes = reconcile(known, proposals, looked_back_to, DETECTORS)
    if changes.any:
        repository.store(connection, home, changes, now)
        together.forget(repository.known_of_homes)
        repository.judge_again(connection, home.home_id, changes.since(known), now)
    return changes


def due_since(connection: Connection[DictRow], home: Home, now: datetime) -> date | None:
    """Return from which local day on a home is to be judged again; None if it is not. It is not due any more then."""
    since = repository.take_due(connection, home.home_id, now)
    # A night, and what looks back over a week, reach to days before.
    return None if since is None else day_of(since, home.zone) - timedelta(days=1)


def keep_back(contexts: Contexts, verdicts: Sequence[Verdict], zone: ZoneInfo) -> tuple[list[Verdict], list[Silenced]]:
    """Return verdicts without the findings that a context keeps back, and kind, day and context of those."""
    if not contexts.acting:
        return list(verdicts), []
    shown, silenced = [], []
    for verdict in verdicts:
        because = contexts.excludes(verdict.kind, INDICATORS[verdict.kind].interval(verdict.day, zone))
        if verdict.finding is not None and because is not None:
            silenced.append((verdict.kind, verdict.day, because))
        shown.append(verdict if because is None else verdict._replace(finding=None))
    return shown, silenced


def withdraw_excluded(
    connection: Connection[DictRow], home: Home, contexts: Contexts, verdicts: Sequence[Verdict], now: datetime
) -> int:
    """Withdraw findings that were told before their context was known, with that reason; return how many."""
    if not contexts.acting:
        return 0
    changed = 0
    for verdict in verdicts:
        interval = INDICATORS[verdict.kind].interval(verdict.day, home.zone)
        because = contexts.excludes(verdict.kind, interval)
        if because is not None:
            about = Interval(interval.start, interval.start + INSTANT)
            changed += analysis.withdraw(connection, home.home_id, verdict.kind, about, [], now, because)
    return changed


def withdraw_explained(
    connection: Connection[DictRow], home: Home, contexts: Contexts, since: date, now: datetime
) -> int:
    """Withdraw what any detector has told that a context explains now, with that reason; return how many."""
    if not contexts.acting:
        return 0
    changed = 0
    for kind, interval in repository.wellbeing_findings(connection, home.home_id, local_day(since, home.zone).start):
        because = contexts.excludes(kind, interval)
        if because is not None:
            about = Interval(interval.start, interval.start + INSTANT)
            changed += analysis.withdraw(connection, home.home_id, kind, about, [], now, because)
    return changed
