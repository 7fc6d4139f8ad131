"""How homes stand, as the pages show it: in a few words on the board, as a strip of four weeks on the person's page."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import analytics.wellbeing.reads
import registry.reads
from alerts.lifecycle import Family
from alerts.wording import title
from analytics.baseline import LEAST_DAYS
from analytics.figures import Tongue
from analytics.wellbeing import wording
from analytics.wellbeing.attention import WEEK, Attention, Known, Rank, attention
from analytics.wellbeing.reads import Latest
from analytics.wellbeing.state import DayState, Sight, State
from core.database import Answer, View
from core.localtime import day_of
from dashboards.concern import Concern
from dashboards.pictures.states import Column, states_picture
from dashboards.wording import Words

DAYS = 28
TONES = {
    State.GREEN: Concern.USUAL,
    State.YELLOW: Concern.LOOK,
    State.RED: Concern.ACT,
    State.UNKNOWN: Concern.UNKNOWN,
}
# What the columns of the strip mean, the gravest first.
KEY = ((Concern.ACT, wording.STATES[State.RED]), (Concern.LOOK, wording.STATES[State.YELLOW]),
       (Concern.UNKNOWN, wording.STATES[State.UNKNOWN]), (Concern.USUAL, wording.STATES[State.GREEN]))  # fmt: skip
TONE_OF_RANK = {Rank.RED: Concern.ACT, Rank.YELLOW: Concern.LOOK, Rank.GREEN: Concern.USUAL}


class Stand(NamedTuple):
    """How a home stands, in a line: the day and what it came to, what else asks for a look, how far learning is."""

    attention: Attention
    tone: Concern
    said: str


class Row(NamedTuple):
    """One day in the table behind the strip."""

    day: str
    state: str
    sentence: str
    coverage: str


class Stands(NamedTuple):
    """How the days of a home stand: the last in a word and in a sentence, four weeks as picture and table.

    `parts` are the parts of life that the sensors show, each with whether it is judged, `never` what none of them
    shows.
    """

    last: str
    sentence: str
    tone: Concern
    picture: str
    rows: tuple[Row, ...]
    learning: str
    parts: tuple[tuple[str, str, bool], ...]
    never: tuple[str, ...]


def ask_latest(view: View, now: datetime, home_id: int | None = None) -> Answer[dict[int, Latest]]:
    """Ask how the homes that the viewer may see stand: by the last day of the last week and a day."""
    return analytics.wellbeing.reads.ask_latest(view, (now - timedelta(days=WEEK + 1)).date(), home_id)


def stand(found: Latest, zone: ZoneInfo, now: datetime, words: Words, *, is_blind: bool, untaken: int) -> Stand:
    """Return how a home stands, and what puts it before others that nothing is open of."""
    return _stand(found.known, found.silent, day_of(now, zone), words, is_blind, untaken)


# A board of a thousand homes says every quarter of a minute what changes once a day.
@lru_cache(maxsize=8192)
def _stand(known: Known | None, silent: int, today: date, words: Words, is_blind: bool, untaken: int) -> Stand:
    asks = attention(known, today, is_blind=is_blind, untaken=untaken, silent=silent)
    tongue = Tongue.of(words.language)
    if known is None:
        day, learning = words.translations.gettext("No day of the last week could be judged."), _not_begun(tongue)
    else:
        brief = wording.brief(known.last, tongue, _name_of(words))
        day = f"{words.short_day(known.last.day)}: {brief}"
        learning = wording.learning(known.last.parts, tongue)
    said = ", ".join([day.rstrip("."), *wording.why_look(asks, tongue)]) + "."
    if learning and learning not in said:
        said = f"{said} {learning}"
    return Stand(asks, TONE_OF_RANK.get(asks.rank, Concern.UNKNOWN), said)


def is_untold(found: Latest) -> bool:
    """Tell whether the last day stands out as a whole, and nothing of it was told."""
    if found.known is None:
        return False
    last = found.known.last
    return last.state in (State.RED, State.YELLOW) and all(each.finding_id is None for each in last.contributions)


def _not_begun(tongue: Tongue) -> str:
    return tongue.t.gettext("Nothing is known yet of what is usual: it takes %(needed)d days.") % {"needed": LEAST_DAYS}


def _name_of(words: Words) -> wording.NameOf:
    return lambda kind: title(kind, Family.WELLBEING, words.language)


def load(view: View, home: registry.reads.Home, now: datetime, words: Words) -> Stands:
    """Return how the last four weeks of a home stand; today is not over and stands elsewhere."""
    last = day_of(now, home.zone) - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    found = {one.day: one for one in analytics.wellbeing.reads.days(view, home.home_id, first, last)}
    days = [first + timedelta(days=ahead) for ahead in range(DAYS)]
    tongue, name_of, gettext = Tongue.of(words.language), _name_of(words), words.translations.gettext
    latest_day = found[max(found)] if found else None
    if latest_day is None:
        said = gettext("No day of the last four weeks could be judged.")
        return Stands(said, "", Concern.UNKNOWN, "", (), _not_begun(tongue), (), ())
    sentence = wording.sentence(latest_day, tongue, name_of)
    return Stands(
        f"{words.day(latest_day.day)}: {words.say(wording.STATES[latest_day.state])}",
        sentence,
        TONES[latest_day.state],
        _picture(days, found, f"{words.day(latest_day.day)}: {sentence}", words),
        tuple(_row(day, found.get(day), words, tongue, name_of) for day in reversed(days) if day >= min(found)),
        wording.learning(latest_day.parts, tongue),
        tuple(
            (name, sight, part.sight is Sight.JUDGED)
            for (name, sight), part in zip(
                wording.sights(latest_day.parts, tongue),
                [part for part in latest_day.parts if part.sight is not Sight.NO_SENSOR],
                strict=True,
            )
        ),
        tuple(wording.never_shown(latest_day.parts, tongue)),
    )


def _picture(days: Sequence[date], found: dict[date, DayState], sentence: str, words: Words) -> str:
    gettext = words.translations.gettext
    counted = _counted([found[day] for day in days if day in found], words)
    week = _counted([found[day] for day in days[-WEEK:] if day in found], words)
    return states_picture(
        [Column(day, TONES[found[day].state] if day in found else None) for day in days],
        WEEK,
        (words.short_day(days[0]), words.short_day(days[-WEEK]), words.short_day(days[-1])),
        title=gettext("How the last four weeks stand"),
        description=gettext("The last four weeks: %(all)s. The last 7 days: %(week)s. %(last)s")
        % {"all": counted, "week": week, "last": sentence},
    )


def _counted(days: Sequence[DayState], words: Words) -> str:
    """Return how many days stand how, the gravest first."""
    order = (State.RED, State.YELLOW, State.UNKNOWN, State.GREEN)
    counts = [(state, sum(one.state is state for one in days)) for state in order]
    return "; ".join(f"{words.say(wording.STATES[state])} {count}" for state, count in counts if count) or "-"


def _row(day: date, one: DayState | None, words: Words, tongue: Tongue, name_of: wording.NameOf) -> Row:
    if one is None:
        return Row(words.short_day(day), words.translations.gettext("nothing stated"), "", "")
    return Row(
        words.short_day(day),
        words.say(wording.STATES[one.state]),
        wording.sentence(one, tongue, name_of),
        words.percent(one.coverage),
    )
