from datetime import UTC, datetime, timedelta

import pytest
from psycopg import Connection
from psycopg.rows import DictRow

from core.database import Database
from core.viewer import Viewer
from registry import accounts, reads, repository
from registry.document import Document

PASSWORD = "correct horse battery"
NOW = datetime(2026, 3, 16, 2, 12, tzinfo=UTC)


def test_a_password_is_set_checked_and_survives_another_apply(
    connection: Connection[DictRow], service: Database, people: Database, example: Document
) -> None:
    accounts.set_password(connection, "Omar", PASSWORD, NOW)
    with service.transaction() as applying:
        repository.apply(applying, example)
    with people.transaction() as unseen:
        found = accounts.verify(unseen, "OMAR ", PASSWORD)
        assert found is not None
        assert found.name == "Omar Riva"
        assert found.password_hash is not None
        assert found.password_hash.startswith("$argon2id$")
        assert accounts.verify(unseen, "omar", PASSWORD + "x") is None


@pytest.mark.parametrize("login", ["beth", "nobody", "", "\0", "x' OR 1=1 --", "a" * 5000])
def test_who_has_no_password_or_no_account_cannot_sign_in(
    connection: Connection[DictRow], people: Database, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = []
    check = accounts._check
    monkeypatch.setattr(accounts, "_check", lambda *given: checks.append(given) or check(*given))
    with people.transaction() as unseen:
        assert accounts.verify(unseen, login, "nobody has this password") is None
        assert accounts.verify(unseen, login, "x" * 2000) is None
    assert [stored.startswith("$argon2id$") for _, stored in checks] == [True, True]


def test_an_inactive_account_cannot_sign_in(connection: Connection[DictRow], people: Database) -> None:
    accounts.set_password(connection, "omar", PASSWORD, NOW)
    connection.execute("UPDATE registry.account SET active = false WHERE login = 'omar'")
    with people.transaction() as unseen:
        assert accounts.verify(unseen, "omar", PASSWORD) is None


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [
        ("omar", "short", "10 to 1000 characters"),
        ("omar", "x" * 1001, "10 to 1000 characters"),
        ("nobody", PASSWORD, "There is no account 'nobody'"),
        ("a-long-login", "A-Long-Login", "The login cannot be the password"),
    ],
)
def test_a_bad_password_is_refused(connection: Connection[DictRow], login: str, password: str, said: str) -> None:
    with pytest.raises(accounts.AccountError, match=said):
        accounts.set_password(connection, login, password, NOW)


def stands(people: Database, account_id: int, began: datetime) -> bool:
    with people.transaction() as connection:
        row = connection.execute("SELECT registry.sign_in_stands(%s, %s) AS stands", (account_id, began)).fetchone()
    assert row is not None
    return bool(row["stands"])


def test_a_changed_password_and_a_closed_account_end_the_sign_ins(
    connection: Connection[DictRow], people: Database
) -> None:
    accounts.set_password(connection, "omar", PASSWORD, NOW)
    with people.transaction() as unseen:
        omar = accounts.verify(unseen, "omar", PASSWORD)
    assert omar is not None
    assert stands(people, omar.account_id, NOW)
    accounts.set_password(connection, "omar", PASSWORD + "!", NOW + timedelta(hours=1))
    assert not stands(people, omar.account_id, NOW)
    assert stands(people, omar.account_id, NOW + timedelta(hours=1))
    accounts.open_or_close(connection, "omar", NOW + timedelta(hours=2), active=False)
    assert not stands(people, omar.account_id, NOW + timedelta(hours=3))
    with people.transaction() as unseen:
        assert accounts.verify(unseen, "omar", PASSWORD + "!") is None
    accounts.open_or_close(connection, "omar", NOW + timedelta(hours=4), active=True)
    assert not stands(people, omar.account_id, NOW + timedelta(hours=3))
    with people.transaction() as unseen:
        assert accounts.verify(unseen, "omar", PASSWORD + "!") is not None


def test_a_role_that_is_taken_away_shows_nothing_from_then_on(
    connection: Connection[DictRow], people: Database
) -> None:
    with people.transaction() as unseen:
        accounts.set_password(connection, "omar", PASSWORD, NOW)
        omar = accounts.verify(unseen, "omar", PASSWORD)
    assert omar is not None
    with people.seen_by(Viewer(omar.account_id)) as view:
        assert reads.seen_homes(view)
    accounts.remove_role(connection, "omar", "comune-alto", "operator")
    with people.seen_by(Viewer(omar.account_id)) as view:
        assert reads.seen_homes(view) == []
    with pytest.raises(accounts.AccountError, match="is not operator"):
        accounts.remove_role(connection, "omar", "comune-alto", "operator")
