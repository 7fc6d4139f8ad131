"""What a device is told: no more than its channel may know, and the latest word on an alert in place of the last."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from alerts.channels.transport import NO_ALERT, Outgoing, Told
from alerts.channels.webpush.message import payload, topic
from alerts.lifecycle import Family
from alerts.replies.links import Links

CALL = Outgoing(
    public_id=UUID(int=1),
    alert_public_id=UUID(int=2),
    address="anna",
    language="it",
    family=Family.SAFETY,
    kind="sos_button",
    municipality="Bobbio",
    opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
    step=0,
)
LINKS = Links("https://vicino.example.org", b"k" * 32)


def told(outgoing: Outgoing) -> dict[str, object]:
    found: dict[str, object] = json.loads(payload(outgoing, LINKS))
    return found


def test_a_call_says_what_where_and_to_whom_if_it_may() -> None:
    assert (told(CALL)["title"], told(CALL)["body"]) == ("Pulsante SOS premuto", "Bobbio")
    named = CALL._replace(told=Told(first_name="Rosa"))
    assert told(named)["body"] == "Rosa, Bobbio"


def test_more_than_a_first_name_is_never_said() -> None:
    knows_all = Told("Rosa", "Rosa Bianchi", "Via Roma 12", "+39 0542 555 012", "4 visite al bagno")
    text = payload(CALL._replace(told=knows_all), LINKS).decode()
    for secret in ("Bianchi", "Via Roma", "555", "bagno"):
        assert secret not in text


def test_a_step_that_is_repeated_says_that_nobody_came() -> None:
    assert "nessuno" in str(told(CALL._replace(step=1))["title"])


def test_that_somebody_took_charge_takes_the_place_of_the_call_and_is_quiet() -> None:
    news = CALL._replace(
        public_id=UUID(int=9), family=Family.TECHNICAL, kind="news", said=("Se ne occupa qualcuno.", "Grazie.")
    )
    assert told(news)["tag"] == told(CALL)["tag"]
    assert topic(news) == topic(CALL)
    assert (told(news)["quiet"], told(news)["urgent"], told(news)["reply"]) == (True, False, "")
    assert (told(news)["title"], told(news)["body"]) == ("Se ne occupa qualcuno.", "Grazie.")
    assert told(CALL)["quiet"] is False


@pytest.mark.parametrize("number", [3, 4])
def test_what_is_about_no_alert_stands_beside_the_rest(number: int) -> None:
    news = CALL._replace(public_id=UUID(int=number), alert_public_id=NO_ALERT, said=("Va tutto bene.",))
    assert topic(news) == UUID(int=number).hex
    assert told(news)["path"] == "/"


def test_somebody_of_the_family_is_led_to_the_page_of_the_family_and_takes_charge_of_nothing() -> None:
    said = told(CALL._replace(for_family=True))
    assert said["path"] == "/family"
    assert "di cui sei persona di riferimento" in str(said["body"])
    assert said["action"] != told(CALL)["action"]
