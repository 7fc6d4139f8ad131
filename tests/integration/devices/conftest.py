"""Homes with gateways in a database of a test's own."""

import psycopg
import pytest
from psycopg.rows import dict_row

from core.database import Database, Role
from tests.integration.ingest.homes import World


@pytest.fixture
def world(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        yield World(connection)


@pytest.fixture
def service(database_url):
    with Database(database_url, Role.SERVICE, name="test") as database:
        yield database


@pytest.fixture
def people(database_url):
    with Database(database_url, Role.PEOPLE, name="test people") as database:
        yield database
