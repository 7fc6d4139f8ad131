"""The contexts of a home in words and as a strip of days: what is asked, what is going on, what was."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import analytics.contexts.reads
import registry.reads
from analytics.contexts.context import Context, Standing
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import ABSENT, NAMES, ContextKind
from analytics.contexts.reads import Seen, Step
from analytics.contexts.wording import ANSWERS, QUESTIONS
from analytics.figures import name as indicator_name
from core.database import View
from core.localtime import day_of, local_day
from core.translation import mark
from dashboards.pictures.calendar import Bar, Strip, calendar_picture
from dashboards.wording import Words

BACK, AHEAD = 42, 14  # days on the strip
ASKED_FOR = timedelta(days=21)  # as long as a question about what is over is asked
LISTED = timedelta(days=120)

STANDINGS = {
    Standing.PROPOSED: mark("the system thinks so; nobody has answered yet"),
    Standing.ENTERED: mark("entered"),
    Standing.CONFIRMED: mark("confirmed"),
    Standing.REFUSED: mark("refused: it has no effect"),
}
STEPS = {
    "proposed": mark("proposed by the system"),
    "restated": mark("seen more clearly by the system"),
    "withdrawn": mark("taken back"),
    "entered": mark("entered"),
    "confirmed": mark("confirmed"),
    "refused": mark("refused"),
    "ended": mark("ended"),
    "corrected": mark("corrected"),
}


class Answer(NamedTuple):
    """An answer that one tap gives: the kind of context it means, and its words."""

    kind: str
    label: str


class ContextView(NamedTuple):
    """A context as the page shows it. `question` is "" where nothing is asked; `fields` are what a form begins with."""

    public_id: UUID
    kind: ContextKind
    name: str
    period: str
    standing: str
    why: str
    note: str
    question: str
    answers: tuple[Answer, ...]
    is_open: bool
    is_refused: bool
    is_proposed_by_us: bool
    acts: bool
    history: tuple[str, ...]
    starts: str
    ends: str


class Shown(NamedTuple):
    """What the pages show of the contexts of a home: questions first, then what is going on or to come, then the past.

    `picture` has a lane for each of `lanes` and is "" where there is none. `kept_back` is what a context kept from
    being told. `is_away` is the open context for which nobody should be at home (None: there is none), `effect` what
    all of them do to the judgement.
    """

    questions: tuple[ContextView, ...]
    current: tuple[ContextView, ...]
    earlier: tuple[ContextView, ...]
    picture: str
    lanes: tuple[str, ...]
    kept_back: tuple[str, ...]
    may_act: bool
    is_away: ContextView | None
    effect: Contexts


def listed(view: View, home: registry.reads.Home, now: datetime) -> list[Seen]:
    """Return the contexts of a home that its pages list."""
    return analytics.contexts.reads.contexts(view, now - LISTED, now + LISTED, home.home_id)


def load(view: View, home: registry.reads.Home, found: Sequence[Seen], now: datetime, words: Words) -> Shown:
    """Return what the pages show of the contexts of a home that were `found`."""
    today = day_of(now, home.zone)
    first = today - timedelta(days=BACK)
    steps = analytics.contexts.reads.history(view, home.home_id)
    silenced = analytics.contexts.reads.silenced(view, home.home_id, first, today)
    shown = [_view(one, [step for step in steps if step.public_id == one.public_id], home, now, words) for one in found]
    pairs = list(zip(found, shown, strict=True))
    current = [two for one, two in pairs if not two.question and not two.is_refused and one.context.interval.end > now]
    return Shown(
        tuple(two for _, two in pairs if two.question),
        tuple(current),
        tuple(two for _, two in pairs if not two.question and two not in current),
        *_strip(found, first, home, now, words),
        tuple(_kept_back(row["kind"], row["day"], ContextKind(row["context_kind"]), words) for row in silenced),
        analytics.contexts.reads.may_act(view, home.home_id),
        next((two for two in current if two.kind in ABSENT and two.is_open), None),
        Contexts([one.context for one in found], home.zone),
    )


def effect(view: View, home: registry.reads.Home, now: datetime, back: timedelta = LISTED) -> Contexts:
    """Return what the contexts of a home do to its judgement, of those that touch the time from `back` ago on."""
    found = analytics.contexts.reads.contexts(view, now - back, now + LISTED, home.home_id)
    return Contexts([one.context for one in found], home.zone)


def going_on(found: Sequence[Seen], home: registry.reads.Home, now: datetime) -> Context | None:
    """Return the context that keeps a home from being judged as usual at an instant; None if none does."""
    if not found:
        return None
    contexts = Contexts([one.context for one in found if one.home_id == home.home_id], home.zone)
    return contexts.going_on(now)


def not_judged(context: Context, home: registry.reads.Home, now: datetime, words: Words) -> str:
    """Return in a sentence that a home is not judged as usual, and why."""
    said = {"what": words.say(NAMES[context.kind]), "since": words.moment(context.start, home.zone, now)}
    if context.standing is Standing.PROPOSED:
        return (
            words.translations.gettext(
                "Not judged as usual since %(since)s: %(what)s, as it seems. Nobody has answered yet."
            )
            % said
        )
    return words.translations.gettext("Not judged as usual since %(since)s: %(what)s.") % said


def _view(one: Seen, steps: Sequence[Step], home: registry.reads.Home, now: datetime, words: Words) -> ContextView:
    context, kind = one.context, one.context.kind
    asked = context.standing is Standing.PROPOSED and kind in QUESTIONS and context.interval.end > now - ASKED_FOR
    return ContextView(
        one.public_id,
        kind,
        words.say(NAMES[kind]),
        _period(context, home, now, words),
        words.say(STANDINGS.get(context.standing, "")),
        one.why.get(words.language, ""),
        one.note,
        words.say(QUESTIONS[kind]) if asked else "",
        tuple(Answer(answer, words.say(label)) for answer, label in ANSWERS.get(kind, ())),
        context.start <= now < context.interval.end,
        context.standing is Standing.REFUSED,
        bool(one.detector),
        context.acts,
        tuple(_step(step, home, now, words) for step in steps if step.action != "restated"),
        _field(context.start, home),
        "" if context.end is None else _field(context.end, home),
    )


def _period(context: Context, home: registry.reads.Home, now: datetime, words: Words) -> str:
    gettext = words.translations.gettext
    said = {"start": words.moment(context.start, home.zone, now)}
    if context.end is None:
        text = gettext("since %(start)s") if context.start <= now else gettext("from %(start)s on")
        return text % said
    said["end"] = words.moment(context.end, home.zone, now)
    return gettext("%(start)s to %(end)s") % said


def _step(step: Step, home: registry.reads.Home, now: datetime, words: Words) -> str:
    when, what = words.moment(step.at, home.zone, now), words.say(STEPS[step.action])
    said = {"when": when, "what": what, "who": step.account_name}
    gettext = words.translations.gettext
    return (gettext("%(when)s: %(what)s, %(who)s") if step.account_name else gettext("%(when)s: %(what)s")) % said


def _kept_back(kind: str, day: date, context: ContextKind, words: Words) -> str:
    return words.translations.gettext("%(day)s: %(what)s (%(why)s)") % {
        "day": words.short_day(day),
        "what": indicator_name(kind, words.language),
        "why": words.say(NAMES[context]),
    }


def _field(at: datetime, home: registry.reads.Home) -> str:
    """Return an instant as a field for a local date and time holds it."""
    return at.astimezone(home.zone).strftime("%Y-%m-%dT%H:%M")


def _strip(
    found: Sequence[Seen], first: date, home: registry.reads.Home, now: datetime, words: Words
) -> tuple[str, tuple[str, ...]]:
    """Return the strip and the names of its lanes; nothing where there is no context."""
    days = BACK + AHEAD
    start, end = local_day(first, home.zone).start, local_day(first + timedelta(days=days), home.zone).start

    def place(at: datetime) -> float:
        return max(0.0, min(1.0, (at - start) / (end - start)))

    shown = [
        one
        for one in sorted(found, key=lambda one: one.context.start)
        if one.context.standing is not Standing.REFUSED and one.context.interval.end > start and one.context.start < end
    ]
    kinds = list(dict.fromkeys(one.context.kind for one in shown))
    bars = [
        Bar(
            kinds.index(one.context.kind),
            place(one.context.start),
            place(now if one.context.end is None and one.context.start <= now else one.context.interval.end),
            "asked" if one.context.standing is Standing.PROPOSED else "said",
        )
        for one in shown
    ]
    told = [f"{words.say(NAMES[one.context.kind])}: {_period(one.context, home, now, words)}" for one in shown]
    named = [(day, words.short_day(first + timedelta(days=day))) for day in range(0, days, 14)]
    picture = calendar_picture(
        Strip(first, days, place(now), named),
        len(kinds),
        bars,
        title=words.translations.gettext("The last six weeks and the next two"),
        description="; ".join(told),
    )
    return (picture, tuple(words.say(NAMES[kind]) for kind in kinds)) if kinds else ("", ())
