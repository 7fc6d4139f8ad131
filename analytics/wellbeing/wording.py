"""How a day stands, in words: what stands out and how much of it, what is not judged and why, what is still learned."""

from collections.abc import Callable, Collection, Mapping, Sequence

from analytics.change.day import Sign
from analytics.change.domains import Domain
from analytics.contexts.kinds import NAMES as CONTEXTS
from analytics.contexts.kinds import ContextKind
from analytics.coverage import LIMIT
from analytics.explanation import usual_range
from analytics.figures import FIGURES, Tongue
from analytics.figures import name as indicator_name
from analytics.wellbeing.attention import WEEK, Attention, Rank
from analytics.wellbeing.state import Because, Contribution, DayState, Part, Sight, State
from core.translation import mark

# What a finding that no part of life shows is called: passed in, for its names are those of the alerts.
NameOf = Callable[[str], str]
NUMBERED = (0.05, 0.95)  # shares that are worth a number; what is below them is named only where it was told

STATES: Mapping[State, str] = {
    State.GREEN: mark("as usual"),
    State.YELLOW: mark("out of the ordinary"),
    State.RED: mark("far out of the ordinary"),
    State.UNKNOWN: mark("not known"),
}
PARTS: Mapping[Domain, str] = {
    Domain.NIGHT: mark("nights"),
    Domain.KITCHEN: mark("meals and kitchen"),
    Domain.MOVING: mark("moving about at home"),
    Domain.OUT: mark("going out"),
    Domain.RHYTHM: mark("rhythm of the days"),
}
# What shows each: named where the home has none of it.
SHOWN_WITH: Mapping[str, str] = {
    "sleep_duration": mark("a sensor in the bed, or one of movement in the bedroom"),
    "night_bathroom_visits": mark("a movement sensor in the bathroom"),
    "meals": mark("a movement sensor in the kitchen"),
    "hot_drinks": mark("a plug that measures the kettle or the coffee machine"),
    "activity": mark("movement sensors in the rooms"),
    "outings": mark("a sensor on the front door"),
}


def sentence(one: DayState, tongue: Tongue, name_of: NameOf) -> str:
    """Say how a day stands and why, and what it leaves open."""
    t = tongue.t
    if one.state is State.UNKNOWN:
        parts = [_why(one, tongue)]
    elif one.state is State.GREEN:
        parts = [t.gettext("As usual.")]
    else:
        text = t.gettext("Out of the ordinary. %(what)s.")
        if one.state is State.RED:
            text = t.gettext("Far out of the ordinary. %(what)s.")
        parts = [text % {"what": "; ".join(contributions(one, tongue, name_of))}]
    if one.because is not Because.CONTEXT and one.contexts:
        parts.append(t.gettext("Going on: %(what)s.") % {"what": _contexts(one.contexts, tongue)})
    if one.kept_back:
        names = ", ".join(dict.fromkeys(_called(kind, tongue, name_of) for kind in one.kept_back))
        parts.append(t.gettext("Not told because of it: %(what)s.") % {"what": names})
    if one.because in (None, Because.COVERAGE) and (open_parts := _not_judged(one.parts)):
        named = ", ".join(t.gettext(PARTS[part.domain]) for part in open_parts)
        parts.append(t.gettext("Not judged: %(what)s.") % {"what": named})
    return " ".join(parts)


def contributions(one: DayState, tongue: Tongue, name_of: NameOf) -> list[str]:
    """Return what makes a day stand out, each with its share where there are several, the greatest first."""
    return [
        _contribution(each, tongue, name_of)
        for each in one.contributions
        if each.share >= NUMBERED[0] or each.finding_id is not None
    ]


def brief(one: DayState, tongue: Tongue, name_of: NameOf) -> str:
    """Return in few words how a day stands: what stands out most, or why nothing is said."""
    t = tongue.t
    if one.state is State.UNKNOWN:
        return _why(one, tongue)
    said = t.gettext(STATES[one.state])
    if one.state is State.GREEN or not one.contributions:
        return said
    first = one.contributions[0]
    what = t.gettext(PARTS[first.domain]) if first.domain else _called(first.kind, tongue, name_of)
    return t.gettext("%(state)s: %(what)s") % {"state": said, "what": what}


def learning(parts: Collection[Part], tongue: Tongue) -> str:
    """Return how far learning is, "" where nothing is learned any more: the part that is known best speaks for all."""
    still = [part for part in parts if part.sight is Sight.LEARNING]
    if not still:
        return ""
    best = max(still, key=lambda part: part.known / part.needed)
    judged = any(part.sight is Sight.JUDGED for part in parts)
    if judged:
        named = ", ".join(_so_far(part, tongue) for part in still)
        return tongue.t.gettext("Still learning: %(parts)s.") % {"parts": named}
    return tongue.t.ngettext(
        "Still learning what is usual: %(count)d day of %(needed)d.",
        "Still learning what is usual: %(count)d days of %(needed)d.",
        best.known,
    ) % {"count": best.known, "needed": best.needed}


def never_shown(parts: Collection[Part], tongue: Tongue) -> list[str]:
    """Return what the sensors of a home cannot show at all, each with the sensor that would."""
    shown = {kind for part in parts for kind in part.shown_by}
    return [
        tongue.t.gettext("%(what)s: it takes %(sensor)s")
        % {"what": indicator_name(kind, tongue.language), "sensor": tongue.t.gettext(sensor)}
        for kind, sensor in SHOWN_WITH.items()
        if kind not in shown
    ]


def sights(parts: Sequence[Part], tongue: Tongue) -> list[tuple[str, str]]:
    """Return each part of life that the sensors show, and whether it is judged."""
    return [
        (tongue.t.gettext(PARTS[part.domain]), _sight(part, tongue))
        for part in parts
        if part.sight is not Sight.NO_SENSOR
    ]


def why_look(one: Attention, tongue: Tongue) -> list[str]:
    """Return what, besides how it stands, puts a home before others."""
    t = tongue.t
    said = []
    if one.rank is not Rank.GREEN and 1 < one.since <= WEEK:
        said.append(t.ngettext("for %(count)d day", "for %(count)d days", one.since) % {"count": one.since})
    if one.rising:
        said.append(t.gettext("more and more out of the ordinary this week"))
    if one.untaken:
        said.append(
            t.ngettext("%(count)d alert that nobody has taken", "%(count)d alerts that nobody has taken", one.untaken)
            % {"count": one.untaken}
        )
    if one.silent:
        said.append(
            t.ngettext("%(count)d device is silent", "%(count)d devices are silent", one.silent) % {"count": one.silent}
        )
    return said


def _why(one: DayState, tongue: Tongue) -> str:
    t = tongue.t
    if one.because is Because.CONTEXT:
        return t.gettext("Not judged as usual: %(what)s.") % {"what": _contexts(one.contexts, tongue)}
    if one.because is Because.SENSORS:
        return t.gettext("No sensor of this home shows how the person lives.")
    if one.because is Because.LEARNING:
        return learning(one.parts, tongue)
    if one.coverage < LIMIT:
        return t.gettext("Not enough was seen: %(percent)d %% of the day.") % {
            "percent": int(one.coverage * 100 + 1e-6)
        }
    return t.gettext("Too little could be judged: %(judged)d of %(shown)d parts of life.") % {
        "judged": one.judged,
        "shown": one.shown,
    }


def _contribution(one: Contribution, tongue: Tongue, name_of: NameOf) -> str:
    sign = one.sign if one.sign is not None and one.sign.kind in FIGURES else None
    said = _called(one.kind, tongue, name_of) if sign is None else _signed(sign, tongue)
    if one.domain is not None:
        said = tongue.t.gettext("%(part)s: %(what)s") % {"part": tongue.t.gettext(PARTS[one.domain]), "what": said}
    said = said[:1].upper() + said[1:]
    if not NUMBERED[0] <= one.share <= NUMBERED[1]:
        return said
    return tongue.t.gettext("%(what)s (%(percent)d %%)") % {"what": said, "percent": round(one.share * 100)}


def _signed(sign: Sign, tongue: Tongue) -> str:
    t = tongue.t
    if sign.is_missing or sign.usual is None:
        return t.ngettext("not once for %(count)d day", "not once for %(count)d days", sign.days) % {"count": sign.days}
    figure = FIGURES[sign.kind]
    said = {
        "figure": figure.said(sign.value, tongue),
        "usual": usual_range(sign.usual, figure.written, figure.between, tongue),
        "count": sign.days,
    }
    if sign.days == 1:
        return t.gettext("%(figure)s, usually %(usual)s") % said
    return t.gettext("%(figure)s on average over %(count)d days, usually %(usual)s") % said


def _called(kind: str, tongue: Tongue, name_of: NameOf) -> str:
    return indicator_name(kind, tongue.language) if kind in FIGURES else name_of(kind)


def _contexts(contexts: Collection[ContextKind], tongue: Tongue) -> str:
    return ", ".join(tongue.t.gettext(CONTEXTS[each]) for each in contexts)


def _not_judged(parts: Collection[Part]) -> list[Part]:
    return [part for part in parts if part.sight not in (Sight.JUDGED, Sight.NO_SENSOR)]


def _so_far(part: Part, tongue: Tongue) -> str:
    return tongue.t.gettext("%(part)s (%(known)d of %(needed)d days)") % {
        "part": tongue.t.gettext(PARTS[part.domain]),
        "known": part.known,
        "needed": part.needed,
    }


def _sight(part: Part, tongue: Tongue) -> str:
    t = tongue.t
    if part.sight is Sight.LEARNING:
        return t.gettext("still learning: %(known)d of %(needed)d days") % {
            "known": part.known,
            "needed": part.needed,
        }
    if part.sight is Sight.CONTEXT and part.context is not None:
        return t.gettext("not judged: %(why)s") % {"why": t.gettext(CONTEXTS[part.context])}
    return t.gettext("judged") if part.sight is Sight.JUDGED else t.gettext("too little was seen")
