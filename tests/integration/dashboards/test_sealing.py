"""The audit is sealed by one writer into a chain that the database only adds to, and that shows what was done to it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from typer.testing import CliRunner

import dashboards.sealing
from cli import audit
from cli.installation import Installation
from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.sealing import keep_sealing, seal_all
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import NOW, sign_in

PER_BATCH = 3
Verify = Callable[..., dict[str, Any]]
# What whoever is above all rules of the database does: switch them off, and write.
CHANGE = "UPDATE dashboards.audit SET {} WHERE audit_id = %(id)s"
TAMPERING = {
    "removed": ("DELETE FROM dashboards.audit WHERE audit_id = %(id)s", "count"),
    "of another page": (CHANGE.format("route = '/board'"), "contents"),
    "of another person": (CHANGE.format("persons = ARRAY[sha256('x')]"), "contents"),
    "of one person more": (CHANGE.format("persons = persons || sha256('x')"), "contents"),
    "of another account": (CHANGE.format("account_id = account_id + 1"), "contents"),
    "a moment later": (CHANGE.format("at = at + interval '1 microsecond'"), "contents"),
    "moved": (CHANGE.format("audit_id = DEFAULT"), "count"),
}

INSERT = (
    "INSERT INTO dashboards.audit OVERRIDING SYSTEM VALUE"
    " SELECT {}, at, account_id, method, route, persons FROM dashboards.audit LIMIT 1"
)


@pytest.fixture
def sealing(
    database_url: str, connection: Connection, place: filling.Neighbourhood, clock: SimulatedClock, monkeypatch: Any
) -> Iterator[Callable[[], int]]:
    """Eight entries, and what seals them in batches of three."""
    monkeypatch.setattr(dashboards.sealing, "MOST", PER_BATCH)
    for number in range(8):
        look(connection, place, f"/persons/{{public_id}}/über {number}", "maria", *(["luigi"] if number % 2 else []))
    with Database(database_url, Role.PEOPLE, name="test", maximum=4) as database:
        yield lambda: seal_all(database, clock)


@pytest.fixture
def verify(database_url: str, monkeypatch: Any) -> Iterator[Verify]:
    with Database(database_url, Role.SERVICE, name="test") as service:

        @contextmanager
        def there(_: Installation) -> Iterator[Database]:
            yield service

        monkeypatch.setattr(Installation, "database", there)

        def run(*words: str, code: int = 0) -> dict[str, Any]:
            result = CliRunner().invoke(audit.app, ["verify", *words, "--json"])
            assert result.exit_code == code, result.output
            found: dict[str, Any] = json.loads(result.stdout)
            return found

        yield run


def look(connection: Connection, place: filling.Neighbourhood, route: str, *who: str) -> None:
    with connection.transaction():
        account = str(place.accounts[filling.LOGIN])
        connection.execute("SELECT set_config('vicino.account', %s, true)", (account,))
        persons = [place.homes[one].person_id for one in who]
        connection.execute(
            "SELECT dashboards.note_look(%s, '{}', 'GET', %s, %s)", (persons, route, NOW + timedelta(microseconds=1))
        )


def tamper(connection: Connection, statement: str, **given: Any) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement, given)


def test_what_is_noted_is_sealed_in_batches_and_is_whole(sealing, verify, connection, place, clock):
    assert verify() == {
        "whole": True, "faults": [], "never_given": 0, "entries": 0, "retired": 0, "seal": None, "unsealed": 8,
        "unsealed_since": "2026-03-16T02:12:00.000001+00:00",
    }  # fmt: skip
    assert sealing() == 8
    assert sealing() == 0
    found = verify()
    assert (found["whole"], found["entries"], found["unsealed"], found["seal"][:2]) == (True, 8, 0, "3:")
    look(connection, place, "/", "maria")
    clock.advance(60)
    assert (verify()["unsealed"], sealing()) == (1, 1)
    later = verify("--against", found["seal"])
    assert (later["whole"], later["entries"], later["seal"][:2]) == (True, 9, "4:")


@pytest.mark.parametrize("how", TAMPERING)
@pytest.mark.parametrize(("entry", "batch"), [(1, 1), (5, 2), (8, 3)])
def test_whatever_is_done_to_an_entry_is_found_in_its_batch(sealing, verify, connection, how, entry, batch):
    sealing()
    statement, what = TAMPERING[how]
    (number,) = connection.execute("SELECT audit_id FROM dashboards.audit ORDER BY 1 OFFSET %s LIMIT 1", (entry - 1,))
    tamper(connection, statement, id=number["audit_id"])
    found = verify(code=1)
    assert [(one["seal_id"], one["what"]) for one in found["faults"]] == [(batch, what)]


def test_entries_that_are_inserted_between_or_before_are_found(sealing, verify, connection, place):
    sealing()
    # Numbers that were given to what was rolled back are free.
    (last,) = connection.execute("SELECT max(audit_id) AS id FROM dashboards.audit")
    connection.execute("ALTER SEQUENCE dashboards.audit_audit_id_seq RESTART WITH 20")
    look(connection, place, "/", "maria")
    assert sealing() == 1
    tamper(connection, INSERT.format("10"))
    tamper(connection, INSERT.format("-1"))
    found = verify(code=1)
    assert ([(one["seal_id"], one["what"]) for one in found["faults"]], found["never_given"]) == ([(4, "count")], 1)
    assert last["id"] < 10


def test_a_seal_that_is_removed_or_changed_and_a_chain_that_is_made_anew_are_found(sealing, verify, connection):
    sealing()
    noted = verify()["seal"]
    tamper(connection, "UPDATE dashboards.audit_seal SET sealed_at = sealed_at - interval '1 day' WHERE seal_id = 2")
    assert [(one["seal_id"], one["what"]) for one in verify(code=1)["faults"]] == [(2, "seal")]
    tamper(connection, "DELETE FROM dashboards.audit_seal WHERE seal_id = 2")
    assert [(one["seal_id"], one["what"]) for one in verify(code=1)["faults"]] == [(2, "gone")]
    tamper(connection, "DELETE FROM dashboards.audit_seal")
    tamper(connection, "DELETE FROM dashboards.audit WHERE audit_id = 1")
    assert sealing() == 7
    assert verify()["whole"] is True, "a whole new chain fits with itself"
    found = verify("--against", noted, code=1)
    assert [(one["seal_id"], one["what"]) for one in found["faults"]] == [(3, "noted")]
    verify("--against", f"9{noted[1:]}", code=1)


@pytest.mark.parametrize("wrong", ["x", "3", "3:abc", ":" + "0" * 64])
def test_what_is_no_seal_is_refused(verify, wrong):
    result = CliRunner().invoke(audit.app, ["verify", "--against", wrong])
    assert result.exit_code == 1


def test_in_words_it_says_which_batch(sealing, verify, connection):
    sealing()
    assert "8 entries in 3 batches: as they were sealed." in CliRunner().invoke(audit.app, ["verify"]).stdout
    tamper(connection, "DELETE FROM dashboards.audit WHERE audit_id = 4")
    result = CliRunner().invoke(audit.app, ["verify"])
    assert result.exit_code == 1
    assert "batch 2: 2 entries where 3 were sealed: some were removed or inserted" in result.stdout


def test_an_entry_that_is_being_noted_is_waited_for_so_that_none_appears_behind_a_seal(
    sealing, verify, connection, place, database_url
):
    with psycopg.connect(database_url) as slow:
        slow.execute("SELECT set_config('vicino.account', %s, true)", (str(place.accounts[filling.LOGIN]),))
        persons = [place.homes["rosa"].person_id]
        slow.execute("SELECT dashboards.note_look(%s, '{}', 'GET', '/slow', %s)", (persons, NOW))
        look(connection, place, "/later", "maria")
        assert sealing() == 0, "the database waits a second for it, and not longer"
        slow.commit()
    assert sealing() == 10
    assert verify()["whole"] is True


def test_it_goes_on_in_the_process_of_the_pages_until_that_ends(sealing, verify, database_url):
    waits = iter([False, False, True])

    class Minutes(SimulatedClock):
        def wait(self, event: threading.Event, seconds: float) -> bool:
            return next(waits)

    with Database(database_url, Role.PEOPLE, name="test", maximum=1) as database:
        keep_sealing(database, Minutes(NOW), threading.Event()).join(timeout=10)
    assert verify()["entries"] == 8


def test_a_database_that_is_away_is_asked_again_later(clock):
    away = Database("postgresql://nobody@127.0.0.1:1/none", Role.PEOPLE, name="test", patience_s=0.1)
    assert seal_all(away, clock) == 0


def test_of_two_who_seal_at_once_one_does(sealing, verify, database_url):
    threads = [threading.Thread(target=sealing) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealing()
    found = verify()
    assert (found["whole"], found["entries"], found["unsealed"]) == (True, 8, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dashboards.audit_seal SET entries = 1",
        "DELETE FROM dashboards.audit_seal",
        "TRUNCATE dashboards.audit_seal",
        INSERT.format("0"),
        INSERT.format("5"),
    ],
)
def test_the_database_only_lets_be_added_behind_what_is_sealed(sealing, connection, statement):
    sealing()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("role", ["vicino_people", "vicino_service"])
def test_nobody_writes_entries_or_seals_but_by_the_functions(sealing, connection, role):
    sealing()
    for statement in (
        "INSERT INTO dashboards.audit (at, account_id, method, route, persons) VALUES (now(), 1, 'GET', '/', '{x}')",
        "INSERT INTO dashboards.audit_seal VALUES (9, now(), 90, 91, 1, sha256('a'), sha256('b'))",
        "SELECT dashboards.sealed_bytes(audit) FROM dashboards.audit",
    ):
        connection.execute(f"SET ROLE {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.execute("RESET ROLE")


def test_without_the_key_of_a_person_the_chain_stays_whole_and_leads_to_nobody(client, connection, place, verify):
    maria = place.homes["maria"]
    kin.consent(connection, maria, NOW)
    sign_in(client)
    client.get(f"/persons/{maria.person}")
    with connection.transaction():
        connection.execute("SELECT dashboards.seal_audit(%s, 10)", (NOW,))
    connection.execute("DELETE FROM dashboards.audit_key WHERE person_id = %s", (maria.person_id,))
    assert verify()["whole"] is True
    rows = connection.execute(
        "SELECT FROM dashboards.audit JOIN dashboards.audit_key ON dashboards.pseudonym(key) = ANY (persons)"
    )
    assert rows.fetchall() == []
