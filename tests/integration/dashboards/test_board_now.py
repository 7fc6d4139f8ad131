"""What of the board is there at once: made once for all who see the same, never for anybody else, noted for each."""

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

import dashboards.board
from core.database import Database
from core.viewer import Viewer
from registry.reads import sight_of
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import ANNA, BRUNO, NOW, gets_role, sign_in
from tests.integration.dashboards.test_caseloads import give

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def place(connection: psycopg.Connection) -> filling.Neighbourhood:
    return filling.fill(connection, NOW)


def now(client: TestClient, query: str = "") -> str:
    answer = client.get(f"/board/now{query}", headers=FRAGMENT)
    assert answer.status_code == 200
    return answer.text


def test_what_asks_for_somebody_and_what_has_just_come_in_is_there_and_nothing_else(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    sign_in(client)
    assert "Maria Rossi" not in now(client)
    filling.alert(connection, place.homes["maria"], NOW - timedelta(minutes=5))
    technical = {"family": "technical", "severity": 0.6, "kind": "gateway_silent"}
    filling.alert(connection, place.homes["lucia"], NOW - timedelta(hours=3), **technical)
    filling.alert(connection, place.homes["rosa"], NOW - timedelta(seconds=30), **technical)
    text = now(client, "?looks=1&unseen=4")
    act, news = text.split('id="group-news"')
    assert "Maria Rossi" in act
    assert "Rosa Marino" in news
    assert "Lucia Ferrari" not in text
    assert "Pietro Conti" not in text
    # The headline goes with it, and says the rest as the board has counted it.
    assert 'id="headline"' in text
    assert re.search(r'data-waiting="1" data-announce="1 casa [^"]*4 case', text)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For whom it was read, in order, by account."""
    found: list[int] = []
    pressing = dashboards.board.pressing

    def counted(view: Any, *given: Any) -> dashboards.board.Pressing:
        found.append(view.viewer.account_id)
        return pressing(view, *given)

    monkeypatch.setattr(dashboards.board, "pressing", counted)
    return found


@pytest.fixture
def colleagues(connection: psycopg.Connection, place: filling.Neighbourhood) -> tuple[int, int]:
    """Two operators of the same organisation."""
    anna, bruno = (place.accounts[login] for login in (ANNA, BRUNO))
    connection.execute(
        "UPDATE registry.membership SET organisation_id = (SELECT organisation_id FROM registry.membership"
        " WHERE account_id = %s) WHERE account_id = %s",
        (anna, bruno),
    )
    return anna, bruno


def told(connection: psycopg.Connection) -> list[int]:
    """Return to whom it was noted as shown, in order, by account."""
    found = connection.execute("SELECT account_id FROM dashboards.audit WHERE route = '/board/now' ORDER BY audit_id")
    return [row["account_id"] for row in found]


def test_it_is_read_once_for_those_who_see_the_same_and_noted_for_each(
    client: TestClient,
    connection: psycopg.Connection,
    place: filling.Neighbourhood,
    reads: list[int],
    colleagues: tuple[int, int],
) -> None:
    anna, bruno = colleagues
    filling.alert(connection, place.homes["maria"], NOW)
    filling.alert(connection, place.homes["lucia"], NOW)
    sign_in(client, ANNA)
    own = now(client)
    client.cookies.clear()
    sign_in(client, BRUNO)
    assert now(client) == own
    assert now(client) == own
    assert reads == [anna]
    # The second time it is the same look of the same account.
    assert told(connection) == [anna, bruno]
    persons = connection.execute("SELECT DISTINCT persons FROM dashboards.audit WHERE route = '/board/now'").fetchall()
    assert [len(row["persons"]) for row in persons] == [2]
    # Not a part that a page asks for by itself, but a request of its own.
    assert client.get("/board/now").text == own
    assert reads == [anna]
    assert told(connection) == [anna, bruno, bruno]


@pytest.mark.usefixtures("colleagues")
def test_who_sees_less_or_more_gets_their_own(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood, reads: list[int]
) -> None:
    for key in ("maria", "lucia"):
        filling.alert(connection, place.homes[key], NOW, family="wellbeing", severity=0.9, kind="night_bathroom_visits")
    sign_in(client, ANNA)
    both = now(client)
    client.cookies.clear()
    sign_in(client, BRUNO)
    gets_role(connection, BRUNO, "coordinator")
    assert now(client) == both
    give(connection, place, BRUNO, "maria")
    gets_role(connection, BRUNO, "operator")
    assert "Maria Rossi" in now(client)
    assert len(reads) == 3
    gets_role(connection, BRUNO, "administrator")
    assert client.get("/board/now", headers=FRAGMENT).status_code == 404
    connection.execute("UPDATE registry.account SET active = false WHERE login = %s", (BRUNO,))
    assert client.get("/board/now", headers=FRAGMENT, follow_redirects=False).status_code == 204
    assert len(reads) == 3


@pytest.mark.usefixtures("colleagues")
def test_a_sight_is_of_roles_and_caseload_and_asking_for_it_changes_nobodys_view(
    connection: psycopg.Connection, place: filling.Neighbourhood, database: Database
) -> None:
    def sight(login: str) -> str:
        with database.seen_by(Viewer(place.accounts[login])) as view:
            return sight_of(view)

    assert sight(ANNA) == sight(BRUNO)
    assert sight(ANNA) != sight(filling.STRANGER)
    found = {sight(BRUNO)}
    give(connection, place, BRUNO)
    found.add(sight(BRUNO))
    connection.execute(
        "INSERT INTO registry.caseload_home VALUES (%s, %s)", (place.accounts[BRUNO], place.homes["maria"].home_id)
    )
    found.add(sight(BRUNO))
    gets_role(connection, BRUNO, "coordinator")
    found.add(sight(BRUNO))
    assert len(found) == 4
    with database.seen_by(Viewer(place.accounts[filling.STRANGER])) as view:
        row = view.connection.execute(
            "SELECT registry.sight_of(%s) <> registry.sight_of(%s) AS other,"
            " current_setting('vicino.account') AS viewer",
            (place.accounts[ANNA], place.accounts[filling.STRANGER]),
        ).fetchone()
    assert row == {"other": True, "viewer": str(place.accounts[filling.STRANGER])}


def test_no_policy_goes_by_anything_that_is_not_in_a_sight(connection: psycopg.Connection) -> None:
    """Else accounts of the same sight might see other rows, and what is shared between them would be a leak."""
    policies = connection.execute(
        "SELECT DISTINCT pg_get_expr(polqual, polrelid) AS rows FROM pg_policy"
        " WHERE EXISTS (SELECT FROM pg_roles WHERE pg_roles.oid = ANY (polroles)"
        " AND rolname IN ('vicino_people', 'vicino_views'))"
    ).fetchall()
    assert len(policies) > 8
    asked = {name for row in policies for name in re.findall(r"([a-z_.]+)\(", row["rows"])}
    assert asked == {
        # Of roles and the caseload, which make a sight.
        "registry.viewer_organisations",
        "registry.viewer_whole_organisations",
        "registry.viewer_caseload",
        # Of these, and of what is the same for everybody.
        "alerts.viewer_called_to",
        "ingest.viewer_gateways_in_charge",
        "ingest.viewer_administers_all",
    }
    for name in asked:
        row = connection.execute(
            "SELECT string_agg(prosrc, ' ') AS source FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE nspname || '.' || proname = %s",
            (name,),
        ).fetchone()
        assert row is not None
        # The account itself is asked for where it stands for its caseload, and nowhere else.
        assert ("viewer_account" in row["source"]) == (name == "registry.viewer_caseload"), name
        assert "current_setting" not in row["source"]


def test_boards_of_one_account_share_it_without_a_proof_and_those_of_others_get_their_own(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    filling.alert(connection, place.homes["maria"], NOW)
    filling.alert(connection, place.homes["ines"], NOW)
    sign_in(client)
    own = now(client)
    assert "Maria Rossi" in own
    assert 'name="csrf" value=""' in own
    client.cookies.clear()
    sign_in(client)
    assert now(client) == own
    client.cookies.clear()
    sign_in(client, filling.STRANGER)
    foreign = now(client)
    assert "Ines Fuori" in foreign
    assert "Maria Rossi" not in foreign
    client.cookies.clear()
    assert client.get("/board/now", headers=FRAGMENT, follow_redirects=False).status_code == 204
