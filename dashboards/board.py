"""The board: every home the viewer may see, what it asks for, and why, in one plain sentence."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import alerts.reads
import analytics.contexts.reads
import registry.reads
from core.database import View
from core.translation import mark
from dashboards import wellbeing
from dashboards.concern import HIGH_SEVERITY, Concern, Limits, ranked
from dashboards.lines import COVERAGE_WITHIN, Line, Read, ask_signals, lines_of
from dashboards.reads import ask_last_signs
from dashboards.wording import Words

ALL = 100_000  # open alerts: a board that leaves one out would lie
LABELS = {
    Concern.ACT: mark("Act now"),
    Concern.LOOK: mark("Take a look"),
    Concern.UNKNOWN: mark("Not known"),
    Concern.USUAL: mark("Nothing to report"),
}
EMPTY = {
    Concern.ACT: mark("Nobody needs help right now, as far as we can see."),
    Concern.LOOK: mark("Nothing out of the ordinary."),
    Concern.UNKNOWN: mark("Every home can be seen."),
    Concern.USUAL: mark("No home."),
}
NEWS = timedelta(minutes=2)  # an alert that was opened since is shown at once, whatever it asks for
Groups = tuple[tuple[Concern, tuple[Line, ...]], ...]


class Board(NamedTuple):
    """All lines, the most pressing first, grouped by concern, and of how many alerts nobody is being told."""

    groups: Groups
    unnotified: int = 0

    def count(self, concern: Concern) -> int:
        """Return how many homes have this concern."""
        return len(dict(self.groups).get(concern, ()))

    @property
    def is_known(self) -> bool:
        """Whether the last day of every home could be judged, and was as usual."""
        return all(line.stand.tone is Concern.USUAL for _, lines in self.groups for line in lines)

    @property
    def unattended(self) -> int:
        """How many homes have a pressing alert that nobody has taken charge of."""
        return sum(
            1
            for concern, lines in self.groups
            for line in lines
            if concern is Concern.ACT and any(alert.taken_by is None for alert in line.alerts)
        )


class Rest(NamedTuple):
    """How the board is beside what is pressing: homes that need a look, that cannot be seen, and if all is known."""

    looks: int
    unseen: int
    is_known: bool


def load(view: View, now: datetime, words: Words, limits: Limits, only: Collection[int] | None = None) -> Board:
    """Return the board of everything the viewer may see; `only` some homes, and all that need somebody at once."""
    since, until = now - COVERAGE_WITHIN, now + timedelta(seconds=1)
    with view.connection.pipeline():
        homes = registry.reads.ask_homes(view, cared=True)
        persons = registry.reads.ask_inhabitants(view)
        opened = alerts.reads.ask_open_alerts(view, ALL)
        around = analytics.contexts.reads.ask_contexts_among(view, since, until, None)
        unnotified = alerts.reads.ask_unnotified(view)
        signals = ask_signals(view, now, None)
    # The database looks for what it takes longest to find while all of that is read.
    with view.connection.pipeline():
        stands, signs = wellbeing.ask_latest(view, now), ask_last_signs(view, now)
        read = Read(persons(), opened(), around(), stands)
        lines = lines_of(homes(), read, signals, signs, now, words, limits)
    if only is not None:
        lines = [line for line in lines if line.home_id in only or line.verdict.concern is Concern.ACT]
    return Board(_with_contacts(view, _grouped(lines)), unnotified())


class Pressing(NamedTuple):
    """What of a board must be there at once: homes that need somebody, and others of which an alert was just opened."""

    act: tuple[Line, ...]
    news: tuple[Line, ...]

    @property
    def unattended(self) -> int:
        """How many homes have a pressing alert that nobody has taken charge of."""
        return sum(any(alert.taken_by is None for alert in line.alerts) for line in self.act)


def pressing(view: View, now: datetime, words: Words, limits: Limits) -> Pressing:
    """Return what of the board of everything the viewer may see must be there at once."""
    opened = alerts.reads.pressing_alerts(view, HIGH_SEVERITY, now - NEWS)
    homes = registry.reads.seen_homes_of(view, {alert.home_id for alert in opened})
    ids = sorted(homes)
    persons = registry.reads.seen_persons_of(view, ids)
    since, until = now - COVERAGE_WITHIN, now + timedelta(seconds=1)
    with view.connection.pipeline():
        around = analytics.contexts.reads.ask_contexts_among(view, since, until, ids)
        signals, signs = ask_signals(view, now, ids), ask_last_signs(view, now, ids)
    # How the days stand orders those of which nothing is open.
    read = Read(persons, opened, around(), dict)
    lines = lines_of(list(homes.values()), read, signals, signs, now, words, limits)
    groups = dict(_with_contacts(view, _grouped(lines)))
    others = (line for concern in (Concern.LOOK, Concern.UNKNOWN) for line in groups[concern])
    return Pressing(groups[Concern.ACT], tuple(line for line in others if line.first is not None))


def _grouped(lines: Sequence[Line]) -> Groups:
    """Return lines by concern: those with an open alert in the order of triage, then the others by attention."""
    order = [line for _, _, line in ranked((line.verdict, line.sort_name, line) for line in lines)]
    order = [line for line in order if line.alerts] + by_attention(order)
    return tuple((concern, tuple(line for line in order if line.verdict.concern is concern)) for concern in Concern)


def _with_contacts(view: View, groups: Groups) -> Groups:
    """Return the same with whom to call first where somebody is needed at once: of these there are few."""
    needed = [line.home_id for line in dict(groups)[Concern.ACT]]
    if not needed:
        return groups
    contacts: dict[int, list[registry.reads.FirstContact]] = defaultdict(list)
    for one in registry.reads.seen_first_contacts(view, needed):
        contacts[one.home_id].append(one)
    return tuple(
        (concern, tuple(line._replace(contacts=tuple(contacts[line.home_id])) for line in lines))
        if concern is Concern.ACT
        else (concern, lines)
        for concern, lines in groups
    )


def by_attention(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that nothing is open of in the order in which they ask for somebody's attention."""
    return sorted((line for line in lines if not line.alerts), key=lambda line: line.stand.attention.key)


def with_alerts(groups: Groups) -> Groups:
    """Return the groups of a board without the homes that nothing is open of, and without groups that stay empty."""
    kept = ((concern, tuple(line for line in lines if line.alerts)) for concern, lines in groups)
    return tuple((concern, lines) for concern, lines in kept if lines or concern < Concern.UNKNOWN)


def announcement(board: Board, words: Words) -> str:
    """Return the board in a sentence or two: who needs somebody now, whether somebody is on it, what cannot be seen."""
    looks, unseen = board.count(Concern.LOOK), board.count(Concern.UNKNOWN)
    rest = Rest(looks, unseen, board.is_known)
    return announced(board.unattended, board.count(Concern.ACT), rest, words)


def announced(waiting: int, acting: int, rest: Rest, words: Words) -> str:
    """Return the same of how many homes wait for somebody and have a pressing alert, and how the rest is."""
    first = _who_needs_somebody(waiting, acting, rest, words)
    if not rest.unseen:
        return first
    homes = words.translations.ngettext("%(count)d home cannot be seen", "%(count)d homes cannot be seen", rest.unseen)
    return f"{first}. {homes % {'count': rest.unseen}}."


def _who_needs_somebody(waiting: int, acting: int, rest: Rest, words: Words) -> str:
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    if waiting:
        needed = ngettext("%(count)d home needs somebody now", "%(count)d homes need somebody now", waiting)
        return ", ".join((needed % {"count": waiting}, *_attended(acting - waiting, words)))
    if acting:
        return gettext("Somebody is in charge wherever it is urgent")
    if rest.looks:
        return gettext("Nothing urgent")
    if rest.unseen:
        return gettext("Nothing urgent, where we can see")
    return gettext("All as usual") if rest.is_known else gettext("Nothing to report")


def _attended(homes: int, words: Words) -> list[str]:
    """Return in how many more urgent homes somebody is in charge, where there are any."""
    said = words.translations.ngettext(
        "somebody is in charge of %(count)d more", "somebody is in charge of %(count)d more", homes
    )
    return [said % {"count": homes}] if homes else []
