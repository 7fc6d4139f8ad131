"""The pages of administrators: what they show, what they refuse and say, undo, and who never sees them."""

import re

import pytest

from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import proof, sign_in


@pytest.fixture
def administrator(connection, place, client):
    connection.execute(
        "UPDATE registry.membership SET role = 'administrator' WHERE account_id = %s", (place.accounts[filling.LOGIN],)
    )
    sign_in(client)
    return client


@pytest.fixture
def maria(place):
    return place.homes["maria"]


def send(client, path, **form):
    page = client.get(path)
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"', page.text))
    return client.post(path, data={**hidden, **form})


def the(connection, statement, *values):
    return filling.one(connection, statement, *values)


def test_the_tree_shows_what_is_below_and_how_much(administrator, connection):
    text = administrator.get("/administration").text
    assert "Servizio-sociale" in text
    assert re.search(r"7 case,\s+7 persone,\s+1 account", text), text
    assert "Altrove</strong>" not in text, "a foreign organisation"
    assert 'aria-current="page">Amministrazione' in text


@pytest.mark.parametrize("role", ["operator", "coordinator", "installer", "researcher"])
def test_nobody_else_finds_any_of_it(client, connection, place, maria, role):
    connection.execute(
        "UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, place.accounts[filling.LOGIN])
    )
    sign_in(client)
    csrf = proof(client.get("/notifications").text)
    home = f"/administration/home/{maria.home_id}"
    for path in ("/administration", home, f"{home}/room/new", f"/administration/organisation/{maria.organisation_id}"):
        assert client.get(path).status_code == 404, path
    for path in (home, f"{home}/room/new", "/administration/changes/00000000-0000-0000-0000-000000000000/undo"):
        form = {"csrf": csrf, "name": "Mia", "kind": "hall"}
        assert client.post(path, data=form).status_code in {404, 409}, path
    assert "Amministrazione" not in client.get("/notifications").text
    assert the(connection, "SELECT count(*) FROM registry.edit") == 0


@pytest.mark.parametrize(
    "path",
    [
        "/administration/home/{foreign}",
        "/administration/home/99999999",
        "/administration/home/99999999999999999999",
        "/administration/home/{home}/contact/new",
        "/administration/room/1/room/new",
    ],
)
def test_what_is_not_there_or_foreign_is_not_found(administrator, place, maria, path):
    address = path.format(foreign=place.homes["ines"].home_id, home=maria.home_id)
    assert administrator.get(address).status_code == 404


def test_a_home_is_changed_and_the_change_is_told_and_undone(administrator, connection, maria):
    path = f"/administration/home/{maria.home_id}"
    fields = {
        "name": "Casa Rossi", "organisation": "servizio-sociale", "address": "Via Roma 1", "municipality": "Bobbio",
        "access_notes": "La vicina ha la chiave.\r\nCane.", "timezone": "Europe/Rome",
    }  # fmt: skip
    answer = send(administrator, path, **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=saved")
    text = administrator.get(answer.headers["location"]).text
    assert "Salvato." in text
    assert "La vicina ha la chiave.\nCane." in text
    assert re.search(r"Anna Lodi</strong>. Casa: modifica", text)
    assert "Indirizzo: " in text
    assert "→ Via Roma 1" in text
    (undo,) = re.findall(r'action="(/administration/changes/[^"]*/undo)"', text)
    form = {"csrf": proof(text), "thing": "home", "number": maria.home_id}
    answer = administrator.post(undo, data=form)
    assert answer.headers["location"] == f"{path}?done=undone"
    assert the(connection, "SELECT address FROM registry.home WHERE home_id = %s", maria.home_id) != "Via Roma 1"
    text = administrator.get(path).text
    assert "È stata annullata." in text
    assert "Casa: annullamento" in text


def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_lost(administrator, connection, maria):
    path = f"/administration/person/{maria.person_id}/contact/new"
    form = {"name": "", "relation": "figlia", "phone": "abc", "email": "x@", "language": "fr", "position": "0"}
    answer = send(administrator, path, **form)
    assert answer.status_code == 422
    for name, said in (
        ("name", "Questo serve."),
        ("phone", "Non è un numero di telefono."),
        ("email", "Non è un indirizzo e-mail."),
        ("language", "Scegli dall&#39;elenco."),
        ("position", "Un numero da 1 a 99."),
    ):
        assert re.search(rf'id="problem-{name}">.*?<span>{said}</span>', answer.text), (name, answer.text)
        assert re.search(rf'id="field-{name}" name="{name}"[^>]* aria-invalid="true"', answer.text), name
    assert 'value="figlia"' in answer.text
    assert 'value="abc"' in answer.text
    new = f"/administration/home/{maria.home_id}/person/new"
    year = send(administrator, new, name="N", birth_year="2031", language="it")
    assert "Un anno dal 1890 al 2026." in year.text
    assert the(connection, "SELECT count(*) FROM registry.edit") == 0


def test_a_stale_form_overwrites_nothing(administrator, connection, maria):
    path = f"/administration/room/{maria.rooms['kitchen']}"
    page = administrator.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"', page))
    connection.execute("UPDATE registry.room SET name = 'Nuova' WHERE room_id = %s", (maria.rooms["kitchen"],))
    answer = administrator.post(path, data={**hidden, "kind": "kitchen", "name": "Mia"})
    assert answer.status_code == 409
    assert "Nel frattempo" in answer.text
    assert 'value="Nuova"' in answer.text


def test_an_account_is_made_with_a_role_and_closed(administrator, connection, maria):
    path = f"/administration/organisation/{maria.organisation_id}/account/new"
    form = {"login": "Olga.N", "name": "Olga Neri", "email": "", "language": "it", "active": "yes"}
    answer = send(administrator, path, **form, roles=["operator servizio-sociale"])
    assert answer.status_code == 303, answer.text
    number = the(connection, "SELECT account_id FROM registry.account WHERE login = 'olga.n'")
    assert answer.headers["location"] == f"/administration/account/{number}?done=saved"
    taken = send(administrator, path, **form, roles=["operator servizio-sociale"])
    assert taken.status_code == 409
    assert "Un altro account ha questo nome di accesso" in taken.text
    assert 'value="olga.n"' in taken.text
    none = send(administrator, f"/administration/account/{number}", name="Olga Neri", language="it", active="yes")
    assert "Un account ha bisogno di un ruolo" in none.text
    foreign = send(
        administrator, f"/administration/account/{number}", name="Olga", language="it", roles=["administrator altrove"]
    )
    assert foreign.status_code == 422
    closed = send(
        administrator, f"/administration/account/{number}", name="Olga Neri", language="it",
        roles=["operator servizio-sociale", "", "coordinator servizio-sociale"],
    )  # fmt: skip
    assert closed.status_code == 303
    assert the(connection, "SELECT active FROM registry.account WHERE account_id = %s", number) is False
    text = administrator.get(f"/administration/account/{number}").text
    assert "Può accedere: sì → no" in text
    assert "→ Coordinatore: Servizio-sociale, Operatore: Servizio-sociale" in text


def test_what_is_made_by_mistake_goes_again(administrator, connection, maria):
    answer = send(administrator, f"/administration/home/{maria.home_id}/room/new", kind="hall", name="")
    path = answer.headers["location"].partition("?")[0]
    text = administrator.get(path).text
    (undo,) = re.findall(r'action="(/administration/changes/[^"]*/undo)"', text)
    form = {"csrf": proof(text), "thing": "room", "number": path.rpartition("/")[2]}
    assert administrator.post(undo, data=form).headers["location"] == "/administration?done=undone"
    assert administrator.get(path).status_code == 404
    assert "Stanza: annullamento" in administrator.get("/administration").text


def test_a_form_that_is_mended_overwrites_nothing_that_was_saved_meanwhile(administrator, connection, maria):
    path = f"/administration/person/{maria.person_id}"
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"', administrator.get(path).text))
    connection.execute("UPDATE registry.person SET name = 'Maria Verdi' WHERE person_id = %s", (maria.person_id,))
    wrong = administrator.post(path, data={**hidden, "name": "Maria", "phone": "x", "language": "it"})
    assert wrong.status_code == 422
    kept = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"', wrong.text))
    assert (
        administrator.post(path, data={**kept, "name": "Maria", "phone": "1234", "language": "it"}).status_code == 409
    )


@pytest.mark.parametrize("position", ["0000000050000000000", "9" * 5000, "\u0661", "-1"])
def test_a_number_of_any_length_is_told_not_to_fit(administrator, maria, position):
    path = f"/administration/person/{maria.person_id}/contact/new"
    assert send(administrator, path, name="Lia", language="it", position=position).status_code == 422
