"""Writes what is installed where. The caller owns the transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.errors import VicinoError
from core.statements import Statements
from core.vocabulary import BY_NAME
from devices.found import Found
from devices.walk import Counted
from registry import rules
from registry.changes import Changes, Count, count_of
from registry.document import Document

_SQL = Statements.beside(__file__)

Rows = list[dict[str, Any]]


class InstallationError(VicinoError):
    """The described devices cannot be brought together with those that are there."""


def apply(connection: Connection[DictRow], document: Document) -> Changes:
    """Make gateways, devices and series what `document` says, after `registry.repository.apply` has run.

    Nothing is deleted. A device that is renamed, goes to another room or gets another place keeps its series and
    their history. Raises `registry.rules.DocumentError` if the document breaks a rule, and `InstallationError` if
    a home is missing or a gateway stands in another home: its history tells of the people who live there.
    """
    rules.require_sound(document)
    gateways: Rows = [{"home": home.key, "key": home.gateway} for home in document.homes if home.gateway]
    devices, series = _device_rows(document), _series_rows(document)
    _refuse_strays(connection, gateways)
    counts = {
        "gateways": _apply(connection, "apply_gateways", gateways),
        "devices": _apply(connection, "apply_devices", devices),
        "series": _apply(connection, "apply_series", series),
    }
    described = {
        "gateways": {row["key"] for row in gateways},
        "devices": {f"{row['gateway']} {row['key']}" for row in devices},
        "series": {f"{row['gateway']} {row['name']}" for row in series},
    }
    missing: dict[str, list[str]] = {}
    for row in connection.execute(_SQL["present"]):
        if row["key"] not in described[row["kind"]]:
            missing.setdefault(row["kind"], []).append(row["key"])
    return Changes(counts, {kind: tuple(keys) for kind, keys in missing.items()})


def install(
    connection: Connection[DictRow], found: Found, name: str, room_id: int | None, place: str, now: datetime
) -> int | None:
    """Put a found device into a room as the viewer of the connection; None where that is not for the viewer to do."""
    values = {"name": name, "room_id": room_id, "place": place, "now": now}
    return _acted(connection, "install", {**values, **_found(found)})


def is_elsewhere(connection: Connection[DictRow], key: str, gateway: str) -> bool:
    """Tell whether a device is installed in another home than that of a gateway."""
    row = connection.execute(_SQL["is_elsewhere"], {"key": key, "gateway": gateway}).fetchone()
    return row is not None and bool(row["elsewhere"])


def describe(connection: Connection[DictRow], device_id: int, name: str, now: datetime) -> int | None:
    """Give a device another name as the viewer."""
    return _acted(connection, "describe", {"device_id": device_id, "name": name, "now": now})


def move(connection: Connection[DictRow], device_id: int, room_id: int | None, place: str, now: datetime) -> int | None:
    """Put a device elsewhere as the viewer."""
    return _acted(connection, "move", {"device_id": device_id, "room_id": room_id, "place": place, "now": now})


def retire(connection: Connection[DictRow], device_id: int, now: datetime) -> int | None:
    """Take a device away as the viewer."""
    return _acted(connection, "retire", {"device_id": device_id, "now": now})


def restore(connection: Connection[DictRow], device_id: int, now: datetime) -> int | None:
    """Bring back a device as the viewer."""
    return _acted(connection, "restore", {"device_id": device_id, "now": now})


def change_battery(connection: Connection[DictRow], device_id: int, now: datetime) -> int | None:
    """Note a new battery as the viewer."""
    return _acted(connection, "change_battery", {"device_id": device_id, "now": now})


def replace_by(connection: Connection[DictRow], device_id: int, found: Found, now: datetime) -> int | None:
    """Put a found device in the place of another one as the viewer."""
    return _acted(connection, "replace_by", {"device_id": device_id, "now": now, **_found(found)})


def begin_walk_test(connection: Connection[DictRow], home_public_id: UUID, now: datetime) -> int | None:
    """Begin a walk test as the viewer, or go on with the one under way; None where that is not for the viewer."""
    row = connection.execute(_SQL["begin_walk_test"], {"home": home_public_id, "now": now}).fetchone()
    return row["walk_test_id"] if row else None


def end_walk_test(connection: Connection[DictRow], home_public_id: UUID, counted: Counted, now: datetime) -> int | None:
    """End the walk test of a home as the viewer; None where none is under way."""
    values = {"home": home_public_id, **counted._asdict(), "now": now}
    row = connection.execute(_SQL["end_walk_test"], values).fetchone()
    return row["walk_test_id"] if row else None


def _found(found: Found) -> dict[str, Any]:
    series = [
        {"name": f"{found.key}/{name}", "quantity_id": BY_NAME[name.partition("/")[0]].id} for name in found.series
    ]
    return {"gateway": found.gateway, "key": found.key, "model": found.model, "series": Jsonb(series)}


def _acted(connection: Connection[DictRow], statement: str, values: dict[str, Any]) -> int | None:
    row = connection.execute(_SQL[statement], values).fetchone()
    found: int | None = row["device_id"] if row else None
    return found


def _refuse_strays(connection: Connection[DictRow], gateways: Rows) -> None:
    given = {"rows": Jsonb(gateways)}
    elsewhere = connection.execute(_SQL["gateways_elsewhere"], given).fetchall()
    if elsewhere:
        said = ", ".join(f"'{row['key']}' (in '{row['there']}', described in '{row['wanted']}')" for row in elsewhere)
        raise InstallationError(
            f"A gateway stands in another home already: {said}. Its history belongs to the people of that home.",
            kept="the database as it was.",
            advice="give the gateway a new key when it goes to another home.",
        )
    homeless = connection.execute(_SQL["homes_missing"], given).fetchall()
    if homeless:
        raise InstallationError(
            f"These homes are not in the registry: {', '.join(row['home'] for row in homeless)}.",
            kept="the database as it was.",
            advice="apply the registry part of the description first.",
        )


def _apply(connection: Connection[DictRow], statement: str, rows: Rows) -> Count:
    touched = connection.execute(_SQL[statement], {"rows": Jsonb(rows)}) if rows else ()
    return count_of(len(rows), (row["made"] for row in touched))


def _device_rows(document: Document) -> Rows:
    return [
        {
            "gateway": home.gateway,
            "key": device.key,
            "name": device.name,
            "model": device.model,
            "room": device.room,
            "place": device.place,
        }
        for home in document.homes
        for device in home.devices
    ]


def _series_rows(document: Document) -> Rows:
    return [
        {
            "gateway": home.gateway,
            "device": device.key,
            "name": f"{device.key}/{quantity}",
            "quantity_id": BY_NAME[quantity.partition("/")[0]].id,
        }
        for home in document.homes
        for device in home.devices
        for quantity in device.quantities
    ]
