"""Delivers what is due: claim a message, look again whether it is wanted, hand it over, write down what came of it.

A claim is a lease. A worker that lives renews it while it sends; when one dies, the lease ends within `LEASE` and
another worker repeats the message with the same Message-ID, marked as uncertain. Nothing is sent after somebody has
taken charge, but for what has already been handed over at that moment.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto

from alerts import repository
from alerts.addresses.repository import mark_gone
from alerts.channels.levels import NOTHING_SET, Level, kind_at, level_of, told_at
from alerts.channels.transport import NOBODY, Doubt, NoTransport, Outgoing, Transport, TransportError
from alerts.fallback.next_way import after_failure
from alerts.grouping.repository import told_with
from alerts.handovers.repository import is_helper
from alerts.lifecycle import Family
from alerts.policy import awake, from_json
from alerts.repository import Claimed
from alerts.summaries.about import SEVERAL, Purpose
from alerts.summaries.repository import about as summary
from alerts.surroundings import facts, municipality
from core.clock import Clock
from core.database import Database
from core.log import logger

LEASE = timedelta(seconds=4)
# First wait and longest wait, in seconds: a safety message tries on at short intervals.
BACK_OFF = {Family.SAFETY: (2.0, 60.0), Family.WELLBEING: (30.0, 1800.0), Family.TECHNICAL: (60.0, 3600.0)}
# A safety message is tried as long as its alert is new.
MOST_ATTEMPTS = {Family.SAFETY: None, Family.WELLBEING: 20, Family.TECHNICAL: 20}
# A server that wants to be left alone longer is asked all the same: it may have recovered.
LONGEST_ASKED = {Family.SAFETY: 60.0, Family.WELLBEING: 3600.0, Family.TECHNICAL: 3600.0}
UNKNOWN = NoTransport("there is no such channel")


class Result(Enum):
    """What came of one delivery."""

    SENT = auto()
    NOT_WANTED = auto()
    RETRY = auto()
    FAILED = auto()
    # Failed for good, and the next way is used.
    FELL_BACK = auto()


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
    levels: Mapping[str, Level] = NOTHING_SET,
) -> Result:
    """Hand a claimed notification over to its channel and write down what came of it.

    `chance` gives numbers from 0 to 1 and spreads the attempts; `levels` are what is wanted that channels may know.
    Never raises for what is wrong with one message.
    """
    try:
        outgoing = _prepared(database, claimed, level_of(claimed.channel, levels), clock.now())
        if outgoing is None:
            return Result.NOT_WANTED
        named = transports.get(claimed.channel, UNKNOWN).send(outgoing)
    except TransportError as error:
        return _failed(database, claimed, error, clock.now(), chance)
    except repository.DATABASE_AWAY:
        # The lease ends by itself and the message is tried again.
        raise
    except Exception as error:  # noqa: BLE001 - one bad message must not hold up the others
        unknown = TransportError(f"not prepared: {type(error).__name__}", permanent=False, uncertain=True)
        return _failed(database, claimed, unknown, clock.now(), chance)
    doubt = named if isinstance(named, Doubt) else None
    with database.transaction() as connection:
        repository.mark_sent(connection, claimed, clock.now(), named if isinstance(named, str) else "", doubt)
    if doubt:
        logger().warning(
            "sent, but uncertain",
            notification_id=claimed.notification_id,
            alert_id=claimed.alert_id,
            channel=claimed.channel,
            reason=doubt.value,
        )
        return Result.SENT
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


def wait_s(family: Family, attempts: int, chance: float, asked_s: float | None) -> float:
    """Return the seconds until the next attempt where the other side wants to be left alone for `asked_s`, if it says.

    That is obeyed up to `LONGEST_ASKED`, and never shortens our own wait.
    """
    return max(back_off_s(family, attempts, chance), min(asked_s or 0.0, LONGEST_ASKED[family]))


def _prepared(database: Database, claimed: Claimed, level: Level, now: datetime) -> Outgoing | None:
    with database.transaction() as connection:
        where = municipality(connection, claimed.home_id)
        purpose = Purpose(claimed.purpose)
        if claimed.account_id is not None and is_helper(connection, claimed.alert_id, claimed.account_id):
            # Whatever the channel may know: a task says who is concerned to nobody, and where to whoever takes it.
            level = Level.KIND
        if claimed.contact_id is not None:
            # What the service knows of somebody is not for those close to them, whatever the channel may know.
            level = min(level, Level.NAME)
        # What may not be said is not even read; one about several alerts is about nobody.
        names = level is not Level.KIND and purpose not in SEVERAL
        told = told_at(level, facts(connection, claimed)) if names else NOBODY
        # Last, so that nothing lies between this look and the sending.
        if not repository.still_wanted(connection, claimed, now):
            repository.mark_cancelled(connection, claimed)
            return None
        told_from = awake(from_json(claimed.policy), now) if claimed.family is not Family.SAFETY else now
        if purpose is Purpose.CALL and told_from > now:
            # It was due by day: an attempt failed, a way before it did, or nobody was there to send it.
            repository.mark_retry(connection, claimed, told_from, "", uncertain=False)
            return None
        together = told_with(connection, claimed.alert_id) if purpose is Purpose.CALL else 0
        about = summary(connection, claimed.notification_id) if purpose in SEVERAL else ()
        if purpose in SEVERAL and not about:
            # All of it has been taken or is over by now.
            repository.mark_cancelled(connection, claimed)
            return None
    return Outgoing(
        public_id=claimed.public_id,
        alert_public_id=claimed.alert_public_id,
        address=claimed.address,
        language=claimed.language,
        family=claimed.family,
        kind=kind_at(level, claimed.family, claimed.kind),
        municipality=where,
        opened_at=claimed.opened_at,
        step=claimed.step,
        purpose=purpose,
        about=about,
        together=together,
        told=told,
        for_family=claimed.contact_id is not None,
    )


def _failed(
    database: Database, claimed: Claimed, error: TransportError, now: datetime, chance: Callable[[], float]
) -> Result:
    most = MOST_ATTEMPTS[claimed.family]
    gives_up = error.permanent or (most is not None and claimed.attempts >= most)
    result = Result.RETRY
    with database.transaction() as connection:
        if gives_up:
            wanted = repository.hold_while_wanted(connection, claimed)
            repository.mark_failed(connection, claimed, error.reason, uncertain=error.uncertain)
            if error.gone:
                mark_gone(connection, claimed.channel, claimed.address, error.reason, now)
            fell_back = wanted and after_failure(connection, claimed, now)
            result = Result.FELL_BACK if fell_back else Result.FAILED
        else:
            due_at = now + timedelta(seconds=wait_s(claimed.family, claimed.attempts, chance(), error.retry_after_s))
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
    return result
