"""What people and the command line read of what could not be stored."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

import ingest
from core.database import Row, View
from core.statements import Statements
from ingest.validate import Reason

_sql = Statements.beside(ingest.__file__ or "")
LISTED = 20


class Wanted(NamedTuple):
    """Which rejects are meant: all, or those of some reasons, of a gateway."""

    reasons: frozenset[Reason] | None = None
    gateway: str | None = None

    def parameters(self) -> dict[str, Any]:
        """Return them as the statements want them."""
        reasons = None if self.reasons is None else sorted(map(str, self.reasons))
        return {"reasons": reasons, "gateway": self.gateway}


ALL = Wanted()


class Group(NamedTuple):
    """What still is not stored of one gateway for one reason.

    `messages` are different ones and `times` how often they came; `records` are the readings concerned, `cut` messages
    of which only the beginning was kept. `newest` is the number of one of them. `gateway_key` is None where the topic
    names no gateway; `is_registered` says whether the gateway is, as far as the viewer may know.
    """

    gateway_key: str | None
    reason: Reason
    messages: int
    times: int
    records: int
    first_at: datetime
    last_at: datetime
    newest: int
    cut: int
    is_registered: bool


class Gone(NamedTuple):
    """What was rejected and is only counted; `source` is empty for all senders that were not registered."""

    source: str
    reason: Reason
    records: int
    times: int
    first_at: datetime
    last_at: datetime


class Line(NamedTuple):
    """One message and reason, without what the message says."""

    reject_id: int
    first_at: datetime
    last_at: datetime
    gateway_key: str | None
    reason: Reason
    detail: str
    records: int
    times: int
    payload_bytes: int
    kept_bytes: int
    replayed_at: datetime | None


class Reject(NamedTuple):
    """One message and reason, with the bytes that were kept and the message's user properties."""

    reject_id: int
    first_at: datetime
    last_at: datetime
    topic: str
    gateway_key: str | None
    reason: Reason
    detail: str
    payload: bytes
    payload_bytes: int
    properties: list[list[str]]
    records: int
    times: int
    replayed_at: datetime | None
    home_id: int | None

    @property
    def is_registered(self) -> bool:
        """Whether its gateway is known."""
        return self.home_id is not None

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning of the message was kept."""
        return len(self.payload) < self.payload_bytes


class Wish(NamedTuple):
    """Somebody's wish to have rejects tried again, and what became of it.

    `reject_id` is None where all of the gateway and reason were meant; `outcome` is None while nobody has fulfilled it.
    """

    gateway_key: str
    reason: Reason
    reject_id: int | None
    requested_at: datetime
    done_at: datetime | None
    outcome: dict[str, Any] | None


def groups(connection: Connection[Row], wanted: Wanted = ALL) -> list[Group]:
    """Return what is not stored, by gateway and reason, the latest first."""
    rows = connection.execute(_sql["reject_groups"], wanted.parameters())
    return [Group(**(row | {"reason": Reason(row["reason"])})) for row in rows]


def gone(connection: Connection[Row]) -> list[Gone]:
    """Return what was rejected and is only counted, the latest first."""
    return [Gone(**(row | {"reason": Reason(row["reason"])})) for row in connection.execute(_sql["rejects_gone"])]


def lines(
    connection: Connection[Row], wanted: Wanted = ALL, *, waiting: bool = True, maximum: int = LISTED
) -> list[Line]:
    """Return messages that could not be stored, the latest first; those stored since only unless `waiting`."""
    parameters = {**wanted.parameters(), "waiting": waiting, "maximum": maximum}
    rows = connection.execute(_sql["reject_lines"], parameters)
    return [Line(**(row | {"reason": Reason(row["reason"])})) for row in rows]


def reject(connection: Connection[Row], reject_id: int) -> Reject | None:
    """Return one message that could not be stored, or None if there is no such one."""
    row = connection.execute(_sql["reject"], {"reject_id": reject_id}).fetchone()
    if row is None:
        return None
    return Reject(**(row | {"reason": Reason(row["reason"]), "payload": bytes(row["payload"])}))


def seen_groups(view: View) -> list[Group]:
    """Return what is not stored of the gateways the viewer is in charge of, the latest first."""
    return groups(view.connection)


def seen_gone(view: View) -> list[Gone]:
    """Return what is only counted of the gateways the viewer is in charge of."""
    return gone(view.connection)


def seen_lines(view: View, group: Iterable[Reason], gateway: str, maximum: int) -> list[Line]:
    """Return messages of a gateway that are not stored for these reasons, as far as the viewer may see them."""
    return lines(view.connection, Wanted(frozenset(group), gateway), maximum=maximum)


def seen_reject(view: View, reject_id: int) -> Reject | None:
    """Return one message that could not be stored, or None if there is none that the viewer may see."""
    found = reject(view.connection, reject_id)
    if found is not None and found.home_id is not None:
        view.homes.add(found.home_id)
    return found


def seen_wishes(view: View, since: datetime) -> list[Wish]:
    """Return the last wish of each kind since an instant, as far as the viewer may see it."""
    rows = view.connection.execute(_sql["last_requests"], {"since": since})
    return [Wish(**(row | {"reason": Reason(row["reason"])})) for row in rows]


def is_in_charge(view: View) -> bool:
    """Tell whether the viewer is in charge of devices, and so of what they could not store."""
    row = view.connection.execute(_sql["may_see_rejects"]).fetchone()
    return row is not None and bool(row["may"])


def administers_all(view: View) -> bool:
    """Tell whether the viewer administers the whole installation, and so sees what unregistered senders sent."""
    row = view.connection.execute(_sql["administers_all"]).fetchone()
    return row is not None and bool(row["may"])
