# ruff: noqa: F811 - a fixture is named as an argument is
"""The matrix of roles: every address, asked by every role, is answered or refused as its rule says (matrix.py).

How an address is asked stands in test_audited.py; that each has a rule is seen by tests/repo.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
from psycopg import sql

from core.clock import SimulatedClock
from dashboards.api.application import PATH
from tests.integration.dashboards import filling
from tests.integration.dashboards.api.asked import with_days
from tests.integration.dashboards.api.conftest import Bearer, bearer  # noqa: F401 - a fixture
from tests.integration.dashboards.conftest import TestClientWithoutLifespan
from tests.integration.dashboards.matrix import FOREIGN, OTHERS, ROLES, RULES, Rule
from tests.integration.dashboards.test_audited import (
    ASKED,
    EVERYBODY,
    PROGRAM,
    Ask,
    World,
    by_program,
    world,  # noqa: F401 - a fixture
)

REFUSED = {403, 404}
SIGN_IN = "/sign-in"
SOMETHING = "11111111-1111-4111-8111-111111111111"
THEIRS = ("/sharing/",)  # where somebody is led who is let in


class Actors:
    """Lets the same account ask in one role after the other: what was done before is theirs in each."""

    def __init__(
        self,
        world: World,
        foreign_token: dict[str, str],
        clock: SimulatedClock,
    ) -> None:
        self.world, self.clock, self.tokens = world, clock, {FOREIGN: foreign_token}
        self.account = world.place.accounts[filling.LOGIN]
        self.held = world.connection.execute(
            "SELECT organisation_id, role FROM registry.membership WHERE account_id = %s", (self.account,)
        ).fetchall()
        (self.organisation,) = {row["organisation_id"] for row in self.held}

    def hold(self, roles: Iterator[str] | tuple[str, ...]) -> None:
        self.world.connection.execute("DELETE FROM registry.membership WHERE account_id = %s", (self.account,))
        for role in roles:
            self.world.connection.execute(
                "INSERT INTO registry.membership VALUES (%s, %s, %s)", (self.account, self.organisation, role)
            )

    def ask(self, route: str, who: str) -> tuple[int, str, str]:
        """Ask an address as somebody; return status, location and text."""
        self.hold(tuple(row["role"] for row in self.held))
        self.clock.advance(2)  # what was made for the role before is not given to this one
        method, path = route.split(" ")
        how = ASKED.get(route) or (
            Ask(with_days(path), by=PROGRAM) if path.startswith(PATH) else Ask(path, by=filling.LOGIN)
        )
        ask = how if isinstance(how, Ask) else how(self.world)
        if who in ROLES:
            self.hold((who,))
        answer = self._ask(method, ask, who)
        return answer.status_code, answer.headers.get("location", ""), answer.text

    def _ask(self, method: str, ask: Ask, who: str) -> Any:
        if ask.by == PROGRAM and who in OTHERS:
            return by_program(self.world.app, method, ask, self.tokens[who])
        login = ask.by if ask.by == PROGRAM else filling.STRANGER if who == FOREIGN else who
        return self.world.ask(method, ask._replace(by=filling.LOGIN if login in ROLES else login))


@pytest.fixture
def actors(
    world: World,
    connection: psycopg.Connection,
    bearer: Bearer,
    clock: SimulatedClock,
) -> Actors:
    for role in ROLES:
        connection.execute(
            "INSERT INTO registry.membership SELECT account_id, organisation_id, %s FROM registry.membership"
            " WHERE account_id = %s ON CONFLICT DO NOTHING",
            (role, world.place.accounts[filling.STRANGER]),
        )
    return Actors(world, bearer(login=filling.STRANGER), clock)


def fault(actors: Actors, route: str, who: str, rule: Rule) -> str:
    """Return what is wrong with one cell; "" for nothing."""
    status, location, text = actors.ask(route, who)
    is_page = route.startswith("GET ") and not route.startswith(f"GET {PATH}")
    led_away = is_page and status == 303 and not location.startswith((SIGN_IN, *THEIRS))
    if who not in rule.who:
        return "" if status in REFUSED or led_away else f"{route} lets {who} in: {status} {location}"
    if status in REFUSED or status >= 500 or (status == 303 and location.startswith(SIGN_IN)) or led_away:
        return f"{route} refuses {who}: {status} {location} {text[-200:]}"
    if who == FOREIGN:
        markers = actors.world.markers()
        shown = {key for key in EVERYBODY if any(one in text for one in markers[key])}
        return f"{route} shows {shown} to {who}" if shown else ""
    return ""


def asked_by(rule: Rule, route: str) -> tuple[str, ...]:
    """Return who asks an address: whoever has no role has no token either."""
    return (*ROLES, FOREIGN) if route.split(" ")[1].startswith(PATH) else (*ROLES, *OTHERS)


def test_every_role_is_let_in_where_its_rule_says_and_nowhere_else(actors: Actors) -> None:
    cells = [
        (route, who, rule)
        for route, rule in RULES.items()
        if rule.is_asked and (route in ASKED or "{" not in route)
        for who in asked_by(rule, route)
    ]
    assert len(cells) > 800
    found = [fault(actors, *cell) for cell in cells]
    assert not any(found), "\n".join(filter(None, found))


def test_nobody_who_is_not_signed_in_gets_anything_but_the_way_in(actors: Actors) -> None:
    client, found = TestClientWithoutLifespan(actors.world.app), []
    for route, rule in RULES.items():
        if rule.is_open:
            continue
        actors.clock.advance(2)  # who comes without a good token too often is told to wait
        method, path = route.split(" ")
        answer = client.request(method, re.sub(r"\{\w+\}", SOMETHING, path), data={} if method == "POST" else None)
        is_led = answer.status_code == 303 and answer.headers["location"].startswith(SIGN_IN)
        if not is_led and answer.status_code not in {401, 403, 404}:
            found.append(f"{route}: {answer.status_code} {answer.text[:200]}")
        if any(one in answer.text for markers in actors.world.markers().values() for one in markers):
            found.append(f"{route} shows somebody")
    assert not found, "\n".join(found)


def test_no_identifier_of_ours_opens_anything_to_somebody_with_every_role_elsewhere(actors: Actors) -> None:
    """Every address is asked with every identifier that fits into it, whatever that is of."""
    world = actors.world
    world.alert()
    world.question()
    world.task()
    world.hand_over()
    uuids, numbers, keys = identifiers(world)
    assert len(uuids) > 30
    assert len(numbers) > 10
    asked, found = 0, []
    for route, rule in RULES.items():
        if not rule.is_of_someone or rule.is_open:
            continue
        how = ASKED.get(route) or Ask(route.split(" ")[1], {})
        ask = how if isinstance(how, Ask) else how(world)
        template, _, query = route.split(" ")[1], *ask.path.partition("?")[1:]
        for path in filled(template, uuids, numbers, keys):
            answer = actors._ask(route.split(" ")[0], ask._replace(path=f"{path}?{query}" if query else path), FOREIGN)
            asked += 1
            if answer.status_code not in REFUSED:
                found.append(f"{route} {path}: {answer.status_code}")
    assert asked > 1500
    assert not found, "\n".join(found[:50])


def identifiers(world: World) -> tuple[list[str], list[str], list[str]]:
    """Return what names something of ours, wherever that stands: public ids, numbers and keys."""
    uuids: set[str] = set()
    tables = world.connection.execute(
        "SELECT table_schema AS schema, table_name AS name FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE column_name = 'public_id' AND data_type = 'uuid' AND table_type = 'BASE TABLE' ORDER BY 1, 2"
    ).fetchall()
    for table in tables:
        name = sql.Identifier(table["schema"], table["name"])
        query = sql.SQL("SELECT public_id::text AS id FROM {} AS it ORDER BY 1 LIMIT 12").format(name)
        uuids |= {row["id"] for row in world.connection.execute(query)} - foreign(world)
    # What has the same number elsewhere is theirs: only numbers that are nobody's there tell something.
    theirs = {
        row["number"]
        for row in world.connection.execute(
            "SELECT organisation_id AS number FROM registry.organisation WHERE key = 'altrove'"
            " UNION SELECT home_id FROM registry.home JOIN registry.organisation USING (organisation_id)"
            " WHERE organisation.key = 'altrove' UNION SELECT room_id FROM registry.room"
            " JOIN registry.organisation USING (organisation_id) WHERE organisation.key = 'altrove'"
            " UNION SELECT person_id FROM registry.person JOIN registry.organisation USING (organisation_id)"
            " WHERE organisation.key = 'altrove' UNION SELECT contact_id FROM registry.contact"
            " JOIN registry.organisation USING (organisation_id) WHERE organisation.key = 'altrove'"
            " UNION SELECT account_id FROM registry.account WHERE login = 'ugo'"
        )
    }
    numbers = [str(number) for number in range(1, 60) if number not in theirs]
    return sorted(uuids), numbers, ["gw-maria", "gw-pietro", "cold", "sleep"]


def foreign(world: World) -> set[str]:
    """Return the public ids of what belongs to the foreign organisation, and of accounts there."""
    return {
        row["id"]
        for row in world.connection.execute(
            "SELECT home.public_id::text AS id FROM registry.home JOIN registry.organisation USING (organisation_id)"
            " WHERE organisation.key = 'altrove' UNION ALL SELECT person.public_id::text FROM registry.person"
            " JOIN registry.organisation USING (organisation_id) WHERE organisation.key = 'altrove'"
            " UNION ALL SELECT public_id::text FROM registry.account WHERE login = 'ugo'"
        )
    }


WORDS: dict[str, tuple[str, ...]] = {
    "rule": ("cold",),
    "kind": ("night_bathroom_visits",), "day": ("2026-03-10",), "part": ("sleep",), "action": ("retire", "replace"),
    "thing": ("organisation", "home", "room", "person", "contact", "account"), "above": ("organisation", "home"),
}  # fmt: skip
NUMBERS, KEYS = {"number", "device_id"}, {"key"}


def filled(template: str, uuids: list[str], numbers: list[str], keys: list[str]) -> Iterator[str]:
    """Give an address with every identifier that fits into each of its places."""
    places = re.findall(r"\{(\w+)\}", template)
    words = WORDS | {"where": tuple(f"h-{one}" for one in uuids)}
    values = [words.get(place, numbers if place in NUMBERS else keys if place in KEYS else uuids) for place in places]
    # Of two identifiers the second is one of a few: what matters is that neither opens anything.
    bounded = [some if number == 0 else list(some)[:4] for number, some in enumerate(values)]
    for chosen in product(*bounded):
        yield re.sub(r"\{(\w+)\}", "%s", template) % chosen
