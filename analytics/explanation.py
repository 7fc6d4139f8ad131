"""Findings in one plain sentence, Italian and English: the figure, the usual range, the period, the coverage.

Dates are written out, never "last night": a sentence is read when it is read. No sentence names a disease.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from gettext import NullTranslations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from analytics import baseline
from analytics.baseline import Baseline
from analytics.coverage import LIMIT
from analytics.figures import FIGURES, Said, Tongue, ends_in_words
from analytics.indicators import INDICATORS, Indicator
from core.languages import LANGUAGES, LOCALES
from core.places import RoomKind
from core.translation import mark, translator

_DAY = {"it": "EEEE d MMMM", "en": "EEEE d MMMM"}
_WEEKDAY = {"it": "EEEE d", "en": "EEEE d"}


ROOMS: dict[str, str] = {
    RoomKind.BEDROOM: mark("bedroom"),
    RoomKind.BATHROOM: mark("bathroom"),
    RoomKind.KITCHEN: mark("kitchen"),
    RoomKind.LIVING: mark("living room"),
    RoomKind.HALL: mark("hall"),
    RoomKind.ENTRANCE: mark("entrance"),
    RoomKind.OUTSIDE: mark("outside"),
    RoomKind.OTHER: mark("other room"),
}


class Sentence(NamedTuple):
    """One statement in both languages."""

    it: str
    en: str


def in_both(word: Callable[[str, NullTranslations], str]) -> Sentence:
    """Return what `word` says in each language, given the language and its translations."""
    return Sentence(**{language: word(language, translator(language)) for language in LANGUAGES})


def unusual(kind: str, day: date, value: float, usual: Baseline, coverage: float) -> Sentence:
    """Say that `value` of the indicator `kind` on `day` is out of the usual range.

    Raises `KeyError` for an indicator that has no sentence.
    """
    return in_both(lambda language, t: _unusual(kind, day, value, usual, coverage, Tongue(language, t)))


def no_verdict(kind: str, day: date, coverage: float, known_days: int) -> Sentence:
    """Say why there is no verdict on `day`: too little data, or still learning what is usual."""
    return in_both(lambda language, t: _no_verdict(kind, day, coverage, known_days, language, t))


def not_measured(kind: str, day: date) -> Sentence:
    """Say that there was nothing to measure on `day`, though the sensors were there."""
    return in_both(
        lambda language, t: (
            t.gettext("%(name)s: nothing was measured %(period)s.")
            % {"name": t.gettext(FIGURES[kind].name), "period": period(INDICATORS[kind], day, language, t)}
        )
    )


def silent_home(start: datetime, end: datetime | None, before: float | None, zone: ZoneInfo) -> Sentence:
    """Say that a home sent nothing from `start` to `end` (None: until now), with the coverage of the day before."""
    return in_both(lambda language, t: _silent_home(start, end, before, zone, language, t))


def silent_sensors(rooms: Sequence[str], start: datetime, end: datetime | None, zone: ZoneInfo) -> Sentence:
    """Say that sensors, one in a room of each kind in `rooms`, sent nothing from `start` to `end` (None: until now)."""
    return in_both(lambda language, t: _silent_sensors(rooms, start, end, zone, language, t))


def flooding(rooms: Sequence[str], parked: int, start: datetime, end: datetime | None, zone: ZoneInfo) -> Sentence:
    """Say that sensors sent far too much from `start` to `end` (None: still), and how many readings were put aside.

    `rooms` has the kind of room of each; without any, it was all sensors of the home together.
    """
    return in_both(lambda language, t: _flooding(rooms, parked, start, end, zone, language, t))


def no_test_alarm(days: int, *, ever: bool) -> Sentence:
    """Say that the SOS button of a home has not been tested for `days` days, or never if it was not pressed `ever`."""
    return in_both(lambda _, t: _no_test_alarm(days, ever=ever, t=t))


def _no_test_alarm(days: int, *, ever: bool, t: NullTranslations) -> str:
    known = t.ngettext(
        "No test alarm from this home for %(count)d day: ask for a press of the SOS button.",
        "No test alarm from this home for %(count)d days: ask for a press of the SOS button.",
        days,
    )
    never = t.ngettext(
        "The SOS button of this home has never been pressed, and a test alarm was asked for %(count)d day ago:"
        " ask for a press of the button.",
        "The SOS button of this home has never been pressed, and a test alarm was asked for %(count)d days ago:"
        " ask for a press of the button.",
        days,
    )
    return (known if ever else never) % {"count": days}


def _unusual(kind: str, day: date, value: float, usual: Baseline, coverage: float, tongue: Tongue) -> str:
    figure, t = FIGURES[kind], tongue.t
    return " ".join(
        [
            t.gettext("%(figure)s %(period)s; usually %(usual)s.")
            % {
                "figure": figure.said(value, tongue),
                "period": period(INDICATORS[kind], day, tongue.language, t),
                "usual": usual_range(usual, figure.written, figure.between, tongue),
            },
            based_on(coverage, t),
        ]
    )


def short(minutes: int, t: NullTranslations) -> str:
    """Return a duration of whole minutes as hours and minutes, abbreviated."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return t.gettext("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return t.gettext("%(hours)d h") % {"hours": whole}
    return t.gettext("%(hours)d h %(minutes)d min") % {"hours": whole, "minutes": rest}


def based_on(coverage: float, t: NullTranslations) -> str:
    """Say on which share of the data, 0 to 1, something rests."""
    return t.gettext("Based on %(percent)d %% of the data.") % {"percent": int(coverage * 100 + 1e-6)}


def usual_range(usual: Baseline, word: Said, between: str, tongue: Tongue) -> str:
    """Return the ends of what is usual in words, one where they are said alike."""
    return ends_in_words(usual.low, usual.high, word, between, tongue)


def period(indicator: Indicator, day: date, language: str, t: NullTranslations) -> str:
    """Say when: a night by both its days, several days by their last, else the day; with its hours where not all."""
    whole = indicator.begins == indicator.ends
    said = {
        "day": _date(day, language, _DAY),
        "days": indicator.days,
        "hours": f"{indicator.begins:%-H:%M}-{indicator.ends:%-H:%M}",
    }
    if indicator.days > 1:
        return t.gettext("in the %(days)d days up to %(day)s") % said
    if indicator.begins < indicator.ends:
        return t.gettext("on %(day)s (%(hours)s)") % said
    if whole and indicator.begins == time.min:
        return t.gettext("on %(day)s") % said
    following = day + timedelta(days=1)
    said["evening"] = _date(day, language, _WEEKDAY if day.month == following.month else _DAY)
    said["morning"] = _date(following, language, _DAY)
    text = (
        t.gettext("in the night between %(evening)s and %(morning)s")
        if whole
        else t.gettext("in the night between %(evening)s and %(morning)s (%(hours)s)")
    )
    return text % said


def _no_verdict(kind: str, day: date, coverage: float, known_days: int, language: str, t: NullTranslations) -> str:
    said_period = {"period": period(INDICATORS[kind], day, language, t)}
    if coverage < LIMIT:
        return t.gettext("No verdict %(period)s: %(percent)d %% of the data are there, %(needed)d %% are needed.") % {
            **said_period,
            "percent": int(coverage * 100 + 1e-6),
            "needed": round(LIMIT * 100),
        }
    return t.ngettext(
        "Still learning what is usual: %(count)d day of %(needed)d.",
        "Still learning what is usual: %(count)d days of %(needed)d.",
        known_days,
    ) % {"count": known_days, "needed": baseline.LEAST_DAYS}


def _silent_home(
    start: datetime, end: datetime | None, before: float | None, zone: ZoneInfo, language: str, t: NullTranslations
) -> str:
    said = {"start": moment(start.astimezone(zone), language, t)}
    if end is None:
        text = t.gettext("No data from the home since %(start)s.") % said
    else:
        said["end"] = moment(end.astimezone(zone), language, t)
        text = t.gettext("No data from the home from %(start)s to %(end)s.") % said
    if before is None:
        return text
    before_that = (
        t.gettext("Before that, data came as usual: %(percent)d %% in the 24 hours before.")
        if before >= LIMIT
        else t.gettext("Already in the 24 hours before, only %(percent)d %% of the data were there.")
    )
    return text + " " + before_that % {"percent": int(before * 100 + 1e-6)}


def _silent_sensors(
    rooms: Sequence[str], start: datetime, end: datetime | None, zone: ZoneInfo, language: str, t: NullTranslations
) -> str:
    count = len(rooms)
    said = {
        "count": count,
        "rooms": ", ".join(sorted({t.gettext(ROOMS.get(room, ROOMS[RoomKind.OTHER])) for room in rooms})),
        "start": moment(start.astimezone(zone), language, t),
    }
    if end is None:
        text = t.ngettext(
            "One sensor has sent nothing since %(start)s, while others have: %(rooms)s.",
            "%(count)d sensors have sent nothing since %(start)s, while others have: %(rooms)s.",
            count,
        )
    else:
        said["end"] = moment(end.astimezone(zone), language, t)
        text = t.ngettext(
            "One sensor sent nothing from %(start)s to %(end)s, while others did: %(rooms)s.",
            "%(count)d sensors sent nothing from %(start)s to %(end)s, while others did: %(rooms)s.",
            count,
        )
    return text % said


def _flooding(
    rooms: Sequence[str],
    parked: int,
    start: datetime,
    end: datetime | None,
    zone: ZoneInfo,
    language: str,
    t: NullTranslations,
) -> str:
    said = {
        "count": len(rooms),
        "rooms": ", ".join(sorted({t.gettext(ROOMS.get(room, ROOMS[RoomKind.OTHER])) for room in rooms})),
        "start": moment(start.astimezone(zone), language, t),
        "end": "" if end is None else moment(end.astimezone(zone), language, t),
        "number": format_decimal(parked, locale=LOCALES[language]),
    }
    put_aside = t.ngettext("%(number)s reading was put aside.", "%(number)s readings were put aside.", parked)
    spared = (
        t.gettext("The other sensors are not affected.") if rooms else t.gettext("Calls for help are not affected.")
    )
    return " ".join([_too_much(len(rooms), ended=end is not None, t=t), put_aside, spared]) % said


def _too_much(sensors: int, *, ended: bool, t: NullTranslations) -> str:
    if not sensors and ended:
        return t.gettext("The sensors of the home together sent far more than they should from %(start)s to %(end)s.")
    if not sensors:
        return t.gettext("The sensors of the home together have sent far more than they should since %(start)s.")
    if ended:
        return t.ngettext(
            "One sensor sent far more than it should from %(start)s to %(end)s: %(rooms)s.",
            "%(count)d sensors sent far more than they should from %(start)s to %(end)s: %(rooms)s.",
            sensors,
        )
    return t.ngettext(
        "One sensor has sent far more than it should since %(start)s: %(rooms)s.",
        "%(count)d sensors have sent far more than they should since %(start)s: %(rooms)s.",
        sensors,
    )


def moment(local: datetime, language: str, t: NullTranslations) -> str:
    """Return a local instant in words: the day written out, and the time."""
    return t.gettext("%(day)s at %(time)s") % {"day": _date(local.date(), language, _DAY), "time": clock(local)}


def clock(local: datetime) -> str:
    """Return the time of day as a clock shows it."""
    return f"{local.hour}:{local.minute:02}"


def written_day(day: date, language: str) -> str:
    """Return a day written out, with its weekday."""
    return _date(day, language, _DAY)


def _date(day: date, language: str, pattern: dict[str, str]) -> str:
    return format_date(day, pattern[language], locale=LOCALES[language])
