"""Reads of what is installed: those for services take a connection, those for a person take a `View`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from core.database import View
from core.statements import Statements
from core.vocabulary import BY_ID

_SQL = Statements.beside(__file__)


class Series(NamedTuple):
    """A series of a gateway; `series_id`, `name` and `quantity_id` are None for a gateway that has no series yet."""

    gateway_key: str
    gateway_id: int
    series_id: int | None
    name: str | None
    quantity_id: int | None
    home_id: int
    organisation_id: int


class Sensor(NamedTuple):
    """One series of a home with where it is; `quantity` is a name of the vocabulary, `place` may be empty."""

    series_id: int
    quantity: str
    device_id: int
    device: str
    model: str
    room_id: int | None
    room: str | None
    room_kind: str | None
    place: str


class Device(NamedTuple):
    """An installed device and the names of the quantities it reports."""

    device_id: int
    home_id: int
    gateway: str
    key: str
    name: str
    model: str
    room_id: int | None
    place: str
    quantities: list[str]
    retired_at: datetime | None
    replaces_id: int | None
    battery_changed_at: datetime | None


class WalkTest(NamedTuple):
    """A walk test of a home; None while it is under way: how many devices answered, were only heard, and were expected.

    `heard` is None of one that ended before it was counted.
    """

    walk_test_id: int
    started_at: datetime
    ended_at: datetime | None
    account_name: str
    answered: int | None
    heard: int | None
    expected: int | None


class Act(NamedTuple):
    """What somebody did with a device, and how it was before.

    `action` is one of: installed, described, moved, replaced, retired, restored, battery.
    """

    history_id: int
    device_id: int
    device: str
    at: datetime
    account_name: str
    action: str
    before: dict[str, Any]


def series_of_gateways(connection: Connection[DictRow], keys: Sequence[str] | None = None) -> list[Series]:
    """Return the series of the gateways named by `keys`, or of all. A key that is not known has no row."""
    given = {"keys": None if keys is None else [key for key in keys if "\0" not in key]}
    return [Series(**row) for row in connection.execute(_SQL["series_of_gateways"], given)]


def sensors_of_home(
    connection: Connection[DictRow], home_id: int, since: datetime | None = None, until: datetime | None = None
) -> list[Sensor]:
    """Return what reported from a home between two instants, each where it was at the end; without them what does now.

    A device that was moved was in its old room before; one that was taken away is not missed afterwards.
    """
    return sensors_of_homes(connection, [home_id], since, until)[home_id]


def sensors_of_homes(
    connection: Connection[DictRow], homes: Sequence[int], since: datetime | None = None, until: datetime | None = None
) -> dict[int, list[Sensor]]:
    """Return the same of several homes, by their ids."""
    found: dict[int, list[Sensor]] = {home_id: [] for home_id in homes}
    for row in connection.execute(_SQL["sensors_of_homes"], {"homes": list(homes), "since": since, "until": until}):
        found[row.pop("home_id")].append(Sensor(quantity=BY_ID[row.pop("quantity_id")].name, **row))
    return found


def seen_sensors(view: View, home_id: int, since: datetime, until: datetime) -> list[Sensor]:
    """Return the same of one home, if the viewer may see it."""
    return sensors_of_home(view.connection, home_id, since, until)


def gateways_of_homes(connection: Connection[DictRow], homes: Sequence[int]) -> dict[int, dict[int, frozenset[int]]]:
    """Return the gateways of some homes, and the devices of each, by their ids."""
    found: dict[int, dict[int, frozenset[int]]] = {home_id: {} for home_id in homes}
    for row in connection.execute(_SQL["gateways_of_homes"], {"homes": list(homes)}):
        found[row["home_id"]][row["gateway_id"]] = frozenset(row["device_ids"])
    return found


def devices(connection: Connection[DictRow]) -> list[Device]:
    """Return every device."""
    return [_device(row) for row in connection.execute(_SQL["all_devices"])]


def seen_devices(view: View, home_id: int) -> list[Device]:
    """Return the devices of a home, if the viewer may see it."""
    return [_device(row) for row in view.connection.execute(_SQL["seen_devices"], {"home_id": home_id})]


def seen_walk_test(view: View, home_id: int) -> WalkTest | None:
    """Return the latest walk test of a home, if the viewer may see it."""
    row = view.connection.execute(_SQL["seen_walk_test"], {"home_id": home_id}).fetchone()
    return WalkTest(**row) if row else None


def seen_history(view: View, home_id: int, most: int = 50) -> list[Act]:
    """Return what was done with the devices of a home, the latest first, if the viewer may see it."""
    return [Act(**row) for row in view.connection.execute(_SQL["seen_history"], {"home_id": home_id, "most": most})]


def may_install(view: View, organisation_id: int) -> bool:
    """Tell whether the viewer is in charge of the devices of an organisation."""
    row = view.connection.execute(_SQL["viewer_may_install"], {"organisation_id": organisation_id}).fetchone()
    return row is not None and bool(row["may"])


def _device(row: DictRow) -> Device:
    return Device(quantities=[BY_ID[number].name for number in row.pop("quantity_ids")], **row)
