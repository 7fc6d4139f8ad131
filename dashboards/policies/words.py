"""Policies in words: times, whom a step tells by the names people have, and what is set besides the steps."""

from collections.abc import Iterable, Mapping

from alerts.drafts.reads import Choices
from alerts.lifecycle import Family
from alerts.policies.plan import Plan, Who
from alerts.policies.wording import ROLES, sentences, whom
from alerts.wording import title
from core.translation import mark
from dashboards.wording import Words

FAMILIES: Mapping[Family, str] = {
    Family.SAFETY: mark("Calls for help"),
    Family.WELLBEING: mark("Changes in wellbeing"),
    Family.TECHNICAL: mark("Technical problems"),
}
HOUR, MINUTE = 3600, 60


def spell(seconds: int, words: Words) -> str:
    """Return a time in hours, minutes and seconds, or in whole days."""
    days, left = divmod(seconds, 24 * HOUR)
    if days and not left:
        return words.translations.ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    parts = ((seconds // HOUR, "h"), (seconds % HOUR // MINUTE, "min"), (seconds % MINUTE, "s"))
    return " ".join(f"{count} {name}" for count, name in parts if count) or "0 min"


def after(seconds: int, words: Words) -> str:
    """Return when something happens, from when an alert has opened."""
    gettext = words.translations.gettext
    return gettext("after %(time)s") % {"time": spell(seconds, words)} if seconds else gettext("at once")


def family_name(family: Family, kind: str, words: Words) -> str:
    """Return of which alerts a policy is."""
    name = words.say(FAMILIES[family])
    return f"{name}: {title(kind, family, words.language)}" if kind else name


def told(tell: Iterable[Who], choices: Choices, words: Words) -> str:
    """Return whom a step tells, by name."""
    return ", ".join(label(who, choices, words) for who in tell)


def label(who: Who, choices: Choices, words: Words) -> str:
    """Return what a recipient is called."""
    if who.person:
        return choices.person.get(who.person, who.person)
    if who.association:
        return choices.association.get(who.association, who.association)
    if who.role and not who.organisation:
        return words.say(ROLES[who.role])
    return whom((who,), words.language)


def besides(plan: Plan, family: Family, words: Words) -> list[str]:
    """Return what a policy says besides its steps and its last resort, a sentence each."""
    return sentences(plan, family, words.language)[len(plan.steps) + 1 :]
