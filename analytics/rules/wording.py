"""What rules say, in Italian and English: the figure, what is usual or the limit and whose it is, when, and how sure.

Dates are written out; no disease is named.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from babel.dates import format_date

from analytics.baseline import Baseline
from analytics.explanation import ROOMS, Sentence, based_on, clock, in_both, moment
from analytics.figures import FIGURES, Tongue, spelled
from analytics.frames import instant
from analytics.rules.warmth import Lasting, OwnTemperature, Run, Warmth
from core.languages import LOCALES
from core.places import RoomKind

Said = Callable[[Tongue], str]


class Felt(NamedTuple):
    """How warm it was: the most extreme value, in which kind of room, when; since when, until when (None: still).

    All times are local. `usual` is what is usual in that room at that hour, None where too little is known.
    """

    value: float
    room: str
    at: datetime
    since: datetime
    until: datetime | None
    usual: Baseline | None
    coverage: float


def _in_both(said: Said) -> Sentence:
    return in_both(lambda language, t: said(Tongue(language, t)))


def heat(felt: Felt, limit: float, *, by_day: bool, published: bool) -> Sentence:
    """Say that a home is hot, or was, and whose the limit is: a published one, or one that was set."""

    def said(tongue: Tongue) -> str:
        t = tongue.t
        lasting = (
            t.gettext("Hot in the home since %(since)s: up to %(value)s (%(room)s, %(at)s); %(usual)s.")
            if felt.until is None
            else t.gettext(
                "Hot in the home from %(since)s to %(until)s: up to %(value)s (%(room)s, %(at)s); %(usual)s."
            )
        )
        told = (
            t.gettext("By day it counts as hot from %(limit)s on (%(source)s).")
            if by_day
            else t.gettext("By night it counts as hot from %(limit)s on (%(source)s).")
        )
        source = t.gettext("health studies") if published else t.gettext("as set for this home")
        figures = {"limit": _degrees(limit, tongue), "source": source}
        return " ".join([lasting % _felt(felt, tongue), told % figures, based_on(felt.coverage, t)])

    return _in_both(said)


def cold(felt: Felt, advised: float, *, published: bool) -> Sentence:
    """Say that a home cools down and is cold, or was, and whose the limit is: that of the WHO, or one that was set."""

    def said(tongue: Tongue) -> str:
        t = tongue.t
        lasting = (
            t.gettext("Colder in the home since %(since)s: down to %(value)s (%(room)s, %(at)s); %(usual)s.")
            if felt.until is None
            else t.gettext(
                "Colder in the home from %(since)s to %(until)s: down to %(value)s (%(room)s, %(at)s); %(usual)s."
            )
        )
        source = t.gettext("World Health Organization") if published else t.gettext("as set for this home")
        told = t.gettext("At least %(limit)s is advised (%(source)s).") % {
            "limit": _degrees(advised, tongue),
            "source": source,
        }
        return " ".join([lasting % _felt(felt, tongue), told, based_on(felt.coverage, t)])

    return _in_both(said)


def left_at_night(start: datetime, end: datetime, usual: Baseline | None, coverage: float, *, ended: bool) -> Sentence:
    """Say that somebody left the home at night (local times), what is usual of absences then, in minutes."""

    def said(tongue: Tongue) -> str:
        t = tongue.t
        text = (
            t.gettext("The front door was used on %(start)s, and nobody was seen inside until %(end)s (%(duration)s)")
            if ended
            else t.gettext("The front door was used on %(start)s, and nobody has been seen inside since (%(duration)s)")
        )
        minutes = (end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(minutes=1)
        figures = {
            "start": moment(start, tongue.language, t),
            "end": clock(end),
            "duration": spelled(minutes, t),
        }
        return " ".join([f"{text % figures}; {_absence(usual, tongue)}.", based_on(coverage, t)])

    return _in_both(said)


def door_at_night(at: datetime, with_door: int, nights: int, coverage: float) -> Sentence:
    """Say that the front door was opened at night (local time), as on `with_door` of the last `nights`."""

    def said(tongue: Tongue) -> str:
        t = tongue.t
        opened = t.gettext("The front door was opened on %(at)s, by night, and somebody stayed at home") % {
            "at": moment(at, tongue.language, t)
        }
        seldom = t.ngettext(
            "it was opened at night on %(count)d of the last %(nights)d nights",
            "it was opened at night on %(count)d of the last %(nights)d nights",
            with_door,
        )
        never = t.ngettext(
            "in the last %(nights)d night it was never opened at night",
            "in the last %(nights)d nights it was never opened at night",
            nights,
        )
        usual = (seldom if with_door else never) % {"count": with_door, "nights": nights}
        return " ".join([f"{opened}; {usual}.", based_on(coverage, t)])

    return _in_both(said)


def visit_missed(who: str, start: datetime, end: datetime, until: datetime, coverage: float) -> Sentence:
    """Say that nobody came by `until`, though a visit was expected from `start` to `end` (all local)."""

    def said(tongue: Tongue) -> str:
        t = tongue.t
        figures = {
            "who": who,
            "day": format_date(start.date(), "EEEE d MMMM", locale=LOCALES[tongue.language]),
            "start": clock(start),
            "end": clock(end),
            "until": clock(until),
        }
        text = (
            t.gettext(
                "%(who)s was expected on %(day)s from %(start)s to %(end)s; until %(until)s nobody came in by the"
                " front door."
            )
            if who
            else t.gettext(
                "A visit was expected on %(day)s from %(start)s to %(end)s; until %(until)s nobody came in by the"
                " front door."
            )
        )
        return " ".join([text % figures, based_on(coverage, t)])

    return _in_both(said)


def beyond_limit(quantity: str, day: date, value: float, limit: float, *, above: bool) -> Sentence:
    """Say that a vital sign reached a limit that was set."""

    def said(tongue: Tongue) -> str:
        text = (
            tongue.t.gettext("%(figure)s on %(day)s. The upper limit that was set is %(limit)s.")
            if above
            else tongue.t.gettext("%(figure)s on %(day)s. The lower limit that was set is %(limit)s.")
        )
        return _vital(text, quantity, day, value, tongue, limit=FIGURES[quantity].written(limit, tongue))

    return _in_both(said)


def weight_gain(day: date, value: float, before: float, days: int, limit: float) -> Sentence:
    """Say that a weight rose by a limit and more within so many days."""

    def said(tongue: Tongue) -> str:
        written = FIGURES["body_weight"].written
        text = tongue.t.ngettext(
            "%(figure)s on %(day)s: %(gain)s more than %(count)d day before (%(before)s). Told from %(limit)s on.",
            "%(figure)s on %(day)s: %(gain)s more than %(count)d days before (%(before)s). Told from %(limit)s on.",
            days,
        )
        return _vital(
            text, "body_weight", day, value, tongue,
            gain=written(value - before, tongue), before=written(before, tongue), count=days,
            limit=written(limit, tongue),
        )  # fmt: skip

    return _in_both(said)


def beyond_own_range(quantity: str, day: date, value: float, usual: Baseline) -> Sentence:
    """Say that a vital sign lies outside of what is usual for the person."""

    def said(tongue: Tongue) -> str:
        text = tongue.t.ngettext(
            "%(figure)s on %(day)s; usually %(usual)s. Known of %(count)d day.",
            "%(figure)s on %(day)s; usually %(usual)s. Known of %(count)d days.",
            usual.days,
        )
        written = FIGURES[quantity].written
        low, high = written(usual.low, tongue), written(usual.high, tongue)
        return _vital(text, quantity, day, value, tongue, usual=_ends(low, high, tongue), count=usual.days)

    return _in_both(said)


def felt(run: Run, lasting: Lasting, worst: int, room: int, own: OwnTemperature, zone: ZoneInfo) -> Felt:
    """Return a run of heat or cold by the hour and room that show it most; `own` is what counts as unusual there."""
    seen = lasting.seen
    since, until = int(seen.begins[run.first]), int(seen.ends[run.last])
    ended = until < int(seen.ends[np.flatnonzero(~np.isnan(lasting.counted.value))[-1]])
    return Felt(
        float(seen.value[worst, room]),
        seen.kinds[room],
        instant(int(seen.begins[worst])).astimezone(zone),
        instant(since).astimezone(zone),
        instant(until).astimezone(zone) if ended else None,
        own.learn(seen.at_hour(worst, room)).usual,
        float(np.mean(~np.isnan(seen.value[run.first : run.last + 1]))),
    )


def measured(seen: Warmth, index: int) -> dict[str, Any]:
    """Return what the rooms had in an hour, and what is usual then, as evidence."""
    return {
        "rooms": [
            {
                "room_id": room,
                "value": _or_none(seen.value[index, column]),
                "usual": _or_none(seen.usual[index, column]),
            }
            for column, room in enumerate(seen.rooms)
        ]
    }


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 2)


def _felt(felt: Felt, tongue: Tongue) -> dict[str, str]:
    t = tongue.t
    usual = t.gettext("what is usual at that hour is not known yet")
    if felt.usual is not None:
        low, high = _degrees(felt.usual.low, tongue), _degrees(felt.usual.high, tongue)
        usual = t.gettext("usually %(usual)s at that hour") % {"usual": _ends(low, high, tongue)}
    return {
        "value": _degrees(felt.value, tongue),
        "room": t.gettext(ROOMS.get(felt.room, ROOMS[RoomKind.OTHER])),
        "at": moment(felt.at, tongue.language, t),
        "since": moment(felt.since, tongue.language, t),
        "until": "" if felt.until is None else moment(felt.until, tongue.language, t),
        "usual": usual,
    }


def _absence(usual: Baseline | None, tongue: Tongue) -> str:
    t = tongue.t
    if usual is None:
        return t.gettext("what is usual at that time is not known yet")
    if usual.high <= 0:
        return t.ngettext(
            "in the last night that did not happen at that time",
            "in the last %(count)d nights that usually did not happen at that time",
            usual.days,
        ) % {"count": usual.days}
    return t.gettext("at that time somebody is usually seen again within %(duration)s") % {
        "duration": spelled(round(usual.high), t)
    }


def _vital(text: str, quantity: str, day: date, value: float, tongue: Tongue, **more: object) -> str:
    return text % {
        "figure": FIGURES[quantity].said(value, tongue),
        "day": format_date(day, "EEEE d MMMM", locale=LOCALES[tongue.language]),
        **more,
    }


def _degrees(value: float, tongue: Tongue) -> str:
    return f"{tongue.number(value, 1)} °C"


def _ends(low: str, high: str, tongue: Tongue) -> str:
    return low if low == high else tongue.t.gettext("%(low)s to %(high)s") % {"low": low, "high": high}
