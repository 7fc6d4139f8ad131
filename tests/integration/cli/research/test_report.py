"""`vicino research report`: files, as whoever researches sees them, and the same again by what was saved."""

import json
from contextlib import contextmanager

import pypdf
import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.research import reporting
from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.pdf.printing import PrinterMissingError
from tests.integration.dashboards.grafana import filled
from tests.integration.dashboards.research.test_page import FIRST, LAST, LOGIN, NOW, connection, join

__all__ = ["connection"]
DAYS = ("--from", FIRST.isoformat(), "--until", LAST.isoformat())


@pytest.fixture
def vicino(connection, database_url, tmp_path, monkeypatch):
    class Here:
        def __init__(self, _: object) -> None:
            pass

        @contextmanager
        def database(self):
            with Database(database_url, Role.SERVICE, name="test") as database:
                yield database

        @contextmanager
        def database_of_people(self):
            with Database(database_url, Role.PEOPLE, name="test") as database:
                yield database

    monkeypatch.setattr(reporting, "Installation", Here)
    monkeypatch.setattr(reporting, "SystemClock", lambda: SimulatedClock(NOW))

    def run(to, *arguments, login=LOGIN):
        done = CliRunner().invoke(app, ["research", "report", "--to", str(tmp_path / to), "--as", login, *arguments])
        return done.exit_code, done.stdout, " ".join(done.stderr.split())

    return run


def test_the_report_and_the_same_again(vicino, tmp_path, connection):
    code, said, _ = vicino("one", *DAYS, "--json")
    made = json.loads(said)
    assert (code, made["same"]) == (0, None)
    page = (tmp_path / "one" / "report.html").read_text()
    assert made["digest"] in page
    assert '<html lang="it">' in page
    assert page.count("<svg") > 10
    # It stands by itself: nothing is loaded from anywhere.
    assert not [each for each in ("src=", "href=", "url(", "@import") if each in page.replace("url(data:", "").replace(
        'url("data:', "")]  # fmt: skip
    assert not [name for name in (filled.PERSON, filled.CONTACT, filled.ADDRESS, filled.PHONE) if name in page]
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0
    code, said, _ = vicino("two", "--query", str(tmp_path / "one"), "--language", "en")
    assert (code, "The same numbers as before." in said) == (0, True)
    first, second = ((tmp_path / name / "numbers.json").read_bytes() for name in ("one", "two"))
    assert first == second
    assert "Report on the pilot" in (tmp_path / "two" / "report.html").read_text()
    connection.execute("UPDATE alerts.alert SET outcome = 'false' WHERE outcome = 'true'")
    code, said, _ = vicino("three", "--query", str(tmp_path / "one" / "numbers.json"))
    assert (code, "Other numbers than before" in said) == (1, True)


def test_as_pdf(vicino, tmp_path, monkeypatch):
    code, _, said = vicino("one", *DAYS, "--format", "pdf", "--language", "en")
    if code and "No PDF can be made here" in said:
        pytest.skip(said)
    assert sorted(each.name for each in (tmp_path / "one").iterdir()) == ["numbers.json", "report.pdf"]
    made = (tmp_path / "one" / "report.pdf").read_bytes()
    assert made.startswith(b"%PDF-1.7")
    assert pypdf.PdfReader(tmp_path / "one" / "report.pdf").metadata.title.startswith("Report on the pilot")
    # By what was saved the same again, to the byte.
    asked = ("--query", str(tmp_path / "one"), "--format", "pdf", "--format", "html", "--language", "en")
    assert vicino("two", *asked)[0] == 0
    assert sorted(each.name for each in (tmp_path / "two").iterdir()) == ["numbers.json", "report.html", "report.pdf"]
    assert (tmp_path / "two" / "report.pdf").read_bytes() == made

    def missing(page, identifier):
        raise PrinterMissingError("No PDF can be made here.", advice="on Debian: apt install libpango-1.0-0")

    monkeypatch.setattr(reporting, "printed", missing)
    code, _, said = vicino("three", *DAYS, "--format", "pdf")
    assert (code, "apt install libpango-1.0-0" in said) == (1, True)
    assert not (tmp_path / "three").exists()


def test_what_cannot_be_is_said_and_nothing_is_written(vicino, tmp_path, connection):
    (tmp_path / "there").mkdir()
    assert "is there already" in vicino("there", *DAYS)[2]
    assert "The days are not given" in vicino("new")[2]
    assert "says its days itself" in vicino("new", *DAYS, "--query", "x")[2]
    assert "is not over yet" in vicino("new", "--from", "2026-03-01", "--until", "2026-03-16")[2]
    assert "after the last" in vicino("new", "--from", "2026-03-02", "--until", "2026-03-01")[2]
    assert "Nobody signs in as 'nobody'" in vicino("new", *DAYS, login="nobody")[2]
    saved = tmp_path / "saved.json"
    saved.write_text("[]")
    assert "no saved query" in vicino("new", "--query", str(saved))[2]
    join(connection, "union", "coordinator")
    assert "researches nowhere" in vicino("new", *DAYS)[2]
    assert not (tmp_path / "new").exists()
