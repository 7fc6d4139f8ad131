"""Statistics of alerts, through the API: what the page counts, of whom, and of which days."""

import psycopg
import pytest
from starlette.testclient import TestClient

from dashboards.api.application import PATH
from tests.integration.dashboards import answering, filling
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.conftest import NOW
from tests.integration.dashboards.filling import Neighbourhood

MONTH = {"first": "2026-02-17", "last": "2026-03-16"}


@pytest.fixture(autouse=True)
def weeks(connection: psycopg.Connection, place: Neighbourhood) -> None:
    answering.weeks(connection, place, NOW)


@pytest.mark.usefixtures("every_role")
def test_a_coordinator_reads_what_the_page_counts(api: TestClient, bearer: Bearer) -> None:
    told = api.get(f"{PATH}/statistics", headers=bearer(), params=MONTH).json()
    assert (told["alerts"], told["organisations"]) == (33, ["servizio-sociale", "unione"])
    families = {each["family"]: each for each in told["families"]}
    assert list(families) == ["safety", "wellbeing", "technical"]
    safety = families["safety"]
    assert (safety["alerts"], safety["unanswered"]) == (25, 4)
    assert (round(safety["told"]["median_s"]), round(safety["told"]["p90_s"])) == (15, 25)
    assert safety["taken"]["not_over"] == 1
    assert sum(each["alerts"] for each in safety["hours"]) == 25
    assert len(safety["hours"]) == 24
    sos = next(each for each in told["kinds"] if each["kind"] == "sos_button")
    assert sos["title"]["it"] == "Pulsante SOS premuto"
    assert sos["true"] + sos["false"] + sos["explained"] + sos["unclear"] <= sos["alerts"]
    assert sum(each["instead"] for each in told["channels"]) == 1


@pytest.mark.usefixtures("every_role")
def test_a_day_and_a_place_are_chosen(api: TestClient, bearer: Bearer) -> None:
    day = NOW.date().isoformat()

    def ask(**asked: str) -> tuple[int, dict]:
        answer = api.get(f"{PATH}/statistics", headers=bearer(), params=asked)
        return answer.status_code, answer.json()

    status, told = ask(first=day, last=day, organisation="servizio-sociale")
    assert (status, told["alerts"], told["organisations"]) == (200, 1, ["servizio-sociale"])
    assert ask(first=day, last=day, organisation="altrove")[0] == 404
    ahead, problem = ask(first=day, last="2026-03-17")
    assert (ahead, problem["errors"][0]["where"]) == (422, "query.last")
    assert ask(first="2010-01-01", last=day)[0] == 422
    assert ask(first="2026-03-17", last=day)[0] == 422


def test_who_coordinates_nothing_is_told_so(api: TestClient, bearer: Bearer, place: Neighbourhood) -> None:
    refused = api.get(f"{PATH}/statistics", headers=bearer(), params=MONTH)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:vicino:problem:role")


@pytest.mark.usefixtures("every_role")
def test_nobody_counts_what_is_not_theirs(api: TestClient, bearer: Bearer) -> None:
    headers = bearer(login=filling.STRANGER)
    told = api.get(f"{PATH}/statistics", headers=headers, params=MONTH).json()
    assert (told["alerts"], told["homes"]) == (1, 1)
    assert api.get(f"{PATH}/statistics", headers=headers, params=MONTH | {"organisation": "unione"}).status_code == 404
