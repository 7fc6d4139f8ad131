"""Every address that shows or changes data of persons leaves one entry in the audit that lists them, and no others.

The addresses are those of the application: tests/repo fails for a new one until it is said here how it is asked, or why
it has nothing to do with anybody. What an answer shows is found in its text, whatever is noted of it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from threading import Event
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from fastapi import FastAPI

from alerts.drafts.trying import try_some
from alerts.policy import Rules
from analytics.preview.working import work
from core.clock import SimulatedClock
from core.database import Database, Role
from core.vocabulary import BY_NAME
from dashboards.api.application import PATH
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.api.asked import COLLEAGUE, EVERYBODY, NOBODY_OF_API, OF_API, with_days
from tests.integration.dashboards.api.conftest import Bearer, bearer  # noqa: F401 - a fixture
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan, proof, sign_in
from tests.integration.dashboards.test_install import LABEL
from tests.integration.dashboards.test_rejects import refuse
from tests.integration.dashboards.test_reply import KEY, link, told
from tests.integration.dashboards.test_rules import COLD
from tests.integration.dashboards.test_sharing import CODE

VOLUNTEER, HERSELF, DELEGATE, PROGRAM = "vera", "maria.r", "delia", "program"
DRAFT = {"step-0-who-0": "role operator", "last-who-0": "role coordinator", "unanswered_after": "5"}
MARIA = frozenset({"maria"})

OWN = "about the account of whoever asks"
COLLEAGUES = "about accounts of colleagues, which have a record of their own"
SAME = "the same for everybody"
NOBODY = "nobody is signed in"
OF_ACCOUNT = (
    "identities/{provider}", "identities/{identity}/remove", "language", "passkeys", "passkeys/confirm",
    "passkeys/{passkey}/remove", "second-factor", "second-factor/confirm", "second-factor/remove", "recovery-codes",
    "sessions/others/end", "sessions/{session}/end",
)  # fmt: skip
# Why an address leaves no entry. What it answers is looked through all the same.
WITHOUT = {
    "GET /health": SAME,
    "GET /assets/{name}": SAME,
    "GET /push-worker.js": SAME,
    "GET /manifest.webmanifest": SAME,
    f"GET {PATH}/openapi.json": SAME,
    f"HEAD {PATH}/openapi.json": SAME,
    "GET /sign-in": NOBODY,
    "POST /sign-in": NOBODY,
    "POST /sign-out": OWN,
    "POST /language": OWN,
    **{f"{how} /sign-in/{step}": NOBODY for how in ("GET", "POST") for step in ("code", "set-up")},
    "POST /sign-in/passkey/begin": NOBODY,
    "POST /sign-in/passkey": NOBODY,
    "POST /sign-in/provider/{provider}": NOBODY,
    "GET /sign-in/provider/{provider}/back": NOBODY,
    "POST /invite/{code}/provider/{provider}": NOBODY,
    "GET /account": OWN,
    **{f"POST /account/{what}": OWN for what in OF_ACCOUNT},
    "GET /accounts": COLLEAGUES,
    "GET /administration/caseloads": COLLEAGUES,
    "POST /accounts/{public_id}/recovery": COLLEAGUES,
    "POST /accounts/{public_id}/by-provider-only": COLLEAGUES,
    "GET /notifications": OWN,
    "GET /notifications/trial": OWN,
    "POST /notifications/devices": OWN,
    "POST /notifications/devices/{device}/remove": OWN,
    "POST /notifications/devices/{device}/test": OWN,
    "POST /notifications/telegram": OWN,
    "POST /notifications/telegram/leave": OWN,
    "POST /notifications/telegram/test": OWN,
    "POST /notifications/daily/{person}": OWN,
    "GET /daily/{token}": "the page names nobody, and whoever holds the link may have no account",
    "POST /daily/{token}": "the page names nobody, and whoever holds the link may have no account",
    f"GET {PATH}/account": OWN,
    "POST /push/receipt": "a device says that it showed a message",
    "POST /push/renew": "a device says where it is reached",
    "POST /callbacks/{token}": "a carrier says what became of a message",
    "GET /events": "says that something changed, not of whom",
    f"GET {PATH}/events": "says that something changed, not of whom",
    "GET /r/{token}": "says what the message said; scanners of mail follow it as well as people",
    "GET /invite": "asks for a code",
    "GET /invite/{code}": "whoever holds the code may have no account yet",
    "GET /statistics": "counts, of nobody in particular",
    "GET /policies": "who is told, of nobody in particular",
    "GET /research": "sums of five homes and more, of nobody in particular",
    "GET /research/report": "sums of five homes and more, of nobody in particular",
    "GET /research/report.json": "sums of five homes and more, of nobody in particular",
    "GET /research/report.pdf": "sums of five homes and more, of nobody in particular",
    **NOBODY_OF_API,
    "GET /rejects": "counts, by gateway",
    "GET /rejects/list": "counts, by gateway",
}


class Ask(NamedTuple):
    """How an address is asked, by whom, and whose data that is."""

    path: str
    form: dict[str, Any] | None = None
    by: str = filling.LOGIN
    whose: frozenset[str] = MARIA


def by_program(app: FastAPI, method: str, ask: Ask, token: dict[str, str]) -> Any:
    """Ask with a token; what is changed is changed however it stands."""
    body = None if method == "GET" else ask.form or {}
    headers = token | ({"If-Match": "*"} if method == "PUT" else {})
    return TestClientWithoutLifespan(app).request(method, ask.path, headers=headers, json=body)


class World:
    """The neighbourhood, who is signed in there, and what can be made in it to ask about."""

    def __init__(
        self,
        app: FastAPI,
        connection: psycopg.Connection,
        place: filling.Neighbourhood,
        token: dict[str, str],
        url: str,
    ) -> None:
        self.app, self.connection, self.place, self.token, self.url = app, connection, place, token, url
        self.maria = place.homes["maria"]
        self.home: UUID = self.one("SELECT public_id FROM registry.home WHERE home_id = %s", self.maria.home_id)
        self.person = self.maria.person
        self.numbers = count(1)
        self.clients: dict[str, TestClientWithoutLifespan] = {}

    def one(self, statement: str, *values: object) -> Any:
        return filling.one(self.connection, statement, *values)

    def ask(self, method: str, ask: Ask) -> Any:
        if ask.by == PROGRAM:
            return by_program(self.app, method, ask, self.token)
        if ask.by not in self.clients:
            self.clients[ask.by] = TestClientWithoutLifespan(self.app)
            assert sign_in(self.clients[ask.by], ask.by).status_code == 303
        client = self.clients[ask.by]
        if method == "GET":
            return client.get(ask.path)
        form = {"csrf": proof(client.get("/notifications").text), **(ask.form or {})}
        return client.post(ask.path, data=form, headers={"hx-request": "true"})

    def done(self, *asks: Ask) -> Any:
        for ask in asks:
            answer = self.ask("POST", ask)
            assert answer.status_code in {200, 201, 303}, (ask, answer.status_code, answer.text[-400:])
        return answer

    def alert(self, *before: str, by: str = filling.LOGIN) -> UUID:
        """Open an alert, and do something with it."""
        made = filling.alert(self.connection, self.maria, NOW, kind=f"kind_{next(self.numbers)}")
        for step in before:
            self.done(Ask(f"/alerts/{made}/{step}", {"outcome": "true"}, by))
        return made

    def question(self) -> UUID:
        start = NOW - timedelta(hours=next(self.numbers))
        return filling.proposal(self.connection, self.maria, "away", start, "Via.")

    def device(self, quantity: str = "occupancy") -> int:
        made, number = self.maria, next(self.numbers)
        device: int = self.one(
            "INSERT INTO devices.device (organisation_id, home_id, gateway_id, key) VALUES (%s, %s, %s, %s)"
            " RETURNING device_id",
            made.organisation_id, made.home_id, made.gateway_id, f"d-{number}",
        )  # fmt: skip
        self.connection.execute(
            "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (made.organisation_id, made.home_id, made.gateway_id, device, f"d-{number}/q", BY_NAME[quantity].id),
        )
        return device

    def task(self, *before: str) -> UUID:
        made: UUID = self.one(
            "INSERT INTO alerts.handover (organisation_id, alert_id, alert_public_id, round, task_it, task_en,"
            " municipality, offered_at) SELECT organisation.organisation_id, alert_id, alert.public_id, round,"
            " 'Passa a vedere', 'Look in', 'Bobbio', %s FROM alerts.alert, registry.organisation"
            " WHERE alert.public_id = %s AND organisation.key = 'avs' RETURNING public_id",
            NOW, self.alert(),
        )  # fmt: skip
        for step in before:
            self.done(Ask(f"/tasks/{made}/{step}", by=VOLUNTEER))
        return made

    def edit(self) -> UUID:
        form = {"kind": "hall", "name": f"Sala {next(self.numbers)}"}
        self.done(Ask(f"/administration/home/{self.maria.home_id}/room/new", form))
        made: UUID = self.one("SELECT public_id FROM registry.edit ORDER BY edit_id DESC LIMIT 1")
        return made

    def stands(self, thing: str, room: str) -> dict[str, Any]:
        seen = self.one("SELECT md5(registry.described(%s, %s)::text)", thing, self.maria.rooms[room])
        return {"seen": seen, "kind": room}

    def hand_over(self, by: str = filling.LOGIN) -> UUID:
        self.done(Ask("/shift/offer", {"alert": [str(self.alert("take-charge", by=by))], "note": "N"}, by))
        made: UUID = self.one("SELECT public_id FROM alerts.shift_handover ORDER BY shift_handover_id DESC LIMIT 1")
        return made

    def offer(self) -> dict[str, Any]:
        return {"alerts": [str(self.alert("take-charge"))], "note": "N"}

    def at(self, where: str, made: UUID, what: str) -> Ask:
        return self.program(f"{where}/{made}/{what}")

    def preview(self) -> str:
        path = self.done(Ask("/rules/cold/try", COLD | {"where": f"h-{self.home}"})).headers["location"]
        with Database(self.url, Role.SERVICE, name="test") as database:
            assert work(database, SimulatedClock(NOW), Event()) is False
        return str(path)

    def draft(self) -> str:
        """Have a draft of who is told tried on an alert."""
        self.alert()
        # Another one than what holds by now.
        form = DRAFT | {"unanswered_after": str(5 + next(self.numbers))}
        path = self.done(Ask("/policies/safety", form)).headers["location"]
        with Database(self.url, Role.SERVICE, name="test") as database:
            while try_some(database, Rules(), NOW):
                pass
        return str(path)

    def install(self, rest: str, form: dict[str, Any] | None = None) -> Ask:
        return Ask(f"/install/{self.home}{rest}", form)

    def sharing(self, rest: str, form: dict[str, Any] | None = None) -> Ask:
        return Ask(f"/sharing/{self.person}{rest}", form, HERSELF)

    def invitation(self) -> UUID:
        self.code()
        made: UUID = self.one("SELECT public_id FROM registry.invitation ORDER BY invitation_id DESC LIMIT 1")
        return made

    def code(self) -> str:
        form = {"capacity": "family", "contact": "figlia"}
        found = CODE.search(self.done(Ask(f"/sharing/{self.person}/invitations", form)).text)
        assert found
        return found.group(1)

    def program(self, path: str, form: dict[str, Any] | None = None, whose: frozenset[str] = MARIA) -> Ask:
        return Ask(PATH + path, form, PROGRAM, whose)

    def markers(self) -> dict[str, set[str]]:
        """Return what names somebody in an answer, or their home, or what happens there, by the key of the person.

        Whoever was made here, with a key that tells no name, does not count.
        """
        found: dict[str, set[str]] = {}
        for row in self.connection.execute(
            "SELECT person.key, person.name, person.public_id::text AS id, home.name AS home,"
            " home.public_id::text AS home_id,"
            " ARRAY(SELECT public_id::text FROM alerts.alert WHERE home_id = home.home_id)"
            " || ARRAY(SELECT public_id::text FROM analytics.context WHERE home_id = home.home_id) AS others"
            " FROM registry.person JOIN registry.home USING (home_id) WHERE NOT starts_with(person.key, 'person-')"
        ):
            found[row["key"]] = {row["name"], row["id"], row["home"], row["home_id"], *row["others"]}
        return found

    def entries(self, after: int) -> list[frozenset[str]]:
        """Return of whom each entry is that was made after one."""
        rows = self.connection.execute(
            "SELECT audit_id, array_agg(person.key) AS keys FROM dashboards.audit"
            " JOIN dashboards.audit_key ON dashboards.pseudonym(audit_key.key) = ANY (persons)"
            " JOIN registry.person USING (person_id)"
            " WHERE audit_id > %s AND NOT starts_with(person.key, 'person-') GROUP BY audit_id ORDER BY audit_id",
            (after,),
        )
        return [frozenset(row["keys"]) for row in rows]


How = Callable[[World], Ask]
ASKED: dict[str, Ask | How] = {
    # First: where a call for help is open, none is tried.
    "POST /install/{public_id}/devices/{device_id}/test-alarm": lambda world: world.install(
        f"/devices/{world.device('sos_button')}/test-alarm"
    ),
    "GET /": Ask("/", whose=EVERYBODY),
    "GET /board": Ask("/board", whose=EVERYBODY),
    "GET /board/now": lambda world: (world.alert(), Ask("/board/now"))[1],
    "GET /alerts": lambda world: (world.alert(), Ask("/alerts"))[1],
    "GET /alerts/list": lambda world: (world.alert(), Ask("/alerts/list"))[1],
    "GET /alerts/{public_id}": lambda world: Ask(f"/alerts/{world.alert()}"),
    "GET /alerts/{public_id}/state": lambda world: Ask(f"/alerts/{world.alert()}/state"),
    "POST /alerts/{public_id}/take-charge": lambda world: Ask(f"/alerts/{world.alert()}/take-charge"),
    "POST /alerts/{public_id}/release": lambda world: Ask(f"/alerts/{world.alert('take-charge')}/release"),
    "POST /alerts/{public_id}/resolve": lambda world: Ask(f"/alerts/{world.alert()}/resolve", {"outcome": "true"}),
    "POST /alerts/{public_id}/note": lambda world: Ask(f"/alerts/{world.alert()}/note", {"quick": "no_answer"}),
    "POST /alerts/{public_id}/reopen": lambda world: Ask(f"/alerts/{world.alert('resolve')}/reopen"),
    "POST /r/{token}": lambda world: Ask(
        link(told(world.connection, world.alert(), world.place.accounts[filling.LOGIN])), {"answer": "take_charge"}
    ),
    "GET /persons/{public_id}": lambda world: Ask(f"/persons/{world.person}"),
    "GET /persons/{public_id}/state": lambda world: Ask(f"/persons/{world.person}/state"),
    "GET /persons/{public_id}/basis/{kind}/{day}": lambda world: Ask(
        f"/persons/{world.person}/basis/night_bathroom_visits/2026-03-10"
    ),
    "GET /persons/{public_id}/days": lambda world: Ask(f"/persons/{world.person}/days"),
    "GET /persons/{public_id}/life/{part}": lambda world: Ask(f"/persons/{world.person}/life/sleep"),
    "GET /persons/{public_id}/contexts": lambda world: Ask(f"/persons/{world.person}/contexts"),
    "POST /persons/{public_id}/contexts": lambda world: Ask(
        f"/persons/{world.person}/contexts", {"kind": "hospital"}
    ),
    "POST /contexts/{public_id}/confirm": lambda world: Ask(f"/contexts/{world.question()}/confirm"),
    "POST /contexts/{public_id}/refuse": lambda world: Ask(f"/contexts/{world.question()}/refuse"),
    "POST /contexts/{public_id}/end": lambda world: Ask(f"/contexts/{world.question()}/end"),
    "POST /contexts/{public_id}/correct": lambda world: Ask(
        f"/contexts/{world.question()}/correct", {"kind": "holiday"}
    ),
    "POST /contexts/{public_id}/take-back": lambda world: Ask(f"/contexts/{world.question()}/take-back"),
    "GET /install": Ask("/install", whose=EVERYBODY),
    "GET /install/{public_id}": lambda world: world.install(""),
    "GET /install/{public_id}/gateway": lambda world: world.install("/gateway"),
    "GET /install/{public_id}/found": lambda world: world.install("/found"),
    "GET /install/{public_id}/sensors": lambda world: world.install("/sensors"),
    "GET /install/{public_id}/sheet": lambda world: world.install("/sheet"),
    "GET /install/{public_id}/walk": lambda world: world.install("/walk"),
    "POST /install/{public_id}/walk/begin": lambda world: world.install("/walk/begin"),
    "POST /install/{public_id}/walk/end": lambda world: world.install("/walk/end"),
    "POST /install/{public_id}/devices": lambda world: world.install("/devices"),
    "POST /install/{public_id}/devices/{device_id}": lambda world: world.install(
        f"/devices/{world.device()}", {"name": "Porta"}
    ),
    "POST /install/{public_id}/devices/{device_id}/{action}": lambda world: world.install(
        f"/devices/{world.device()}/retire"
    ),
    "POST /install/{public_id}/test-alarm/end": lambda world: world.install("/test-alarm/end"),
    "POST /install/{public_id}/lorawan": lambda world: world.install(
        "/lorawan", {"code": LABEL, "model": "Milesight WS101"}
    ),
    "POST /install/{public_id}/rooms": lambda world: world.install("/rooms", {"kind": "hall"}),
    "POST /install/{public_id}/gateway/credentials": lambda world: world.install("/gateway/credentials"),
    "POST /install/{public_id}/gateway/{key}/revoke": lambda world: (
        world.done(world.install("/gateway/credentials")), world.install("/gateway/gw-maria/revoke")
    )[1],
    "GET /batteries": Ask("/batteries", whose=EVERYBODY),
    "GET /batteries/list": Ask("/batteries/list", whose=EVERYBODY),
    "GET /batteries/file": Ask("/batteries/file", whose=EVERYBODY),
    "GET /rejects/{number}": lambda world: Ask(f"/rejects/{refuse(world.connection, 'gw-maria')}"),
    "GET /rejects/{number}/state": lambda world: Ask(f"/rejects/{refuse(world.connection, 'gw-maria')}/state"),
    "POST /rejects/{number}/again": lambda world: Ask(f"/rejects/{refuse(world.connection, 'gw-maria')}/again"),
    "GET /rules": Ask("/rules", whose=EVERYBODY),
    "GET /rules/{rule}": Ask("/rules/cold", whose=EVERYBODY),
    "POST /rules/{rule}/try": Ask("/rules/cold/try", COLD, whose=EVERYBODY),
    "GET /rules/previews/{public_id}": lambda world: Ask(world.preview(), whose=EVERYBODY),
    "GET /rules/previews/{public_id}/state": lambda world: Ask(f"{world.preview()}/state", whose=EVERYBODY),
    "POST /rules/previews/{public_id}/save": lambda world: Ask(
        f"{world.preview()}/save", {"reason": "Freddolosa"}, whose=EVERYBODY
    ),
    # Of nobody in particular; only what a draft would have come to is of somebody.
    "GET /policies/{family}": Ask("/policies/safety", whose=frozenset()),
    "POST /policies/{family}": Ask("/policies/safety", DRAFT, whose=frozenset()),
    "POST /policies/{family}/return": Ask("/policies/safety/return", {"version": "0"}, whose=frozenset()),
    "GET /policies/drafts/{public_id}": lambda world: Ask(world.draft()),
    "GET /policies/drafts/{public_id}/state": lambda world: Ask(f"{world.draft()}/state"),
    "POST /policies/drafts/{public_id}/save": lambda world: Ask(
        f"{world.draft()}/save", {"reason": "Prova"}, whose=frozenset()
    ),
    "GET /administration": lambda world: (world.edit(), Ask("/administration"))[1],
    "GET /administration/{thing}/{number}": lambda world: Ask(f"/administration/home/{world.maria.home_id}"),
    "POST /administration/{thing}/{number}": lambda world: Ask(
        f"/administration/room/{world.maria.rooms['kitchen']}", world.stands("room", "kitchen") | {"name": "Cucina"}
    ),
    "GET /administration/{above}/{number}/{thing}/new": lambda world: Ask(
        f"/administration/home/{world.maria.home_id}/room/new"
    ),
    "POST /administration/{above}/{number}/{thing}/new": lambda world: Ask(
        f"/administration/home/{world.maria.home_id}/room/new", {"kind": "hall"}
    ),
    "POST /administration/changes/{edit}/undo": lambda world: Ask(f"/administration/changes/{world.edit()}/undo"),
    "GET /shift": lambda world: (world.alert("take-charge"), Ask("/shift"))[1],
    "GET /shift/state": lambda world: (world.alert("take-charge"), Ask("/shift/state"))[1],
    "POST /shift/offer": lambda world: Ask("/shift/offer", {"alert": [str(world.alert("take-charge"))], "note": "N"}),
    "POST /shift/{public_id}/accept": lambda world: Ask(f"/shift/{world.hand_over(COLLEAGUE)}/accept"),
    "POST /shift/{public_id}/withdraw": lambda world: Ask(f"/shift/{world.hand_over()}/withdraw"),
    "GET /tasks": lambda world: (world.task(), Ask("/tasks", by=VOLUNTEER))[1],
    "GET /tasks/{public_id}": lambda world: Ask(f"/tasks/{world.task()}", by=VOLUNTEER),
    "POST /tasks/{public_id}/accept": lambda world: Ask(f"/tasks/{world.task()}/accept", by=VOLUNTEER),
    "POST /tasks/{public_id}/return": lambda world: Ask(
        f"/tasks/{world.task('accept')}/return", {"outcome": "done"}, VOLUNTEER
    ),
    "GET /family": Ask("/family", by=kin.DAUGHTER),
    "GET /family/state": Ask("/family/state", by=kin.DAUGHTER),
    "GET /mine": Ask("/mine", by=DELEGATE, whose=frozenset({"rosa", "pietro"})),
    "GET /sharing/{public_id}": lambda world: world.sharing(""),
    "POST /sharing/{public_id}/copy": lambda world: world.sharing("/copy"),
    "POST /sharing/{public_id}/pause": lambda world: world.sharing("/pause", {"length": "hour"}),
    "POST /sharing/{public_id}/resume": lambda world: world.sharing("/resume"),
    "POST /sharing/{public_id}/shares": lambda world: world.sharing(
        "/shares", {"contact": "figlia", "data": ["sleep=always"]}
    ),
    "POST /sharing/{public_id}/withdraw": lambda world: world.sharing("/withdraw", {"purpose": "research"}),
    "POST /sharing/{public_id}/consents": lambda world: world.sharing("/consents", {"purpose": "research"}),
    "POST /sharing/{public_id}/invitations": lambda world: Ask(
        f"/sharing/{world.person}/invitations", {"capacity": "family", "contact": "figlia"}
    ),
    "POST /sharing/{public_id}/invitations/{invitation}/revoke": lambda world: world.sharing(
        f"/invitations/{world.invitation()}/revoke"
    ),
    "POST /invite/{code}": lambda world: Ask(f"/invite/{world.code()}", by=kin.DAUGHTER),
    **OF_API,
}  # fmt: skip


def routes(of: Any, before: str = "") -> Iterator[str]:
    for route in of.routes:
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if hasattr(inner, "routes"):
            yield from routes(inner, before + getattr(route, "path", ""))
        else:
            yield from (f"{method} {before}{route.path}" for method in sorted(route.methods))


@pytest.fixture
def world(
    connection: psycopg.Connection,
    place: filling.Neighbourhood,
    clock: SimulatedClock,
    database_url: str,
    bearer: Bearer,  # noqa: F811 - the fixture
) -> Iterator[World]:
    settings = DashboardSettings(
        database_url=database_url,
        base_url="http://testserver",
        reply_key=KEY,
        api_requests_per_min=1_000_000,
        second_factor_roles="",
    )
    for role in ("coordinator", "installer", "administrator", "researcher"):
        connection.execute(
            "INSERT INTO registry.membership SELECT account_id, organisation_id, %s FROM registry.membership"
            " WHERE account_id = %s AND role = 'operator'",
            (role, place.accounts[filling.LOGIN]),
        )
    filling.account(connection, VOLUNTEER, "Vera Galli", filling.organisation(connection, "avs", "association"))
    kin.consent(connection, place.homes["maria"], NOW)
    kin.shared(connection, place.homes["maria"], ["day", "safety"])
    kin.close(connection, place.homes["maria"], HERSELF, "Maria Rossi", "self")
    kin.close(connection, place.homes["maria"], kin.DAUGHTER, "Elena Rossi")
    for parent in ("rosa", "pietro"):
        kin.close(connection, place.homes[parent], DELEGATE, "Delia Marino", "delegate")
    maria = place.homes["maria"]
    filling.indicator(connection, maria, "night_bathroom_visits", "2026-03-10", 3.0, "1", NOW)
    connection.execute(
        "INSERT INTO analytics.finding (organisation_id, home_id, person_id, family, kind, severity, started_at,"
        " ended_at, found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en,"
        " evidence) VALUES (%(organisation)s, %(home)s, %(person)s, 'wellbeing', 'cold', 0.5, %(now)s, %(now)s,"
        " %(now)s, %(now)s, 1, 'cold', '1', '', '', '{}')",
        {"organisation": maria.organisation_id, "home": maria.home_id, "person": maria.person_id, "now": NOW},
    )
    with Database(database_url, Role.PEOPLE, name="test", maximum=4) as database:
        app = create_app(database, clock, settings, hand_over=lambda _: None)
        yield World(app, connection, place, bearer(), database_url)


def fault(world: World, route: str, ask: Ask, expected: frozenset[str]) -> str:
    """Return what is wrong with what an address leaves in the audit; "" for nothing."""
    before = world.one("SELECT coalesce(max(audit_id), 0) FROM dashboards.audit")
    answer = world.ask(route.partition(" ")[0], ask)
    if answer.status_code not in {200, 201, 202, 204, 303}:
        return f"{route}: answers {answer.status_code} {answer.text[-200:]}"
    noted = world.entries(before)
    if noted != [expected] * bool(expected):
        return f"{route}: noted {noted} instead of {sorted(expected)}"
    named = {key for key, markers in world.markers().items() if any(one in answer.text for one in markers)}
    return f"{route}: shows {named - expected}, who are not noted" if named - expected else ""


def test_whatever_shows_or_changes_data_of_persons_leaves_one_entry_that_lists_them(world: World) -> None:
    found = []
    for route, how in ASKED.items():
        ask = how if isinstance(how, Ask) else how(world)
        found.append(fault(world, route, ask, ask.whose))
    assert not any(found), "\n".join(filter(None, found))


def test_what_leaves_no_entry_shows_nobody(world: World) -> None:
    world.alert()
    asked = [one for one in WITHOUT if one.startswith("GET ") and "{" not in one and not one.endswith("/events")]
    assert len(asked) > 10
    found = []
    for route in asked:
        path = route.removeprefix("GET ")
        by = PROGRAM if path.startswith(PATH) else filling.LOGIN
        asking = with_days(path) if path.startswith(PATH) else path
        found.append(fault(world, route, Ask(asking, by=by), frozenset()))
    assert not any(found), "\n".join(filter(None, found))
