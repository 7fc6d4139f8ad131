"""A caseload narrows what an operator sees, in the database and above it, and never whom an alert reaches."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from starlette.testclient import TestClient

import alerts.reads
import registry.reads
from core.database import Database
from core.viewer import Viewer
from core.vocabulary import QUANTITIES, Retention
from dashboards.api.application import PATH
from tests.integration.dashboards import filling
from tests.integration.dashboards.api.conftest import Bearer, api, bearer  # noqa: F401 - fixtures
from tests.integration.dashboards.conftest import ANNA, BRUNO, NOW, gets_role, post, proof, sign_in

OWN, OTHER = "maria", "lucia"


def give(connection: psycopg.Connection, place: filling.Neighbourhood, login: str, *whose: str) -> None:
    account = place.accounts[login]
    connection.execute("INSERT INTO registry.caseload VALUES (%s, %s)", (account, NOW))
    for key in whose:
        connection.execute("INSERT INTO registry.caseload_home VALUES (%s, %s)", (account, place.homes[key].home_id))


def counts(database: Database, account: int) -> dict[str, int]:
    """Return how many rows of each table that people may read an account sees."""
    found = {}
    with database.seen_by(Viewer(account)) as view:
        tables = view.connection.execute(
            "SELECT n.nspname AS schema, relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE n.nspname IN ('registry', 'devices', 'ingest', 'analytics', 'alerts')"
            " AND relkind IN ('r', 'p', 'v')"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1, 2"
        ).fetchall()
        for table in tables:
            name = sql.Identifier(table["schema"], table["name"])
            row = view.connection.execute(sql.SQL("SELECT count(*) AS rows FROM {}").format(name)).fetchone()
            assert row is not None
            found[f"{table['schema']}.{table['name']}"] = row["rows"]
    return found


LIFE = {
    "analytics.episode", "analytics.indicator", "analytics.finding", "analytics.context", "analytics.wellbeing_day",
    "ingest.seen_reading", "ingest.seen_hourly", "ingest.seen_daily", "alerts.alert", "alerts.history",
    "registry.cared_home",
}  # fmt: skip


@pytest.fixture
def lived(connection: psycopg.Connection) -> filling.Neighbourhood:
    """A neighbourhood in which people live, with an alert that was something and is over."""
    place = filling.fill(connection, NOW, life=True)
    maria = place.homes[OWN]
    filling.alert(connection, maria, NOW)
    filling.indicator(connection, maria, "night_bathroom_visits", "2026-03-10", 3.0, "1", NOW)
    return place


def test_who_installs_or_administers_sees_no_row_of_how_people_live(
    connection: psycopg.Connection, lived: filling.Neighbourhood, database: Database
) -> None:
    account = lived.accounts[ANNA]
    caring = counts(database, account)
    assert caring["ingest.seen_reading"] > 1000
    assert min(caring[table] for table in ("alerts.alert", "analytics.indicator", "registry.cared_home")) > 0
    gets_role(connection, ANNA, "installer")
    installing = counts(database, account)
    assert {table: installing[table] for table in LIFE if installing[table]} == {}
    assert installing["registry.home"] == caring["registry.home"] == len(filling.PEOPLE)
    assert installing["devices.device"] == caring["devices.device"] > 0
    assert (installing["registry.person"], installing["registry.contact"]) == (0, 0)
    gets_role(connection, ANNA, "administrator")
    administering = counts(database, account)
    assert {table: administering[table] for table in LIFE if administering[table]} == {}
    assert administering["registry.person"] == administering["registry.contact"] == len(filling.PEOPLE)
    gets_role(connection, ANNA, "researcher")
    public = {table: rows for table, rows in counts(database, account).items() if rows}
    assert public.keys() <= {"registry.own_account", "alerts.reason", "alerts.heartbeat", "alerts.transition"}
    connection.execute(
        "INSERT INTO registry.membership SELECT account_id, organisation_id, 'operator' FROM registry.membership"
        " WHERE account_id = %s",
        (account,),
    )
    assert counts(database, account) == caring


def test_an_installer_hears_of_readings_only_around_a_walk_test_and_what_devices_say_of_themselves(
    connection: psycopg.Connection, lived: filling.Neighbourhood, database: Database
) -> None:
    gets_role(connection, ANNA, "installer")
    maria, viewer = lived.homes[OWN], Viewer(lived.accounts[ANNA])
    technical = {each.id for each in QUANTITIES if each.retention is Retention.TECHNICAL}

    def heard() -> list[Any]:
        with database.seen_by(viewer) as view:
            return view.connection.execute(
                "SELECT * FROM ingest.walk_readings(%s, %s, %s)", (maria.home_id, NOW - timedelta(days=30), NOW)
            ).fetchall()

    assert [row for row in heard() if row["quantity_id"] not in technical] == []
    connection.execute(
        "INSERT INTO devices.walk_test (organisation_id, home_id, started_at, ended_at, account_name)"
        " VALUES (%s, %s, %s, %s, 'A')",
        (maria.organisation_id, maria.home_id, NOW - timedelta(days=2), NOW - timedelta(days=2, hours=-1)),
    )
    around = [row["ts"] for row in heard() if row["quantity_id"] not in technical]
    assert around
    assert min(around) >= NOW - timedelta(days=2, hours=2)
    assert max(around) <= NOW - timedelta(days=2) + timedelta(hours=1, minutes=5)
    gets_role(connection, ANNA, "operator")
    assert heard() == []


def test_an_operator_with_a_caseload_sees_its_homes_and_those_with_an_open_alert(
    connection: psycopg.Connection, place: filling.Neighbourhood, database: Database
) -> None:
    give(connection, place, ANNA, OWN)
    viewer = Viewer(place.accounts[ANNA])

    def seen() -> set[str]:
        with database.seen_by(viewer) as view:
            homes = registry.reads.seen_homes(view)
            assert {home.home_id for home in homes} == {
                home.home_id for home in registry.reads.seen_homes(view, cared=True)
            }
            assert {one.person.home_id for one in registry.reads.seen_persons(view)} == {one.home_id for one in homes}
            contacts = {one.person.key for one in registry.reads.seen_persons(view) if one.contacts}
        names = {home.home_id: key for key, home in place.homes.items()}
        assert contacts == {names[home.home_id] for home in homes}
        return contacts

    assert seen() == {OWN}
    opened = filling.alert(connection, place.homes[OTHER], NOW)
    assert seen() == {OWN, OTHER}
    connection.execute("UPDATE alerts.heartbeat SET at = %s", (NOW,))
    connection.execute(
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'true', resolved_at = %s, updated_at = %s,"
        " escalates_at = NULL WHERE public_id = %s",
        (NOW, NOW, opened),
    )
    assert seen() == {OWN, OTHER}  # for a day: what was done can be looked at, and opened again
    connection.execute("UPDATE alerts.heartbeat SET at = %s", (NOW + timedelta(days=1, seconds=1),))
    assert seen() == {OWN}
    with database.seen_by(viewer) as view:
        assert alerts.reads.alert(view, opened) is None
    connection.execute("DELETE FROM alerts.heartbeat")
    assert seen() == {OWN, OTHER}  # where nobody says what time it is, homes stay open
    connection.execute("DELETE FROM registry.caseload_home")
    assert seen() == {OTHER}  # an empty caseload is one


def test_a_caseload_holds_for_operators_alone_and_ends_with_the_role(
    connection: psycopg.Connection, place: filling.Neighbourhood, database: Database
) -> None:
    give(connection, place, ANNA, OWN, filling.FOREIGN[0])
    viewer = Viewer(place.accounts[ANNA])
    for role, homes in (("coordinator", len(filling.PEOPLE)), ("operator", 1), ("researcher", 0)):
        gets_role(connection, ANNA, role)
        with database.seen_by(viewer) as view:
            assert len(registry.reads.seen_homes(view, cared=True)) == homes, role


def test_wherever_a_caseload_counts_open_alerts_do(
    connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    rows = connection.execute(
        "SELECT polrelid::regclass::text AS name, bool_or(pg_get_expr(polqual, polrelid) LIKE '%viewer_caseload%')"
        " AS narrowed, bool_or(polname = 'called_to') AS opened FROM pg_policy GROUP BY 1"
    ).fetchall()
    assert [row["name"] for row in rows if row["narrowed"] != row["opened"]] == []
    assert {row["name"] for row in rows if row["opened"]} >= {
        "registry.home", "registry.person", "alerts.alert", "analytics.episode", "devices.series",
    }  # fmt: skip


def test_the_board_shows_the_caseload_and_whoever_needs_somebody(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    give(connection, place, ANNA, OWN)
    sign_in(client)
    page = client.get("/").text
    assert "Maria Rossi" in page
    assert "Lucia Ferrari" not in page
    lucia = place.homes[OTHER].person
    assert client.get(f"/persons/{lucia}").status_code == 404
    alert = filling.alert(connection, place.homes[OTHER], NOW, family="safety", kind="sos_button")
    assert "Lucia Ferrari" in client.get("/").text
    assert "Lucia Ferrari" in client.get("/board/now").text
    assert "Lucia Ferrari" in client.get("/alerts").text
    detail = client.get(f"/alerts/{alert}").text
    assert "+39 333 555 0199" in detail
    assert client.get(f"/persons/{lucia}").status_code == 200
    csrf = proof(client.get("/notifications").text)
    assert client.post(f"/alerts/{alert}/take-charge", data={"csrf": csrf}).status_code == 303
    own = client.get("/", params={"caseload": place.accounts[ANNA]}).text
    assert "Solo le mie" in own
    assert "Lucia Ferrari" in own  # somebody needs help there: no filter hides that


def test_a_program_sees_no_more_than_its_account(
    api: TestClient,  # noqa: F811
    connection: psycopg.Connection,
    place: filling.Neighbourhood,
    bearer: Bearer,  # noqa: F811
) -> None:
    give(connection, place, ANNA, OWN)
    headers = bearer()
    assert [one["name"] for one in api.get(f"{PATH}/homes", headers=headers).json()["items"]] == ["Casa Maria Rossi"]
    lucia = filling.one(
        connection, "SELECT public_id FROM registry.home WHERE home_id = %s", place.homes[OTHER].home_id
    )
    days = f"{PATH}/homes/{lucia}/days?first=2026-03-01&last=2026-03-10"
    assert api.get(days, headers=headers).status_code == 404
    entered = api.post(f"{PATH}/homes/{lucia}/contexts", headers=headers, json={"kind": "visit"})
    assert entered.status_code == 404
    filling.alert(connection, place.homes[OTHER], NOW)
    assert api.get(days, headers=headers).status_code == 200


def test_a_coordinator_gives_and_takes_a_caseload_and_it_can_be_undone(
    coordinator: Any, connection: psycopg.Connection, place: filling.Neighbourhood, database: Database
) -> None:
    client, bruno = coordinator[0], place.accounts[BRUNO]
    assert f'href="/administration/caseload/{bruno}"' in client.get("/administration/caseloads").text
    page = client.get(f"/administration/caseload/{bruno}").text
    assert "Casa Ines Fuori" not in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = {"seen": seen, "limited": "yes", "homes": "casa-maria"}
    saved = post(client, f"/administration/caseload/{bruno}", page, **form)
    assert (saved.status_code, saved.headers["location"]) == (303, f"/administration/caseload/{bruno}?done=saved")

    def sees() -> int:
        with database.seen_by(Viewer(bruno)) as view:
            return len(registry.reads.seen_homes(view))

    assert sees() == 1
    assert post(client, f"/administration/caseload/{bruno}", page, **form).status_code == 409  # seen as it was before
    board = client.get("/", params={"caseload": bruno}).text
    assert ("Maria Rossi" in board, "Lucia Ferrari" in board) == (True, False)
    page = client.get(f"/administration/caseload/{bruno}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    foreign = {"seen": seen, "limited": "yes", "homes": "casa-ines"}
    assert post(client, f"/administration/caseload/{bruno}", page, **foreign).status_code == 409
    edit = filling.one(connection, "SELECT public_id FROM registry.edit WHERE thing = 'caseload'")
    undone = post(client, f"/administration/changes/{edit}/undo", page, thing="caseload", number=str(bruno))
    assert undone.status_code == 303
    assert sees() == len(filling.PEOPLE)


def test_nobody_else_gives_one(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    sign_in(client)
    assert client.get("/administration/caseloads").status_code == 404
    page = client.get("/notifications").text
    for number in (place.accounts[BRUNO], place.accounts[ANNA], place.accounts[filling.STRANGER], 0, 2**40):
        assert client.get(f"/administration/caseload/{number}").status_code == 404
        assert post(client, f"/administration/caseload/{number}", page, limited="yes").status_code == 404
    # A coordinator of the service below does not give one to who is an operator of the whole union.
    gets_role(connection, BRUNO, "coordinator")
    client.cookies.clear()
    sign_in(client, BRUNO)
    assert client.get(f"/administration/caseload/{place.accounts[ANNA]}").status_code == 404
