"""Documents of the administration, through the API: read, changed unless somebody else was quicker, made, undone."""

import gzip
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from dashboards.api.application import PATH
from tests.integration.dashboards import filling
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.filling import Neighbourhood

pytestmark = pytest.mark.usefixtures("every_role")
AT = f"{PATH}/administration"


def changed(api: TestClient, headers: dict[str, str], path: str, tag: str | None, **fields: Any) -> Any:
    there = api.get(path, headers=headers).json()["fields"]
    sent = headers if tag is None else headers | {"If-Match": tag}
    return api.put(path, headers=sent, json=there | fields)


def test_the_tree_and_what_is_in_it(api: TestClient, place: Neighbourhood, bearer: Bearer) -> None:
    headers, maria = bearer(), place.homes["maria"]
    tree = {one["key"]: one for one in api.get(f"{AT}/organisations", headers=headers).json()["items"]}
    assert set(tree) == {"unione", "servizio-sociale"}
    service = tree["servizio-sociale"]
    assert (service["above"], service["homes"], service["persons"]) == (tree["unione"]["number"], 7, 7)
    inside = api.get(f"{AT}/organisations/{service['number']}/contents", headers=headers).json()["items"]
    assert {"thing": "home", "number": maria.home_id, "name": "Casa Maria Rossi", "detail": "Castel del Rio"} in inside
    home = api.get(f"{AT}/homes/{maria.home_id}", headers=headers).json()
    assert (home["key"], home["above"], home["fields"]["organisation"]) == (
        "casa-maria", service["number"], "servizio-sociale",
    )  # fmt: skip
    assert api.get(f"{PATH}/homes/{home['id']}", headers=headers).json()["key"] == "casa-maria"
    in_home = api.get(f"{AT}/homes/{maria.home_id}/contents", headers=headers).json()["items"]
    assert [one["number"] for one in in_home if one["thing"] == "person"] == [maria.person_id]
    accounts = {one["login"]: one for one in api.get(f"{AT}/accounts", headers=headers).json()["items"]}
    assert accounts["bruno"]["roles"] == ["operator Servizio-sociale"]
    assert "ugo" not in accounts


def test_nobody_overwrites_what_somebody_else_has_changed(
    api: TestClient, place: Neighbourhood, bearer: Bearer
) -> None:
    headers, path = bearer(), f"{AT}/homes/{place.homes['maria'].home_id}"
    tag = api.get(path, headers=headers).headers["etag"]
    assert not tag.startswith("W/")
    unseen = changed(api, headers, path, None, name="Casa Rossi")
    assert (unseen.status_code, unseen.json()["type"]) == (428, "urn:vicino:problem:if-match")
    done = changed(api, headers, path, f'"other", {tag}', name="Casa Rossi")
    assert (done.status_code, done.json()["fields"]["name"]) == (200, "Casa Rossi")
    assert done.headers["etag"] != tag
    late = changed(api, headers, path, tag, name="Casa Verdi")
    assert (late.status_code, late.json()["type"]) == (412, "urn:vicino:problem:changed")
    assert changed(api, headers, path, f"W/{done.headers['etag']}", name="Casa Verdi").status_code == 412
    assert api.get(path, headers=headers).json()["fields"]["name"] == "Casa Rossi"
    known = api.get(path, headers=headers | {"If-None-Match": done.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert changed(api, headers, path, "*", name="Casa Verdi").status_code == 200


def test_what_does_not_fit_is_told_by_field_in_the_words_of_the_page(
    api: TestClient, place: Neighbourhood, bearer: Bearer, connection: psycopg.Connection
) -> None:
    headers, path = bearer() | {"Accept-Language": "en"}, f"{AT}/persons/{place.homes['maria'].person_id}"
    refused = changed(api, headers, path, "*", name=" ", phone="call me", birth_year=1200, language="de")
    assert refused.status_code == 422
    assert {one["where"]: one["what"] for one in refused.json()["errors"]} == {
        "body.name": "This is needed.",
        "body.phone": "This is not a telephone number.",
        "body.birth_year": "A year between 1890 and 2026.",
        "body.language": "Choose one of the list.",
    }
    assert filling.one(connection, "SELECT count(*) FROM registry.edit") == 0
    foreign = changed(api, headers, f"{AT}/homes/{place.homes['maria'].home_id}", "*", organisation="altrove")
    assert (foreign.status_code, foreign.json()["errors"][0]["where"]) == (422, "body.organisation")


def test_what_is_made_is_found_and_undoing_takes_it_away(
    api: TestClient, place: Neighbourhood, bearer: Bearer, connection: psycopg.Connection
) -> None:
    headers, maria = bearer(), place.homes["maria"]
    body = {"name": "Nino", "language": "it", "position": 2}
    made = api.post(f"{AT}/persons/{maria.person_id}/contacts", headers=headers, json=body)
    assert made.status_code == 201
    contact = made.json()
    assert contact["fields"] == body | {"relation": "", "phone": "", "email": ""}
    assert api.get(f"{AT}/contacts/{contact['number']}", headers=headers).json() == contact
    (change,) = api.get(f"{AT}/changes", headers=headers).json()["items"]
    assert (change["thing"], change["before"], change["made_by"]) == ("contact", None, "Anna Lodi")
    assert api.get(f"{AT}/changes/contact/{contact['number']}", headers=headers).json()["items"] == [change]
    assert api.post(f"{AT}/changes/{change['id']}/undo", headers=headers).status_code == 204
    assert api.get(f"{AT}/contacts/{contact['number']}", headers=headers).status_code == 404
    assert api.post(f"{AT}/changes/{change['id']}/undo", headers=headers).status_code in {404, 409}


def test_an_account_is_made_with_a_role_and_nobody_shuts_themselves_out(
    api: TestClient, place: Neighbourhood, bearer: Bearer
) -> None:
    headers, service = bearer(), place.homes["maria"].organisation_id
    body = {"login": "Carla", "name": "Carla", "language": "it", "active": True, "roles": ["operator servizio-sociale"]}
    made = api.post(f"{AT}/organisations/{service}/accounts", headers=headers, json=body)
    assert (made.status_code, made.json()["key"]) == (201, "carla")
    again = api.post(f"{AT}/organisations/{service}/accounts", headers=headers, json=body)
    assert (again.status_code, again.json()["type"]) == (409, "urn:vicino:problem:conflict")
    none = changed(api, headers, f"{AT}/accounts/{made.json()['number']}", "*", roles=[])
    assert none.status_code == 409
    own = changed(api, headers, f"{AT}/accounts/{place.accounts[filling.LOGIN]}", "*", active=False)
    assert own.status_code == 409
    stranger = changed(api, headers, f"{AT}/accounts/{made.json()['number']}", "*", roles=["administrator altrove"])
    assert stranger.status_code == 422


def test_a_coordinator_gives_caseloads_and_administers_nothing_else(
    api: TestClient, place: Neighbourhood, bearer: Bearer, connection: psycopg.Connection
) -> None:
    connection.execute(
        "DELETE FROM registry.membership WHERE account_id = %s AND role <> 'coordinator'",
        (place.accounts[filling.LOGIN],),
    )
    headers, bruno = bearer(), place.accounts["bruno"]
    assert api.get(f"{AT}/organisations", headers=headers).status_code == 403
    assert api.get(f"{AT}/accounts/{bruno}", headers=headers).status_code == 404
    given = api.get(f"{AT}/caseloads", headers=headers).json()["items"]
    assert given == [{"number": bruno, "name": "Bruno Sarti", "homes": None}]
    done = changed(api, headers, f"{AT}/caseloads/{bruno}", "*", limited=True, homes=["casa-maria"])
    assert (done.status_code, done.json()["fields"]["homes"]) == (200, ["casa-maria"])
    assert [one["homes"] for one in api.get(f"{AT}/caseloads", headers=headers).json()["items"]] == [1]
    foreign = changed(api, headers, f"{AT}/caseloads/{bruno}", "*", limited=True, homes=["casa-ines"])
    assert foreign.status_code == 404


def test_a_tag_stays_the_same_when_a_long_document_goes_out_compressed(
    api: TestClient, place: Neighbourhood, bearer: Bearer
) -> None:
    headers, path = bearer(), f"{AT}/homes/{place.homes['maria'].home_id}"
    assert changed(api, headers, path, "*", access_notes="La vicina ha la chiave. " * 60).status_code == 200
    short = api.get(path, headers=headers | {"Accept-Encoding": "identity"})
    with api.stream("GET", path, headers=headers | {"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(packed.iter_raw())) == short.content
    assert packed.headers["etag"] == short.headers["etag"]
