"""What alerts are called and how they are explained, in the reader's language."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from alerts.lifecycle import Family
from core.translation import mark, translator
from core.vocabulary import QUANTITIES, Retention

# What somebody has sent to themselves, to see whether it arrives.
TRIAL = "trial"
# Safety quantities and the kinds of findings, by their names.
TITLES: dict[str, str] = {
    "sos_button": mark("SOS button pressed"),
    "smoke": mark("Smoke reported"),
    "gas": mark("Gas reported"),
    "carbon_monoxide": mark("Carbon monoxide reported"),
    "water_leak": mark("Water leak reported"),
    "fall": mark("Fall reported"),
    "night_bathroom_visits": mark("Unusual visits to the bathroom at night"),
    "longest_stillness": mark("Unusually long stillness"),
    "heat": mark("Heat in the home"),
    "cold": mark("Cold in the home"),
    "night_absence": mark("Out of the home at night"),
    "night_door_opened": mark("Front door opened at night"),
    "visit_missed": mark("An expected visit has not taken place"),
    **dict.fromkeys(
        (f"vital_{each.name}" for each in QUANTITIES if each.retention is Retention.VITAL),
        mark("A measured value stands out"),
    ),
    "stillness": mark("Nobody moves: possible fall"),
    "long_absence": mark("Unusually long absence"),
    "learned": mark("A day like those on which others were agitated"),
    "silent_home": mark("No news from the sensors of the home"),
    "silent_sensor": mark("No news from a sensor"),
    "gateway_silence": mark("The gateway of the home"),
    "gateway_trouble": mark("The gateway cannot keep what comes"),
    "device_silence": mark("A device needs attention"),
    "weak_link": mark("A device is heard badly"),
    "flood": mark("Far too many readings"),
    TRIAL: mark("This is a test message"),
    "no_test_alarm": mark("The SOS button has not been tested for long"),
}
FAMILY_TITLES: dict[Family, str] = {
    Family.SAFETY: mark("Call for help"),
    Family.WELLBEING: mark("Change in wellbeing"),
    Family.TECHNICAL: mark("Technical problem"),
}
# From here on it matters to whoever reads that the message came late.
LATE = timedelta(minutes=2)
_LONGEST_KEY = 64


class Explanation(NamedTuple):
    """One plain sentence in both languages."""

    it: str
    en: str


def title(kind: str, family: Family, language: str) -> str:
    """Return what an alert of `kind` is called; the name of its family where the kind has none."""
    return translator(language).gettext(TITLES.get(kind, FAMILY_TITLES[family]))


class Caller(NamedTuple):
    """Whose device called: `standing` is 'registered', 'retired' (taken away) or 'unregistered', `device` its key.

    `heard_elsewhere`: the gateway that heard it stands in another home; `hearer` is its key, '' if it is not named.
    """

    standing: str = "registered"
    device: str = ""
    heard_elsewhere: bool = False
    hearer: str = ""


THE_HOMES_OWN = Caller()


def safety_explanation(
    kind: str, happened_at: datetime, received_at: datetime, zone: ZoneInfo, caller: Caller = THE_HOMES_OWN
) -> Explanation:
    """Return what is said of a safety reading: its local time, its age where it came late, and doubts whose it is."""
    it, en = (
        ". ".join([_safety_sentence(kind, happened_at, received_at, zone, language), *_doubts(caller, language)])
        for language in ("it", "en")
    )
    return Explanation(it, en)


def _doubts(caller: Caller, language: str) -> Iterator[str]:
    gettext = translator(language).gettext
    said = {"device": caller.device[:_LONGEST_KEY], "gateway": caller.hearer}
    if caller.standing == "unregistered":
        yield gettext("The device %(device)s is not registered") % said
        yield gettext("The gateway %(gateway)s of this home heard it, but it may belong to somebody nearby") % said
        return
    if caller.standing == "retired":
        yield gettext("The device had been taken away from this home")
    if caller.heard_elsewhere and caller.hearer:
        yield gettext("The gateway of another home heard it: %(gateway)s") % said
    elif caller.heard_elsewhere:
        yield gettext("The gateway of another home heard it")


def _safety_sentence(kind: str, happened_at: datetime, received_at: datetime, zone: ZoneInfo, language: str) -> str:
    gettext = translator(language).gettext
    local = happened_at.astimezone(zone)
    what = title(kind, Family.SAFETY, language)
    clock = format_time(local, "HH:mm", tzinfo=zone, locale=language)
    if local.date() == received_at.astimezone(zone).date():
        sentence = gettext("%(what)s at %(time)s") % {"what": what, "time": clock}
    else:
        day = format_date(local.date(), "d MMMM", locale=language)
        sentence = gettext("%(what)s on %(day)s at %(time)s") % {"what": what, "day": day, "time": clock}
    late = received_at - happened_at
    if late < LATE:
        return sentence
    return gettext("%(sentence)s (received %(age)s later)") % {"sentence": sentence, "age": age(late, language)}


def age(duration: timedelta, language: str) -> str:
    """Return a duration in the largest unit that still tells enough: minutes, hours or days."""
    minutes = max(int(duration.total_seconds() // 60), 0)
    ngettext = translator(language).ngettext
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004 - up to two days hours tell more
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
