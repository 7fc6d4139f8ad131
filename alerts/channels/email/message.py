"""The text of a notification by e-mail, in the recipient's language.

E-mail is read by whoever holds the phone, so it names nobody and says nothing about anybody's health: what kind of
alert (for wellbeing only that it is about wellbeing), in which municipality, and where to sign in to see it.
"""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from alerts.channels.email.limits import SUBJECT_CHARACTERS
from alerts.channels.transport import Outgoing
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.summaries.about import SEVERAL, Purpose, headline, lines
from alerts.wording import FAMILY_TITLES, title
from core.translation import translator


def message_id(outgoing: Outgoing, sender: str) -> str:
    """Return the Message-ID: the same for every attempt, so that a repeated message is known as one."""
    return f"<{outgoing.public_id}@{sender.rpartition('@')[2]}>"


def compose(outgoing: Outgoing, sender: str, links: Links) -> EmailMessage:
    """Return the message to hand over; raises `ValueError` if an address cannot stand in a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = outgoing.address
    message["Subject"] = subject(outgoing)
    # The alert's own time: the message is the same bytes whenever it is repeated.
    message["Date"] = format_datetime(outgoing.opened_at)
    message["Message-ID"] = message_id(outgoing, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = outgoing.language
    if outgoing.family is Family.SAFETY:
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    message.set_content(body(outgoing, links))
    return message


def subject(outgoing: Outgoing) -> str:
    """Return the subject line."""
    gettext = translator(outgoing.language).gettext
    if outgoing.purpose in SEVERAL:
        return headline(outgoing.purpose, outgoing.about, outgoing.language)[:SUBJECT_CHARACTERS]
    text = what(outgoing)
    if outgoing.municipality:
        text = gettext("%(what)s in %(municipality)s") % {"what": text, "municipality": outgoing.municipality}
    if outgoing.purpose is Purpose.REMINDER:
        text = gettext("You are in charge: %(what)s") % {"what": text}
    elif outgoing.step:
        text = gettext("%(what)s: nobody has taken charge yet") % {"what": text}
    if outgoing.together:
        more = translator(outgoing.language).ngettext(
            "%(what)s, and %(count)d more alert in the same home",
            "%(what)s, and %(count)d more alerts in the same home",
            outgoing.together,
        )
        text = more % {"what": text, "count": outgoing.together}
    # A line break in a municipality's name must not begin a header.
    return " ".join(text.split())[:SUBJECT_CHARACTERS]


def body(outgoing: Outgoing, links: Links) -> str:
    """Return the text."""
    gettext = translator(outgoing.language).gettext
    paragraphs = [subject(outgoing) + "."]
    if outgoing.purpose in SEVERAL:
        paragraphs.append("\n".join(lines(outgoing.about, outgoing.language)))
        paragraphs += [gettext("See them all, the most pressing first:"), links.alerts()]
        paragraphs.append(gettext("For the sake of privacy this message names nobody who is looked after."))
        return "\n\n".join(paragraphs) + "\n"
    if outgoing.purpose is Purpose.REMINDER:
        paragraphs.append(gettext("Nothing has been written of it for a while. Say how it stands, or give it back:"))
    elif outgoing.family is Family.SAFETY:
        paragraphs.append(gettext("Somebody may need help now. Open the alert and take charge of it:"))
    else:
        paragraphs.append(gettext("Open the alert to see what it is about:"))
    paragraphs.append(links.alert(outgoing.alert_public_id))
    if outgoing.purpose is Purpose.CALL and (reply := links.reply(outgoing.public_id)):
        paragraphs.append(gettext("Or answer at once, without signing in. This link is for you alone and works once:"))
        paragraphs.append(reply)
    paragraphs.append(
        gettext("For the sake of privacy this message names nobody. Everything else is shown after you sign in.")
    )
    return "\n\n".join(paragraphs) + "\n"


def what(outgoing: Outgoing) -> str:
    """Return what the alert is called on an insecure channel."""
    if outgoing.family is Family.WELLBEING:
        return translator(outgoing.language).gettext(FAMILY_TITLES[Family.WELLBEING])
    return title(outgoing.kind, outgoing.family, outgoing.language)
