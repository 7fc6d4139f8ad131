"""What was backed up comes back: every row of every table, and a database that goes on from there."""

import hashlib
import subprocess
import threading
import tracemalloc
from datetime import timedelta

import psycopg
import pyrage
import pytest
from psycopg import errors

import ingest.reads
from cli.backup import checking, keys
from cli.backup.making import SCHEMAS
from cli.backup.sealed import PART_BYTES
from cli.installation import STORING
from core.database import Database, Role
from core.migrations import Known, known_files, migrate, migrate_to
from ingest.upkeep import figures
from tests.integration.cli.backup.content import AWKWARD, BEGIN, administrator, empty_database, export, quiet, unread


def test_every_table_is_byte_for_byte_what_it_was(filled, back_up, empty, restore):
    with administrator(filled) as connection:
        before, waiting = export(connection), unread(connection)
        made = {row["public_id"] for row in connection.execute("SELECT public_id FROM vicino.installation")}
    assert len(before) > 90
    assert len(before["ingest.reading_event"].split(b"\n")) == 751
    assert len(before["ingest.hourly_event"]) > 1
    assert restore(back_up(filled), empty) == ([], 0)
    with administrator(empty) as connection:
        assert export(connection) == before
        assert unread(connection) == waiting
        assert {row["public_id"] for row in connection.execute("SELECT public_id FROM vicino.installation")} == made
    assert len(waiting["ingest.rollup_progress"]) == 10
    assert len(waiting["analytics.progress"]) == 5


def test_it_goes_on_from_there(filled, back_up, empty, restore, timescale):
    restore(back_up(filled), empty)
    with administrator(empty) as connection, administrator(filled) as former:
        # Numbers go on after the last one given, the same rows are refused, references and triggers hold.
        count = "INSERT INTO ingest.touched (home_id, hour, received_at)"
        count += " VALUES (1, '2026-02-01', '2026-02-01') RETURNING touched_id"
        assert connection.execute(count).fetchone() == former.execute(count).fetchone()
        again = "INSERT INTO ingest.reading_event SELECT * FROM ingest.reading_event LIMIT 1"
        with pytest.raises(errors.UniqueViolation):
            connection.execute(again)
        with pytest.raises(errors.ForeignKeyViolation):
            connection.execute(
                "UPDATE registry.room SET home_id = 0 WHERE room_id = (SELECT min(room_id) FROM registry.room)"
            )
        assert connection.execute("SHOW session_replication_role").fetchone() == {"session_replication_role": "origin"}
        # The figures take in what was touched and not yet computed, and what is touched now.
        figures.catch_up(connection, timescale=timescale)
        assert unread(connection)["ingest.rollup_progress"] == []
        assert len(unread(connection)["analytics.progress"]) == 6
    with Database(empty, Role.SERVICE, name="test") as database, database.transaction() as connection:
        assert ingest.reads.totals(connection, BEGIN + timedelta(days=400)).rejected == 20
    with administrator(empty) as connection:
        assert connection.execute("SELECT count(*) AS n FROM registry.home WHERE name = %s", (AWKWARD,)).fetchone() == {
            "n": 1
        }


def test_rights_are_those_that_a_new_installation_has(filled, back_up, empty, restore):
    ask = (
        "SELECT n.nspname || '.' || c.relname AS name, c.relacl::text AS rights, c.relowner::regrole::text AS owner,"
        " c.relforcerowsecurity AS forced FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = ANY(%s) AND relkind IN ('r', 'p', 'v', 'S') ORDER BY 1"
    )
    policies = "SELECT schemaname, tablename, policyname, roles::text, qual FROM pg_policies ORDER BY 1, 2, 3"
    restore(back_up(filled), empty)
    with administrator(empty) as connection, administrator(filled) as former:
        for each in (connection, former):  # as at each start: what is new since gets its grants
            migrate(each, STORING)
        schemas = [list(SCHEMAS)]
        assert connection.execute(ask, schemas).fetchall() == former.execute(ask, schemas).fetchall()
        assert connection.execute(policies).fetchall() == former.execute(policies).fetchall()


def test_all_of_it_is_of_one_moment_while_others_go_on_writing(filled, back_up, empty, restore):
    written = []

    def write(table, size):
        if not written:
            with administrator(filled) as other:
                other.execute("UPDATE registry.organisation SET name = 'changed meanwhile'")
                other.execute("SELECT ingest.ensure_partitions(%s, %s)", (BEGIN, BEGIN + timedelta(days=400)))
                other.execute("INSERT INTO ingest.reading_vital (series_id, ts, value) VALUES (1, %s, 1)", (BEGIN,))
            written.append(table)

    with administrator(filled) as connection:
        before = export(connection)
    path = back_up(filled, progress=write)
    assert written == ["alerts.channel"]
    restore(path, empty)
    with administrator(empty) as connection:
        assert export(connection) == before


def test_nobody_can_drop_what_is_being_backed_up(filled, back_up, timescale):
    refused = []

    def drop(table, size):
        if not refused:
            with administrator(filled) as other:
                try:
                    other.execute("SELECT ingest.drop_readings('event', %s)", (BEGIN + timedelta(days=300),))
                except errors.LockNotAvailable as error:
                    refused.append(error)

    path = back_up(filled, progress=drop)
    assert len(refused) == 1
    assert path.is_file()


def test_files_come_back_with_rights_for_their_owner_alone(filled, back_up, empty, restore, tmp_path):
    secret = tmp_path / "vicino_reply_key"
    secret.write_text("a secret\n")
    restore(back_up(filled, files=[("secrets/vicino_reply_key", secret)]), empty, files_to=tmp_path / "new")
    found = tmp_path / "new" / "secrets" / "vicino_reply_key"
    assert found.read_text() == "a secret\n"
    assert found.stat().st_mode & 0o777 == 0o600
    assert found.parent.stat().st_mode & 0o777 == 0o700


def test_the_file_tells_nothing_and_other_programs_can_open_it(filled, back_up, recovery_key, tmp_path):
    path = back_up(filled)
    data = path.read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n")
    assert b"Rossi" not in data
    assert path.stat().st_mode & 0o777 == 0o600
    # What the decryption gives is a tar, pressed by gzip.
    plain = tmp_path / "plain.tar.gz"
    identity = keys.for_opening(recovery_key)
    pyrage.decrypt_file(str(path), str(plain), [identity])
    listed = subprocess.run(["tar", "-tzf", plain], check=True, capture_output=True, text=True).stdout.splitlines()
    assert listed[:2] == ["vicino-backup.json", "READ-ME.txt"]
    assert listed[-1] == "contents.json"
    assert "tables/registry.home/000000.copy" in listed


def test_it_takes_the_same_memory_however_much_there_is(filled, back_up, recovery_key):
    with administrator(filled) as connection:
        connection.execute(
            "INSERT INTO ingest.reject (first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes,"
            " digest) SELECT now(), now(), 'x', NULL, 'oversized', md5(n::text),"
            " decode(repeat(md5(n::text), 1500), 'hex'), 24000, sha256(n::text::bytea) FROM generate_series(1, 1500) n"
        )
    identity, came = keys.for_opening(recovery_key), []
    tracemalloc.start()
    try:
        path = back_up(filled, progress=lambda _, size: came.append(size))
        checking.check(path, identity, quiet)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(came) > 15 * PART_BYTES
    assert peak < 6 * PART_BYTES


def test_an_older_release_comes_back_and_is_brought_to_this_one(empty, back_up, restore, postgres_url, tmp_path):
    with empty_database(postgres_url, f"vicino_older_{id(tmp_path)}") as older:
        with administrator(older) as connection:
            migrate_to(connection, STORING, _files_but_the_last_of_each_folder())
            connection.execute("RESET ROLE")
            connection.execute(
                "INSERT INTO registry.organisation (key, name, kind) VALUES ('o', 'an older one', 'service')"
            )
            connection.execute("INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (1, now(), now())")
            had = len(known_files(connection))
        path = back_up(older)
    applied = restore(path, empty).applied
    assert len(applied) >= 4
    with administrator(empty) as connection:
        assert connection.execute("SELECT key, name FROM registry.organisation").fetchall() == [
            {"key": "o", "name": "an older one"}
        ]
        assert len(known_files(connection)) == had + len(applied)
        assert migrate(connection, STORING) == []
        # Views and policies of the present are there.
        assert connection.execute("SELECT count(*) AS n FROM ingest.seen_reading").fetchone() == {"n": 0}


def _files_but_the_last_of_each_folder():
    found = []
    for folder in STORING:
        paths = sorted((folder / "sql" / "incremental").glob("*.sql"))
        paths = [path for path in paths if ".timescale." not in path.name]
        kept = paths[:-1] if len(paths) > 2 else paths
        found += [Known(folder.name, path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in kept]
    return found


def test_a_break_in_the_midst_leaves_the_database_empty(filled, back_up, empty, restore, still_empty):
    path = back_up(filled)

    def cut(table, size):
        if table == "ingest.reading_level":
            with administrator(filled) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vicino restore'"
                )

    with pytest.raises(psycopg.OperationalError):
        restore(path, empty, progress=cut)
    still_empty()
    restore(path, empty)


NUMBERS_OF_TRANSACTIONS = """
SELECT n.nspname || '.' || c.relname || '.' || a.attname AS name
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.atttypid IN ('xid8'::regtype, 'xid'::regtype, 'pg_snapshot'::regtype) AND a.attnum > 0
  AND c.relkind = 'r' AND n.nspname = ANY(%s)
ORDER BY 1
"""


def test_nothing_counts_transactions_but_what_is_renumbered(database_url):
    with administrator(database_url) as connection:
        found = connection.execute(NUMBERS_OF_TRANSACTIONS, (list(SCHEMAS),)).fetchall()
    assert [each["name"] for each in found] == [
        "analytics.progress.xact", "ingest.rollup_progress.xact", "ingest.touched.xact",
    ]  # fmt: skip


def test_two_backups_at_the_same_time_are_both_whole(filled, back_up, recovery_key, tmp_path):
    paths = [tmp_path / "one", tmp_path / "two"]
    threads = [threading.Thread(target=back_up, args=(filled,), kwargs={"to": path}) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    feet = [checking.check(path, keys.for_opening(recovery_key), quiet).foot for path in paths]
    assert feet[0] == feet[1]
