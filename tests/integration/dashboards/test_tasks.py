"""The page of an alert says who is told; the members of an association see their task and nothing else."""

from zoneinfo import ZoneInfo

import pytest

from alerts.lifecycle import Family
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policy import Found, as_json, decide
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof, sign_in

PLAN = Plan(
    name="p",
    steps=(Step(tell=(Who(shift="centrale"),), times=2, every=60), Step(tell=(Who(association="avs"),), after=90)),
    last_resort=LastResort(tell=(Who(role="coordinator"),)),
)
VOLUNTEER = "vera"


@pytest.fixture
def alert(connection, place):
    """A call for help that was offered to the volunteers."""
    policy = as_json(decide(Family.SAFETY, NOW, ZoneInfo("Europe/Rome"), Found(PLAN, "union", 1)))
    public_id = filling.alert(connection, place.homes["maria"], NOW, policy=policy, escalates_at=NOW, step=0)
    association = filling.organisation(connection, "avs", "association")
    filling.account(connection, VOLUNTEER, "Vera Galli", association)
    connection.execute(
        "INSERT INTO alerts.handover (organisation_id, alert_id, alert_public_id, round, task_it, task_en,"
        " municipality, offered_at) SELECT %s, alert_id, public_id, round, 'Passa a vedere', 'Look in', 'Bobbio', %s"
        " FROM alerts.alert",
        (association, NOW),
    )
    return public_id


def test_the_page_of_an_alert_says_who_was_told_and_who_comes_next(client, connection, place, alert):
    connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, state, due_at, sent_at) SELECT organisation_id, alert_id, 1, 0, 'email', %s, 'a@example.org',"
        " 'it', 'sent', %s, %s FROM alerts.alert",
        (place.accounts[filling.LOGIN], NOW, NOW),
    )
    sign_in(client)
    page = client.get(f"/alerts/{alert}").text
    assert "Chi viene avvisato" in page
    assert "Anna Lodi: e-mail, avvisato" in page
    assert page.count("chi è in turno (centrale)") == 2
    assert "i volontari di avs" in page
    assert 'id="overflow"' not in page


def test_the_page_marks_what_has_no_message_of_its_own_and_what_it_is_told_with(client, connection, place, alert):
    other = filling.alert(connection, place.homes["maria"], NOW, family="wellbeing", kind="heat", overflow=True)
    connection.execute(
        "UPDATE alerts.alert SET group_of = (SELECT alert_id FROM alerts.alert WHERE public_id = %s)"
        " WHERE public_id = %s",
        (alert, other),
    )
    sign_in(client)
    page = client.get(f"/alerts/{other}").text
    assert 'id="overflow"' in page
    assert f'href="/alerts/{alert}"' in page
    assert f'href="/alerts/{other}"' in client.get(f"/alerts/{alert}").text


def test_a_volunteer_is_led_from_the_message_to_the_task_takes_it_and_gives_it_back(client, connection, place, alert):
    sign_in(client, VOLUNTEER)
    answer = client.get(f"/alerts/{alert}")
    assert answer.status_code == 303
    where = answer.headers["location"]
    page = client.get(where).text
    assert "Passa a vedere" in page
    home = connection.execute(
        "SELECT name, address FROM registry.home WHERE home_id = %s", (place.homes["maria"].home_id,)
    )
    address = home.fetchone()["address"]
    assert "Maria" not in page
    assert not address or address not in page
    token = proof(page)
    assert client.post(f"{where}/return", data={"csrf": token, "outcome": "done"}).status_code == 409
    assert client.post(f"{where}/accept", data={"csrf": token}).headers["location"] == where
    assert client.post(f"{where}/accept", data={"csrf": token}).status_code == 409
    page = client.get(where).text
    assert 'id="return"' in page
    assert "Via Roma 1" in page
    assert client.post(f"{where}/return", data={"csrf": token, "outcome": "x"}).status_code == 422
    form = {"csrf": token, "outcome": "not_found", "note": "Non apre <b>nessuno</b>"}
    assert client.post(f"{where}/return", data=form).status_code == 303
    page = client.get(where).text
    assert "Sul posto non c" in page
    assert "Via Roma 1" not in page
    assert "Passa a vedere" in client.get("/tasks").text
    assert 'href="/tasks"' in client.get("/").text
    state = connection.execute("SELECT state FROM alerts.alert WHERE public_id = %s", (alert,)).fetchone()
    assert state == {"state": "new"}
    client.cookies.clear()
    sign_in(client)
    page = client.get(f"/alerts/{alert}").text
    assert "Vera Galli (" in page
    assert "Non apre &lt;b&gt;nessuno&lt;/b&gt;" in page


def test_nobody_else_sees_a_task(client, connection, alert):
    (row,) = connection.execute("SELECT public_id FROM alerts.handover").fetchall()
    sign_in(client)
    token = proof(client.get("/").text)
    assert client.get(f"/tasks/{row['public_id']}").status_code == 404
    assert client.post(f"/tasks/{row['public_id']}/accept", data={"csrf": token}).status_code == 404
    assert client.get("/tasks").status_code == 404
    assert 'href="/tasks"' not in client.get("/").text
