"""What is new in a gateway's word about itself, compared with its last one. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

from core.messages import GatewayStatus

# A gateway speaks once a minute: more than this between two words, and some of them were not heard.
PAUSE = timedelta(seconds=150)


class Word(NamedTuple):
    """What is kept of a gateway's last word; `received_at` is when it was last heard, by the service's clock."""

    received_at: datetime
    online: bool
    boot: str
    power: str
    mains_lost: datetime | None
    mains_back: datetime | None
    unreachable: tuple[str, ...] = ()
    trouble: str = ""


class Transition(NamedTuple):
    """A change, seen at `at` by the service's clock.

    `heard_before` is when the gateway was last heard until then (None: never), `started_at` when its machine was
    started (None where it did not say). `orderly` says that it took leave, so that no cut can have ended it.
    `unreachable` are the systems to which it has no connection, `trouble` is what keeps it from storing what comes.
    """

    at: datetime
    heard_before: datetime | None
    online: bool
    orderly: bool
    boot: str
    started_at: datetime | None
    power: str
    mains_lost: datetime | None
    mains_back: datetime | None
    unreachable: tuple[str, ...] = ()
    trouble: str = ""


def transition(
    before: Word | None, said: GatewayStatus, at: datetime, deaf_until: datetime | None = None
) -> Transition | None:
    """Return what has changed by what was `said` at `at`; None if nothing worth remembering has.

    Until `deaf_until` the service itself heard nobody: that a gateway was not heard either is no pause of its own.
    Of a last will, which was written when the connection began, only that the gateway is gone is new.
    """
    is_will = not said.online and said.at is None
    now = _word(said, at)
    if is_will and before is not None:
        now = before._replace(received_at=at, online=False, boot=said.boot)
    if before is not None:
        heard_from = before.received_at if deaf_until is None else max(before.received_at, deaf_until)
        unheard = said.online and at - heard_from > PAUSE
        if before._replace(received_at=at) == now and not unheard:
            return None
    return Transition(
        at=at,
        heard_before=None if before is None else before.received_at,
        online=said.online,
        orderly=not said.online and not is_will,
        boot=said.boot,
        started_at=at - timedelta(seconds=said.uptime_s) if said.online and said.uptime_s > 0 else None,
        power=now.power,
        mains_lost=now.mains_lost,
        mains_back=now.mains_back,
        unreachable=now.unreachable,
        trouble=now.trouble,
    )


def _word(said: GatewayStatus, at: datetime) -> Word:
    return Word(
        at,
        said.online,
        said.boot,
        said.power,
        said.mains_lost,
        said.mains_back,
        tuple(sorted(said.unreachable)),
        said.trouble,
    )
