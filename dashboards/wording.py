"""Times, dates and numbers in words, in a language and in a home's own time zone."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from gettext import NullTranslations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

from core.languages import LOCALES
from core.systems import called
from core.translation import mark, translator

ROOM_KINDS = {
    "bedroom": mark("bedroom"),
    "bathroom": mark("bathroom"),
    "kitchen": mark("kitchen"),
    "living": mark("living room"),
    "hall": mark("hall"),
    "entrance": mark("entrance"),
    "outside": mark("outside"),
    "other": mark("other room"),
}
IN_ROOM = {
    "bedroom": mark("in the bedroom"),
    "bathroom": mark("in the bathroom"),
    "kitchen": mark("in the kitchen"),
    "living": mark("in the living room"),
    "hall": mark("in the hall"),
    "entrance": mark("at the entrance"),
    "outside": mark("outside the home"),
    "other": mark("in another room"),
}
FAMILIES = {
    "safety": mark("Safety"),
    "wellbeing": mark("Wellbeing"),
    "technical": mark("Technical"),
}
_MINUTE_S = 60
HOURS_MINUTES, HOURS, MINUTES = mark("%(hours)d h %(minutes)d min"), mark("%(hours)d h"), mark("%(minutes)d min")


class Words(NamedTuple):
    """Words of one language."""

    language: str

    @property
    def locale(self) -> str:
        """The babel locale of the language."""
        return LOCALES.get(self.language, "en_GB")

    @property
    def translations(self) -> NullTranslations:
        """The gettext translations of the language."""
        return translator(self.language)

    def say(self, message: str) -> str:
        """Return a marked text in the language."""
        return self.translations.gettext(message) if message else ""

    def place(self, room_kind: str) -> str:
        """Return where a movement was, as in "in the kitchen"; "at home" where the room is not known."""
        return _place(room_kind, self)

    def systems(self, names: Iterable[str]) -> str:
        """Return what a gateway hears devices by, in words."""
        return ", ".join(self.say(called(name)) for name in names)

    def clock(self, instant: datetime, zone: ZoneInfo) -> str:
        """Return the time of day, as in 14:05."""
        return f"{instant.astimezone(zone):%H:%M}"  # alike in all languages

    def day(self, day: date) -> str:
        """Return a day with its weekday, as in Monday 16 March."""
        return format_date(day, "EEEE d MMMM", locale=self.locale)

    def long_day(self, day: date) -> str:
        """Return a day with its year, as in 16 March 2026."""
        return format_date(day, "d MMMM yyyy", locale=self.locale)

    def short_day(self, day: date) -> str:
        """Return a day in few letters, as in 16 Mar."""
        return _date(day, "d MMM", self.locale)

    def weekday(self, day: date) -> str:
        """Return the weekday in few letters, as in Mon."""
        return format_date(day, "EEE", locale=self.locale)

    def moment(self, instant: datetime, zone: ZoneInfo, now: datetime) -> str:
        """Return when something was, as people say it: the day only where it is not today."""
        gettext = self.translations.gettext
        there = instant.astimezone(zone)
        local, today = there.date(), now.astimezone(zone).date()
        at = f"{there:%H:%M}"
        if local == today:
            return gettext("today at %(time)s") % {"time": at}
        if local == today - timedelta(days=1):
            return gettext("yesterday at %(time)s") % {"time": at}
        pattern = "EEE d MMM" if local.year == today.year else "d MMM yyyy"
        return gettext("%(day)s at %(time)s") % {"day": _date(local, pattern, self.locale), "time": at}

    def ago(self, instant: datetime, now: datetime) -> str:
        """Return how long ago something was, in the largest unit that fits."""
        passed_s = (now - instant).total_seconds()
        if passed_s < _MINUTE_S:
            return self.translations.gettext("just now")
        exact = passed_s < 2 * _MINUTE_S
        return _ago(round(passed_s if exact else passed_s / _MINUTE_S), exact, self.locale)

    def lasted(self, duration: timedelta) -> str:
        """Return a duration in hours and minutes, as in 8 h 10 min."""
        hours, rest = divmod(round(duration.total_seconds() / 60), 60)
        text = HOURS_MINUTES if hours and rest else HOURS if hours else MINUTES
        return self.say(text) % {"hours": hours, "minutes": rest}

    def number(self, value: float, digits: int = 1) -> str:
        """Return a number with at most `digits` decimals."""
        return format_decimal(value, "#,##0." + "#" * digits, locale=self.locale)

    def percent(self, share: float) -> str:
        """Return a share in whole percent, never rounded up to all."""
        return f"{int(share * 100 + 1e-6)} %"


@lru_cache(maxsize=64)
def _place(room_kind: str, words: Words) -> str:
    return words.say(IN_ROOM[room_kind]) if room_kind in IN_ROOM else words.translations.gettext("at home")


@lru_cache(maxsize=4096)
def _ago(passed: int, in_seconds: bool, locale: str) -> str:
    # A board says it of a thousand homes: what is asked again is not put into words again.
    before = timedelta(seconds=-passed) if in_seconds else timedelta(minutes=-passed)
    return format_timedelta(before, add_direction=True, threshold=1.5, locale=locale)


@lru_cache(maxsize=512)
def _date(day: date, pattern: str, locale: str) -> str:
    """Return a day by a pattern: a board of a thousand homes writes the same few days over and over."""
    return format_date(day, pattern, locale=locale)
