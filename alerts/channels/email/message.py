"""The text of a notification by e-mail, in the recipient's language.

E-mail is read by whoever holds the phone, so it names nobody and says nothing about anybody's health: what kind of
alert (for wellbeing only that it is about wellbeing), in which municipality, and where to sign in to see it.
"""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from alerts.channels import words
from alerts.channels.email.limits import SUBJECT_CHARACTERS
from alerts.channels.transport import Outgoing
from alerts.lifecycle import Family
from alerts.replies.links import Links


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
    if outgoing.family is Family.SAFETY:
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    if chosen := words.chosen_at(outgoing, links):
        # RFC 8058: what the button "unsubscribe" of a mail program does.
        message["List-Unsubscribe"] = f"<{chosen}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body(outgoing, links))
    # Setting the content takes away what was said of it before.
    message["Content-Language"] = outgoing.language
    return message


def subject(outgoing: Outgoing) -> str:
    """Return the subject line."""
    return words.headline(outgoing)[:SUBJECT_CHARACTERS]


def body(outgoing: Outgoing, links: Links) -> str:
    """Return the text."""
    return "\n\n".join(words.paragraphs(outgoing, links)) + "\n"
