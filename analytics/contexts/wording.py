"""Why the system proposes a context, in one plain sentence, and the question that goes with it."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Proposal
from analytics.explanation import Sentence, in_both, moment, written_day
from analytics.figures import Tongue
from core.languages import LOCALES
from core.translation import mark

# The question that a person is asked, by what is proposed.
QUESTIONS: Mapping[ContextKind, str] = {
    ContextKind.AWAY: mark("Is the person away?"),
    ContextKind.VISIT: mark("Were there visitors?"),
    ContextKind.PARTY: mark("Were there many visitors?"),
    ContextKind.CARER: mark("Does a carer come?"),
    ContextKind.SECOND_RESIDENT: mark("Does somebody else live there?"),
    ContextKind.PET: mark("Is there an animal?"),
}
# What may be answered beside no, each with one tap; the first is what was proposed.
ANSWERS: Mapping[ContextKind, tuple[tuple[ContextKind, str], ...]] = {
    ContextKind.AWAY: (
        (ContextKind.HOSPITAL, mark("In hospital")),
        (ContextKind.HOLIDAY, mark("On holiday")),
        (ContextKind.AWAY, mark("With family")),
    ),
    ContextKind.VISIT: ((ContextKind.VISIT, mark("Yes, visitors")), (ContextKind.CARER, mark("A carer"))),
    ContextKind.PARTY: ((ContextKind.PARTY, mark("Yes, many people")), (ContextKind.WORKS, mark("Builders"))),
    ContextKind.CARER: ((ContextKind.CARER, mark("Yes, a carer")), (ContextKind.VISIT, mark("Somebody else"))),
    ContextKind.SECOND_RESIDENT: (
        (ContextKind.SECOND_RESIDENT, mark("Yes, somebody lives there")),
        (ContextKind.PET, mark("An animal")),
    ),
    ContextKind.PET: (
        (ContextKind.PET, mark("Yes, an animal")),
        (ContextKind.SECOND_RESIDENT, mark("Somebody lives there")),
    ),
}
_EVERY_DAY = tuple(range(7))
_WORKING_DAYS = tuple(range(5))


def why(proposal: Proposal, zone: ZoneInfo) -> Sentence:
    """Return why something is proposed. Raises `KeyError` for a detector that has no sentence."""
    say = _SENTENCES[proposal.detector]
    return in_both(lambda language, _: say(proposal, zone, Tongue.of(language)))


def _away(one: Proposal, zone: ZoneInfo, tongue: Tongue) -> str:
    t = tongue.t
    said = {"start": _moment(one.start, zone, tongue)}
    if one.end is None:
        text = (
            t.gettext("Nobody has moved at home since %(start)s; the front door was the last sign.")
            if one.evidence["by_door"]
            else t.gettext(
                "Nobody has moved at home since %(start)s, though the sensors report; no door was the last sign."
            )
        )
        return text % said
    said["end"] = _moment(one.end, zone, tongue)
    text = (
        t.gettext("Nobody moved at home from %(start)s to %(end)s; the front door was the last sign.")
        if one.evidence["by_door"]
        else t.gettext("Nobody moved at home from %(start)s to %(end)s, though the sensors reported.")
    )
    return text % said


def _visit(one: Proposal, zone: ZoneInfo, tongue: Tongue) -> str:
    return _times(one.evidence, tongue) % {
        "start": _moment(one.start, zone, tongue),
        "end": "" if one.end is None else _moment(one.end, zone, tongue),
        "usual": tongue.number(one.evidence["usual"], 1),
        "count": one.evidence["moves"],
    }


def _times(evidence: Mapping[str, Any], tongue: Tongue) -> str:
    return tongue.t.ngettext(
        "From %(start)s to %(end)s, between two uses of the front door, %(count)d move from room to room that one"
        " person alone seldom makes; usually %(usual)s in that time.",
        "From %(start)s to %(end)s, between two uses of the front door, %(count)d moves from room to room that one"
        " person alone seldom makes; usually %(usual)s in that time.",
        evidence["moves"],
    )


def _busy_day(one: Proposal, zone: ZoneInfo, tongue: Tongue) -> str:
    return tongue.t.ngettext(
        "On %(day)s somebody went from room to room %(count)d time, usually %(usual)s times; some of it is what one"
        " person alone seldom does.",
        "On %(day)s somebody went from room to room %(count)d times, usually %(usual)s times; some of it is what one"
        " person alone seldom does.",
        one.evidence["moves"],
    ) % {
        "day": written_day(one.start.astimezone(zone).date(), tongue.language),
        "count": one.evidence["moves"],
        "usual": tongue.number(one.evidence["usual"], 0),
    }


def _carer(one: Proposal, _: ZoneInfo, tongue: Tongue) -> str:
    evidence = one.evidence
    return tongue.t.ngettext(
        "Somebody comes by the front door at about %(time)s %(days)s: on %(seen)d of the last %(count)d such day.",
        "Somebody comes by the front door at about %(time)s %(days)s: on %(seen)d of the last %(count)d such days.",
        evidence["days"],
    ) % {
        "time": evidence["time"],
        "days": weekdays(tuple(evidence["weekdays"]), tongue),
        "seen": evidence["seen"],
        "count": evidence["days"],
    }


def _resident(one: Proposal, zone: ZoneInfo, tongue: Tongue) -> str:
    return _on_days(
        one,
        zone,
        tongue,
        lambda t, count: t.ngettext(
            "Since %(start)s there are signs of several people: on %(seen)d of %(count)d day, with"
            " moves from room to room that one person alone seldom makes.",
            "Since %(start)s there are signs of several people: on %(seen)d of %(count)d days, with"
            " moves from room to room that one person alone seldom makes.",
            count,
        ),
    )


def _lasting(one: Proposal, zone: ZoneInfo, tongue: Tongue) -> str:
    return (_pet if one.kind is ContextKind.PET else _resident)(one, zone, tongue)


def _pet(one: Proposal, zone: ZoneInfo, tongue: Tongue) -> str:
    return _on_days(
        one,
        zone,
        tongue,
        lambda t, count: t.ngettext(
            "Since %(start)s something moves in several rooms by day and night, out of long pauses, and hardly to the"
            " bathroom: in %(seen)d of %(count)d night.",
            "Since %(start)s something moves in several rooms by day and night, out of long pauses, and hardly to the"
            " bathroom: in %(seen)d of %(count)d nights.",
            count,
        ),
    )


def _on_days(one: Proposal, zone: ZoneInfo, tongue: Tongue, words: Callable[[NullTranslations, int], str]) -> str:
    seen, count = one.evidence["seen"], one.evidence["days"]
    return words(tongue.t, count) % {"start": _moment(one.start, zone, tongue), "seen": seen, "count": count}


def weekdays(days: tuple[int, ...], tongue: Tongue) -> str:
    """Return weekdays (0 is Monday) in words: every day, on working days, or each by its name."""
    if days == _EVERY_DAY:
        return tongue.t.gettext("every day")
    if days == _WORKING_DAYS:
        return tongue.t.gettext("on working days")
    names = get_day_names("wide", locale=LOCALES[tongue.language])
    return tongue.t.gettext("on %(days)s") % {"days": ", ".join(names[day] for day in days)}


def clock(minute: float) -> str:
    """Return a minute of the day as people write it, to five minutes."""
    rounded = 5 * round(minute / 5) % (24 * 60)
    return time(rounded // 60, rounded % 60).strftime("%-H:%M")


def _moment(at: datetime, zone: ZoneInfo, tongue: Tongue) -> str:
    return moment(at.astimezone(zone), tongue.language, tongue.t)


_SENTENCES: Mapping[str, Callable[[Proposal, ZoneInfo, Tongue], str]] = {
    "absence": _away,
    "visit": _visit,
    "carer": _carer,
    "lasting": _lasting,
    "busy_day": _busy_day,
}
