"""What the doctor says of a real database that was made wrong on purpose."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from alerts.policies.repository import known
from alerts.shifts import document as shift_document
from alerts.shifts import repository as shifts
from cli.doctor.catalogue import WITH_DATABASE, look
from cli.doctor.checks import care, database, machine, services
from cli.doctor.finding import Level
from cli.doctor.surroundings import Surroundings
from core.clock import SimulatedClock
from embedded.postgres import EmbeddedPostgres
from tests.integration.cli.doctor.conftest import NOW, ROOT


def test_nothing_is_wrong_with_a_database_as_the_migrations_make_it(surroundings, said):
    found = surroundings()
    assert said(database.migrations, found) == []
    assert said(database.roles, found) == []
    assert said(database.row_security, found) == []
    assert said(machine.time_zones, found) == []
    assert said(care.rejects, found) == []
    # The server of the tests may lose what it commits.
    told = said(database.server, surroundings(now=datetime.now(UTC)))
    assert [wrong for _, wrong in told if " off: " not in wrong] == []


def test_each_check_can_look_at_it_and_names_nobody(surroundings):
    said = {each.check: each.findings for each in look(surroundings())}
    assert set(WITH_DATABASE) < set(said)
    told = [each.wrong + each.advice for findings in said.values() for each in findings or ()]
    assert not [line for line in told if "could not be looked at" in line]
    assert not [line for line in told if "Rossi" in line or "Via " in line]


REJECT = """
INSERT INTO ingest.reject (first_at, last_at, topic, reason, detail, payload, payload_bytes, digest, records)
VALUES ('2026-03-10', '2026-03-10', 'x', 'unknown series', '', '', 0, '', 500)
"""


@pytest.mark.parametrize(
    ("statement", "check", "fragment"),
    [
        ("ALTER TABLE registry.home NO FORCE ROW LEVEL SECURITY", database.row_security, "registry.home is not forced"),
        ("ALTER TABLE alerts.alert DISABLE ROW LEVEL SECURITY", database.row_security, "alerts.alert is not forced"),
        (
            "CREATE TABLE registry.added (organisation_id int)",
            database.row_security,
            "registry.added is not forced",
        ),
        (
            "CREATE TABLE registry.added (n int); ALTER TABLE registry.added ENABLE ROW LEVEL SECURITY",
            database.row_security,
            "registry.added has no policy",
        ),
        (
            "DELETE FROM vicino.migration WHERE folder = 'alerts' AND file = '0013_canary.sql'",
            database.migrations,
            "1 migrations were not run yet, alerts/0013_canary.sql",
        ),
        (
            "INSERT INTO vicino.migration VALUES ('alerts', '9999_later.sql', 'x')",
            database.migrations,
            "newer Vicino: it knows alerts/9999_later.sql",
        ),
        (
            "UPDATE vicino.migration SET checksum = 'x' WHERE folder = 'registry'",
            database.migrations,
            "was changed after it had been applied",
        ),
        (
            REJECT,
            care.rejects,
            "500 readings of the last day could not be stored (unknown series 500)",
        ),
        ("UPDATE registry.home SET timezone = 'Europe/Atlantis'", machine.time_zones, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(administrator, surroundings, said, statement, check, fragment):
    administrator.execute(statement)
    if fragment is None:
        with pytest.raises(psycopg.errors.InvalidParameterValue):
            said(check, surroundings())
        return
    assert [wrong for _, wrong in said(check, surroundings()) if fragment in wrong]


@pytest.fixture
def role(administrator):
    """Give a role that is there for the time of a test: roles belong to the whole server."""
    name = f"vicino_test_{id(administrator)}"
    administrator.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    yield name
    administrator.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_a_role_that_goes_around_row_security(administrator, surroundings, errors, role):
    administrator.execute(sql.SQL("ALTER ROLE {} BYPASSRLS CREATEROLE").format(sql.Identifier(role)))
    (wrong,) = [each for each in errors(database.roles, surroundings()) if role in each]
    assert "BYPASSRLS and CREATEROLE" in wrong


def test_pages_that_can_become_the_services(administrator, surroundings, errors, role):
    administrator.execute(sql.SQL("GRANT vicino_people TO {}").format(sql.Identifier(role)))
    assert not [each for each in errors(database.roles, surroundings()) if role in each]
    administrator.execute(sql.SQL("GRANT vicino_service TO {}").format(sql.Identifier(role)))
    (wrong,) = [each for each in errors(database.roles, surroundings()) if role in each]
    assert "can become the services" in wrong


def test_a_database_that_is_away(installation):
    away = Surroundings(
        installation, SimulatedClock(NOW), {"VICINO_DATABASE_URL": "postgresql://nobody:x@127.0.0.1:9/nothing"}
    )
    said = {each.check: each.findings for each in look(away)}
    assert "does not answer" in said["database"][0].wrong
    # Nothing else of it is waited for.
    assert {name for name, findings in said.items() if findings is None} == set(WITH_DATABASE)


def only_of_database(found):
    """Return what is said of the database; nothing else of it may be asked."""
    said = {each.check: each.findings for each in look(found)}
    assert {name for name, findings in said.items() if findings is None} == set(WITH_DATABASE)
    (finding,) = said["database"]
    assert "vicino migrate" in finding.advice
    return finding.wrong


def test_a_database_without_tables(installation, database_url):
    url = database_url.rpartition("/")[0] + "/template1"
    empty = Surroundings(installation, SimulatedClock(NOW), {"VICINO_DATABASE_URL": url})
    assert only_of_database(empty) == "The database has no tables of Vicino."


def test_a_server_that_was_never_migrated(installation, tmp_path):
    with EmbeddedPostgres(tmp_path / "postgres", tmp_path / "secrets", durable=False) as server:
        new = Surroundings(installation, SimulatedClock(NOW), {"VICINO_DATABASE_URL": server.administrator_url})
        assert only_of_database(new) == "The database answers, and was never migrated: it has no roles of Vicino."
        parts = urlsplit(server.administrator_url)
        login = urlunsplit(parts._replace(netloc=f"nobody:x@{parts.hostname}:{parts.port}"))
        unknown = Surroundings(installation, SimulatedClock(NOW), {"VICINO_DATABASE_URL": login})
        assert only_of_database(unknown) == "The database answers and refuses the login of the services."


def test_clocks_that_differ(surroundings, warnings):
    now = datetime.now(UTC)
    assert not [each for each in warnings(database.server, surroundings(now=now)) if "off ours" in each]
    told = warnings(database.server, surroundings(now=now - timedelta(minutes=5)))
    # A busy machine lets some seconds pass before the database is asked.
    assert [each for each in told if re.search(r"\b3[0-2]\d s off", each)]


def test_alerts_that_nobody_works_on_and_a_test_call_that_was_lost(administrator, surroundings, said):
    assert [wrong for level, wrong in said(services.beats, surroundings()) if level is Level.ERROR] == [
        "Alerts are not worked on (last: never): nobody is told of a call for help.",
        "Nobody watches over the chain of alerts.",
    ]
    administrator.execute(
        "INSERT INTO alerts.heartbeat (part, at) VALUES ('alerts', %(now)s), ('watchdog', %(now)s)"
        " ON CONFLICT (part) DO UPDATE SET at = excluded.at",
        {"now": NOW},
    )
    administrator.execute("INSERT INTO alerts.canary (sent_at, arrived_at) VALUES (%s, %s)", (NOW, NOW))
    assert said(services.beats, surroundings()) == []
    late = surroundings(now=NOW + timedelta(minutes=2))
    assert [wrong for _, wrong in said(services.beats, late)] == [
        "Alerts are not worked on (last: 120 s ago): nobody is told of a call for help."
    ]
    administrator.execute("INSERT INTO alerts.canary (sent_at, missed_at) VALUES (%s, %s)", (NOW + timedelta(1), NOW))
    assert "The last test call did not arrive: a call for help may not, either." in [
        wrong for _, wrong in said(services.beats, surroundings())
    ]


def test_services_that_are_not_connected(surroundings, errors):
    wrong = errors(services.connections, surroundings())
    assert [each.split()[2] for each in wrong] == ["ingest", "devices", "analytics", "alerts", "dashboards"]


def test_gateways_that_are_silent_or_were_never_heard(administrator, surroundings, said):
    assert [wrong.split(":")[0] for _, wrong in said(care.gateways, surroundings())] == ["2 gateways were never heard"]
    administrator.execute(
        "INSERT INTO ingest.gateway_status SELECT gateway_id, organisation_id, true, %(now)s, %(now)s, %(now)s,"
        " 'b', 0, NULL, 0, 'unsynced', '1', 1, 'mains' FROM devices.gateway",
        {"now": NOW},
    )
    assert [wrong.split(":")[0] for _, wrong in said(care.gateways, surroundings())] == [
        "2 gateways do not know the time"
    ]
    (first, *_) = said(care.gateways, surroundings(now=NOW + timedelta(hours=2)))
    assert first[0] is Level.ERROR
    assert first[1].startswith("2 gateways were not heard for an hour: ")


def test_homes_in_which_nobody_would_be_told(administrator, surroundings, errors):
    assert errors(care.recipients, surroundings()) == []
    administrator.execute("DELETE FROM registry.membership WHERE role = 'operator'")
    administrator.execute("UPDATE registry.account SET email = ''")
    administrator.execute("DELETE FROM alerts.address")
    administrator.execute("UPDATE registry.contact SET email = '', phone = ''")
    wrong = errors(care.recipients, surroundings())
    assert [each.split(":")[0] for each in wrong] == ["In 2 homes nobody would be told of a call for help"]
    administrator.execute("DELETE FROM registry.membership")
    assert errors(care.recipients, surroundings())[0] == "Nobody has an account with a role."


def test_hours_in_which_nobody_is_on_duty(administrator, surroundings, warnings, tmp_path):
    assert warnings(care.duty, surroundings()) == []
    there = known(administrator)
    held = shift_document.load(ROOT / "docs" / "examples" / "shifts.yaml", there.organisations, there.logins)
    with administrator.transaction():
        shifts.load(administrator, held, NOW)
    rotas = {rota.key for _, rota in held}
    told = warnings(care.duty, surroundings())
    assert all(any(key in each for key in rotas) for each in told)
    assert all("Nobody is on duty in" in each for each in told)
