"""What the link in a message is about, and that it was used."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from alerts.lifecycle import Family, State
from alerts.repository import Connection
from core.database import View, only
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class Asked(NamedTuple):
    """A message, to an account or to a contact, and its alert. `told_at` is when the channel had it, or was to have it.

    `is_round` tells that the alert has not come back since; `answer` is what the message was answered with, if it was.
    """

    notification_id: int
    alert: UUID
    account_id: int | None
    contact_id: int | None
    language: str
    channel: str
    told_at: datetime
    is_round: bool
    family: Family
    kind: str
    state: State
    municipality: str
    taken_by: int | None
    taken_by_name: str
    answer: str | None


def asked(connection: Connection, public_id: UUID) -> Asked | None:
    """Return what is known of a message by its public id; None where there is none."""
    row = connection.execute(STATEMENTS["message_asked"], {"public_id": public_id}).fetchone()
    if row is None:
        return None
    return Asked(**row | {"family": Family(row["family"]), "state": State(row["state"])})


def may_act(view: View, alert: UUID) -> bool:
    """Tell whether the viewer may act on an alert now; nobody may whose account was closed."""
    return bool(only(view.connection.execute(STATEMENTS["may_act"], {"alert": alert}))["may_act"])


def acts_by(view: View, way: str) -> None:
    """Let what the viewer does in this transaction be noted as done by `way`."""
    view.connection.execute(STATEMENTS["acts_by"], {"way": way})


def say_there(view: View, alert: UUID, now: datetime) -> bool:
    """Note that the viewer says that they are with the person; tell whether it was noted."""
    return bool(only(view.connection.execute(STATEMENTS["say_there"], {"alert": alert, "now": now}))["said"])


def say_contact_there(connection: Connection, message: UUID, now: datetime) -> bool:
    """Note that the contact whom a message went to says that they are with the person; tell whether it was noted."""
    return bool(only(connection.execute(STATEMENTS["say_contact_there"], {"public_id": message, "now": now}))["said"])


def note_reply(connection: Connection, public_id: UUID, answer: str, now: datetime) -> bool:
    """Note that a message was answered; tell whether it had not been."""
    values = {"public_id": public_id, "answer": answer, "now": now}
    return bool(only(connection.execute(STATEMENTS["note_reply"], values))["noted"])
