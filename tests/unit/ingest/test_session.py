"""What is waited out, and what is laid to the data after a while."""

import threading
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import errors

from core.clock import SimulatedClock
from ingest.counters import Counters
from ingest.session import ATTEMPTS, Session


class Line:
    """Stands for a connection: all that a session does with it is to close it."""

    def close(self):
        """Nothing hangs on it."""


class Database:
    """Work that fails in the ways that are given, one after the other, and then succeeds."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.attempts = 0

    def work(self, _):
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        return "stored"

    def persist(self, *, gives_up=True):
        session = Session("readings", Line, Counters(), SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC)))
        return session.persist(self.work, threading.Event(), gives_up=gives_up)


@pytest.mark.parametrize("poison", [errors.InternalError_, errors.FeatureNotSupported, errors.ProgramLimitExceeded])
def test_what_fails_again_and_again_in_the_same_way_is_laid_to_the_data(poison):
    database = Database(*[poison() for _ in range(100)])
    with pytest.raises(poison):
        database.persist()
    assert database.attempts == ATTEMPTS
    assert database.persist(gives_up=False) == "stored"


@pytest.mark.parametrize(
    "failure",
    [
        psycopg.OperationalError,
        ConnectionRefusedError,
        errors.AdminShutdown,
        errors.DeadlockDetected,
        errors.DiskFull,
        errors.LockNotAvailable,
        errors.IoError,
        errors.ConnectionException,
        errors.ReadOnlySqlTransaction,
        errors.InvalidPassword,
        errors.UndefinedTable,
        errors.InsufficientPrivilege,
    ],
)
def test_what_is_the_databases_own_is_waited_out_however_long(failure):
    assert Database(*[failure() for _ in range(100)]).persist() == "stored"


def test_only_the_same_failure_in_a_row_counts():
    mixed = [errors.InternalError_, errors.FeatureNotSupported] * ATTEMPTS
    mixed += [*[errors.InternalError_] * (ATTEMPTS - 1), errors.AdminShutdown] * 2
    assert Database(*[each() for each in mixed]).persist() == "stored"
