from datetime import UTC, date, datetime

from cli import demo_people, homes, simulated
from core.database import Database, Role
from registry.accounts import set_password, verify
from registry.agreement import Data, Purpose

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGREEING = "SELECT count(*) AS homes FROM registry.agreeing_homes(%s, %s)"
CLOSE = (
    "SELECT account.login, close.capacity FROM registry.person_account AS close"
    " JOIN registry.account USING (account_id) ORDER BY account.login"
)


def test_all_agree_and_each_login_of_the_demonstration_is_somebody(database_url: str) -> None:
    document = demo_people.document(simulated.simulated(6, demo_people.UNION), date(2026, 1, 1))
    with Database(database_url, Role.SERVICE, name="test") as database:
        assert homes.apply(database, document).any
        assert not homes.apply(database, document).any
        with database.transaction() as connection:
            for login in demo_people.LOGINS:
                set_password(connection, login, "parola di prova", NOW)
                assert verify(connection, login, "parola di prova") is not None
            assert {row["homes"] for row in connection.execute(AGREEING, (Purpose.RESEARCH, NOW))} == {6}
            assert [tuple(row.values()) for row in connection.execute(CLOSE)] == [
                (demo_people.SELF, "self"),
                (demo_people.FAMILY, "family"),
            ]
    (relative,) = document.homes[0].persons[0].shares
    assert relative.data == tuple(Data)
