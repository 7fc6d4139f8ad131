"""The commands, on installations with a database server of their own."""

import json
import re

import psycopg
import pytest
from psycopg.rows import dict_row
from typer.testing import CliRunner

from cli.__main__ import app
from cli.backup.commands import last
from cli.installation import STORING, Installation
from cli.screen import in_words
from core.errors import VicinoError
from core.migrations import migrate
from embedded.postgres import EmbeddedPostgres
from embedded.privatefile import private_folder, write_private
from tests.integration.cli.backup.content import export, fill
from tests.unit.cli.test_deploy import without_roots_rights


@pytest.fixture
def run():
    def invoke(*arguments):
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return invoke


def exported(installation):
    with (
        EmbeddedPostgres(installation.postgres, installation.secrets) as server,
        psycopg.connect(server.administrator_url, autocommit=True, row_factory=dict_row) as connection,
    ):
        return export(connection)


@pytest.fixture
def installation(tmp_path):
    made = Installation(tmp_path / "old")
    private_folder(made.root)
    with (
        EmbeddedPostgres(made.postgres, made.secrets) as server,
        psycopg.connect(server.administrator_url, autocommit=True, row_factory=dict_row) as connection,
    ):
        migrate(connection, STORING)
        fill(connection, readings=400)
        server.ensure_login("vicino_app_service", "vicino_service")
    made.reply_key()
    made.push_key()
    write_private(private_folder(made.secrets / "gateways") / "gw-1.toml", "gateway = 'gw-1'\n")
    made.keep_broker_secret("_ingest", "mqtt://_ingest:secret@127.0.0.1:1883")
    private_folder(made.broker)
    (made.broker / "mosquitto.conf").write_text("listener 1999 127.0.0.1\n")
    private_folder(made.mail)
    (made.mail / "1.eml").write_text("a mail")
    return made


def test_from_a_folder_into_a_new_one(installation, tmp_path, run):
    shown = run("backup", "key", "--to", tmp_path / "making.key").stdout.strip()
    assert shown.startswith("AGE-SECRET-KEY-1")
    assert shown not in (tmp_path / "making.key").read_text()
    (tmp_path / "recovery.key").write_text(shown)
    with pytest.raises(VicinoError, match="There is a file"):
        run("backup", "key", "--to", tmp_path / "making.key")
    to = tmp_path / "vicino.backup"
    told = run("backup", "--data", installation.root, "--to", to, "--key-file", tmp_path / "making.key").stdout
    assert f"{to} ({to.stat().st_size:,} bytes)" in told
    assert " 4 files, as of " in told
    found = last(installation)
    assert found is not None
    assert found.size == to.stat().st_size
    assert json.loads((installation.root / "last-backup.json").read_text())["size"] == found.size
    assert "is whole" in run("backup", "verify", to, "--key-file", tmp_path / "recovery.key").stdout

    # Never over what is there.
    with pytest.raises(VicinoError, match="is not empty"):
        run("restore", to, "--data", installation.root, "--key-file", tmp_path / "recovery.key")
    new = Installation(tmp_path / "below" / "new")
    run("restore", to, "--data", new.root, "--key-file", tmp_path / "recovery.key")
    assert new.reply_key() == installation.reply_key()
    assert new.push_key() == installation.push_key()
    assert (new.secrets / "gateways" / "gw-1.toml").read_text() == "gateway = 'gw-1'\n"
    assert (new.broker / "mosquitto.conf").read_text() == "listener 1999 127.0.0.1\n"
    # Passwords hold for one server, mails and logs stay where they are.
    assert new.broker_secret("_ingest") is None
    assert not new.mail.exists()
    password = ("vicino_administrator", "database_password")
    assert new.secrets.joinpath(*password).read_text() != installation.secrets.joinpath(*password).read_text()
    assert [each.name for each in new.root.parent.iterdir()] == ["new"]
    assert exported(new) == exported(installation)


def test_nothing_is_left_of_a_folder_where_restoring_fails(installation, tmp_path, run):
    shown = run("backup", "key", "--to", tmp_path / "making.key").stdout
    (tmp_path / "recovery.key").write_text(shown)
    to = tmp_path / "vicino.backup"
    run("backup", "--data", installation.root, "--to", to, "--key-file", tmp_path / "making.key")
    data = bytearray(to.read_bytes())
    data[len(data) // 2] ^= 1
    to.write_bytes(data)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(VicinoError, match="damaged or cut off"):
        run("restore", to, "--data", tmp_path / "new", "--key-file", tmp_path / "recovery.key")
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_without_an_installation(tmp_path, run):
    run("backup", "key", "--to", tmp_path / "key")
    with pytest.raises(VicinoError, match="There is no installation"):
        run("backup", "--data", tmp_path / "no", "--to", tmp_path / "b", "--key-file", tmp_path / "key")
    with pytest.raises(VicinoError, match="is not said"):
        run("backup", "--data", tmp_path / "no")
    with pytest.raises(VicinoError, match=r"vicino backup key --to|cannot be read"):
        run("backup", "--data", tmp_path / "no", "--to", tmp_path / "b", "--key-file", tmp_path / "missing")


def test_into_a_database_alone_no_files_come_back_and_that_is_said(filled, back_up, empty, recovery_key, tmp_path, run):
    (tmp_path / "key").write_text("abc")
    with_files = back_up(filled, files=[("secrets/key", tmp_path / "key")])
    asked = ("restore", with_files, "--key-file", recovery_key, "--database-url")
    told = run(*asked, empty)
    assert "files" not in told.stdout
    assert "The 1 files of the backup were not restored" in told.stderr.replace("\n", " ")


def test_with_a_folder_for_them_they_do(filled, back_up, empty, recovery_key, tmp_path, run):
    (tmp_path / "key").write_text("abc")
    with_files = back_up(filled, files=[("secrets/key", tmp_path / "key")])
    told = run("restore", with_files, "--key-file", recovery_key, "--database-url", empty, "--files", tmp_path / "back")
    assert " and 1 files, as of" in told.stdout
    assert "not restored" not in told.stderr
    assert (tmp_path / "back" / "secrets" / "key").read_text() == "abc"


@pytest.fixture
def refused(run):
    def invoke(*arguments):
        with pytest.raises(VicinoError) as raised:
            run(*arguments)
        assert raised.value.kept
        assert raised.value.advice
        return raised.value

    return invoke


def test_what_keeps_a_backup_from_being_made_is_said_with_what_was_kept(
    empty, filled, making_key, tmp_path, refused, database_url
):
    to = tmp_path / "new.backup"
    asked = ("backup", "--to", to, "--key-file", making_key, "--data", tmp_path / "no", "--database-url")
    found = {
        "has no schema yet": empty,
        "does not answer": "postgresql://login:s3cret@127.0.0.1:9/x",
        "refuses this login": re.sub("//[^@]+@", "//nobody:s3cret@", database_url),
        "address of the database cannot be used": "nonsense://s3cret",
    }
    for words, url in found.items():
        error = refused(*asked, url)
        assert words in error.args[0]
        assert error.kept == "the installation; no backup was made"
        assert "s3cret" not in str(error)
    with without_roots_rights():
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "key").write_text("abc")
        (tmp_path / "files" / "key").chmod(0)
        error = refused(*asked, filled, "--files", tmp_path / "files")
    assert "Permission denied" in error.args[0]
    assert str(tmp_path / "files" / "key") in error.args[0]
    assert not to.exists()


def test_a_backup_of_which_cannot_be_noted_when_it_was_made_is_kept(filled, making_key, tmp_path, refused):
    (tmp_path / "data" / "last-backup.json").mkdir(parents=True)
    to = tmp_path / "new.backup"
    data = ("--data", tmp_path / "data")
    error = refused("backup", "--to", to, "--key-file", making_key, "--database-url", filled, *data)
    assert to.exists()
    assert f"the backup, whole, in {to}" in error.kept


def test_a_folder_in_which_nothing_can_be_made(back_up, filled, recovery_key, tmp_path, refused):
    error = refused("backup", "key", "--to", tmp_path / "no" / "key")
    assert "No such file or directory" in error.args[0]
    error = refused("restore", back_up(filled), "--key-file", recovery_key, "--data", recovery_key / "new")
    assert error.args[0].startswith("A file could not be read or written")
    assert "nothing was restored" in error.kept


def test_nothing_that_a_database_quotes_of_rows_is_told(filled):
    def told(statement):
        with pytest.raises(VicinoError) as raised, in_words("all"), psycopg.connect(filled) as connection:
            connection.execute(statement)
        return raised.value.args[0]

    assert 'UndefinedTable: relation "nowhere.x" does not exist' in told("SELECT FROM nowhere.x")
    assert told("SELECT 'Maria Rossi'::int") == "The database would not do it (InvalidTextRepresentation)."
