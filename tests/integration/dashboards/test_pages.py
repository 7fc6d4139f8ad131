import html
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from core.clock import SimulatedClock
from core.database import Database, Role
from core.vocabulary import BY_NAME
from dashboards.app import create_app
from dashboards.headers import POLICY
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClient, TestClientWithoutLifespan, proof, sign_in
from tests.integration.dashboards.filling import Neighbourhood


def test_health_needs_no_sign_in_and_tells_of_the_database(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (200, True)


def test_every_answer_carries_the_security_headers(client: TestClient, place: Neighbourhood) -> None:
    for path in ("/health", "/sign-in", "/", "/nowhere", "/assets/vicino.css"):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == POLICY, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in POLICY
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_assets_are_compressed_and_kept(client: TestClient) -> None:
    page = client.get("/sign-in").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(address)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.text == answer.text
    assert client.get("/assets/../app.py").status_code == 404
    assert client.get("/assets/manifest.json").status_code == 404


def test_the_board_tells_each_concern_with_a_word_and_a_shape(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    filling.trouble(connection, place, NOW)
    sign_in(client)
    page = client.get("/").text
    for key, word in (
        ("act", "Intervieni ora"),
        ("look", "Da guardare"),
        ("unknown", "Non sappiamo"),
        ("usual", "Niente da segnalare"),
    ):
        group = page.split(f'id="group-{key}"')[1].split("</h2>")[0]
        assert f"#concern-{key}" in group
        assert word in group
    act = page.split('id="group-act"')[1].split("</section>")[0]
    assert "Maria Rossi" in act
    assert "Pulsante SOS premuto" in act
    assert "Nessuno se ne occupa ancora" in act
    unknown = page.split('id="group-unknown"')[1].split("</section>")[0]
    assert "Carla Gallo" in unknown
    assert "Ines Fuori" not in page
    assert "style=" not in page


def test_no_home_without_readings_is_ever_green(client: TestClient, place: Neighbourhood) -> None:
    sign_in(client)
    usual = client.get("/").text.split('id="group-usual"')[1]
    assert "Nessuna casa." in usual


def test_a_home_in_which_only_things_report_or_nobody_moves_is_not_green(
    client: TestClient, connection: psycopg.Connection
) -> None:
    rosa = filling.fill(connection, NOW).homes["rosa"].home_id
    sign_in(client)

    def said() -> tuple[str, str]:
        page = client.get("/").text
        groups = {key: page.split(f'id="group-{key}"')[1].split("</section>")[0] for key in ("usual", "unknown")}
        (found,) = [key for key, group in groups.items() if "Rosa Marino" in group]
        return found, groups[found].split("Rosa Marino")[1].split("</li>")[0]

    assert said()[0] == "usual"
    occupancy = BY_NAME["occupancy"].id
    connection.execute(
        "DELETE FROM ingest.reading_event WHERE series_id IN"
        " (SELECT series_id FROM devices.series WHERE home_id = %s AND quantity_id = %s)",
        (rosa, occupancy),
    )
    connection.execute("DELETE FROM analytics.episode WHERE home_id = %s", (rosa,))
    # Their thermometers still report, and a reading from the future is no movement of today.
    connection.execute(
        "INSERT INTO ingest.reading_event (series_id, ts, value)"
        " SELECT series_id, %s, 1 FROM devices.series WHERE home_id = %s AND quantity_id = %s",
        (NOW + timedelta(minutes=6), rosa, occupancy),
    )
    group, text = said()
    assert group == "unknown"
    assert "I sensori funzionano, ma" in text
    connection.execute("DELETE FROM analytics.indicator WHERE home_id = %s", (rosa,))
    group, text = said()
    assert group == "unknown"
    assert "non ci sono ancora dati" in text
    # Plugs instead of movement sensors: whatever they report, nobody watches.
    connection.execute(
        "UPDATE devices.series SET quantity_id = %s WHERE home_id = %s AND quantity_id = %s",
        (BY_NAME["appliance_on"].id, rosa, occupancy),
    )
    group, text = said()
    assert group == "unknown"
    assert "nessun sensore di movimento ha mai dato notizie" in text


def test_what_belongs_to_others_is_not_there(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    own = filling.trouble(connection, place, NOW)["maria"]
    foreign = filling.alert(connection, place.homes["ines"], NOW)
    sign_in(client)
    token = proof(client.get("/").text)
    assert client.get(f"/persons/{place.homes['maria'].person}").status_code == 200
    assert client.get(f"/alerts/{own}").status_code == 200
    answers = [client.get(f"/persons/{place.homes['ines'].person}"), client.get(f"/alerts/{foreign}")]
    answers += [
        client.post(f"/alerts/{foreign}/{action}", data={"csrf": token, "outcome": "true"})
        for action in ("take-charge", "release", "resolve", "reopen")
    ]
    answers += [client.get(f"/persons/{uuid4()}"), client.get("/alerts/1"), client.get("/persons/x/state")]
    for answer in answers:
        assert answer.status_code == 404
        assert "Questa pagina non esiste" in answer.text
        assert "Ines" not in answer.text
    state = connection.execute("SELECT state FROM alerts.alert WHERE public_id = %s", (foreign,)).fetchone()
    assert state == {"state": "new"}


def test_what_came_in_since_the_page_was_shown_is_looked_at_first(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    alert = filling.trouble(connection, place, NOW)["maria"]
    sign_in(client)
    token = proof(client.get("/").text)
    shown = client.get(f"/alerts/{alert}").text
    assert shown.count('name="seen_times" value="1"') == 2
    connection.execute("UPDATE alerts.alert SET times = 2 WHERE public_id = %s", (alert,))
    for action in ("take-charge", "resolve"):
        form = {"csrf": token, "outcome": "false", "seen_times": "1"}
        answer = client.post(f"/alerts/{alert}/{action}", data=form)
        assert answer.status_code == 409
        assert "È arrivato qualcosa di nuovo" in answer.text
        assert client.get(f"/alerts/{alert}").text.count('name="seen_times" value="2"') == 2


def test_an_alert_is_taken_given_back_resolved_and_opened_again(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    alert = filling.trouble(connection, place, NOW)["maria"]
    sign_in(client)
    token = proof(client.get("/").text)

    def act(action: str, **form: str):
        return client.post(f"/alerts/{alert}/{action}", data={"csrf": token, "wanted": f"/alerts/{alert}", **form})

    assert act("take-charge").headers["location"] == f"/alerts/{alert}"
    assert "Anna Lodi" in client.get(f"/alerts/{alert}").text
    assert act("release").status_code == 303
    assert act("release").status_code == 409
    assert act("resolve", note="x").status_code == 422
    assert act("resolve", outcome="true", note="Caduta, <b>accompagnata</b>").status_code == 303
    page = client.get(f"/alerts/{alert}").text
    assert "Caduta, &lt;b&gt;accompagnata&lt;/b&gt;" in page
    assert act("resolve", outcome="true").status_code == 409
    assert act("reopen").status_code == 303
    actions = [
        row["action"]
        for row in connection.execute("SELECT action FROM alerts.history ORDER BY history_id DESC LIMIT 4")
    ]
    assert actions == ["reopened", "resolved", "released", "taken"]


def test_who_is_second_is_told_who_was_first(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    alert = filling.trouble(connection, place, NOW)["lucia"]
    sign_in(client)
    token = proof(client.get("/").text)
    headers = {"HX-Request": "true", "X-CSRF-Token": token}
    answer = client.post(f"/alerts/{alert}/take-charge", headers=headers)
    assert answer.status_code == 409
    assert "Bruno Sarti" in answer.text
    assert answer.headers["HX-Trigger"] == "refresh"


def test_a_form_without_proof_changes_nothing(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    alert = filling.trouble(connection, place, NOW)["maria"]
    sign_in(client)
    token = proof(client.get("/").text)
    path = f"/alerts/{alert}/take-charge"
    assert client.post(path).status_code == 403
    assert client.post(path, data={"csrf": "ab" * 64}).status_code == 403
    assert client.post(path, data={"csrf": token}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/sign-out").status_code == 403
    state = connection.execute("SELECT state FROM alerts.alert WHERE public_id = %s", (alert,)).fetchone()
    assert state == {"state": "new"}


def test_the_person_page_shows_seven_days_in_pictures_and_tables(
    client: TestClient, connection: psycopg.Connection
) -> None:
    lively = filling.fill(connection, NOW)
    filling.trouble(connection, lively, NOW)
    sign_in(client)
    page = client.get(f"/persons/{lively.homes['maria'].person}").text
    assert page.count('<title id="day-') == 7
    assert page.count('<desc id="day-') == 7
    assert 'class="gap-ground"' in page
    today = page.split('aria-labelledby="today"')[1].split("</section>")[0]
    assert 'title id="today-picture-title">Oggi fino alle 03:12<' in today
    assert 'class="now"' in today
    assert 'class="seen"' in today
    assert "mark-act" in today
    night = page.split('aria-labelledby="night"')[1].split("</section>")[0]
    assert "Questa notte" in night
    assert "Da domenica 15 marzo a lunedì 16 marzo" in night
    assert "di solito da 0 a 2" in night
    assert "Visite in bagno di notte" in page
    assert "di solito da 0 a 2" in page
    assert "tel:+390542555012" in page
    assert "style=" not in page
    board = client.get("/").text
    assert "in cucina" in board or "in soggiorno" in board or "in camera" in board
    assert "Carla Gallo" in board.split('id="group-usual"')[1]


@pytest.mark.parametrize("path", ["/", "/sign-in?next=/", "/alerts"])
def test_a_database_that_is_away_is_said_and_never_looks_calm(path: str) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    settings = DashboardSettings(database_url=url)
    database = Database(url, Role.PEOPLE, name="away", maximum=1)
    with TestClientWithoutLifespan(create_app(database, SimulatedClock(NOW), settings)) as client:
        client.cookies.set("vicino_session", "00" * 32)
        answer = client.get(path)
        health = client.get("/health")
    assert answer.status_code == 503
    assert "La banca dati non risponde" in answer.text
    assert "non prenderlo per calma" in answer.text
    assert (health.status_code, health.json()["database"]) == (503, False)


def test_the_title_says_of_how_many_urgent_homes_somebody_is_in_charge(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    for who in ("maria", "lucia"):
        filling.alert(connection, place.homes[who], NOW)
    sign_in(client)
    assert "2 case hanno bisogno di qualcuno ora" in client.get("/").text
    connection.execute(
        "UPDATE alerts.alert SET state = 'in_charge', taken_by = %s, taken_by_name = 'Bruno Sarti', taken_at = %s"
        " WHERE home_id = %s",
        (place.accounts["bruno"], NOW, place.homes["maria"].home_id),
    )
    assert "1 casa ha bisogno di qualcuno ora, di un'altra si occupa già qualcuno" in html.unescape(
        client.get("/").text
    )


def test_only_what_is_pressed_was_pressed_by_mistake(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    sos = filling.alert(connection, place.homes["maria"], NOW)
    water = filling.alert(connection, place.homes["lucia"], NOW, kind="water_leak")
    sign_in(client)
    assert "Premuto per sbaglio" in client.get(f"/alerts/{sos}").text
    assert 'id="resolve-anyway"' in client.get(f"/alerts/{sos}").text, "nobody is in charge: not closed by a slip"
    client.post(f"/alerts/{sos}/take-charge", data={"csrf": proof(client.get("/notifications").text)})
    assert 'id="resolve-anyway"' not in client.get(f"/alerts/{sos}").text
    assert "Premuto per sbaglio" not in client.get(f"/alerts/{water}").text


def test_how_it_stands_is_written_down_in_words_or_by_one_tap_and_closes_nothing(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    sos = filling.alert(connection, place.homes["maria"], NOW)
    sign_in(client)
    for form in ({"quick": "no_answer"}, {"said": "La vicina va a vedere."}, {"said": " "}, {"quick": "unknown"}):
        given = {**form, "csrf": proof(client.get("/notifications").text), "wanted": f"/alerts/{sos}"}
        answer = client.post(f"/alerts/{sos}/note", data=given)
        assert answer.status_code == (409 if form in ({"said": " "}, {"quick": "unknown"}) else 303), form
    page = html.unescape(client.get(f"/alerts/{sos}").text)
    history = page.split('id="history"')[1].split("</section>")[0]
    assert "Chiamato: nessuno risponde." in history
    assert "La vicina va a vedere." in history
    assert 'id="write-2"' in history
    assert filling.one(connection, "SELECT state FROM alerts.alert WHERE public_id = %s", sos) == "new"
