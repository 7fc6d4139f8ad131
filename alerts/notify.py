"""Delivers what is due: claim a message, look again whether it is wanted, hand it over, write down what came of it.

A claim is a lease. A worker that lives renews it while it sends; when one dies, the lease ends within `LEASE` and
another worker repeats the message with the same Message-ID, marked as uncertain. Nothing is sent after somebody has
taken charge, but for what has already been handed over at that moment.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto

from alerts import repository
from alerts.channels.transport import Outgoing, Transport, TransportError
from alerts.lifecycle import Family
from alerts.repository import Claimed
from alerts.surroundings import municipality
from core.clock import Clock
from core.database import Database
from core.log import logger

LEASE = timedelta(seconds=4)
# First wait and longest wait, in seconds: a safety message tries on at short intervals.
BACK_OFF = {Family.SAFETY: (2.0, 60.0), Family.WELLBEING: (30.0, 1800.0), Family.TECHNICAL: (60.0, 3600.0)}
# A safety message is tried as long as its alert is new.
MOST_ATTEMPTS = {Family.SAFETY: None, Family.WELLBEING: 20, Family.TECHNICAL: 20}


class Result(Enum):
    """What came of one delivery."""

    SENT = auto()
    NOT_WANTED = auto()
    RETRY = auto()
    FAILED = auto()


def claim(database: Database, now: datetime, *, safety_only: bool = False) -> Claimed | None:
    """Lease the most pressing notification that is due at `now`; None if there is none."""
    with database.transaction() as connection:
        claimed = repository.claim_notification(connection, now, now + LEASE, safety_only=safety_only)
    if claimed is not None and claimed.uncertain:
        logger().warning(
            "message repeated after an attempt without an answer",
            notification_id=claimed.notification_id,
            alert_id=claimed.alert_id,
            attempts=claimed.attempts,
        )
    return claimed


def deliver(
    database: Database,
    transports: Mapping[str, Transport],
    claimed: Claimed,
    clock: Clock,
    chance: Callable[[], float],
) -> Result:
    """Hand a claimed notification over to its channel and write down what came of it.

    `chance` gives numbers from 0 to 1 and spreads the attempts. Never raises for what is wrong with one message.
    """
    try:
        outgoing = _prepared(database, claimed)
        if outgoing is None:
            return Result.NOT_WANTED
        transports[claimed.channel].send(outgoing)
    except TransportError as error:
        return _failed(database, claimed, error, clock.now(), chance)
    except repository.DATABASE_AWAY:
        # The lease ends by itself and the message is tried again.
        raise
    except Exception as error:  # noqa: BLE001 - one bad message must not hold up the others
        unknown = TransportError(f"not prepared: {type(error).__name__}", permanent=False, uncertain=True)
        return _failed(database, claimed, unknown, clock.now(), chance)
    with database.transaction() as connection:
        repository.mark_sent(connection, claimed, clock.now())
    logger().info("sent", notification_id=claimed.notification_id, alert_id=claimed.alert_id, channel=claimed.channel)
    return Result.SENT


def renew(database: Database, claimed: Claimed, now: datetime) -> bool:
    """Keep the lease on a notification that is being sent; tell whether it is still ours."""
    with database.transaction() as connection:
        return repository.renew_lease(connection, claimed, now + LEASE)


def back_off_s(family: Family, attempts: int, chance: float) -> float:
    """Return the seconds until the next attempt after `attempts` of them: doubling, with up to a quarter of jitter."""
    first, longest = BACK_OFF[family]
    return float(min(first * 2.0 ** min(attempts - 1, 16), longest) * (1.0 - 0.25 * chance))


def _prepared(database: Database, claimed: Claimed) -> Outgoing | None:
    with database.transaction() as connection:
        where = municipality(connection, claimed.home_id)
        # Last, so that nothing lies between this look and the sending.
        if not repository.still_wanted(connection, claimed):
            repository.mark_cancelled(connection, claimed)
            return None
    return Outgoing(
        public_id=claimed.public_id,
        alert_public_id=claimed.alert_public_id,
        address=claimed.address,
        language=claimed.language,
        family=claimed.family,
        kind=claimed.kind,
        municipality=where,
        opened_at=claimed.opened_at,
        step=claimed.step,
    )


def _failed(
    database: Database, claimed: Claimed, error: TransportError, now: datetime, chance: Callable[[], float]
) -> Result:
    most = MOST_ATTEMPTS[claimed.family]
    gives_up = error.permanent or (most is not None and claimed.attempts >= most)
    with database.transaction() as connection:
        if gives_up:
            repository.mark_failed(connection, claimed, error.reason, uncertain=error.uncertain)
        else:
            wait_s = back_off_s(claimed.family, claimed.attempts, chance())
            due_at = now + timedelta(seconds=wait_s)
            repository.mark_retry(connection, claimed, due_at, error.reason, uncertain=error.uncertain)
    logger().warning(
        "not sent",
        notification_id=claimed.notification_id,
        alert_id=claimed.alert_id,
        channel=claimed.channel,
        error=error.reason,
        attempts=claimed.attempts,
        state="failed" if gives_up else "due",
    )
    return Result.FAILED if gives_up else Result.RETRY
