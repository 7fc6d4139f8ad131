"""What could not be stored, on the pages: who sees what of it, and having it tried again."""

import psycopg
import pytest

from core import senml, topics
from core.clock import SimulatedClock
from core.database import Database, Role
from core.messages import BatchProperties
from core.topics import Leaf
from core.vocabulary import BY_NAME
from devices.reads import series_of_gateways
from ingest import repository
from ingest.mqtt5 import Delivery
from ingest.rejects.requests import Requests
from ingest.repository import Refused
from ingest.validate import Limits, Reason, Rejection
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClient, proof, sign_in
from tests.integration.dashboards.filling import Neighbourhood

NOW_MS = round(NOW.timestamp() * 1000)
PAYLOAD = senml.encode([senml.Measurement("new/humidity", NOW_MS, 55.0, "%")])


def refuse(
    connection: psycopg.Connection, gateway: str, reason: Reason = Reason.UNKNOWN_SERIES, payload: bytes = PAYLOAD
) -> int:
    properties = BatchProperties("b", 1, 1.0, "synced").as_user_properties()
    delivery = Delivery(topics.topic(gateway, Leaf.READINGS), payload, properties, 1, 1)
    rejection = Rejection(reason, "new/humidity: no <b>such</b> series.", 1)
    repository.keep_refused(connection, [Refused(delivery, gateway, rejection)], NOW)
    return filling.one(connection, "SELECT max(reject_id) FROM ingest.reject")


def become(connection: psycopg.Connection, place: Neighbourhood, login: str, role: str) -> None:
    connection.execute("UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, place.accounts[login]))


def register(connection: psycopg.Connection, made: filling.Home) -> None:
    device = filling.one(
        connection,
        "INSERT INTO devices.device (organisation_id, home_id, gateway_id, key) VALUES (%s, %s, %s, 'new')"
        " RETURNING device_id",
        made.organisation_id, made.home_id, made.gateway_id,
    )  # fmt: skip
    connection.execute(
        "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
        " VALUES (%s, %s, %s, %s, 'new/humidity', %s)",
        (made.organisation_id, made.home_id, made.gateway_id, device, BY_NAME["humidity"].id),
    )


def fulfil(database_url: str) -> int:
    clock = SimulatedClock(NOW)
    with Database(database_url, Role.SERVICE, name="test") as database:

        def connect() -> psycopg.Connection:
            own = database.connect()
            repository.prepare(own)
            return own

        requests = Requests(
            database, connect, load=series_of_gateways, limits=Limits(10**6, 10**6), clock=clock, worker="test"
        )
        done = requests.look()
        requests.close()
    return done


def test_an_installer_has_tried_again_what_a_device_sent_before_it_was_registered(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection, database_url: str
) -> None:
    become(connection, place, filling.LOGIN, "installer")
    number = refuse(connection, "gw-maria")
    for gateway in ("gw-maria", "gw-ines"):
        connection.execute(
            "INSERT INTO ingest.reject_gone VALUES (%s, 'syntax', 12345, 12345, now(), now())", (gateway,)
        )
    sign_in(client)
    page = client.get("/rejects").text
    assert 'href="/rejects"' in page
    page = client.get("/rejects").text
    assert "Dispositivo non registrato" in page
    assert "Registra il dispositivo" in page
    assert "Messaggi: 12.345, di gw-maria: Messaggio illeggibile" in page
    assert "gw-ines" not in page
    detail = client.get(f"/rejects/{number}").text
    assert "new/humidity: no &lt;b&gt;such&lt;/b&gt; series." in detail
    assert "&#34;v&#34;: 55" in detail
    assert "style=" not in page + detail

    register(connection, place.homes["maria"])
    form = {"csrf": proof(page), "group": "true", "wanted": "/rejects"}
    answer = client.post(f"/rejects/{number}/again", data=form, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "refresh")
    assert "Si riprova" in answer.text
    assert "Si sta riprovando" in client.get("/rejects/list").text
    assert fulfil(database_url) == 1
    page = client.get("/rejects/list").text
    assert "Misure salvate: 1; c&#39;erano già: 0; ancora rifiutate: 0." in page
    assert f'id="reject-{number}"' not in page
    assert "È stato salvato quando si è riprovato" in client.get(f"/rejects/{number}/state").text
    answer = client.post(f"/rejects/{number}/again", data=form, headers={"HX-Request": "true"})
    assert (answer.status_code, "Nel frattempo" in answer.text) == (409, True)
    assert filling.one(connection, "SELECT value FROM ingest.reading_level") == 55.0


def test_one_message_can_be_tried_again_alone_and_without_script(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection, database_url: str
) -> None:
    become(connection, place, filling.LOGIN, "coordinator")
    numbers = [refuse(connection, "gw-maria", payload=PAYLOAD + b" " * more) for more in range(2)]
    sign_in(client)
    page = client.get(f"/rejects/{numbers[0]}").text
    assert f'href="/rejects/{numbers[1]}"' in page
    here = f"/rejects/{numbers[0]}"
    answer = client.post(f"{here}/again", data={"csrf": proof(page), "wanted": here})
    assert (answer.status_code, answer.headers["location"]) == (303, here)
    assert fulfil(database_url) == 1
    assert "ancora rifiutate: 1" in client.get("/rejects").text
    assert filling.one(connection, "SELECT reject_id FROM ingest.replay_request") == numbers[0]


@pytest.mark.parametrize(("role", "status"), [("operator", 404), ("researcher", 404), ("administrator", 200)])
def test_nobody_else_sees_them(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection, role: str, status: int
) -> None:
    become(connection, place, filling.LOGIN, role)
    own, foreign, strange = (refuse(connection, key) for key in ("gw-maria", "gw-ines", "gw-nobody"))
    sign_in(client)
    page = client.get("/notifications").text
    assert ('href="/rejects"' in page) is (status == 200)
    for path in ("/rejects", "/rejects/list", f"/rejects/{own}", f"/rejects/{own}/state"):
        answer = client.get(path)
        assert answer.status_code == status, path
        assert "gw-ines" not in answer.text
        assert "gw-nobody" not in answer.text
    form = {"csrf": proof(page)}
    for number in (foreign, strange, 10**30, 0):
        assert client.get(f"/rejects/{number}").status_code == 404
        assert client.post(f"/rejects/{number}/again", data=form).status_code == 404
    assert client.post(f"/rejects/{own}/again", data=form).status_code == (303 if status == 200 else 404)
    assert client.post(f"/rejects/{own}/again", data={"csrf": "0" * 64}).status_code == 403


def test_what_nobody_registered_is_seen_by_whoever_administers_all_and_waits_for_the_registration(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    become(connection, place, filling.LOGIN, "administrator")
    number = refuse(connection, "gw-nobody", Reason.UNKNOWN_GATEWAY, PAYLOAD * 6_000)
    sign_in(client)
    assert "lo vede chi amministra l'intera installazione" in client.get("/rejects").text
    connection.execute(
        "INSERT INTO registry.membership SELECT %s, organisation_id, 'administrator' FROM registry.organisation"
        " WHERE parent_id IS NULL ON CONFLICT DO NOTHING",
        (place.accounts[filling.LOGIN],),
    )
    page = client.get("/rejects").text
    assert "Gateway non registrato" in page
    assert 'id="again-' not in page
    detail = client.get(f"/rejects/{number}").text
    assert "sono stati tenuti solo i primi 65.536" in detail
    assert "Non si può riprovare: non è intero." in detail
