"""Policies in plain sentences, one for each step, in the reader's language."""

from alerts.channels.names import name_of
from alerts.lifecycle import Family
from alerts.policies.plan import Plan, Step, Who
from core.translation import mark, translator

ROLES = {
    "operator": mark("the operators"),
    "coordinator": mark("the coordinators"),
    "installer": mark("the installers"),
    "researcher": mark("the researchers"),
    "administrator": mark("the administrators"),
}


def sentences(plan: Plan, family: Family, language: str) -> list[str]:
    """Return what a policy does, a sentence for each step and one for each of what else it says."""
    gettext = translator(language).gettext
    said = [step_sentence(step, index == 0, language) for index, step in enumerate(plan.steps)]
    after = span(plan.unanswered_after, language)
    if not plan.last_resort.tell:
        said.append(gettext("If nobody has taken charge %(after)s after that, the alert says so.") % {"after": after})
    else:
        given = {
            "after": after,
            "who": whom(plan.last_resort.tell, language),
            "every": span(plan.last_resort.every, language),
        }
        sentence = gettext("If nobody has taken charge %(after)s after that, %(who)s are told, on or off duty.")
        if family is Family.SAFETY:
            sentence = gettext(
                "If nobody has taken charge %(after)s after that, %(who)s are told, on or off duty, every %(every)s"
                " until somebody does."
            )
        said.append(sentence % given)
    return said + _what_else(plan, family, language)


def step_sentence(step: Step, is_first: bool, language: str) -> str:
    """Return what a step does."""
    translations = translator(language)
    gettext = translations.gettext
    who = whom(step.tell, language)
    if is_first and not step.after:
        said = gettext("At once %(who)s are told") % {"who": who}
    else:
        said = gettext("After %(after)s %(who)s are told") % {"after": span(step.after, language), "who": who}
    if step.channels:
        names = ", ".join(name_of(channel, language) for channel in step.channels)
        said = gettext("%(said)s by %(channels)s") % {"said": said, "channels": names}
    if step.times > 1:
        given = {"said": said, "count": step.times, "every": span(step.every, language)}
        said = gettext("%(said)s, %(count)d times, every %(every)s") % given
    return f"{said}."


def whom(tell: tuple[Who, ...], language: str) -> str:
    """Return whom a step tells."""
    gettext = translator(language).gettext
    return gettext(" and ").join(_one(who, language) for who in tell)


def _one(who: Who, language: str) -> str:
    gettext = translator(language).gettext
    if who.role and who.organisation:
        return gettext("%(role)s of %(organisation)s") % {
            "role": gettext(ROLES[who.role]), "organisation": who.organisation,
        }  # fmt: skip
    if who.role:
        return gettext(ROLES[who.role])
    if who.shift:
        return gettext("whoever is on duty (%(rota)s)") % {"rota": who.shift}
    if who.association:
        return gettext("the volunteers of %(association)s") % {"association": who.association}
    return gettext("the family") if who.contacts else who.person


def _what_else(plan: Plan, family: Family, language: str) -> list[str]:
    gettext, ngettext = translator(language).gettext, translator(language).ngettext
    said = []
    if plan.quiet_from and family is not Family.SAFETY:
        given = {"begins": plan.quiet_from, "ends": plan.quiet_until}
        said.append(gettext("Between %(begins)s and %(ends)s nobody is told of what can wait.") % given)
    if plan.told_at and family is not Family.SAFETY:
        said.append(gettext("People are told at %(time)s.") % {"time": plan.told_at})
    if plan.remind_after:
        given = {"after": span(plan.remind_after, language)}
        said.append(gettext("Whoever is in charge and does nothing for %(after)s is reminded.") % given)
    if plan.give_back_after:
        given = {"after": span(plan.give_back_after, language)}
        said.append(gettext("%(after)s later the alert goes back to the queue.") % given)
    if plan.there_waits:
        given = {"after": span(plan.there_waits, language)}
        said.append(gettext("Where a contact says to be there, nobody else is called for %(after)s.") % given)
    if plan.budget:
        given = {"count": str(plan.budget)}
        said.append(
            ngettext(
                "Each person gets at most %(count)s such message a day; what is more is in one summary.",
                "Each person gets at most %(count)s such messages a day; what is more is in one summary.",
                plan.budget,
            )
            % given
        )
    if plan.cool_down and family is Family.WELLBEING:
        given = {"after": span(plan.cool_down, language)}
        said.append(gettext("The same does not open a new alert within %(after)s after an outcome.") % given)
    if plan.group_within:
        given = {"within": span(plan.group_within, language)}
        said.append(gettext("What happens in one home within %(within)s is one group, told once.") % given)
    return said


def span(seconds: int, language: str) -> str:
    """Return a number of seconds in the largest unit that says it exactly."""
    ngettext = translator(language).ngettext
    if seconds % 86_400 == 0 and seconds:
        return ngettext("%(count)d day", "%(count)d days", seconds // 86_400) % {"count": seconds // 86_400}
    if seconds % 3600 == 0 and seconds:
        return ngettext("%(count)d hour", "%(count)d hours", seconds // 3600) % {"count": seconds // 3600}
    if seconds % 60 == 0 and seconds:
        return ngettext("%(count)d minute", "%(count)d minutes", seconds // 60) % {"count": seconds // 60}
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
