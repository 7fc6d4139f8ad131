"""Invitations: how somebody without SPID gets an account, by a code that can be used once.

The code is told once, when it is made (`registry.codes`).
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from core.database import View
from core.translation import mark
from registry import accounts, repository
from registry.agreement import Capacity
from registry.codes import digest, new_code
from registry.consents import DecisionError
from registry.repository import Connection
from registry.rules import LOGIN

LASTS = timedelta(days=14)
_TAKEN = -1


class Made(NamedTuple):
    """An invitation that was made just now; the code is nowhere else."""

    public_id: UUID
    code: str
    expires_at: datetime


class Invited(NamedTuple):
    """What whoever holds a code is told: to whom it leads, as what, who invites, and what is known of them."""

    person: str
    capacity: Capacity
    organisation: str
    name: str
    email: str
    language: str
    expires_at: datetime


class InvitationError(DecisionError):
    """Base: an invitation was not made or used."""


class NothingSharedError(InvitationError):
    """There is nobody to invite, or nothing that they could see."""

    message = mark(
        "Nobody was invited: for the family there has to be a consent that holds, and something that is shared with "
        "this contact."
    )


class OverError(InvitationError):
    """The code is not known, was used, has expired or was taken back."""

    message = mark("This code cannot be used: it was used already, it has expired, or it was taken back.")


class LoginTakenError(InvitationError):
    """Somebody has this login already."""

    message = mark("Somebody has this user name already. Choose another one.")


class LoginError(InvitationError):
    """This cannot be a login."""

    message = mark("A user name has small letters, digits, '.', '_', '@' and '-', and at most 63 of them.")


class PasswordError(InvitationError):
    """The password is too short or too long, or is the login."""

    message = mark("A password has at least %(least)d characters, and is not the user name.")


def make(view: View, person: UUID, capacity: Capacity, contact: str, now: datetime) -> Made:
    """Invite a contact of a person ("": the person, or a delegate who is no contact).

    Raises `NothingSharedError` where the viewer may not, there is no such contact, or nothing is shared with it.
    """
    code = new_code()
    expires_at = now + LASTS
    made = repository.make_invitation(view.connection, person, capacity, contact, digest(code), expires_at, now)
    if made is None:
        raise NothingSharedError
    return Made(made, code, expires_at)


def revoke(view: View, invitation: UUID, now: datetime) -> None:
    """Take an invitation back; nothing happens where it cannot be used any more."""
    repository.revoke_invitation(view.connection, invitation, now)


def look(connection: Connection, code: str, now: datetime) -> Invited:
    """Return what a code leads to. Raises `OverError`."""
    row = repository.look_at_invitation(connection, digest(code), now)
    if row is None:
        raise OverError
    return Invited(**row | {"capacity": Capacity(row["capacity"])})


def accept(
    connection: Connection, code: str, login: str, name: str, password: str, language: str, now: datetime
) -> int:
    """Make the account of whoever was invited; return its number.

    Raises `OverError`, `LoginError`, `LoginTakenError` or `PasswordError`, and then the code can still be used.
    """
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise LoginError
    if not accounts.is_good(password, login):
        raise PasswordError(least=accounts.MINIMUM_LENGTH)
    # A password is hashed slowly on purpose: for a code that leads nowhere it is not, however often it is asked.
    look(connection, code, now)
    hashed = accounts.hashed(password)
    made = repository.accept_invitation(connection, digest(code), login, name.strip() or login, hashed, language, now)
    if made is None:
        raise OverError
    if made == _TAKEN:
        raise LoginTakenError
    return made


def join(view: View, code: str, now: datetime) -> None:
    """Let the viewer, who has an account, use a code. Raises `OverError`."""
    person_id = repository.join_by_invitation(view.connection, digest(code), now)
    if person_id is None:
        raise OverError
    view.listed.add(person_id)
