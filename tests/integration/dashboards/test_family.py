"""What a daughter sees of her mother: one sentence, no more than is shared, and never "as usual" where nobody knows."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from analytics.contexts.context import ENOUGH
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import NOW as NIGHT
from tests.integration.dashboards.conftest import sign_in

# Ten o'clock in the morning in Rome.
NOW = NIGHT.replace(hour=9, minute=0)
MIDNIGHT = datetime(2026, 3, 15, 23, 0, tzinfo=UTC)


@pytest.fixture
def place(connection):
    return filling.fill(connection, NOW)


@pytest.fixture
def maria(connection, place, clock):
    clock.advance((NOW - clock.now()).total_seconds())
    maria = place.homes["maria"]
    filling.stands(connection, maria, {(NOW - timedelta(days=back)).date(): filling.CALM for back in range(1, 9)}, NOW)
    kin.consent(connection, maria, NOW)
    kin.close(connection, maria, kin.DAUGHTER, "Elena Rossi")
    return maria


def text(client, path="/family/state"):
    answer = client.get(path)
    assert answer.status_code == 200, answer.headers
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_she_lands_on_her_page_and_reads_how_today_goes_in_one_sentence(client, connection, maria):
    kin.shared(connection, maria)
    kin.slept(connection, maria, MIDNIGHT - timedelta(hours=1), MIDNIGHT + timedelta(hours=7, minutes=10))
    sign_in(client, kin.DAUGHTER)
    assert client.get("/").headers["location"] == "/family"
    said = text(client)
    assert "Oggi come al solito." in said
    assert "In piedi dalle 07:10." in said
    assert re.search(r"Ultimo movimento \d+ minuti fa (in|nel) \w+\.", said), said
    assert "Movimento di oggi, ora per ora" in said
    assert "Servizio-sociale" in said
    page = client.get("/family").text
    for never in ("Via Roma", "Chiave dalla vicina", "0542 555", "/persons/", "Giuseppe", 'href="/alerts"'):
        assert never not in page


@pytest.mark.parametrize("path", ["/alerts", "/statistics", "/batteries", "/install", "/rules", "/rejects", "/tasks"])
def test_pages_for_staff_show_her_nothing(client, connection, maria, place, path):
    kin.shared(connection, maria)
    filling.alert(connection, maria, NOW)
    sign_in(client, kin.DAUGHTER)
    answer = client.get(path)
    for name in ("Rossi", "Bianchi", "Castel del Rio", "SOS"):
        assert name not in answer.text.replace("Elena Rossi", "")
    public = connection.execute("SELECT public_id FROM alerts.alert").fetchone()["public_id"]
    for address in (f"/persons/{maria.person}", f"/persons/{maria.person}/contexts", f"/alerts/{public}"):
        assert client.get(address).status_code == 404


def test_nothing_beyond_what_is_shared(client, connection, maria):
    kin.shared(connection, maria, ["safety"])
    filling.alert(connection, maria, NOW, family="wellbeing", kind="night_bathroom_visits", severity=0.4)
    sign_in(client, kin.DAUGHTER)
    said = text(client)
    assert "Nessuna richiesta di aiuto aperta." in said
    for never in ("come al solito", "Ultimo movimento", "bagno", "Movimento di oggi"):
        assert never not in said
    filling.alert(connection, maria, NOW)
    said = text(client)
    assert "Pulsante" in said or "SOS" in said
    assert "03:12" not in said, "what an alert explains is not shared"
    connection.execute(
        "UPDATE alerts.alert SET state = 'in_charge', taken_by = 1, taken_at = %s, taken_by_name = 'Anna Lodi',"
        " escalates_at = NULL WHERE family = 'safety'",
        (NOW,),
    )
    said = text(client)
    assert "Anna Lodi" not in said
    assert "Qualcuno se ne sta occupando" in said
    kin.shared(connection, maria, ["charge"])
    assert "In carico a Anna Lodi" in text(client)


def test_a_day_with_an_alert_that_is_not_hers_to_know_is_not_as_usual(client, connection, maria):
    kin.shared(connection, maria, ["day"])
    filling.alert(connection, maria, NOW, family="wellbeing", kind="night_bathroom_visits", severity=0.4)
    sign_in(client, kin.DAUGHTER)
    said = text(client)
    assert "come al solito." not in said.split("Gli ultimi sette giorni")[0]
    assert "Oggi non è proprio come gli altri giorni" in said
    assert "bagno" not in said


def test_outside_of_the_hours_nothing_is_shown_and_it_says_so(client, connection, maria, clock):
    kin.shared(connection, maria, ["day", "movement"], (480, 660))
    sign_in(client, kin.DAUGHTER)
    assert "come al solito" in text(client)
    clock.advance(3600)
    said = text(client)
    assert "In questo orario nulla di Maria Rossi è condiviso con te." in said
    assert "08:00-11:00" in said
    assert "movimento " not in said.lower().replace("l'ultimo movimento:", "")


def test_after_withdrawal_the_very_next_look_shows_nothing(client, connection, maria, place):
    kin.shared(connection, maria)
    sign_in(client, kin.DAUGHTER)
    assert "come al solito" in text(client)
    connection.execute("UPDATE registry.consent SET withdrawn_at = %s", (NOW,))
    said = text(client)
    assert "Al momento nulla di Maria Rossi è condiviso con te" in said
    assert "come al solito" not in said


def test_a_pause_is_shown_as_a_pause(client, connection, maria):
    kin.shared(connection, maria)
    kin.pause(connection, maria, NOW - timedelta(hours=1), NOW + timedelta(hours=2))
    filling.alert(connection, maria, NOW)
    sign_in(client, kin.DAUGHTER)
    said = text(client)
    assert "In pausa da oggi alle 09:00" in said
    assert "oggi alle 12:00" in said
    assert "non sappiamo come va" in said
    assert "SOS" in said, "calls for help go on"
    for never in ("come al solito", "Ultimo movimento", "In piedi"):
        assert never not in said


def test_in_a_pause_a_call_for_help_comes_first(client, connection, maria):
    kin.shared(connection, maria)
    kin.pause(connection, maria, NOW - timedelta(hours=1))
    sign_in(client, kin.DAUGHTER)
    assert "continuano ad arrivare al servizio" in text(client)
    filling.alert(connection, maria, NOW)
    said = text(client)
    assert said.index("Qualcuno potrebbe avere bisogno di aiuto") < said.index("In pausa"), said
    announced = re.search('data-announce="([^"]*)"', client.get("/family/state").text).group(1)
    assert announced.startswith("Maria Rossi: Qualcuno potrebbe avere bisogno di aiuto"), announced
    assert "In pausa da oggi alle 09:00" in announced


@pytest.mark.parametrize("ground", ["pause", "withdrawn"])
def test_in_a_pause_a_home_that_is_not_heard_promises_no_help(client, connection, maria, ground):
    kin.shared(connection, maria)
    if ground == "pause":
        kin.pause(connection, maria, NOW - timedelta(hours=1))
    else:
        kin.consent(connection, maria, NOW, "care")
        connection.execute("UPDATE registry.consent SET withdrawn_at = %s WHERE purpose = 'care'", (NOW,))
    unheard(connection, maria)
    sign_in(client, kin.DAUGHTER)
    said = text(client)
    assert "potrebbe non arrivare nemmeno una richiesta di aiuto" in said
    assert "continuano ad arrivare al servizio" not in said


def test_in_a_pause_nothing_is_said_of_a_home_of_which_nothing_is_shared(client, connection, maria):
    kin.shared(connection, maria, ["day"])
    kin.pause(connection, maria, NOW - timedelta(hours=1))
    sign_in(client, kin.DAUGHTER)
    said = text(client)
    assert "In pausa da oggi alle 09:00" in said
    assert "richiesta di aiuto" not in said
    assert "continuano ad arrivare" not in said, "whether the home is heard is not known here"


def test_what_the_system_is_just_sure_enough_of_counts_here_as_on_the_board(client, connection, maria):
    kin.shared(connection, maria, ["day"])
    filling.status(connection, maria, NOW, online=True)
    sign_in(client, kin.DAUGHTER)
    there = "È in corso qualcosa"
    assert there not in text(client)
    public_id = filling.proposal(connection, maria, "visit", NOW - timedelta(hours=3), "x")
    connection.execute("UPDATE analytics.context SET confidence = %s WHERE public_id = %s", (ENOUGH, public_id))
    assert there in text(client)


def unheard(connection, maria):
    filling.status(connection, maria, NOW - timedelta(hours=2), online=False)


def unseen(connection, maria):
    connection.execute("DELETE FROM ingest.reading_event; DELETE FROM ingest.reading_level")


def little_seen(connection, maria):
    connection.execute("UPDATE analytics.indicator SET coverage = 0.3")


def going_on(connection, maria):
    filling.proposal(connection, maria, "away", NOW - timedelta(hours=9), "x")


def learning(connection, maria):
    connection.execute("DELETE FROM analytics.wellbeing_day")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (unheard, "Ora non riusciamo a vedere come va"),
        (unseen, "Ora non riusciamo a vedere come va"),
        (little_seen, "Si è visto troppo poco"),
        (going_on, "È in corso qualcosa"),
        (learning, "Finora niente di insolito"),
    ],
)
def test_what_is_not_known_is_never_as_usual(client, connection, maria, trouble, sentence):
    kin.shared(connection, maria, ["day", "safety"])
    trouble(connection, maria)
    sign_in(client, kin.DAUGHTER)
    said = text(client).split("Gli ultimi sette giorni")[0]
    assert "come al solito" not in said
    assert sentence in said, said


def test_a_home_that_is_not_heard_says_that_a_call_might_not_get_through(client, connection, maria):
    kin.shared(connection, maria, ["safety"])
    unheard(connection, maria)
    sign_in(client, kin.DAUGHTER)
    said = text(client)
    assert "potrebbe non arrivare nemmeno una richiesta di aiuto" in said
    assert "Nessuna richiesta di aiuto aperta" not in said


def test_two_parents_stand_one_below_the_other_each_with_its_own_agreement(client, connection, maria, place):
    kin.shared(connection, maria, ["day"])
    luigi = place.homes["luigi"]
    kin.consent(connection, luigi, NOW)
    kin.close(connection, luigi, kin.DAUGHTER, "Elena Rossi")
    kin.shared(connection, luigi, ["safety"])
    sign_in(client, kin.DAUGHTER)
    page = client.get("/family").text
    assert page.index("Luigi Neri") < page.index("Maria Rossi")
    assert text(client).count("Oggi come al solito.") == 1


def test_whoever_works_there_and_is_a_daughter_too_has_both(client, connection, maria, place):
    kin.shared(connection, maria, ["day"])
    connection.execute(
        "INSERT INTO registry.person_account (organisation_id, account_id, person_id, capacity, contact_id)"
        " SELECT organisation_id, %s, person_id, 'family', contact_id FROM registry.contact WHERE person_id = %s",
        (place.accounts[filling.LOGIN], maria.person_id),
    )
    sign_in(client)
    page = client.get("/").text
    assert 'href="/family"' in page
    assert 'href="/alerts"' in page
    assert "come al solito" in text(client)
    client.cookies.clear()
    sign_in(client, "bruno")
    assert client.get("/family").headers["location"] == "/"
