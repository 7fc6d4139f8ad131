"""The last signs of homes are looked up series by series, and only of homes that the viewer may see."""

from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.rows import dict_row

from core.database import Database, Role
from core.viewer import Viewer
from core.vocabulary import BY_NAME
from dashboards.reads import LATELY, LastSeen, last_signs
from tests.integration.dashboards import filling

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def sensor(connection, home, room: str) -> dict[str, int]:
    """Install a sensor of movement and warmth; return its series."""
    device = filling.one(
        connection,
        "INSERT INTO devices.device (organisation_id, home_id, gateway_id, room_id, key) VALUES (%s, %s, %s, %s, %s)"
        " RETURNING device_id",
        home.organisation_id, home.home_id, home.gateway_id, home.rooms[room], f"pir-{room}",
    )  # fmt: skip
    return {
        quantity: filling.one(
            connection,
            "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING series_id",
            home.organisation_id, home.home_id, home.gateway_id, device, f"{room}-{quantity}", BY_NAME[quantity].id,
        )
        for quantity in ("occupancy", "temperature")
    }  # fmt: skip


def report(connection, table: str, series: int, ago: timedelta, value: float) -> datetime:
    at = NOW - ago
    connection.execute(f"INSERT INTO ingest.{table} (ts, value, series_id) VALUES (%s, %s, %s)", (at, value, series))  # noqa: S608 - our names
    return at


def test_the_last_movement_and_the_last_word_of_whoever_watches(database_url: str) -> None:
    with (
        psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection,
        Database(database_url, Role.PEOPLE, name="test") as people,
    ):
        place = filling.fill(connection, NOW, life=False)
        connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (NOW - timedelta(days=2), NOW))
        maria, rosa, ines = (place.homes[name] for name in ("maria", "rosa", "ines"))
        kitchen, bath = sensor(connection, maria, "kitchen"), sensor(connection, maria, "bathroom")
        quiet, foreign = sensor(connection, rosa, "bedroom"), sensor(connection, ines, "living")
        moved = report(connection, "reading_event", kitchen["occupancy"], timedelta(minutes=50), 1)
        report(connection, "reading_event", kitchen["occupancy"], timedelta(minutes=40), 0)
        report(connection, "reading_event", bath["occupancy"], timedelta(minutes=70), 1)
        heard = report(connection, "reading_level", bath["temperature"], timedelta(minutes=5), 20)
        early = report(connection, "reading_event", quiet["occupancy"], LATELY + timedelta(hours=3), 1)
        warm = report(connection, "reading_level", quiet["temperature"], timedelta(minutes=9), 20)
        risen = report(connection, "reading_event", quiet["occupancy"], timedelta(minutes=-20), 1)
        report(connection, "reading_event", foreign["occupancy"], timedelta(minutes=1), 1)
        wanted = [maria.home_id, rosa.home_id, ines.home_id]
        with people.seen_by(Viewer(place.accounts[filling.LOGIN])) as view:
            all_of_them = last_signs(view, wanted, NOW)
            alone = last_signs(view, [maria.home_id], NOW, [maria.home_id])
            # At night nothing came lately of some, and of others only long ago.
            later = [NOW + timedelta(hours=hours) for hours in (1, 3, 9, 13)]
            by_night = [(last_signs(view, wanted, at), last_signs(view, wanted, at, wanted)) for at in later]
        # Among many, who moved lately is heard: it is not searched further.
        assert all_of_them[maria.home_id] == (moved, LastSeen(moved, "kitchen"))
        assert alone == {maria.home_id: (heard, LastSeen(moved, "kitchen"))}
        assert all_of_them[rosa.home_id] == (warm, LastSeen(early, "bedroom"))
        assert all_of_them[ines.home_id] == (None, None)
        for among_many, by_themselves in by_night[1:]:
            assert among_many == by_themselves
        assert by_night[1][0][maria.home_id] == (heard, LastSeen(moved, "kitchen"))
        assert by_night[1][0][rosa.home_id] == (risen, LastSeen(risen, "bedroom"))
        assert by_night[2][0][rosa.home_id].movement == LastSeen(risen, "bedroom")
        assert by_night[3][0] == dict.fromkeys(wanted, (None, None))
