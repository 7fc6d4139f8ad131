"""What is said of a stillness and of a long absence: since when, from where, what is usual, on what it rests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from typing import NamedTuple

from analytics.baseline import LEAST_DAYS
from analytics.explanation import ROOMS, Sentence, based_on, clock, in_both, moment, short
from core.places import RoomKind

_MINUTE = timedelta(minutes=1)


class Period(NamedTuple):
    """When nothing moved, by the local clock; `ended` says that somebody moved at its end."""

    since: datetime
    until: datetime
    ended: bool

    @property
    def within_a_day(self) -> bool:
        """Whether it begins and ends on one day of the clock."""
        return self.since.date() == self.until.date()

    @property
    def minutes(self) -> int:
        """How long it lasts, in whole minutes."""
        # Of the clock alone, two times on the night of a change would lie an hour wrong apart: count in UTC.
        return (self.until.astimezone(UTC) - self.since.astimezone(UTC)) // _MINUTE


def stillness(
    period: Period, room: str, usual: float | None, days: int, *, in_bed: bool, blind: Sequence[str], coverage: float
) -> Sentence:
    """Say that nothing moves, or moved, in the home after a last sign in a room of some kind ("" where unknown).

    `usual` is within how many minutes movement usually follows there at that hour, as `days` days tell; None while that
    is being learned. `blind` are the kinds of rooms of which nothing can be told.
    """

    def word(language: str, t: NullTranslations) -> str:
        return " ".join(
            [
                _still(period, language, t),
                *_last_sign(room, t, in_bed=in_bed),
                _usually(usual, period.since, days, t),
                *_cannot_tell(blind, t),
                based_on(coverage, t),
            ]
        )

    return in_both(word)


def long_absence(period: Period, longest: float | None, days: int, *, ever: bool, coverage: float) -> Sentence:
    """Say that nobody moves, or moved, at home after the door to the outside, for longer than is usual.

    `longest` is for how many minutes the person is otherwise away at most, `ever` that this is longer than it was in
    all of the `days` days; None while that is being learned.
    """

    def word(language: str, t: NullTranslations) -> str:
        return " ".join([_away(period, language, t), _otherwise(longest, days, t, ever=ever), based_on(coverage, t)])

    return in_both(word)


def _still(period: Period, language: str, t: NullTranslations) -> str:
    if period.within_a_day and period.ended:
        text = t.gettext("No movement in the home from %(since)s to %(until)s (%(duration)s).")
    elif period.within_a_day:
        text = t.gettext("No movement in the home since %(since)s (%(duration)s).")
    elif period.ended:
        text = t.gettext("No movement in the home from %(begin)s to %(end)s (%(duration)s).")
    else:
        text = t.gettext("No movement in the home since %(begin)s (%(duration)s).")
    return text % _said(period, language, t)


def _last_sign(room: str, t: NullTranslations, *, in_bed: bool) -> list[str]:
    if in_bed:
        return [t.gettext("Last sign: lying down in bed.")]
    if room not in ROOMS or room == RoomKind.OUTSIDE:
        return []
    return [t.gettext("Last sign: %(room)s.") % {"room": t.gettext(ROOMS[room])}]


def _usually(usual: float | None, since: datetime, days: int, t: NullTranslations) -> str:
    if usual is None:
        return _learning(days, t)
    return t.ngettext(
        "After a last sign there at about %(hour)d:00, movement usually follows within %(usual)s (%(count)d day"
        " known).",
        "After a last sign there at about %(hour)d:00, movement usually follows within %(usual)s (%(count)d days"
        " known).",
        days,
    ) % {"hour": since.hour, "usual": short(_to_five(usual), t), "count": days}


def _cannot_tell(blind: Sequence[str], t: NullTranslations) -> list[str]:
    if not blind:
        return []
    rooms = ", ".join(sorted({t.gettext(ROOMS.get(room, ROOMS[RoomKind.OTHER])) for room in blind}))
    return [
        t.ngettext(
            "One room cannot be seen at the moment: %(rooms)s.",
            "%(count)d rooms cannot be seen at the moment: %(rooms)s.",
            len(blind),
        )
        % {"count": len(blind), "rooms": rooms}
    ]


def _away(period: Period, language: str, t: NullTranslations) -> str:
    if period.within_a_day and period.ended:
        text = t.gettext("Nobody moved at home from the front door at %(since)s until %(until)s (%(duration)s).")
    elif period.within_a_day:
        text = t.gettext(
            "Nobody has moved at home since the front door at %(since)s (%(duration)s): away, or is something wrong?"
        )
    elif period.ended:
        text = t.gettext("Nobody moved at home from the front door on %(begin)s until %(end)s (%(duration)s).")
    else:
        text = t.gettext(
            "Nobody has moved at home since the front door on %(begin)s (%(duration)s): away, or is something wrong?"
        )
    return text % _said(period, language, t)


def _otherwise(longest: float | None, days: int, t: NullTranslations, *, ever: bool) -> str:
    if longest is None:
        return _learning(days, t)
    if ever:
        text = t.ngettext(
            "Longer than any absence in the %(count)d day before, at most %(longest)s.",
            "Longer than any absence in the %(count)d days before, at most %(longest)s.",
            days,
        )
    else:
        text = t.ngettext(
            "In the %(count)d day before, absences usually lasted at most %(longest)s.",
            "In the %(count)d days before, absences usually lasted at most %(longest)s.",
            days,
        )
    return text % {"longest": short(_to_five(longest), t), "count": days}


def _learning(days: int, t: NullTranslations) -> str:
    return t.ngettext(
        "What is usual is still being learned: %(count)d day of %(needed)d.",
        "What is usual is still being learned: %(count)d days of %(needed)d.",
        days,
    ) % {"count": days, "needed": LEAST_DAYS}


def _said(period: Period, language: str, t: NullTranslations) -> dict[str, str]:
    return {
        "since": clock(period.since),
        "until": clock(period.until),
        "begin": moment(period.since, language, t),
        "end": moment(period.until, language, t),
        "duration": short(period.minutes, t),
    }


def _to_five(minutes: float) -> int:
    return max(5, 5 * round(minutes / 5))
