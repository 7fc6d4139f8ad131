"""What messages say, in the recipient's language, for every channel; each takes of it what it has room for.

Nothing here knows more than the message has, and that is what its channel may know (`alerts.channels.levels`).
Operators are told what to do; families in plain words what happened and who looks after it, without a link to pages on
which they cannot sign in.
"""

from alerts.channels.transport import Outgoing
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.wording import TRIAL, title
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
PRIVACY = mark("For the sake of privacy this message names nobody. Everything else is shown after you sign in.")
FAMILY_PRIVACY = mark("For the sake of privacy this message names nobody.")
OPERATORS_NEXT: dict[Family, str] = {
    Family.SAFETY: mark("Somebody may need help now. Open the alert and take charge of it:"),
    Family.WELLBEING: mark("Open the alert to see what it is about:"),
    Family.TECHNICAL: mark("Open the alert to see what it is about:"),
}


def headline(outgoing: Outgoing) -> str:
    """Return what happened, roughly where, and to whom if the channel may know, on one line."""
    if outgoing.said:
        return _line(outgoing.said[0])
    gettext = translator(outgoing.language).gettext
    text = title(_kind(outgoing), outgoing.family, outgoing.language)
    if outgoing.municipality:
        text = gettext("%(what)s in %(municipality)s") % {"what": text, "municipality": outgoing.municipality}
    if outgoing.told.first_name:
        text = f"{outgoing.told.first_name}: {text}"
    if outgoing.step:
        text = gettext("%(what)s: nobody has taken charge yet") % {"what": text}
    # A line break in a municipality's name must not begin a header or another line.
    return _line(text)


def sentences(outgoing: Outgoing) -> list[str]:
    """Return what is said without links, as whole sentences, the most important first."""
    if outgoing.said:
        return list(outgoing.said)
    gettext = translator(outgoing.language).gettext
    if outgoing.for_family:
        what = FAMILY_SENTENCES.get(outgoing.kind, FAMILY_OTHERWISE[outgoing.family])
        return [_about(outgoing) + gettext(what), gettext(FAMILY_NEXT[outgoing.family])]
    return [headline(outgoing) + ".", *_known(outgoing)]


def paragraphs(outgoing: Outgoing, links: Links) -> list[str]:
    """Return the whole message for a channel that has room."""
    gettext = translator(outgoing.language).gettext
    found = sentences(outgoing)
    if outgoing.said or outgoing.kind == TRIAL:
        return found
    if outgoing.for_family:
        return found if outgoing.told.first_name else [*found, gettext(FAMILY_PRIVACY)]
    found += [gettext(OPERATORS_NEXT[outgoing.family]), links.alert(outgoing.alert_public_id)]
    if reply := links.reply(outgoing.public_id):
        found += [gettext("Or answer at once, without signing in. This link is for you alone and works once:"), reply]
    return found if outgoing.told.first_name else [*found, gettext(PRIVACY)]


def link(outgoing: Outgoing, links: Links) -> str:
    """Return the one address that a short message leads to: to answer, else to sign in; '' where there is none."""
    if outgoing.said or outgoing.for_family or outgoing.kind == TRIAL:
        return ""
    return links.reply(outgoing.public_id) or links.alert(outgoing.alert_public_id)


def short(outgoing: Outgoing) -> str:
    """Return what is said on a channel with little room."""
    if outgoing.said or outgoing.for_family:
        return _line(" ".join(sentences(outgoing)))
    return headline(outgoing) + "."


def _kind(outgoing: Outgoing) -> str:
    """Return the kind that may be said: what stands out of somebody's wellbeing, only where they may be named."""
    return outgoing.kind if outgoing.family is not Family.WELLBEING or outgoing.told.first_name else ""


def _about(outgoing: Outgoing) -> str:
    where = ", ".join(part for part in (outgoing.told.first_name, outgoing.municipality) if part)
    return f"{where}: " if where else ""


def _known(outgoing: Outgoing) -> list[str]:
    told = outgoing.told
    who = ", ".join(_line(part) for part in (told.name, told.address, told.phone) if part)
    return [f"{part}." for part in (who, _line(told.explanation)) if part]


def _line(text: str) -> str:
    return " ".join(text.split())
