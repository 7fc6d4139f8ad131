"""Identities at identity providers: whose they are, how an account gets one, and what was begun to get there.

An identity comes here as a keyed digest: what a provider calls somebody, a fiscal code for instance, is kept nowhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from core.database import View
from registry import repository
from registry.invitations import OverError
from registry.repository import Connection

LASTS = timedelta(minutes=15)
_ELSEWHERE = -1


class Request(NamedTuple):
    """What was begun in a browser: `account_id` adds an identity, `invitation` (a digest) is accepted by one."""

    nonce: str
    verifier: str
    wanted: str
    account_id: int | None = None
    invitation: bytes | None = None


class At(NamedTuple):
    """A provider: its key, and the organisation whose accounts it may sign in, "" for all."""

    key: str
    organisation: str


class Owner(NamedTuple):
    """Whose identity it is. `is_within`: the provider may sign them in."""

    account_id: int
    language: str
    is_within: bool


class Identity(NamedTuple):
    """An identity of the viewer's; `used_at` is None where it was not yet."""

    public_id: UUID
    provider: str
    linked_at: datetime
    used_at: datetime | None


class Linked(StrEnum):
    """What came of adding an identity."""

    LINKED = "linked"
    TAKEN = "taken"  # it belongs to another account
    ANOTHER = "another"  # the account has another one of this provider
    ELSEWHERE = "elsewhere"  # the provider may not sign this account in


class Removed(StrEnum):
    """What came of taking an identity away."""

    REMOVED = "removed"
    NEEDED = "needed"  # nothing else would let its owner in
    NONE = "none"


def keep(connection: Connection, holder: bytes, state: bytes, at: At, request: Request, now: datetime) -> None:
    """Keep what was begun in a browser, known by `holder`, until it comes back with what `state` is a digest of."""
    repository.keep_provider_request(connection, holder, state, at.key, request._asdict(), now, now + LASTS)


def take(connection: Connection, holder: bytes, state: bytes, at: At, now: datetime) -> Request | None:
    """Return what was begun in a browser, once; None if nothing, something else, or too long ago."""
    row = repository.take_provider_request(connection, holder, state, at.key, now)
    if row is None or not row["holds"]:
        return None
    digest = row["invitation_digest"]
    invitation = None if digest is None else bytes(digest)
    return Request(row["nonce"], row["verifier"], row["wanted"], row["account_id"], invitation)


def owner(connection: Connection, at: At, digest: bytes, now: datetime) -> Owner | None:
    """Return whose identity it is, of an open account; None if it is nobody's."""
    row = repository.sign_in_by_identity(connection, digest, at.organisation, now)
    return None if row is None else Owner(**row)


def link(view: View, at: At, digest: bytes, now: datetime) -> Linked:
    """Add an identity to the viewer's account, or say why not."""
    return Linked(repository.link_identity(view.connection, at.key, digest, at.organisation, now))


def own(view: View) -> list[Identity]:
    """Return the identities of the viewer."""
    return [Identity(**row) for row in repository.own_identities(view.connection)]


def remove(view: View, identity: UUID, offered: Sequence[At], now: datetime) -> Removed:
    """Take an identity of the viewer's away, or say why not; `offered` are the providers that there are."""
    return Removed(repository.remove_identity(view.connection, identity, offered, now) or Removed.NONE)


def accept_invitation(
    connection: Connection, at: At, invitation: bytes, digest: bytes, login: str, name: str, language: str,
    now: datetime,
) -> int | None:  # fmt: skip
    """Use an invitation by an identity, for its account or for a new one; return the account.

    None where the provider may not sign in accounts of the organisation that invites. Raises `OverError`.
    """
    made = repository.accept_invitation_by_identity(
        connection, invitation, at.key, digest, at.organisation, login, name, language, now
    )
    if made is None:
        raise OverError
    return None if made == _ELSEWHERE else made


def set_by_provider_only(view: View, account: UUID, offered: Sequence[At], now: datetime, *, only: bool) -> bool:
    """Let an account that the viewer administers sign in through providers alone, or by its password again.

    `offered` are the providers that there are. False where there is no such account, it is the viewer's own, it is so
    already, or no identity would let it in: there is none, or its provider is gone or may not sign this account in.
    """
    return repository.set_by_provider_only(view.connection, account, offered, now, wanted=only)
