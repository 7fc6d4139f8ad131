"""What messages say, in the recipient's language, for every channel; each takes of it what it has room for.

Nothing here knows more than the message has, and that is what its channel may know (`alerts.channels.levels`).
Operators are told what to do; families in plain words what happened and who looks after it, with the link by which they
say to be there, and never one to pages on which they cannot sign in.
"""

from collections.abc import Sequence

from alerts.channels.levels import Level, title_at
from alerts.channels.transport import Outgoing
from alerts.digest.links import daily_path
from alerts.lifecycle import Family, State
from alerts.replies.links import Links
from alerts.summaries.about import SEVERAL, About, Purpose
from alerts.wording import TRIAL
from core.translation import mark, translator

# What a family is told of a call for help, by its kind.
FAMILY_SENTENCES: dict[str, str] = {
    "sos_button": mark("The SOS button has been pressed in the home for which you are a contact."),
    "smoke": mark("A smoke alarm has gone off in the home for which you are a contact."),
    "gas": mark("A sensor reports gas in the home for which you are a contact."),
    "carbon_monoxide": mark("A sensor reports carbon monoxide in the home for which you are a contact."),
    "water_leak": mark("A sensor reports water on the floor in the home for which you are a contact."),
    "fall": mark("A sensor reports that somebody may have fallen in the home for which you are a contact."),
}
FAMILY_OTHERWISE: dict[Family, str] = {
    Family.SAFETY: mark("Somebody may need help in the home for which you are a contact."),
    Family.WELLBEING: mark("Something is different from usual in the home for which you are a contact."),
    Family.TECHNICAL: mark("A device needs attention in the home for which you are a contact."),
}
FAMILY_NEXT: dict[Family, str] = {
    Family.SAFETY: mark(
        "The operators of the service have been called. If you can, telephone or go there. In an emergency call 112."
    ),
    Family.WELLBEING: mark("The operators of the service look into it. There is nothing that you must do now."),
    Family.TECHNICAL: mark(
        "The operators of the service know. It is about the device, not about anybody's health, and there is nothing"
        " that you must do."
    ),
}
FAMILY_REPLY = mark("If you are there, say so here, without signing in. This link is for you alone and works once:")
DAILY_NEXT = mark("Choose here, without signing in, when and how this message comes, or that it comes no more:")
FAMILY_PRIVACY = mark("For the sake of privacy this message names nobody.")
PRIVACY = mark("For the sake of privacy this message names nobody. Everything else is shown after you sign in.")
PRIVACY_OF_SEVERAL = mark("For the sake of privacy this message names nobody who is looked after.")
OPERATORS_NEXT: dict[Family, str] = {
    Family.SAFETY: mark("Somebody may need help now. Open the alert and take charge of it:"),
    Family.WELLBEING: mark("Open the alert to see what it is about:"),
    Family.TECHNICAL: mark("Open the alert to see what it is about:"),
}
REMINDED_NEXT = mark("Nothing has been written of it for a while. Say how it stands, or give it back:")
SEVERAL_NEXT = mark("See them all, the most pressing first:")


def headline(outgoing: Outgoing) -> str:
    """Return what happened, roughly where, and to whom if the channel may know, on one line."""
    what = placed(_title(outgoing), outgoing.municipality, outgoing.language)
    return _headline(outgoing, f"{outgoing.told.first_name}: {what}" if outgoing.told.first_name else what)


def heading(outgoing: Outgoing) -> str:
    """Return the same without where and to whom, for channels that say those on a line of their own."""
    return _headline(outgoing, _title(outgoing))


def who_and_where(outgoing: Outgoing) -> str:
    """Return that line: empty where nothing of it may be said."""
    return ", ".join(_line(part) for part in (outgoing.told.first_name, outgoing.municipality) if part)


def placed(what: str, municipality: str, language: str) -> str:
    """Return `what` with the municipality, where that is known."""
    if not municipality:
        return what
    given = {"what": what, "municipality": municipality}
    return translator(language).gettext("%(what)s in %(municipality)s") % given


def sentences(outgoing: Outgoing) -> list[str]:
    """Return what is said without links, as whole sentences, the most important first."""
    if outgoing.said:
        return list(outgoing.said)
    if outgoing.purpose in SEVERAL:
        return [headline(outgoing) + ".", *(f"{line}." for line in lines(outgoing.about, outgoing.language))]
    gettext = translator(outgoing.language).gettext
    if outgoing.for_family:
        what = FAMILY_SENTENCES.get(outgoing.kind, FAMILY_OTHERWISE[outgoing.family])
        where = who_and_where(outgoing)
        return [f"{where}: {gettext(what)}" if where else gettext(what), gettext(FAMILY_NEXT[outgoing.family])]
    return [headline(outgoing) + ".", *_known(outgoing)]


def paragraphs(outgoing: Outgoing, links: Links) -> list[str]:
    """Return the whole message for a channel that has room."""
    gettext = translator(outgoing.language).gettext
    if outgoing.purpose in SEVERAL:
        listed = "\n".join(lines(outgoing.about, outgoing.language))
        return [headline(outgoing) + ".", listed, gettext(SEVERAL_NEXT), links.alerts(), gettext(PRIVACY_OF_SEVERAL)]
    found = sentences(outgoing)
    if outgoing.daily and (chosen := chosen_at(outgoing, links)):
        return [*found, gettext(DAILY_NEXT), chosen]
    if outgoing.said or outgoing.kind == TRIAL:
        return found
    if outgoing.for_family:
        if reply := answered_at(outgoing, links):
            found += [gettext(FAMILY_REPLY), reply]
        return found if outgoing.told.first_name else [*found, gettext(FAMILY_PRIVACY)]
    to_do = REMINDED_NEXT if outgoing.purpose is Purpose.REMINDER else OPERATORS_NEXT[outgoing.family]
    found += [gettext(to_do), links.alert(outgoing.alert_public_id)]
    if reply := answered_at(outgoing, links):
        found += [gettext("Or answer at once, without signing in. This link is for you alone and works once:"), reply]
    return found if outgoing.told.first_name else [*found, gettext(PRIVACY)]


def answered_at(outgoing: Outgoing, links: Links) -> str:
    """Return where a message is answered without signing in; '' where there is nothing to answer, or no key."""
    return links.reply(outgoing.public_id) if is_answered(outgoing) else ""


def chosen_at(outgoing: Outgoing, links: Links) -> str:
    """Return where it is chosen when the message of the day comes; '' for any other message, or without a key."""
    path = daily_path(links.key, outgoing.public_id) if outgoing.daily else ""
    return links.base_url.rstrip("/") + path if path else ""


def is_answered(outgoing: Outgoing) -> bool:
    """Tell whether a message can be answered: it calls somebody. A family has nothing to say of a device."""
    if outgoing.said or outgoing.kind == TRIAL or outgoing.purpose is not Purpose.CALL:
        return False
    return not outgoing.for_family or outgoing.family is not Family.TECHNICAL


def link(outgoing: Outgoing, links: Links) -> str:
    """Return the one address that a short message leads to: to answer, else to sign in; '' where there is none."""
    if outgoing.said or outgoing.kind == TRIAL:
        return chosen_at(outgoing, links)
    if outgoing.purpose in SEVERAL:
        return links.alerts()
    return answered_at(outgoing, links) or ("" if outgoing.for_family else links.alert(outgoing.alert_public_id))


def short(outgoing: Outgoing) -> str:
    """Return what is said on a channel with little room."""
    if outgoing.said or outgoing.for_family:
        return _line(" ".join(sentences(outgoing)))
    return headline(outgoing) + "."


def lines(about: Sequence[About], language: str) -> list[str]:
    """Return a line for each kind of several alerts: how many there are of it and who has them.

    It names nobody in a home, and is the same on every channel: what is collected is read over the shoulder.
    """
    gettext = translator(language).gettext
    said = []
    for each in about:
        line = f"{each.alerts} x {title_at(Level.KIND, Family(each.family), each.kind, language)}"
        if each.taken_by_name:
            line = gettext("%(what)s, in charge: %(who)s") % {"what": line, "who": each.taken_by_name}
        said.append(line)
    return said


def _title(outgoing: Outgoing) -> str:
    # What names nobody says no more of anybody's wellbeing than that it is about that, whoever has prepared it.
    level = Level.NAME if outgoing.told.first_name else Level.KIND
    return title_at(level, outgoing.family, outgoing.kind, outgoing.language)


def _headline(outgoing: Outgoing, what: str) -> str:
    if outgoing.said:
        return _line(outgoing.said[0])
    if outgoing.purpose in SEVERAL:
        return _several(outgoing.purpose, outgoing.about, outgoing.language)
    translations = translator(outgoing.language)
    gettext, ngettext = translations.gettext, translations.ngettext
    if outgoing.purpose is Purpose.REMINDER:
        what = gettext("You are in charge: %(what)s") % {"what": what}
    elif outgoing.step:
        what = gettext("%(what)s: nobody has taken charge yet") % {"what": what}
    if outgoing.together:
        more = ngettext(
            "%(what)s, and %(count)d more alert in the same home",
            "%(what)s, and %(count)d more alerts in the same home",
            outgoing.together,
        )
        what = more % {"what": what, "count": outgoing.together}
    # A line break in a municipality's name must not begin a header or another line.
    return _line(what)


def _several(purpose: Purpose, about: Sequence[About], language: str) -> str:
    """Return what a message about several alerts is called."""
    translations = translator(language)
    gettext, ngettext = translations.gettext, translations.ngettext
    count = sum(each.alerts for each in about)
    if purpose is Purpose.MORNING_ROUND:
        return ngettext(
            "Morning round: %(count)d technical problem", "Morning round: %(count)d technical problems", count
        ) % {"count": count}
    if purpose is Purpose.OVERFLOW:
        return ngettext(
            "%(count)d more change in wellbeing today", "%(count)d more changes in wellbeing today", count
        ) % {"count": count}
    waiting = sum(each.alerts for each in about if each.state == State.NEW)
    given = {"count": count, "waiting": waiting}
    return gettext("Hand-over of the shift: %(count)d open alerts, %(waiting)d without anybody in charge") % given


def _known(outgoing: Outgoing) -> list[str]:
    told = outgoing.told
    who = ", ".join(_line(part) for part in (told.name, told.address, told.phone) if part)
    return [f"{part}." for part in (who, _line(told.explanation)) if part]


def _line(text: str) -> str:
    return " ".join(text.split())
