"""Passwords of local accounts: hashed with argon2id, checked in the same time whether or not the login exists."""

from datetime import datetime
from functools import cache

from psycopg import Connection
from psycopg.rows import DictRow
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from core.database import View
from core.errors import VicinoError
from core.languages import READ
from registry import reads, repository
from registry.rules import LOGIN

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 1_000  # hashing more would let anybody keep the processor busy

_HASHER = PasswordHash((Argon2Hasher(),))


class AccountError(VicinoError):
    """A password cannot be set."""


def set_password(connection: Connection[DictRow], login: str, password: str, now: datetime) -> None:
    """Set the password of the account `login`; whoever is signed in with the old one is signed out.

    Raises `AccountError` if there is no such account, or the password is shorter than 10 characters, longer than
    1,000 or the login itself.
    """
    kept, key = "the password as it was.", login.strip().lower()
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        raise AccountError(f"A password has {MINIMUM_LENGTH} to {MAXIMUM_LENGTH} characters.", kept=kept)
    if password.strip().lower() == key:
        raise AccountError("The login cannot be the password.", kept=kept)
    if not LOGIN.fullmatch(key) or not repository.store_password_hash(connection, key, hashed(password), now):
        raise _no_account(login)


def is_good(password: str, login: str) -> bool:
    """Tell whether a password may be set for the account `login`."""
    return MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH and password.strip().lower() != login


def hashed(password: str) -> str:
    """Return what is kept of a password: its argon2id hash."""
    return _HASHER.hash(password)


def open_or_close(connection: Connection[DictRow], login: str, now: datetime, *, active: bool) -> None:
    """Open or close the account `login`; its sign-ins are over. Raises `AccountError` if there is none."""
    if not repository.open_or_close_account(connection, login.strip().lower(), now, active=active):
        raise _no_account(login)


def remove_role(connection: Connection[DictRow], login: str, organisation: str, role: str) -> None:
    """Take a role in an organisation away from the account `login`, from its next request on.

    Raises `AccountError` if it does not have it.
    """
    if not repository.remove_role(connection, login.strip().lower(), organisation, role):
        raise AccountError(
            f"The account {login!r} is not {role} of {organisation!r}.",
            kept="its roles as they are",
            advice="`vicino account list` shows them",
        )


def verify(connection: Connection[DictRow], login: str, password: str) -> reads.Credentials | None:
    """Return the account if the password is right, else None.

    Every failure costs one argon2 check, so that the time taken does not tell whether a login exists.
    """
    key = login.strip().lower()
    account = reads.credentials(connection, key) if LOGIN.fullmatch(key) else None
    usable = len(password) <= MAXIMUM_LENGTH
    stored = account.password_hash if account and account.password_hash and usable else None
    right = _check(password if usable else "", stored or _hash_of_nobody())
    return account if right and stored else None


def has_own_password(view: View) -> bool:
    """Tell whether the viewer has a password and may sign in by it."""
    return repository.own_password_hash(view.connection) is not None


def is_own_password(view: View, password: str) -> bool:
    """Tell whether this is the password of the viewer, asked for again before something grave."""
    stored = repository.own_password_hash(view.connection)
    return stored is not None and len(password) <= MAXIMUM_LENGTH and _check(password, stored)


def choose_language(view: View, language: str) -> None:
    """Let the viewer be written to in one of `core.languages.READ`: as an account, and as whose contact they are."""
    if language not in READ:
        raise ValueError(language)
    repository.choose_language(view.connection, language)


def _no_account(login: str) -> AccountError:
    return AccountError(f"There is no account {login!r}.", advice="make it with `vicino account add`, or by a file")


def _check(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(password, stored)
    except (UnknownHashError, UnicodeEncodeError):
        return False


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("nobody has this password")
