"""What ingest writes of a gateway's word about itself."""

from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow

from core.messages import GatewayStatus, GatewayUpdate
from core.statements import Statements
from ingest.transitions import Word, transition

STATUS_CHANNEL = "vicino_status"
TRANSITION_CHANNEL = "vicino_gateway"
TROUBLES = ("", "outbox full", "disk full", "disk broken")
LARGEST_COUNT = 2**62
LONGEST_TEXT = 300

_sql = Statements.beside(__file__)


def record_status(
    connection: Connection[DictRow],
    gateway: str,
    status: GatewayStatus,
    received_at: datetime,
    *,
    retained: bool = False,
    deaf_until: datetime | None = None,
) -> bool:
    """Store a gateway's word about itself unless a later one is there; tell whether the gateway is known.

    What the broker restates (`retained`) and says nothing newer does not mean that the gateway was heard now. What has
    changed is remembered; `deaf_until` is when this process last began to hear gateways again.
    """
    # It is counted by its words: a gateway must not make up as many as it likes.
    trouble = status.trouble if status.trouble in TROUBLES else "other"
    status = msgspec.structs.replace(status, trouble=trouble, unreachable=sorted(set(status.unreachable)))
    with connection.transaction():
        found = connection.execute(_sql["last_word"], {"key": gateway}).fetchone()
        known = connection.execute(
            _sql["upsert_status"],
            {
                "key": gateway,
                "received_at": received_at,
                "retained": retained,
                "online": status.online,
                "said_at": status.at,
                "boot": status.boot,
                "queued": status.queued,
                "oldest_unsent": status.oldest_unsent,
                "thinned": status.thinned,
                "clock": status.clock,
                "version": status.version,
                "uptime_s": status.uptime_s,
                "power": status.power,
                "trouble": status.trouble,
                "unheard": min(max(0, status.unheard), LARGEST_COUNT),
                "unreachable": status.unreachable,
                "told": min(max(0, status.told), LARGEST_COUNT),
                **_updated(status.update),
                "mains_lost": status.mains_lost,
                "mains_back": status.mains_back,
            },
        ).fetchone()
        if known is not None and known["applied"]:
            connection.execute(_sql["tell"], {"channel": STATUS_CHANNEL})
            change = transition(_word(found), status, received_at, deaf_until)
            if change is not None:
                row = {"key": gateway, **change._asdict(), "unreachable": list(change.unreachable)}
                connection.execute(_sql["insert_transition"], row)
                connection.execute(_sql["tell"], {"channel": TRANSITION_CHANNEL})
    return known is not None and bool(known["known"])


def _word(found: DictRow | None) -> Word | None:
    return None if found is None else Word(**{**found, "unreachable": tuple(found["unreachable"])})


def _updated(update: GatewayUpdate | None) -> dict[str, Any]:
    if update is None:
        return {"update_result": "", "update_version": "", "update_reason": "", "update_at": None}
    # It is there to be read by people: what is too long for that is cut.
    result, version, reason = (
        text.replace("\x00", "")[:LONGEST_TEXT] for text in (update.result, update.version, update.reason)
    )
    return {"update_result": result, "update_version": version, "update_reason": reason, "update_at": update.at}
