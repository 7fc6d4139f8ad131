"""The second factor of accounts: one-time codes from a telephone, recovery codes, and recovery by an administrator.

Wrong codes make whoever comes wait, a quarter of an hour at most, however many there are; recovery codes never wait,
for nobody guesses 80 bits. So no guessing of others keeps a person out for good.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection as PsycopgConnection
from psycopg.rows import DictRow

from core.database import View
from core.errors import VicinoError
from registry import codes, repository
from registry import one_time_codes as one_time

Connection = PsycopgConnection[DictRow]

RECOVERY_CODES = 10
OFFER_LASTS = timedelta(minutes=15)
RECOVERY_LASTS = timedelta(days=7)


class Factor(NamedTuple):
    """The second factor of an account: since when, and how many of its recovery codes are left."""

    since: datetime
    codes_left: int


class Outcome(StrEnum):
    """What came of a code."""

    CODE = "code"
    RECOVERY = "recovery"  # one of one's own recovery codes
    ISSUED = "issued"  # one that somebody else handed out: the lost second factor is gone
    WRONG = "wrong"
    USED = "used"  # right, and accepted before
    WAIT = "wait"

    @property
    def is_right(self) -> bool:
        """Whether it lets in."""
        return self in (Outcome.CODE, Outcome.RECOVERY, Outcome.ISSUED)


class Checked(NamedTuple):
    """What came of a code, and how many seconds to wait before the next is looked at."""

    outcome: Outcome
    wait_s: float = 0.0


class Issued(NamedTuple):
    """A recovery code for somebody else; it is nowhere else."""

    code: str
    expires_at: datetime


class Administered(NamedTuple):
    """An account that a viewer administers; `roles` as "role organisation", `providers` by which it may sign in."""

    account_id: int
    public_id: UUID
    login: str
    name: str
    active: bool
    roles: list[str]
    second_factor: bool
    providers: list[str]
    by_provider_only: bool


class Event(NamedTuple):
    """What happened to the sign-in of an account, and by whom."""

    at: datetime
    kind: str
    by_name: str
    by_self: bool


def factor_of(connection: Connection, account_id: int) -> Factor | None:
    """Return the second factor of an account; None if it has none."""
    row = repository.second_factor_of(connection, account_id)
    return Factor(**row) if row else None


def is_needed(connection: Connection, account_id: int, roles: Collection[str]) -> bool:
    """Tell whether an account has one of the roles that need a second factor."""
    return bool(roles) and repository.has_role(connection, account_id, roles)


def offer(connection: Connection, account_id: int, now: datetime) -> bytes:
    """Return the secret to show: the one that is being shown for less than a quarter of an hour, else a new one."""
    return repository.offer_second_factor(connection, account_id, one_time.new_secret(), now, now - OFFER_LASTS)


def offered(connection: Connection, account_id: int, now: datetime) -> bytes | None:
    """Return the secret that was shown in the last quarter of an hour and is no second factor yet."""
    return repository.offered_second_factor(connection, account_id, now - OFFER_LASTS)


def confirm(connection: Connection, account_id: int, given: str, now: datetime) -> list[str] | None:
    """Make the offered secret the second factor once a code of it comes; return new recovery codes.

    None where the code is none of the secret that was offered in the last quarter of an hour.
    """
    secret = offered(connection, account_id, now)
    step = None if secret is None else one_time.step_that_matches(secret, _digits(given), now)
    if secret is None or step is None:
        return None
    made = _new_codes()
    digests = [codes.digest(code) for code in made]
    is_set = repository.set_second_factor(connection, account_id, secret, step, digests, now)
    return made if is_set else None


def check(connection: Connection, account_id: int, given: str, now: datetime) -> Checked:
    """Say what comes of a code that somebody gave; what is right is used up.

    The transaction has to be committed also where it is wrong: attempts are counted in it.
    """
    if len(codes.letters_of(given)) == codes.LENGTH:
        used = repository.use_recovery_code(connection, account_id, codes.digest(given), now)
        return Checked({"own": Outcome.RECOVERY, "issued": Outcome.ISSUED}.get(used or "", Outcome.WRONG))
    wait_s, secret = repository.take_attempt(connection, account_id, now)
    if secret is None:
        return Checked(Outcome.WAIT if wait_s > 0 else Outcome.WRONG, wait_s)
    step = one_time.step_that_matches(secret, _digits(given), now)
    if step is None:
        return Checked(Outcome.WRONG)
    is_new = repository.accept_step(connection, account_id, step, now)
    return Checked(Outcome.CODE if is_new else Outcome.USED)


def renew_codes(connection: Connection, account_id: int, now: datetime) -> list[str]:
    """Return new recovery codes; those before are void."""
    made = _new_codes()
    repository.make_recovery_codes(connection, account_id, [codes.digest(code) for code in made], now)
    return made


def remove(connection: Connection, account_id: int, now: datetime) -> bool:
    """Take the second factor away, with its recovery codes; tell whether there was one."""
    return repository.remove_second_factor(connection, account_id, now)


def administered(view: View) -> list[Administered]:
    """Return the accounts that the viewer administers."""
    return [Administered(**row) for row in repository.administered_accounts(view.connection)]


def issue(view: View, account: UUID, now: datetime) -> Issued | None:
    """Make a code by which somebody who has lost the second factor gets in once, to set up another.

    Sign-ins of that account are over. None where the viewer does not administer it, it is the viewer's own, or it has
    no second factor.
    """
    code, expires_at = codes.new_code(), now + RECOVERY_LASTS
    done = repository.issue_recovery(view.connection, account, codes.digest(code), expires_at, now)
    return Issued(code, expires_at) if done else None


def hand_out(connection: Connection, login: str, by_name: str, now: datetime) -> Issued:
    """Make such a code for the account `login` at the command line.

    Raises `VicinoError` if there is no such account or it has no second factor.
    """
    code, expires_at = codes.new_code(), now + RECOVERY_LASTS
    key = login.strip().lower()
    if not repository.hand_out_recovery(connection, key, by_name, codes.digest(code), expires_at, now):
        raise VicinoError(
            f"There is no account {login!r} with a second factor.",
            kept="all accounts as they are",
            advice="`vicino account list` shows the accounts; one without a second factor signs in by its password",
        )
    return Issued(code, expires_at)


def events(view: View, most: int) -> list[Event]:
    """Return what happened to the viewer's own account, the latest first."""
    return [Event(**row) for row in repository.own_account_events(view.connection, most)]


def note(connection: Connection, account_id: int, kind: str, now: datetime) -> None:
    """Note what happened to the sign-in of an account; see `registry.account_event` for the kinds."""
    repository.note_account_event(connection, account_id, kind, now)


def _new_codes() -> list[str]:
    return [codes.new_code() for _ in range(RECOVERY_CODES)]


def _digits(given: str) -> str:
    return "".join(given.split())[: one_time.DIGITS + 1]
