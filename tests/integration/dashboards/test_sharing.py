"""The person's own page, the same for staff, invitations on it, and who has looked."""

import re
from datetime import timedelta

import psycopg
import pytest

from registry import accounts
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import NOW, proof, sign_in

CODE = re.compile(r'id="code">([0-9A-Z-]{19})<')
PERSON = "maria"


@pytest.fixture
def maria(connection, place):
    maria = place.homes["maria"]
    kin.consent(connection, maria, NOW)
    kin.consent(connection, maria, NOW, "care")
    kin.shared(connection, maria, ["day", "safety"])
    return maria


def visible(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def send(client, path, **form):
    here = "/".join(path.split("/")[:3])
    return client.post(path, data={"csrf": proof(client.get(here).text), **form})


@pytest.fixture
def herself(client, connection, maria):
    kin.close(connection, maria, PERSON, "Maria Rossi", "self")
    sign_in(client, PERSON)
    return client


def test_she_lands_on_her_page_and_reads_who_sees_what(herself, maria):
    assert herself.get("/").headers["location"] == "/mine"
    assert herself.get("/mine").headers["location"] == f"/sharing/{maria.person}"
    said = visible(herself.get(f"/sharing/{maria.person}").text)
    for expected in ("Ferma per un po'", "Adesso non è fermo.", "Elena (figlia)",
                     "Come va la mia giornata tutto il giorno", "Chi ha guardato",
                     "Vede ciò che serve per aver cura di te"):  # fmt: skip
        assert expected in said, said


def test_she_stops_it_for_an_hour_and_goes_on_again(herself, connection, maria, clock):
    here = f"/sharing/{maria.person}"
    assert send(herself, f"{here}/pause", length="hour").headers["location"].endswith("done=paused")
    said = visible(herself.get(here).text)
    assert "In pausa da oggi alle 03:12, fino a: oggi alle 04:12." in said
    row = connection.execute("SELECT * FROM registry.pause").fetchone()
    assert (row["started_at"], row["until"], row["begun_by_name"]) == (NOW, NOW + timedelta(hours=1), "Maria Rossi")
    clock.advance(600)
    send(herself, f"{here}/resume")
    assert connection.execute("SELECT ended_at FROM registry.pause").fetchone()["ended_at"] == clock.now()
    assert "Adesso non è fermo." in visible(herself.get(here).text)
    assert send(herself, f"{here}/pause", length="for ever").status_code == 409
    send(herself, f"{here}/pause", length="morning")
    said = visible(herself.get(here).text)
    assert "fino a: mar 17 mar, ore 08:00." in said, said[150:500]


def test_the_board_says_paused_and_nothing_is_as_usual(client, connection, place):
    for name in ("maria", "luigi"):
        filling.status(connection, place.homes[name], NOW, online=True)
        kin.pause(connection, place.homes[name], NOW - timedelta(hours=5))
    sign_in(client)
    page = visible(client.get("/").text)
    assert "In pausa da" in page
    assert "Come al solito." not in page.split("Come al solito")[0]


def test_she_takes_back_what_her_daughter_sees_and_gives_other_hours(herself, connection, maria):
    here = f"/sharing/{maria.person}"
    form = {"contact": "figlia", "data": ["day=no", "safety=always", "movement=07:00-21:00"]}
    assert send(herself, f"{here}/shares", **form).status_code == 303
    said = visible(herself.get(here).text)
    assert "Come va la mia giornata tutto il giorno" not in said
    assert "Il mio ultimo movimento 07:00-21:00" in said
    rows = connection.execute("SELECT data, ended_by_name FROM registry.share WHERE ended_at IS NOT NULL").fetchall()
    assert rows == [{"data": "day", "ended_by_name": "Maria Rossi"}]
    for wrong in (["day=9"], ["secrets=always"]):
        assert send(herself, f"{here}/shares", contact="figlia", data=wrong).status_code == 409
    assert send(herself, f"{here}/shares", contact="nobody", data=["day=always"]).status_code == 409


def test_she_ends_a_purpose_and_says_yes_again(herself, connection, maria):
    here = f"/sharing/{maria.person}"
    send(herself, f"{here}/withdraw", purpose="family")
    said = visible(herself.get(here).text)
    assert "Ritirato oggi alle 03:12: Maria Rossi" in said
    send(herself, f"{here}/consents", purpose="research")
    row = connection.execute(
        "SELECT basis, recorded_by_name FROM registry.consent WHERE purpose = 'research'"
    ).fetchone()
    assert row == {"basis": "consent", "recorded_by_name": "Maria Rossi"}
    assert send(herself, f"{here}/consents", purpose="research", basis="public_task").status_code == 409
    assert send(herself, f"{here}/consents", purpose="care", until="yesterday").status_code == 409


def test_nobody_else_gets_at_her_page(client, connection, maria, place):
    here = f"/sharing/{maria.person}"
    kin.close(connection, maria, kin.DAUGHTER, "Elena Rossi")
    for login in (kin.DAUGHTER, filling.STRANGER):
        client.cookies.clear()
        sign_in(client, login)
        assert client.get(here).status_code == 404
        token = proof(client.get("/notifications").text)
        for action in ("pause", "resume", "shares", "withdraw", "consents", "invitations"):
            assert client.post(f"{here}/{action}", data={"csrf": token, "purpose": "care"}).status_code == 404
    assert connection.execute("SELECT count(*) AS n FROM registry.consent WHERE withdrawn_at IS NULL").fetchone() == {
        "n": 2
    }


def invite(client, maria):
    made = send(client, f"/sharing/{maria.person}/invitations", capacity="family", contact="figlia")
    assert made.status_code == 200, visible(made.text)[-400:]
    found = CODE.search(made.text)
    assert found
    return found.group(1), made.text


def test_an_operator_invites_the_daughter_who_makes_her_account_and_sees_her_mother(client, connection, maria):
    sign_in(client)
    assert f'href="/sharing/{maria.person}"' in client.get(f"/persons/{maria.person}").text
    code, sheet = invite(client, maria)
    assert "<svg" in sheet
    assert "http://testserver/invite" in sheet
    assert code not in str(connection.execute("SELECT * FROM registry.invitation").fetchall())
    assert code not in client.get(f"/sharing/{maria.person}").text
    client.cookies.clear()
    page = client.get("/invite", params={"code": code.lower()}).headers["location"]
    assert page.lower() == f"/invite/{code}".lower()
    page = client.get(f"/invite/{code}")
    assert page.headers["referrer-policy"] == "strict-origin"
    assert "ti invita a vedere come sta Maria Rossi" in visible(page.text)
    form = {"csrf": proof(page.text), "login": "elena.r", "name": "Elena", "password": "corta"}
    assert client.post(f"/invite/{code}", data=form).status_code == 409
    made = client.post(f"/invite/{code}", data=form | {"password": filling.PASSWORD})
    assert made.status_code == 303
    assert client.get("/").headers["location"] == "/family"
    assert "Maria Rossi" in client.get("/family").text
    client.cookies.clear()
    gone = client.get(f"/invite/{code}")
    assert gone.status_code == 410
    assert "Questo codice non si può usare" in visible(gone.text)


def test_a_form_from_elsewhere_uses_no_invitation_and_guessing_is_slow(client, maria):
    sign_in(client)
    code, _ = invite(client, maria)
    client.cookies.clear()
    form = {"csrf": "00" * 64, "login": "eve", "name": "Eve", "password": filling.PASSWORD}
    assert client.post(f"/invite/{code}", data=form).status_code == 403
    statuses = [client.get(f"/invite/0000-0000-0000-{number:04}").status_code for number in range(40)]
    assert statuses[0] == 410
    assert statuses[-1] == 429


def test_a_wrong_code_counts_once_and_costs_no_hash(client, maria, monkeypatch):
    def hashed(_: str) -> str:
        raise AssertionError("a password was hashed for a code that leads nowhere")

    monkeypatch.setattr(accounts, "hashed", hashed)
    form = {"csrf": proof(client.get("/invite/0000-0000-0000-0000").text), "login": "eve", "password": filling.PASSWORD}
    statuses = [client.post("/invite/0000-0000-0000-0000", data=form).status_code for _ in range(30)]
    assert statuses == [410] * 29 + [429]


def test_who_is_signed_in_adds_a_second_parent(client, connection, maria, place):
    luigi = place.homes["luigi"]
    kin.consent(connection, luigi, NOW)
    kin.shared(connection, luigi, ["safety"])
    sign_in(client)
    code, _ = invite(client, luigi)
    client.cookies.clear()
    kin.close(connection, maria, kin.DAUGHTER, "Elena Rossi")
    sign_in(client, kin.DAUGHTER)
    page = client.get(f"/invite/{code}")
    answer = client.post(f"/invite/{code}", data={"csrf": proof(page.text)})
    assert answer.headers["location"] == "/family"
    assert "Luigi Neri" in client.get("/family").text


def entries(connection):
    return connection.execute("SELECT * FROM dashboards.audit ORDER BY audit_id").fetchall()


def test_whoever_looks_is_written_down_and_she_reads_it(client, connection, maria, place, clock):
    sign_in(client)
    client.get(f"/persons/{maria.person}")
    client.get("/")
    kin.close(connection, maria, kin.DAUGHTER, "Elena Rossi")
    client.cookies.clear()
    sign_in(client, kin.DAUGHTER)
    client.get("/family")
    client.get("/notifications")
    kin.close(connection, maria, PERSON, "Maria Rossi", "self")
    client.cookies.clear()
    sign_in(client, PERSON)
    said = visible(client.get(f"/sharing/{maria.person}").text)
    assert re.search(r"Anna Lodi \(Unione\): 2 volte, l'ultima alle 03:12", said), said[-600:]
    assert "l'elenco di tutte le case" in said.replace("&#39;", "'")
    assert "la pagina su di te" in said
    assert re.search(r"Elena Rossi \(familiare\): una volta", said), said[-600:]
    found = entries(connection)
    assert [(row["method"], row["route"]) for row in found[:3]] == [
        ("GET", "/persons/{public_id}"), ("GET", "/"), ("GET", "/family"),
    ]  # fmt: skip
    assert (len(found[0]["persons"]), len(found[1]["persons"]), len(found[2]["persons"])) == (1, 7, 1)
    assert str(maria.person) not in str(found)
    assert maria.person_id not in [number for row in found for number in row["persons"]]


def test_of_a_home_that_is_not_theirs_nobody_reads_who_looked(client, connection, maria, place):
    sign_in(client)
    client.get(f"/persons/{maria.person}")
    with connection.transaction():
        connection.execute("SET LOCAL ROLE vicino_people")
        connection.execute("SELECT set_config('vicino.account', %s, true)", (str(place.accounts[filling.STRANGER]),))
        rows = connection.execute("SELECT * FROM dashboards.looks(%s, '-infinity', %s)", (maria.person, NOW)).fetchall()
        assert rows == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("SELECT * FROM dashboards.audit")


def test_a_page_that_stays_open_is_one_look_in_a_quarter_of_an_hour(client, connection, maria, clock):
    sign_in(client)
    client.get(f"/persons/{maria.person}")
    for _ in range(5):
        clock.advance(170)
        client.get(f"/persons/{maria.person}/state", headers={"hx-request": "true"})
    assert len(entries(connection)) == 1
    clock.advance(60)
    client.get(f"/persons/{maria.person}/state", headers={"hx-request": "true"})
    assert len(entries(connection)) == 2


def test_only_a_part_of_the_same_page_is_the_same_look(client, connection, maria, clock):
    sign_in(client)
    client.get("/")
    fragment = {"hx-request": "true"}
    client.get("/board", headers=fragment)
    client.get(f"/persons/{maria.person}", headers=fragment)
    client.get(f"/persons/{maria.person}/state", headers=fragment)
    assert [row["route"] for row in entries(connection)] == ["/", "/persons/{public_id}"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE dashboards.audit SET route = 'x'", "DELETE FROM dashboards.audit", "TRUNCATE dashboards.audit"],
)
def test_what_is_written_down_stays(client, connection, maria, statement):
    sign_in(client)
    client.get(f"/persons/{maria.person}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_without_its_key_nobody_can_tell_whom_an_entry_was_about(client, connection, maria):
    sign_in(client)
    client.get(f"/persons/{maria.person}")
    connection.execute("DELETE FROM dashboards.audit_key")
    said = visible(client.get(f"/sharing/{maria.person}").text)
    assert "Ancora nessuno." in said.split("Chi ha guardato")[1]
