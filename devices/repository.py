"""Writes what is installed where. The caller owns the transaction."""

from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.errors import VicinoError
from core.statements import Statements
from core.vocabulary import BY_NAME
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
            "quantity_id": BY_NAME[quantity].id,
        }
        for home in document.homes
        for device in home.devices
        for quantity in device.quantities
    ]
