"""What is not whole, not ours, newer or in the wrong place is refused in plain words, and nothing is half restored."""

import hashlib
import random
import re
import resource

import msgspec
import psycopg
import pytest
from psycopg import sql

from cli.backup import checking, keys, making, restoring, sealed
from cli.backup.contents import VERSION, Migration
from cli.backup.sealed import BrokenBackupError, Member
from core.clock import SystemClock
from core.errors import VicinoError
from core.migrations import MigrationError
from tests.integration.cli.backup.content import administrator, export, quiet


@pytest.fixture
def remade(recovery_key, making_key, tmp_path):
    """Give a way to write a backup anew after `change` was done to its members; its sums are not made right again."""

    def run(path, change):
        with sealed.read(path, keys.for_opening(recovery_key)) as members:
            changed = [each for member in members for each in change(member)]
        sealed.write(tmp_path / "remade", changed, keys.for_making(making_key))
        return tmp_path / "remade"

    return run


def told(raised):
    error = raised.value
    assert error.kept
    assert error.advice
    return error.args[0]


def test_another_key(filled, back_up, empty, restore, still_empty, tmp_path):
    (tmp_path / "other").write_text(keys.new_pair().recovery)
    with pytest.raises(BrokenBackupError) as raised:
        restore(back_up(filled), empty, key=tmp_path / "other")
    assert "This key does not open" in told(raised)
    still_empty()


def test_the_half_that_makes_backups_opens_none(filled, back_up, empty, restore, making_key):
    with pytest.raises(VicinoError) as raised:
        restore(back_up(filled), empty, key=making_key)
    assert "makes backups; it cannot open them" in told(raised)


@pytest.mark.parametrize("text", ["", "no key", "AGE-SECRET-KEY-1QQQQ", "age1qqqq", "\x00" * 100])
def test_a_key_with_a_slip(tmp_path, text):
    (tmp_path / "slip").write_text(text)
    for use in (keys.for_making, keys.for_opening):
        with pytest.raises(VicinoError):
            use(tmp_path / "slip")


def test_one_that_is_cut_off_anywhere(filled, back_up, empty, restore, still_empty, tmp_path):
    data = back_up(filled).read_bytes()
    cut = tmp_path / "cut"
    chance = random.Random(8)
    for length in [
        0,
        1,
        100,
        200,
        300,
        len(data) - 1,
        len(data) - 16,
        *(chance.randrange(len(data)) for _ in range(30)),
    ]:
        cut.write_bytes(data[:length])
        with pytest.raises(BrokenBackupError):
            restore(cut, empty)
    still_empty()


def test_one_in_which_a_bit_was_changed_anywhere(filled, back_up, empty, restore, still_empty, tmp_path):
    data = bytearray(back_up(filled).read_bytes())
    changed = tmp_path / "changed"
    chance = random.Random(8)
    for place in [0, 25, 120, 190, len(data) - 1, *(chance.randrange(len(data)) for _ in range(30))]:
        bit = 1 << chance.randrange(8)
        data[place] ^= bit
        changed.write_bytes(data)
        data[place] ^= bit
        with pytest.raises(BrokenBackupError):
            restore(changed, empty)
    changed.write_bytes(data + b"more")
    with pytest.raises(BrokenBackupError):
        restore(changed, empty)
    still_empty()
    changed.write_bytes(data)
    restore(changed, empty)


def test_what_is_no_backup(empty, restore, tmp_path, making_key):
    (tmp_path / "text").write_text("Something else.\n" * 1000)
    with pytest.raises(BrokenBackupError, match="is no backup of Vicino"):
        restore(tmp_path / "text", empty)
    with pytest.raises(VicinoError, match="cannot be read"):
        restore(tmp_path / "missing", empty)
    # Encrypted by the same key, and something else.
    sealed.write(tmp_path / "other", [Member("a", b"b")], keys.for_making(making_key))
    with pytest.raises(BrokenBackupError, match="but it is no backup of Vicino"):
        restore(tmp_path / "other", empty)


def test_one_of_a_newer_form(filled, back_up, empty, restore, remade, still_empty):
    def newer(member):
        if member.name == making.HEAD:
            said = msgspec.json.decode(member.data) | {"version": VERSION + 1, "vicino": "9.0", "tables": "otherwise"}
            return [Member(member.name, msgspec.json.encode(said))]
        return [member]

    path = remade(back_up(filled), newer)
    with pytest.raises(VicinoError) as raised:
        restore(path, empty)
    assert "newer Vicino (9.0)" in told(raised)
    still_empty()


@pytest.mark.parametrize(
    "migration",
    [
        Migration("alerts", "9999_of_the_future.sql", "0" * 64),
        Migration("meals", "0001_meals.sql", "0" * 64),
        Migration("registry", "0001_registry.sql", "0" * 64),
        Migration("registry", "../../../secret.sql", "0" * 64),
    ],
)
def test_one_of_newer_or_other_tables(filled, back_up, empty, restore, remade, still_empty, migration):
    def foreign(member):
        if member.name != making.HEAD:
            return [member]
        head = msgspec.json.decode(member.data, type=making.Head)
        kept = tuple(each for each in head.migrations if (each.folder, each.file) != (migration.folder, migration.file))
        return [Member(member.name, msgspec.json.encode(msgspec.structs.replace(head, migrations=(*kept, migration))))]

    path = remade(back_up(filled), foreign)
    with pytest.raises(VicinoError) as raised:
        restore(path, empty)
    assert "whose tables this one does not know" in told(raised)
    assert isinstance(raised.value.__cause__, MigrationError)
    still_empty()


def without(pattern):
    return lambda member: [] if re.search(pattern, member.name) else [member]


def twice(pattern):
    return lambda member: [member] * (2 if re.search(pattern, member.name) else 1)


def other(pattern):
    return lambda member: [member._replace(data=member.data[::-1]) if re.search(pattern, member.name) else member]


CHANGES = {
    "a table missing": without("registry.home/"),
    "no end": without("contents.json"),
    "a file missing": without("files/"),
    "rows twice": twice("registry.room/"),
    "other rows": other("registry.person/"),
    "another file": other("files/"),
    "two ends": twice("contents.json"),
    "a foreign table": lambda member: [member, Member("tables/pg_catalog.pg_authid/000000.copy", b"x")],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_one_that_does_not_hold_what_it_says(filled, back_up, empty, restore, remade, still_empty, tmp_path, change):
    (tmp_path / "key").write_text("abc")
    path = remade(back_up(filled, files=[("secrets/key", tmp_path / "key")]), change)
    with pytest.raises(BrokenBackupError):
        restore(path, empty, files_to=tmp_path / "new")
    still_empty()
    assert not (tmp_path / "new").exists()


def test_a_file_that_wants_to_lie_outside(filled, back_up, empty, restore, still_empty, tmp_path):
    (tmp_path / "key").write_text("abc")
    path = back_up(filled, files=[("../outside", tmp_path / "key")])
    with pytest.raises(VicinoError, match="outside of the installation"):
        restore(path, empty, files_to=tmp_path / "new")
    still_empty()
    assert not (tmp_path / "outside").exists()


def test_one_that_is_exchanged_between_check_and_restoring(filled, back_up, empty, recovery_key, still_empty):
    path = back_up(filled)
    made = checking.check(path, keys.for_opening(recovery_key), quiet)
    other_backup = back_up(filled)
    with pytest.raises(BrokenBackupError, match="was changed while"):
        restoring.restore(other_backup, keys.for_opening(recovery_key), made, empty, None, quiet)
    still_empty()


def test_a_database_that_is_not_empty(filled, back_up, restore):
    with administrator(filled) as connection:
        before = export(connection)
    with pytest.raises(VicinoError) as raised:
        restore(back_up(filled), filled)
    assert "The database is not empty: there is alerts." in told(raised)
    with administrator(filled) as connection:
        assert export(connection) == before


def test_a_login_that_may_not(filled, back_up, empty, restore):
    name = f"vicino_small_{hashlib.sha256(empty.encode()).hexdigest()[:8]}"
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret'").format(sql.Identifier(name)))
        try:
            for url in (empty, filled):
                small = re.sub("//[^@]+@", f"//{name}:secret@", url)
                with pytest.raises(VicinoError) as raised:
                    back_up(small) if url == filled else restore(back_up(filled), small)
                assert "This login of the database" in told(raised)
        finally:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_a_backup_is_never_written_over_and_leaves_nothing_where_it_fails(filled, making_key, tmp_path):
    there = tmp_path / "there"
    there.write_text("an earlier one")
    recipient = keys.for_making(making_key)

    def failing(table, size):
        raise RuntimeError("in the midst of it")

    with pytest.raises(VicinoError) as raised:
        making.make(filled, (), there, recipient, SystemClock(), quiet)
    assert "there is a file of that name" in told(raised)
    assert there.read_text() == "an earlier one"
    with pytest.raises(RuntimeError, match="in the midst"):
        making.make(filled, (), tmp_path / "new", recipient, SystemClock(), failing)
    with pytest.raises(VicinoError, match="No such file"):
        making.make(filled, (), tmp_path / "no" / "folder", recipient, SystemClock(), quiet)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["making.key", "recovery.key", "there"]


def test_a_disk_that_is_full(filled, making_key, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(VicinoError) as raised:
            making.make(filled, (), tmp_path / "new", keys.for_making(making_key), SystemClock(), quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "File too large" in told(raised)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["making.key", "recovery.key"]
