"""An installation whose services run elsewhere, as in containers: a database with homes, and a broker."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

import devices.repository
import registry.file
import registry.repository
from cli.doctor.finding import Level
from cli.doctor.surroundings import Surroundings
from cli.installation import Installation
from core.clock import SimulatedClock

ROOT = Path(__file__).parents[4]
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def administrator(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        document = registry.file.load(ROOT / "docs" / "examples" / "registry.yaml")
        with connection.transaction():
            registry.repository.apply(connection, document)
            devices.repository.apply(connection, document)
        yield connection


@pytest.fixture
def installation(tmp_path):
    root = tmp_path / "data"
    root.mkdir(mode=0o700)
    return Installation(root)


@pytest.fixture
def surroundings(database_url, administrator, installation):
    def make(now=NOW, **settings):
        environment = {"VICINO_DATABASE_URL": database_url, **{name.upper(): value for name, value in settings.items()}}
        return Surroundings(installation, SimulatedClock(now), environment)

    return make


@pytest.fixture
def said():
    """Give what a check says as (level, sentence), and see that each finding has its advice."""

    def run(check, found, *arguments):
        findings = list(check(found, *arguments))
        assert all(each.advice for each in findings)
        assert all("\n" not in each.wrong + each.advice for each in findings)
        return [(each.level, each.wrong) for each in findings]

    return run


@pytest.fixture
def errors(said):
    return lambda check, found, *rest: [wrong for level, wrong in said(check, found, *rest) if level is Level.ERROR]


@pytest.fixture
def warnings(said):
    return lambda check, found, *rest: [wrong for level, wrong in said(check, found, *rest) if level is Level.WARNING]
