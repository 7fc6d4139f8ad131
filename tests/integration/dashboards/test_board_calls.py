"""On the board the number of who is called first stands where somebody is needed at once, and nowhere else."""

import pytest

from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, sign_in


@pytest.fixture
def contacts(connection, place):
    maria = place.homes["maria"]
    connection.execute("UPDATE registry.contact SET phone = '' WHERE person_id = %s", (maria.person_id,))
    for position, (key, name, relation, phone) in enumerate(
        [("vicina", "Zita Verdi", "vicina", "0542 555 901"), ("nipote", "Ugo Rossi", "nipote", "0542 555 902")], 2
    ):
        connection.execute(
            "INSERT INTO registry.contact (organisation_id, person_id, key, name, relation, phone, position)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (maria.organisation_id, maria.person_id, key, name, relation, phone, position),
        )
    return maria


@pytest.mark.parametrize("path", ["/", "/board/now"])
def test_the_first_who_has_a_number_is_called_by_one_tap(client, connection, contacts, path):
    sign_in(client)
    filling.alert(connection, contacts, NOW)
    text = client.get(path).text
    assert 'href="tel:0542555901"' in text
    assert "Zita Verdi (vicina)" in text
    assert "Ugo Rossi" not in text
    # Of no other home.
    assert text.count("is-contact") == 1


def test_where_nobody_is_needed_at_once_there_is_no_number(client, contacts):
    sign_in(client)
    assert "Zita Verdi" not in client.get("/").text


def test_nobody_gets_a_number_from_it_who_may_not_see_the_home(client, connection, contacts, place):
    filling.alert(connection, contacts, NOW)
    connection.execute(
        "UPDATE registry.membership SET role = 'administrator' WHERE account_id = %s",
        (place.accounts[filling.LOGIN],),
    )
    sign_in(client)
    for path in ("/", "/board/now"):
        assert "555 901" not in client.get(path).text
