from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.rows import DictRow

import devices.reads
from core.database import Database, View
from core.viewer import Viewer
from registry import reads

SeenBy = Callable[[str], AbstractContextManager[View]]

PROTECTED = (
    "registry.organisation", "registry.home", "registry.room", "registry.person", "registry.contact",
    "devices.gateway", "devices.device", "devices.series", "devices.placement", "devices.history",
)  # fmt: skip


def counts(connection: Connection[DictRow]) -> dict[str, int]:
    found = {}
    for table in PROTECTED:
        query = sql.SQL("SELECT count(*) AS rows FROM {}").format(sql.Identifier(*table.split(".")))
        row = connection.execute(query).fetchone()
        assert row is not None
        found[table] = row["rows"]
    return found


@pytest.mark.parametrize(
    ("login", "homes", "organisations"),
    [
        ("omar", ["casa-01"], ["comune-alto"]),
        ("beth", ["casa-02"], ["comune-basso"]),
        ("carla", ["casa-01", "casa-02"], ["comune-alto", "comune-basso", "unione-valle"]),
    ],
)
def test_everybody_sees_the_own_homes_only(
    seen_by: SeenBy, connection: Connection[DictRow], login: str, homes: list[str], organisations: list[str]
) -> None:
    with seen_by(login) as view:
        seen = reads.seen_homes(view)
        assert [home.key for home in seen] == homes
        assert [organisation.key for organisation in reads.seen_organisations(view)] == organisations
        people = reads.seen_persons(view)
        assert {person.person.home_id for person in people} == {home.home_id for home in seen}
        for home in reads.homes(connection):
            mine = home.key in homes
            assert bool(reads.seen_rooms(view, home.home_id)) is mine
            assert bool(reads.seen_persons(view, home.home_id)) is mine
            assert bool(devices.reads.seen_devices(view, home.home_id)) is mine
            assert (reads.seen_home(view, home.public_id) == home) is mine


def test_contacts_come_in_the_order_of_calling(seen_by: SeenBy) -> None:
    with seen_by("omar") as view:
        (ada,) = reads.seen_persons(view)
    assert [contact.name for contact in ada.contacts] == ["Lucia Bianchi", "Piero Sarti"]


def test_raw_sql_of_a_person_sees_no_more(seen_by: SeenBy, people: Database) -> None:
    with seen_by("omar") as view:
        omar = counts(view.connection)
    with seen_by("beth") as view:
        beth = counts(view.connection)
    with seen_by("carla") as view:
        carla = counts(view.connection)
    assert all(omar[table] + beth[table] <= carla[table] for table in PROTECTED)
    assert (omar["devices.series"], beth["devices.series"], carla["devices.series"]) == (26, 9, 35)
    with people.transaction() as connection:
        assert set(counts(connection).values()) == {0}


def test_the_viewer_ends_with_the_transaction(seen_by: SeenBy, people: Database) -> None:
    with seen_by("carla") as view:
        assert reads.seen_homes(view)
    for _ in range(8):
        with people.transaction() as connection:
            assert set(counts(connection).values()) == {0}


def test_an_unknown_or_inactive_account_sees_nothing(
    seen_by: SeenBy, people: Database, connection: Connection[DictRow]
) -> None:
    with people.seen_by(Viewer(987_654)) as view:
        assert reads.seen_homes(view) == []
        assert reads.own_account(view) is None
    connection.execute("UPDATE registry.account SET active = false WHERE login = 'omar'")
    with seen_by("omar") as view:
        assert reads.seen_homes(view) == []
        assert reads.own_account(view) is None


def test_a_researcher_sees_no_person(seen_by: SeenBy, connection: Connection[DictRow]) -> None:
    connection.execute("UPDATE registry.membership SET role = 'researcher'")
    with seen_by("carla") as view:
        assert reads.seen_homes(view) == []
        assert set(counts(view.connection).values()) == {0}


def test_people_see_their_own_account_and_roles(seen_by: SeenBy) -> None:
    with seen_by("carla") as view:
        own = reads.own_account(view)
        roles = {organisation.key: organisation.roles for organisation in reads.seen_organisations(view)}
    assert own is not None
    assert (own.login, own.email) == ("carla", "carla.conti@unione.example")
    assert roles == {key: ["coordinator"] for key in ("unione-valle", "comune-alto", "comune-basso")}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password_hash FROM registry.account",
        "SELECT * FROM registry.membership",
        "SELECT * FROM ingest.reading_event",
        "INSERT INTO registry.membership VALUES (1, 1, 'operator')",
        "UPDATE registry.home SET organisation_id = organisation_id",
        "DELETE FROM registry.person",
    ],
)
def test_people_have_no_right_to_more(seen_by: SeenBy, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), seen_by("carla") as view:
        view.connection.execute(statement)


def test_every_table_with_an_organisation_is_protected(connection: Connection[DictRow]) -> None:
    rows = connection.execute(
        "SELECT c.oid::regclass::text AS name, relrowsecurity, relforcerowsecurity FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute a ON attrelid = c.oid"
        " WHERE attname = 'organisation_id' AND NOT attisdropped AND relkind IN ('r', 'p')"
        " AND n.nspname NOT LIKE 'pg\\_%' AND c.oid <> 'registry.membership'::regclass"
    ).fetchall()
    assert {row["name"] for row in rows} >= {*PROTECTED, "alerts.alert", "analytics.finding"}
    assert [row["name"] for row in rows if not (row["relrowsecurity"] and row["relforcerowsecurity"])] == []


def test_no_role_of_ours_goes_around_row_security(connection: Connection[DictRow]) -> None:
    rows = connection.execute(
        "SELECT rolname, rolsuper OR rolbypassrls AS above FROM pg_roles"
        " WHERE rolname LIKE 'vicino\\_%' AND rolname <> 'vicino_administrator'"
    ).fetchall()
    assert {row["rolname"] for row in rows} >= {"vicino_owner", "vicino_service", "vicino_people", "vicino_views"}
    assert not any(row["above"] for row in rows)
    member = connection.execute(
        "SELECT pg_has_role('vicino_people', 'vicino_service', 'MEMBER')"
        " OR pg_has_role('vicino_people', 'vicino_owner', 'MEMBER') AS above"
    ).fetchone()
    assert member == {"above": False}


def test_views_for_people_are_barriers_and_those_of_readings_are_filtered(connection: Connection[DictRow]) -> None:
    rows = connection.execute(
        "SELECT c.oid::regclass::text AS name, pg_get_userbyid(relowner) AS owner,"
        " 'security_barrier=true' = ANY(coalesce(reloptions, '{}')) AS barrier, EXISTS ("
        "   SELECT FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class t ON t.oid = d.refobjid"
        "   WHERE r.ev_class = c.oid AND t.oid <> c.oid AND t.relnamespace = 'ingest'::regnamespace"
        "   AND t.relname LIKE 'reading%%') AS of_readings"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE relkind = 'v' AND n.nspname IN ('registry', 'devices', 'ingest', 'analytics', 'alerts', 'dashboards')"
        " AND has_table_privilege('vicino_people', c.oid, 'SELECT')",
        (),
    ).fetchall()
    assert {row["name"] for row in rows} >= {"registry.own_account", "ingest.seen_reading"}
    assert [row["name"] for row in rows if not row["barrier"]] == []
    of_readings = {row["name"]: row["owner"] for row in rows if row["of_readings"]}
    assert "ingest.seen_reading" in of_readings
    assert set(of_readings.values()) == {"vicino_views"}
