"""`vicino grafana login`: a login that sees one organisation, or all."""

import os

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from cli.__main__ import app
from tests.integration.dashboards import filling


@pytest.fixture
def login(database_url):
    name = f"grafana_made_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    yield name
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def test_a_login_for_an_organisation(database_url, tmp_path, login):
    with psycopg.connect(database_url, autocommit=True) as connection:
        union = filling.organisation(connection, "unione", "union")
        filling.organisation(connection, "paese", "municipality", union)
        filling.organisation(connection, "altrove", "municipality")
    host = database_url.rpartition("@")[2].partition("/")[0]

    def make(to, organisation):
        return CliRunner().invoke(
            app,
            ["grafana", "login", "--to", str(tmp_path / to), "--host", host, "--login", login, "--sslmode", "disable",
             "--database-url", database_url, "--organisation", organisation],
        )  # fmt: skip

    refused = make("wrong", "nowhere")
    assert refused.exit_code == 1
    assert "There is no organisation 'nowhere'" in refused.stderr
    assert "altrove, paese, unione" in refused.stderr
    assert not (tmp_path / "wrong").exists()
    made = make("address", "unione")
    assert made.exit_code == 0, made.stderr
    assert (tmp_path / "address").stat().st_mode & 0o777 == 0o600
    assert make("address", "unione").exit_code == 1
    with psycopg.connect((tmp_path / "address").read_text().strip()) as connection:
        seen = {row[0] for row in connection.execute("SELECT organisation FROM grafana.organisation")}
        assert seen == {"Unione", "Paese"}
        assert connection.execute("SHOW statement_timeout").fetchone() == ("20s",)
    assert make("again", "altrove").exit_code == 0
    with psycopg.connect((tmp_path / "again").read_text().strip()) as connection:
        assert connection.execute("SELECT organisation FROM grafana.organisation").fetchall() == [("Altrove",)]


def test_a_login_of_something_else_is_never_taken_over(database_url, tmp_path, login):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'old' IN ROLE vicino_service").format(sql.Identifier(login))
        )
        before = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (login,)).fetchone()
        options = ["--to", str(tmp_path / "a"), "--host", "h", "--login", login, "--database-url", database_url]
        refused = CliRunner().invoke(app, ["grafana", "login", *options])
        assert refused.exit_code == 1
        assert "is the login of something else" in refused.stderr
        assert not (tmp_path / "a").exists()
        assert connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (login,)).fetchone() == before
