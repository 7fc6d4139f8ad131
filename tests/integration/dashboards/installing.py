"""What an installer does and finds on the pages, for several tests."""

from collections.abc import Sequence

from psycopg import sql

import ingest.repository
from core.messages import FoundDevice
from core.vocabulary import BY_NAME
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof

MOTION = FoundDevice("0x1", "Movimento bagno", "SONOFF", "SNZB-03", quantities=["occupancy", "battery", "link_quality"])
DOOR = FoundDevice("0x2", "Porta di casa", "Xiaomi", "MCCGQ11LM", quantities=["contact", "battery"])
BUTTON = FoundDevice("0x3", "Pulsante", "Tuya", "TS0215A_sos", quantities=["sos_button", "battery"])
PUT_FOUND = (MOTION, DOOR, BUTTON)
STRANGE = FoundDevice("0x4", "Cosa", "Nobody", "X1", unmapped={"warp": "9"})


def as_role(connection, place, role):
    connection.execute(
        "UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, place.accounts[filling.LOGIN])
    )


def home_of(connection, place, name="maria"):
    row = connection.execute(
        "SELECT public_id FROM registry.home WHERE home_id = %s", (place.homes[name].home_id,)
    ).fetchone()
    return row["public_id"]


def gateway_of(connection, place, name="maria"):
    row = connection.execute(
        "SELECT key FROM devices.gateway WHERE gateway_id = %s", (place.homes[name].gateway_id,)
    ).fetchone()
    return row["key"]


def room_of(connection, place, kind, name="maria"):
    row = connection.execute(
        "SELECT room_id FROM registry.room WHERE home_id = %s AND kind = %s", (place.homes[name].home_id, kind)
    ).fetchone()
    return row["room_id"]


def find(connection, place, *devices: FoundDevice, name="maria"):
    assert ingest.repository.record_inventory(connection, gateway_of(connection, place, name), devices, NOW)


def send(client, path, **fields: str | Sequence[str]):
    page = client.get("/install/" + path.split("/")[2])
    return client.post(path, data={"csrf": proof(page.text), **fields}, headers={"HX-Request": "true"})


def devices_of(connection, place, name="maria"):
    return connection.execute(
        "SELECT device_id, device.key, device.name, room.kind, place, retired_at FROM devices.device"
        " LEFT JOIN registry.room USING (room_id) WHERE device.home_id = %s AND device.key LIKE '0x_'"
        " ORDER BY device.key",
        (place.homes[name].home_id,),
    ).fetchall()


def hear(connection, place, key, quantity, value, at):
    row = connection.execute(
        "SELECT series_id FROM devices.series JOIN devices.device USING (device_id)"
        " WHERE device.key = %s AND quantity_id = %s AND device.home_id = %s",
        (key, BY_NAME[quantity].id, place.homes["maria"].home_id),
    ).fetchone()
    connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (at, at))
    table = sql.Identifier("ingest", f"reading_{BY_NAME[quantity].retention}")
    insert = sql.SQL("INSERT INTO {} (series_id, ts, value, flags) VALUES (%s, %s, %s, 0)").format(table)
    connection.execute(insert, (row["series_id"], at, value))


PUT = {
    "device": ["{gateway} 0x1", "{gateway} 0x2", "{gateway} 0x3"],
    "name": ["Movimento bagno", "Porta di casa", "Pulsante"],
    "room": ["kind:bathroom", "kind:entrance", ""],
    "place": ["", "entrance_door", "body"],
}


def put(connection, place):
    gateway = gateway_of(connection, place)
    return PUT | {"device": [each.format(gateway=gateway) for each in PUT["device"]]}
