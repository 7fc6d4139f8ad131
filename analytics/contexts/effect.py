"""What the contexts of a home do to its judgement: what is not judged, and with which days a day may be compared."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.contexts.context import Context
from analytics.contexts.kinds import AFFECTED, LASTING, Aspect, ContextKind, aspect_of
from analytics.frames import Flags, History
from core.localtime import Interval, day_of, local_day

ONE_DAY = timedelta(days=1)
WHOLE_DAY = timedelta(hours=20)
# Of a night from noon to noon, what lies before and after it is day: visitors in the afternoon leave the night alone.
BEFORE_NIGHT, AFTER_NIGHT = timedelta(hours=8), timedelta(hours=2)
# An indicator of several days is spoilt by a context that touches at least this share of them.
SHARE = 0.25

Era = frozenset[tuple[ContextKind, object]]


class Contexts:
    """The contexts of a home, in the time zone of the home; those that do not act are left aside."""

    def __init__(self, contexts: Iterable[Context], zone: ZoneInfo) -> None:
        self.zone = zone
        self.acting = tuple(sorted((one for one in contexts if one.acts), key=lambda one: one.start))
        self._passing = [one for one in self.acting if one.kind not in LASTING]
        self._lasting = [one for one in self.acting if one.kind in LASTING]

    def excludes(self, kind: str, interval: Interval) -> ContextKind | None:
        """Return why an indicator or finding of a kind is not judged about an interval; None where it is judged.

        What lasts (a second resident, an animal) excludes it for its first 14 days; after them it is judged against
        the days with it (`comparable`). Of several days of which some are with it and some without, nothing is said.
        """
        aspect = aspect_of(kind)
        if aspect is None or not self.acting:
            return None
        for one in self._passing:
            if aspect in AFFECTED[one.kind] and one.may_silence(kind) and _touches(one.interval, interval, aspect):
                return one.kind
        for one in self._lasting:
            if aspect in AFFECTED[one.kind] and (
                _touches(one.unjudged, interval, aspect) or _is_mixed(one.interval, interval, aspect)
            ):
                return one.kind
        return None

    def going_on(self, now: datetime) -> Context | None:
        """Return what keeps the home from being judged as usual at an instant (a pause first); None if nothing does."""
        for one in sorted(self.acting, key=lambda one: one.kind is not ContextKind.PAUSED):
            if one.start <= now < one.unjudged.end:
                return one
        return None

    def left_out(self, day: date, kind: str = "activity") -> bool:
        """Tell whether a local day teaches nothing of what is usual, for indicators of a kind."""
        aspect = aspect_of(kind)
        return aspect is not None and self._is_spoilt(local_day(day, self.zone), aspect)

    def comparable(
        self, kind: str, day: date, history: History, window: Callable[[date, ZoneInfo], Interval]
    ) -> History:
        """Return the `history` of an indicator without the values of days that `day` may not be compared with.

        `window` returns the window of the indicator on a day. Values of days that a context touches are NaN, and those
        of days on which not the same lasts as on `day`; the value of `day` itself is kept.
        """
        spoilt = self.incomparable(kind, day, history["day"].tolist(), window)
        if not spoilt.any():
            return history
        kept = np.array(history)
        kept["value"][spoilt] = np.nan
        return kept

    def incomparable(
        self, kind: str, day: date, days: Sequence[date], window: Callable[[date, ZoneInfo], Interval]
    ) -> Flags:
        """Return with which of `days` the indicator on `day` may not be compared; with itself it may."""
        aspect = aspect_of(kind)
        touching = [one for one in self.acting if aspect in AFFECTED[one.kind]]
        if aspect is None or not touching:
            return np.zeros(len(days), dtype=bool)
        # Windows of several days, nights: a context reaches some days back and ahead.
        first = min(day_of(one.start, self.zone) for one in touching) - 8 * ONE_DAY
        era = self._era(window(day, self.zone), aspect)
        return np.array(
            [
                each != day and (bool(era) if each < first else self._differs(window(each, self.zone), aspect, era))
                for each in days
            ],
            dtype=bool,
        )

    def _differs(self, interval: Interval, aspect: Aspect, era: Era) -> bool:
        return self._is_spoilt(interval, aspect) or self._era(interval, aspect) != era

    def _is_spoilt(self, interval: Interval, aspect: Aspect) -> bool:
        return any(
            aspect in AFFECTED[one.kind] and _touches(one.interval, interval, aspect) for one in self._passing
        ) or any(aspect in AFFECTED[one.kind] and _is_mixed(one.interval, interval, aspect) for one in self._lasting)

    def _era(self, interval: Interval, aspect: Aspect) -> Era:
        """Return what lasts at the time of an interval."""
        return frozenset(
            (one.kind, one.start)
            for one in self._lasting
            if aspect in AFFECTED[one.kind] and _touches(one.interval, interval, aspect)
        )


def _touches(context: Interval, window: Interval, aspect: Aspect) -> bool:
    start, end = window
    lasts = end - start
    if aspect is Aspect.NIGHT and WHOLE_DAY < lasts <= timedelta(hours=26):
        start, end = start + BEFORE_NIGHT, end - AFTER_NIGHT
    shared = min(context.end, end) - max(context.start, start)
    if lasts > 2 * ONE_DAY:
        # Each day that is touched counts as a whole: the part of a day would be less than was spoilt.
        return shared > timedelta(0) and -(-shared // ONE_DAY) * ONE_DAY >= SHARE * lasts
    return shared > timedelta(0)


def _is_mixed(context: Interval, window: Interval, aspect: Aspect) -> bool:
    """Tell whether a window of several days lies partly in a context and partly not."""
    is_within = context.start <= window.start and window.end <= context.end
    return window.end - window.start > 2 * ONE_DAY and not is_within and _touches(context, window, aspect)
