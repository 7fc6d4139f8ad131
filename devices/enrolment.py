"""Credentials of its own for each gateway: made, renewed, revoked.

First the database knows (only a hash of the password), then the broker is told. Whatever happens in between, the
database is what counts: the process of `devices` takes from the broker whom the database does not know, and a broker of
our own is told at each start who may sign in.

A page for people acts through `enrol_seen` and `revoke_seen`, which decide who may.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from core.access.accounts import Account, gateway_account, is_gateway
from core.access.mosquitto import Login
from core.access.passwords import Hashed, hashed, new_password
from core.database import Database, View
from core.errors import VicinoError
from core.topics import KEY
from devices.gateways import repository
from devices.gateways.reads import Enrolment, enrolments

PREFIX = "gw-"


class EnrolmentError(VicinoError):
    """A gateway cannot be enrolled, or its credentials cannot be revoked."""


class BrokerAccounts(Protocol):
    """Who may sign in at the broker. Both raise `VicinoError` if the broker cannot be told."""

    def admit(self, admissions: Sequence[tuple[Account, str]]) -> None:
        """Let these accounts sign in with these passwords, and no longer with any other."""

    def expel(self, names: Sequence[str]) -> None:
        """Let the accounts of these names sign in no more, and end their connections."""


class Password(NamedTuple):
    """A new password of a gateway: to be shown once, and kept by nobody but the gateway."""

    gateway: str
    password: str
    hash: Hashed

    def __repr__(self) -> str:
        """Return what may stand in a log: not the password."""
        return f"Password(gateway={self.gateway!r})"


def place(database: Database, home: str, key: str | None) -> str:
    """Return the gateway of a home, made if it is not there; `key` names it where there is none yet, or more than one.

    Raises `EnrolmentError` if there is no such home, or the gateway stands in another one.
    """
    with database.transaction() as connection:
        found = repository.gateways_of_home(connection, home)
        if found is None:
            raise EnrolmentError(
                f"There is no home {home!r}.", advice="describe it first (vicino registry apply), or look at its key"
            )
        if key is None and len(found) == 1:
            return found[0]
        if key is None and found:
            raise EnrolmentError(f"The home {home!r} has several gateways.", advice=f"name one: {', '.join(found)}")
        wanted = key or _key_for(home)
        if wanted in found:
            return wanted
        if not KEY.fullmatch(wanted):
            raise EnrolmentError(
                f"{wanted!r} cannot be a gateway's key.", advice="use a-z, 0-9, '.', '_' and '-', at most 63 of them"
            )
        if not repository.place_gateway(connection, home, wanted):
            raise EnrolmentError(
                f"The gateway {wanted!r} stands in another home. Its history belongs to the people of that home.",
                kept="everything as it was",
                advice="give the gateway a new key (--key)",
            )
        return wanted


def require_new(database: Database, key: str) -> None:
    """Raise `EnrolmentError` if a gateway has credentials already: to replace them is something else."""
    if any(each.gateway == key and each.state != "revoked" and each.enrolled_at for each in listed(database)):
        raise EnrolmentError(
            f"The gateway {key!r} has credentials already. They were shown once and cannot be shown again.",
            kept="the credentials as they are",
            advice=f"if they are lost, make new ones: vicino gateway renew {key}",
        )


def enrol(
    database: Database, accounts: BrokerAccounts | None, keys: Sequence[str], now: datetime
) -> Mapping[str, Password]:
    """Give gateways new credentials and tell the broker; return the passwords by gateway key.

    What they had before is void, and whoever is connected with it is disconnected. Without `accounts` the broker is one
    that knows no accounts, or must be told otherwise. Raises `EnrolmentError` if a gateway is not known, and
    `VicinoError` if the broker cannot be told: then the gateways have credentials that nobody knows.
    """
    made = [_made(key) for key in keys]
    hashes = {each.gateway: str(each.hash) for each in made}
    with database.transaction() as connection:
        known = repository.write_enrolments(connection, hashes, now)
        if missing := [key for key in keys if key not in known]:
            raise EnrolmentError(f"These gateways are not registered: {', '.join(missing)}.", kept="all as it was")
    if accounts is not None:
        accounts.admit([(gateway_account(each.gateway), each.password) for each in made])
        with database.transaction() as connection:
            repository.note_admitted(connection, hashes, now)
    return {each.gateway: each for each in made}


def revoke(database: Database, accounts: BrokerAccounts | None, key: str, now: datetime) -> None:
    """Take a gateway's credentials away: it is disconnected at once and cannot come back.

    Raises `EnrolmentError` if it has none, and `VicinoError` if the broker cannot be told: then they are void all the
    same as soon as the process of `devices` or the broker's next start sees to it.
    """
    with database.transaction() as connection:
        done = repository.write_revocation(connection, key, now)
    if not done:
        raise EnrolmentError(f"The gateway {key!r} has no credentials.", advice="see `vicino gateway list`")
    if accounts is not None:
        accounts.expel([key])


def enrol_seen(view: View, key: str, now: datetime) -> Password | None:
    """Give a gateway new credentials for the viewer, if they may: installers, coordinators, administrators.

    Once this is committed, hand it over to the broker (`devices.admission.hand_over`). None where the viewer may not.
    """
    made = _made(key)
    return made if repository.enrol_for_viewer(view, key, str(made.hash), now) else None


def place_seen(view: View, home_public_id: UUID) -> str | None:
    """Return the gateway of a home, made if there is none, for the viewer; None where they may not."""
    return repository.place_gateway_for_viewer(view, home_public_id)


def revoke_seen(view: View, key: str, now: datetime) -> bool:
    """Take a gateway's credentials away for the viewer; tell whether it was done.

    The process of `devices` is notified and tells the broker at once.
    """
    return repository.revoke_for_viewer(view, key, now)


def listed(database: Database) -> list[Enrolment]:
    """Return every gateway and how it stands."""
    with database.transaction() as connection:
        return enrolments(connection)


def strangers(database: Database, names: Collection[str]) -> list[str]:
    """Return which of these accounts of the broker are gateways' that may not connect.

    Ask the broker for the names first: a gateway is known here before it is there.
    """
    with database.transaction() as connection:
        active = repository.active_enrolments(connection)
    return sorted(name for name in names if is_gateway(name) and name not in active)


def logins(database: Database) -> list[Login]:
    """Return the gateways that may sign in, with the hashes of their passwords, as a broker is told at its start."""
    with database.transaction() as connection:
        active = repository.active_enrolments(connection)
    return [Login(gateway_account(key), Hashed.parse(found)) for key, found in active.items()]


def _made(key: str) -> Password:
    password = new_password()
    return Password(key, password, hashed(password))


def _key_for(home: str) -> str:
    return f"{PREFIX}{home.lower()}"
