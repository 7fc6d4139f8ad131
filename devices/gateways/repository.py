"""Writes which gateways may connect, and what they are told. The caller owns the transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.database import View
from core.gateway_config import ConfigError
from core.log import logger
from core.statements import Statements
from devices.composition import Installed, Rules, Source, rules_of

_SQL = Statements.beside(__file__)


class Config(NamedTuple):
    """A configuration as it is published."""

    gateway: str
    version: str
    config: bytes


def gateways_of_home(connection: Connection[DictRow], home: str) -> list[str] | None:
    """Return the keys of a home's gateways; None if there is no such home."""
    rows = connection.execute(_SQL["gateways_of_home"], {"home": home}).fetchall()
    return [row["key"] for row in rows if row["key"] is not None] if rows else None


def place_gateway(connection: Connection[DictRow], home: str, key: str) -> bool:
    """Make a gateway in a home; tell whether it was made: not if one of that key is there already."""
    return connection.execute(_SQL["place_gateway"], {"home": home, "key": key}).fetchone() is not None


def write_enrolments(connection: Connection[DictRow], hashes: Mapping[str, str], now: datetime) -> set[str]:
    """Give gateways new credentials, by key the hash of the password; return which of them are known."""
    parameters = {"keys": list(hashes), "hashes": list(hashes.values()), "now": now}
    return {row["key"] for row in connection.execute(_SQL["write_enrolments"], parameters)}


def note_admitted(connection: Connection[DictRow], hashes: Mapping[str, str], now: datetime) -> None:
    """Note that the broker was told of credentials, as far as they are still the present ones."""
    connection.execute(_SQL["note_admitted"], {"keys": list(hashes), "hashes": list(hashes.values()), "now": now})


def note_trouble(connection: Connection[DictRow], hashes: Mapping[str, str], reason: str) -> None:
    """Note why the broker could not be told of credentials, as far as they are still the present ones."""
    values = {"keys": list(hashes), "hashes": list(hashes.values()), "reason": reason}
    connection.execute(_SQL["note_trouble"], values)


def write_revocation(connection: Connection[DictRow], key: str, now: datetime) -> bool:
    """Take a gateway's credentials away; tell whether it had any."""
    row = connection.execute(_SQL["write_revocation"], {"key": key, "now": now}).fetchone()
    return row is not None and bool(row["done"])


def place_gateway_for_viewer(view: View, home_public_id: UUID) -> str | None:
    """Return the key of a home's gateway, made if there is none; None where the viewer may not."""
    row = view.connection.execute(_SQL["place_gateway_for_viewer"], {"home": home_public_id}).fetchone()
    return row["key"] if row else None


def enrol_for_viewer(view: View, key: str, hash_: str, now: datetime) -> bool:
    """Give a gateway new credentials if the viewer may; tell whether it was done."""
    row = view.connection.execute(_SQL["enrol_for_viewer"], {"key": key, "hash": hash_, "now": now}).fetchone()
    return row is not None and bool(row["done"])


def revoke_for_viewer(view: View, key: str, now: datetime) -> bool:
    """Take a gateway's credentials away if the viewer may; tell whether it was done."""
    row = view.connection.execute(_SQL["revoke_for_viewer"], {"key": key, "now": now}).fetchone()
    return row is not None and bool(row["done"])


def active_enrolments(connection: Connection[DictRow]) -> dict[str, str]:
    """Return the hash of the password of each gateway that may sign in, by key."""
    return {row["key"]: row["password_hash"] for row in connection.execute(_SQL["active_enrolments"])}


def sources(connection: Connection[DictRow]) -> list[Source]:
    """Return what the configuration of each gateway is made of. Rules that no gateway can work by count as none."""
    return [_source(row) for row in connection.execute(_SQL["config_sources"])]


def write_config(connection: Connection[DictRow], gateway_id: int, version: str, config: bytes, now: datetime) -> None:
    """Keep a gateway's configuration, which is to be published."""
    values = {"gateway_id": gateway_id, "version": version, "config": config, "now": now}
    connection.execute(_SQL["write_config"], values)


def configs(connection: Connection[DictRow], *, everything: bool) -> list[Config]:
    """Return the configurations that are to be published, or all."""
    rows = connection.execute(_SQL["configs"], {"all": everything})
    return [Config(row["key"], row["version"], bytes(row["config"])) for row in rows]


def note_published(connection: Connection[DictRow], config: Config, now: datetime) -> None:
    """Note that the broker has a configuration."""
    connection.execute(_SQL["note_published"], {"key": config.gateway, "version": config.version, "now": now})


def note_confirmed(connection: Connection[DictRow], key: str, confirmed: str, trouble: str, now: datetime) -> None:
    """Note which configuration a gateway says it follows, and why it refused a later one."""
    values = {"key": key, "confirmed": confirmed, "trouble": trouble, "now": now}
    connection.execute(_SQL["note_confirmed"], values)


def write_rules(connection: Connection[DictRow], home: str, rules: Rules, now: datetime) -> bool:
    """Set what a home's gateway does by itself; tell whether there is such a home."""
    values = {"home": home, "rules": Jsonb(msgspec.to_builtins(rules)), "now": now}
    return connection.execute(_SQL["write_rules"], values).fetchone() is not None


def _source(row: DictRow) -> Source:
    try:
        rules = rules_of(row["rules"] or {})
    except ConfigError as error:
        logger().error("the rules of a home cannot be used", gateway_id=row["gateway_id"], reason=str(error))
        rules = Rules()
    devices = [Installed(**device) for device in row["devices"]]
    return Source(row["gateway_id"], row["key"], row["timezone"], rules, devices, row["version"] or "", row["retired"])
