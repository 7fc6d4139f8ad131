"""An erasure: every table has a rule, nothing of the person is left anywhere, and what is somebody else's stays."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from cli.audit import look
from cli.backup.making import SCHEMAS
from cli.persons.erasing import certificate, erasing, listing, repository
from cli.persons.erasing.rules import CLASSES, NOBODY, RULES, What
from core.clock import SimulatedClock
from core.database import Database, Role
from core.errors import VicinoError
from core.viewer import Viewer
from dashboards import repository as audit
from dashboards.sealing import seal_all
from tests.integration.dashboards import filling, kin

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)
FILLING = Path(__file__).with_name("filling.sql")
LEADS_TO_SOMEBODY = {
    "registry.person", "registry.home", "registry.room", "registry.contact", "registry.account", "devices.gateway",
    "devices.device", "devices.series", "alerts.alert", "alerts.notification", "analytics.finding", "analytics.context",
}  # fmt: skip
NAMES_SOMEBODY = re.compile(
    r"^(person|home|room|contact|account|gateway|device|series|alert|finding|notification)_id$|^gateway_key$|_by$"
    r"|_by_name$|^persons$|^subjects$|^address$|^note$"
)


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def tables(connection):
    rows = connection.execute(
        "SELECT n.nspname || '.' || c.relname AS name, c.oid FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition",
        (list(SCHEMAS),),
    )
    found = {row["name"]: row["oid"] for row in rows}
    if repository.stored_in(connection, ["ingest"]):
        found |= dict.fromkeys(repository.stored_in(connection, ["ingest"]), 0)
    return found


def test_every_table_has_a_rule_or_a_reason(connection):
    there = tables(connection).keys()
    ruled = {rule.table for rule in RULES}
    assert there - ruled - NOBODY.keys() == set(), "say in cli/persons/erasing/rules.py what an erasure does with it"
    assert (ruled | NOBODY.keys()) - there == set(), "there is no such table any more"
    assert ruled & NOBODY.keys() == set()
    assert all(rule.why for rule in RULES if rule.what is not What.REMOVED)


def test_nothing_that_leads_to_somebody_is_said_to_concern_nobody(connection):
    """By references and by names of columns, so that a rule cannot be avoided by calling a table nobody's."""
    allowed = {("dashboards.erasure", "whose_digest")}
    for name, oid in tables(connection).items():
        if name not in NOBODY:
            continue
        leads = connection.execute(
            "SELECT n.nspname || '.' || c.relname AS name FROM pg_constraint JOIN pg_class c ON c.oid = confrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE conrelid = %s AND contype = 'f'",
            (oid,),
        ).fetchall()
        assert {row["name"] for row in leads} & LEADS_TO_SOMEBODY == set(), name
        fields = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped", (oid,)
        ).fetchall()
        named = {row["attname"] for row in fields if NAMES_SOMEBODY.search(row["attname"])}
        assert {(name, field) for field in named} - allowed == set()


def fill_everything(connection, made, suffix=""):
    """Put a row into whatever table can have one for this home or person, with the name in whatever text is free."""
    word = f"Maria Rossi{suffix}"
    ids = {"organisation_id": made.organisation_id, "home_id": made.home_id, "person_id": made.person_id}
    do = connection.execute
    gateway = made.gateway_id
    account = kin.close(connection, made, f"maria.r{made.home_id}", word, "self")
    kin.close(connection, made, f"elena{made.home_id}", "Elena Rossi")
    kin.consent(connection, made, NOW)
    kin.shared(connection, made, ["day"])
    kin.pause(connection, made, NOW - timedelta(days=9), NOW - timedelta(days=8))
    contact = filling.one(connection, "SELECT contact_id FROM registry.contact WHERE person_id = %s", made.person_id)
    staff = filling.one(connection, "SELECT account_id FROM registry.account WHERE login = 'anna'")
    given = ids | {"word": word, "now": NOW, "gateway": gateway, "contact": contact, "account": account, "staff": staff,
                   "key": f"gw-{made.home_id}", "room": made.rooms["kitchen"]}  # fmt: skip
    given["key"] = filling.one(connection, "SELECT key FROM devices.gateway WHERE gateway_id = %s", gateway)
    given["public"] = str(made.person)
    device = connection.execute(
        "SELECT device_id FROM devices.device WHERE home_id = %(home_id)s LIMIT 1", given
    ).fetchone()
    given["device"] = device["device_id"]
    given["series"] = filling.one(
        connection, "SELECT series_id FROM devices.series WHERE home_id = %s LIMIT 1", made.home_id
    )
    # An alert with all that can hang on it.
    filling.alert(connection, made, NOW - timedelta(days=2), kind="fall", explanation_it=f"{word} è caduta.")
    given["alert"] = filling.one(connection, "SELECT max(alert_id) FROM alerts.alert WHERE home_id = %s", made.home_id)
    for statement in FILLING.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            do(statement, given)
    for span, bucket in (("hourly", "hour"), ("daily", "day")):
        for kind in CLASSES:
            figures = repository.stored_in(connection, ["ingest"]).get(f"ingest.{span}_{kind}")
            do(
                sql.SQL(
                    "INSERT INTO {} (series_id, {}, readings, plausible) VALUES (%(series)s, %(now)s, 1, 1)"
                ).format(figures or sql.Identifier("ingest", f"{span}_{kind}"), sql.Identifier(bucket)),
                given,
            )
    do(
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'true', resolved_at = %(now)s, escalates_at = NULL"
        " WHERE home_id = %(home_id)s",
        given,
    )
    return given


@pytest.fixture
def place(connection):
    return filling.fill(connection, NOW)


@pytest.fixture
def maria(connection, place, database_url):
    maria = place.homes["maria"]
    fill_everything(connection, maria)
    connection.execute("UPDATE registry.home SET address = 'Vicolo Corto 99' WHERE home_id = %s", (maria.home_id,))
    with Database(database_url, Role.PEOPLE, name="test") as database:
        with database.seen_by(Viewer(place.accounts["anna"])) as view:
            audit.note_look(view.connection, [maria.person_id], [], "GET", "/persons/{public_id}", NOW)
        seal_all(database, SimulatedClock(NOW))
    return maria


def everywhere(connection, *words):
    """Return where any word stands, in whatever can hold text, in bytes as well."""
    found = []
    for name in tables(connection):
        relation = sql.Identifier(*name.split("."))
        for word in words:
            row = connection.execute(
                sql.SQL("SELECT count(*) AS n FROM {} AS t WHERE position(lower(%(word)s) IN lower(t::text)) > 0"
                        " OR position(%(bytes)s IN t::text) > 0").format(relation),
                {"word": word, "bytes": word.encode().hex()},
            ).fetchone()  # fmt: skip
            if row["n"]:
                found.append((name, word, row["n"]))
    return found


def words_of(connection, made):
    public = filling.one(connection, "SELECT public_id::text FROM registry.home WHERE home_id = %s", made.home_id)
    return "Maria Rossi", "Vicolo Corto 99", "+39 333 555 0199", str(made.person), public, "casa-maria", "gw-maria"


def rows_of(connection, exempt=()):
    return {
        name: filling.one(connection, f"SELECT count(*) FROM {name}")  # noqa: S608 - our own names
        for name in tables(connection)
        if name not in exempt
    }


def erase(connection, made, **options):
    with connection.transaction():
        return erasing.erase(connection, made.person_id, NOW, **options)


def test_nothing_of_the_person_is_left_in_any_table(connection, maria, database_url):
    # The daughters of the others have the same telephone in this neighbourhood.
    connection.execute("UPDATE registry.contact SET phone = '' WHERE person_id <> %s", (maria.person_id,))
    empty = [name for name, rows in rows_of(connection).items() if not rows and name not in NOBODY]
    assert empty == [], "put a row of each into filling.sql"
    words = words_of(connection, maria)
    before = {name for name, _, _ in everywhere(connection, *words)}
    assert len(before) >= 20, before
    done = erase(connection, maria)
    assert everywhere(connection, *words) == []
    assert erasing.still_named(connection, done.whose) == {
        "registry.person.phone": 7,  # the same number was given to everybody here
    }
    for rule in RULES:
        if rule.what is What.REMOVED and rule.table.startswith(("analytics.", "registry.", "devices.")):
            fields = connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'home_id'", (rule.table,)
            ).fetchall()
            if fields:
                left = filling.one(connection, f"SELECT count(*) FROM {rule.table} WHERE home_id = %s", maria.home_id)  # noqa: S608 - our names
                assert left == 0, rule.table


def test_what_is_of_others_stays_to_the_last_row(connection, place, maria):
    others = ("ingest.reading_event", "ingest.reading_level", "analytics.episode", "analytics.indicator",
              "registry.person",
              "registry.home", "registry.room", "devices.series", "registry.contact")  # fmt: skip
    before = rows_of(connection)
    of_maria = {
        name: filling.one(connection, f"SELECT count(*) FROM {name} WHERE home_id = %s", maria.home_id)  # noqa: S608 - our names
        for name in others
        if name not in {"ingest.reading_event", "ingest.reading_level", "registry.contact"}
    } | {
        f"ingest.reading_{kind}": filling.one(
            connection,
            f"SELECT count(*) FROM ingest.reading_{kind} JOIN devices.series USING (series_id) WHERE home_id = %s",  # noqa: S608 - our names
            maria.home_id,
        )
        for kind in ("event", "level")
    } | {"registry.contact": 1}  # fmt: skip
    done = erase(connection, maria)
    after = rows_of(connection)
    for name in others:
        assert after[name] == before[name] - of_maria[name], name
    told = {(row["table"], row["what"]): row["rows"] for row in done.certificate["rows"]}
    for name in others:
        assert told[name, "removed"] == of_maria[name] > 0
    # Every row that is gone is on the certificate.
    gone = {name: before[name] - after[name] for name in before if before[name] > after[name]}
    assert gone == {table: rows for (table, what), rows in told.items() if what == "removed" and rows}


def test_who_looked_is_still_whole_and_leads_to_nobody(connection, maria, database_url):
    erase(connection, maria)
    with Database(database_url, Role.SERVICE, name="test") as database, database.transaction() as service:
        seen = look(service)
    assert seen.is_whole
    assert seen.entries == 1
    assert (
        filling.one(connection, "SELECT count(*) FROM dashboards.audit_key WHERE person_id = %s", maria.person_id) == 0
    )


def test_with_a_second_resident_what_is_theirs_stays(connection, place, maria):
    aldo = filling.one(
        connection,
        "INSERT INTO registry.person (organisation_id, home_id, key, name, phone) VALUES (%s, %s, 'aldo', 'Aldo', '1')"
        " RETURNING person_id",
        maria.organisation_id, maria.home_id,
    )  # fmt: skip
    connection.execute("UPDATE registry.contact SET phone = '' WHERE person_id <> %s", (maria.person_id,))
    filling.alert(connection, maria, NOW - timedelta(days=3), person_id=aldo, kind="smoke", state="resolved",
                  outcome="true", resolved_at=NOW)  # fmt: skip
    readings = filling.one(connection, "SELECT count(*) FROM ingest.reading_event")
    episodes = filling.one(connection, "SELECT count(*) FROM analytics.episode")
    done = erase(connection, maria)
    assert done.certificate["home"].startswith("kept")
    assert filling.one(connection, "SELECT count(*) FROM ingest.reading_event") == readings
    assert filling.one(connection, "SELECT count(*) FROM analytics.episode") == episodes
    kinds = connection.execute("SELECT kind FROM alerts.alert WHERE home_id = %s", (maria.home_id,)).fetchall()
    assert [row["kind"] for row in kinds] == ["smoke"]
    # The call is the home's, and known: nobody is called once more for it.
    known = connection.execute("SELECT source, alert_id FROM alerts.taken_in").fetchall()
    assert known == [{"source": "urgent", "alert_id": None}]
    (pause,) = connection.execute("SELECT person_id, begun_by_name FROM registry.pause").fetchall()
    assert pause == {"person_id": None, "begun_by_name": ""}
    row = connection.execute("SELECT name, address FROM registry.home WHERE home_id = %s", (maria.home_id,)).fetchone()
    assert row == {"name": "Casa -", "address": "Vicolo Corto 99"}
    rules = filling.one(connection, "SELECT rules FROM devices.offline_rules WHERE home_id = %s", maria.home_id)
    assert rules == {"contacts": []}
    # Words of others are not gone through; documents of programs hold no name but in this test, and what the gateway is
    # told is put together again.
    left = {name for name, _, _ in everywhere(connection, "Maria Rossi", "+39 333 555 0199", str(maria.person))}
    words = {"analytics.rule_setting", "alerts.test_alarm", "ingest.reject", "devices.history", "ingest.found_device"}
    programs = {"devices.gateway_config", "analytics.day_traces", "analytics.change_day", "analytics.day_digest"}
    assert left <= words | programs
    # When the last one who lives there goes, all of it goes.
    done = erase(connection, maria._replace(person_id=aldo))
    assert done.certificate["home"] == "removed"
    assert filling.one(connection, "SELECT count(*) FROM registry.home WHERE home_id = %s", maria.home_id) == 0


def test_an_account_of_somebody_who_works_there_or_has_others_stays(connection, place, maria):
    rosa = place.homes["rosa"]
    daughter = filling.one(
        connection, "SELECT account_id FROM registry.account WHERE login = %s", f"elena{maria.home_id}"
    )
    contact = filling.one(connection, "SELECT contact_id FROM registry.contact WHERE person_id = %s", rosa.person_id)
    connection.execute(
        "INSERT INTO registry.person_account (organisation_id, account_id, person_id, capacity, contact_id)"
        " VALUES (%s, %s, %s, 'family', %s)", (rosa.organisation_id, daughter, rosa.person_id, contact),
    )  # fmt: skip
    done = erase(connection, maria)
    assert done.certificate["accounts_closed"] == 1
    row = connection.execute("SELECT name, active FROM registry.account WHERE account_id = %s", (daughter,)).fetchone()
    assert row == {"name": "Elena Rossi", "active": True}
    closed = connection.execute(
        "SELECT name, active, password_hash FROM registry.account WHERE login ~ '^erased-'"
    ).fetchall()
    assert closed == [{"name": "", "active": False, "password_hash": None}]


def test_it_is_refused_while_an_alert_is_open(connection, maria):
    filling.alert(connection, maria, NOW)
    before = rows_of(connection)
    with pytest.raises(VicinoError, match="1 alerts are open, the first of them sos_button"):
        erase(connection, maria)
    assert rows_of(connection) == before


def test_the_certificate_names_nobody_and_can_be_written_again(connection, maria, tmp_path):
    subject = filling.one(
        connection,
        "SELECT dashboards.pseudonym_for('research', public_id) FROM registry.home WHERE home_id = %s",
        maria.home_id,
    )
    connection.execute(
        "INSERT INTO dashboards.research_export (made_at, query, digest, rows, subjects) VALUES (%s, '{}', 'd', 1, %s)",
        (NOW, [subject]),
    )
    words = words_of(connection, maria)
    done = erase(connection, maria, reference="Prot. 1234/2026")
    for folder in ("first", "second"):
        recorded = repository.recorded(connection)[0].certificate
        assert recorded == done.certificate
        certificate.write(recorded, tmp_path / folder)
    texts = {path.name: path.read_text() for path in (tmp_path / "first").iterdir()}
    assert texts == {path.name: path.read_text() for path in (tmp_path / "second").iterdir()}
    assert texts.keys() == {"certificate.it.html", "certificate.en.html", "certificate.json"}
    assert not [word for word in words for text in texts.values() if word.lower() in text.lower()]
    for text in texts.values():
        assert subject in text
        assert "Prot. 1234/2026" in text
    assert "Certificato di cancellazione" in texts["certificate.it.html"]
    assert json.loads(texts["certificate.json"])["exports_for_research"][0]["subject"] == subject


def test_what_comes_in_meanwhile_is_swept_up(connection, maria):
    done = erase(connection, maria)
    connection.execute(
        "INSERT INTO ingest.reading_event (series_id, ts, value) VALUES (%s, %s, 1)",
        (done.whose.series[0], NOW - timedelta(days=1)),
    )
    connection.execute(
        "INSERT INTO ingest.reject (first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes,"
        " properties, digest) VALUES (%s, %s, 'x', 'gw-maria', 'unknown gateway', '', 'x', 1, '[]', sha256('x'))",
        (NOW, NOW),
    )
    with connection.transaction():
        assert erasing.sweep(connection, done.whose, NOW) == 2
    assert filling.one(connection, "SELECT current_user") != "vicino_owner"


def test_only_who_erases_may_remove_what_is_only_added_to(connection, maria):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM registry.account_event")
    with connection.transaction():
        connection.execute("SET LOCAL ROLE vicino_service")
        connection.execute("SELECT set_config('vicino.erasing', 'yes', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("DELETE FROM registry.account_event")


def test_lists_are_put_together_and_rubbish_is_refused(tmp_path):
    one, other = listing.Erased("a", "2026-01-01", "00"), listing.Erased("b", "2026-01-02", "01")
    path = tmp_path / listing.FILE
    listing.write(path, [other])
    listing.write(path, [one, other])
    assert listing.read(path) == [one, other]
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("nothing")
    with pytest.raises(VicinoError, match="no list of erasures"):
        listing.read(path)
