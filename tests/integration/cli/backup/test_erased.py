"""Who was erased after a backup was made does not come back with it."""

import hashlib
import re

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.backup import checking, keys, restoring
from cli.persons.erasing import erasing, listing, repository
from core.errors import VicinoError
from tests.integration.cli.backup.content import BEGIN, administrator, quiet


def digest(public_id):
    return hashlib.sha256(f"vicino erasure {public_id}".encode()).hexdigest()


@pytest.fixture
def person(filled):
    with administrator(filled) as connection:
        return connection.execute("SELECT * FROM registry.person ORDER BY person_id LIMIT 1").fetchone()


def names(url):
    with administrator(url) as connection:
        return {row["public_id"] for row in connection.execute("SELECT public_id FROM registry.person")}


def test_an_older_backup_brings_nobody_back(filled, empty, back_up, recovery_key, person):
    before = back_up(filled)
    with administrator(filled) as connection, connection.transaction():
        done = erasing.erase(connection, person["person_id"], BEGIN, reference="Prot. 7", regardless=True)
        lines = listing.of(repository.recorded(connection))
    assert [line.whose for line in lines] == [digest(person["public_id"])]
    identity = keys.for_opening(recovery_key)
    made = checking.check(before, identity, quiet)
    put = restoring.restore(before, identity, made, empty, None, quiet, erased=lines)
    assert put.erased == 1
    assert names(empty) == names(filled)
    assert person["public_id"] not in names(empty)
    with administrator(empty) as connection:
        (recorded,) = repository.recorded(connection)
        assert (recorded.number, recorded.certificate["reference"]) == (done.certificate["number"], "Prot. 7")
        assert connection.execute("SELECT current_user AS who").fetchone()["who"] != "vicino_owner"
        readings = connection.execute(
            "SELECT count(*) AS n FROM ingest.reading_event WHERE series_id = ANY (%s)", (done.whose.series,)
        ).fetchone()
        assert readings == {"n": 0}


def test_the_commands_keep_the_list_beside_the_backup(filled, empty, tmp_path, making_key, recovery_key, person):
    """From the first to the last step as an administrator does them."""
    data, backups = tmp_path / "data", tmp_path / "backups"
    data.mkdir()
    backups.mkdir()

    def run(*words, code=0):
        result = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.output

    server = ("--database-url", filled, "--data", data)
    run("backup", "--to", backups / "1.age", "--key-file", making_key, *server)
    said = run("person", "erase", person["key"], *server)
    assert "Nothing was erased" in said
    assert person["public_id"] in names(filled)
    folder = tmp_path / "certificate"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cli.persons.erasing.commands.SETTLES_S", 0.0)
        said = run("person", "erase", person["key"], "--confirm", person["key"], "--to", folder, *server)
    assert sorted(path.name for path in folder.iterdir()) == [
        "certificate.en.html", "certificate.it.html", "certificate.json"
    ]  # fmt: skip
    assert listing.read(data / listing.FILE) == listing.read(backups / listing.FILE)
    assert len(listing.read(data / listing.FILE)) == 1
    number = listing.read(data / listing.FILE)[0].number
    assert number in re.sub(r"\s", "", run("person", "erasures", "--json", *server))
    run("person", "certificate", number, "--to", tmp_path / "again", *server)
    assert (tmp_path / "again" / "certificate.json").read_text() == (folder / "certificate.json").read_text()
    said = run("restore", backups / "1.age", "--key-file", recovery_key, "--database-url", empty, "--data", data)
    assert "1 of them were in the backup and were erased again" in " ".join(said.split())
    assert person["public_id"] not in names(empty)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--confirm", "another", "--to", "x"], "not the person"),
        (["--to", "x"], "both --confirm and --to"),
        (["--confirm", "KEY"], "both --confirm and --to"),
    ],
)
def test_half_a_confirmation_erases_nobody(filled, person, tmp_path, words, said):
    words = [person["key"] if word == "KEY" else word for word in words]
    command = ["person", "erase", person["key"], *words, "--database-url", filled, "--data", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    assert person["public_id"] in names(filled)


def test_rubbish_is_no_list(tmp_path):
    (tmp_path / "list").write_text("{}")
    with pytest.raises(VicinoError, match="no list of erasures"):
        listing.read(tmp_path / "list")
