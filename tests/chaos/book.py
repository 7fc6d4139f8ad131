"""What the service has stored, read by the database's administrator; and the homes it is told of beforehand."""

import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Self

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from core.vocabulary import BY_NAME
from tests.chaos.ledger import Reading, Token
from tests.chaos.told import Message
from tests.chaos.vendor import series_names

_STORED = """
SELECT gateway.key || '/' || series.name AS series, reading.value,
       round(extract(epoch FROM reading.ts) * 1000)::bigint AS at_ms
FROM (
    SELECT series_id, ts, value FROM ingest.reading_event WHERE series_id = ANY (%(ids)s)
    UNION ALL SELECT series_id, ts, value FROM ingest.reading_level WHERE series_id = ANY (%(ids)s)
    UNION ALL SELECT series_id, ts, value FROM ingest.reading_vital WHERE series_id = ANY (%(ids)s)
    UNION ALL SELECT series_id, ts, value FROM ingest.reading_technical WHERE series_id = ANY (%(ids)s)
) AS reading JOIN devices.series USING (series_id) JOIN devices.gateway USING (gateway_id)
ORDER BY reading.ts
"""
_ALARMS = """
SELECT gateway.key || '/' || series.name AS series, urgent.value,
       round(extract(epoch FROM urgent.ts) * 1000)::bigint AS at_ms
FROM ingest.urgent JOIN devices.series USING (series_id) JOIN devices.gateway USING (gateway_id)
WHERE urgent.series_id = ANY (%(ids)s) AND urgent.value <> 0
ORDER BY urgent.ts
"""
_IDS = "SELECT series_id FROM devices.series JOIN devices.gateway USING (gateway_id) WHERE gateway.key = ANY (%(keys)s)"
_THINNED = """
SELECT coalesce(sum(thinned), 0)::bigint AS thinned
FROM ingest.gateway_status JOIN devices.gateway USING (gateway_id) WHERE gateway.key = ANY (%(keys)s)
"""
_REJECTED = """
SELECT coalesce(sum(records * count), 0)::bigint AS records FROM ingest.reject
WHERE gateway_key = ANY (%(keys)s) OR gateway_key IS NULL
"""
_MESSAGES = """
SELECT notification.public_id::text AS public_id, gateway.key AS gateway_key, notification.address,
       notification.uncertain
FROM alerts.notification JOIN alerts.alert USING (alert_id) JOIN devices.gateway USING (home_id)
WHERE gateway.key = ANY (%(keys)s)
"""
_UNTAKEN = """
SELECT count(*) AS untaken FROM ingest.urgent
WHERE NOT EXISTS (SELECT FROM alerts.taken_in WHERE source = 'urgent' AND source_id = urgent_id)
"""
_HOME = """
INSERT INTO registry.home (organisation_id, key, name) VALUES (%(organisation)s, %(key)s, '') RETURNING home_id
"""
_GATEWAY = """
INSERT INTO devices.gateway (organisation_id, home_id, key) VALUES (%(organisation)s, %(home)s, %(key)s)
RETURNING gateway_id
"""
_DEVICE = """
INSERT INTO devices.device (organisation_id, home_id, gateway_id, key)
VALUES (%(organisation)s, %(home)s, %(gateway)s, %(key)s) RETURNING device_id
"""
_SERIES = """
INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)
VALUES (%(organisation)s, %(home)s, %(gateway)s, %(device)s, %(name)s, %(quantity)s) RETURNING series_id
"""
_ORGANISATION = """
INSERT INTO registry.organisation (key, name, kind) VALUES ('chaos', 'Chaos', 'service')
ON CONFLICT (key) DO UPDATE SET name = excluded.name RETURNING organisation_id
"""


class Book:
    """A look into the database that survives the database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection[DictRow] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; the next look makes another one."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def register(self, gateways: Sequence[str]) -> None:
        """Enter a home for each gateway, with the devices that the vendor has."""
        organisation = self._value(_ORGANISATION)
        for key in gateways:
            owner = {"organisation": organisation}
            owner["home"] = self._value(_HOME, **owner, key=key)
            owner["gateway"] = self._value(_GATEWAY, **owner, key=key)
            devices: dict[str, int] = {}
            for device, name, quantity in series_names():
                if device not in devices:
                    devices[device] = self._value(_DEVICE, **owner, key=device)
                self._value(_SERIES, **owner, device=devices[device], name=name, quantity=BY_NAME[quantity].id)

    def stored(self, gateways: Sequence[str], frozen: frozenset[str]) -> dict[str, list[Token]]:
        """Return the tokens of all series of `gateways`, in the order of their time.

        `frozen` names the series whose time the vendor named. Raises `psycopg.Error` if the database does not answer.
        """
        return self._tokens(_STORED, gateways, frozen)

    def alarms(self, gateways: Sequence[str], frozen: frozenset[str]) -> dict[str, list[Token]]:
        """Return likewise the safety readings that are on in the service's list of urgent ones."""
        return self._tokens(_ALARMS, gateways, frozen)

    def thinned(self, gateways: Sequence[str]) -> int:
        """Return how many readings the gateways say they gave up."""
        return self._value(_THINNED, keys=list(gateways))

    def rejected(self, gateways: Sequence[str]) -> int:
        """Return how many readings were rejected."""
        return self._value(_REJECTED, keys=list(gateways))

    def messages(self, gateways: Sequence[str]) -> list[Message]:
        """Return the notifications about calls from the homes of these gateways."""
        return [Message(**row) for row in self._query(_MESSAGES, {"keys": list(gateways)})]

    def untaken(self) -> int:
        """Return how many safety readings no alert worker has taken in."""
        return self._value(_UNTAKEN)

    def _tokens(self, query: str, gateways: Sequence[str], frozen: frozenset[str]) -> dict[str, list[Token]]:
        ids = [row["series_id"] for row in self._query(_IDS, {"keys": list(gateways)})]
        found: defaultdict[str, list[Token]] = defaultdict(list)
        for row in self._query(query, {"ids": ids}):
            when = row["at_ms"] if row["series"] in frozen else None
            found[row["series"]].append(Reading(row["series"], row["value"], when).token)
        return dict(found)

    def _value(self, query: str, **parameters: Any) -> int:
        return int(next(iter(self._query(query, parameters)[0].values())))

    def _query(self, query: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._url, autocommit=True, row_factory=dict_row, connect_timeout=2)
            return self._connection.execute(query, parameters).fetchall()
        except psycopg.Error:
            self.close()
            raise
