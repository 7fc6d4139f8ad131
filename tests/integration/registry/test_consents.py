"""What a family account sees: its own person, what is shared, in the hours, with consent, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg import Connection, sql
from psycopg.rows import DictRow

import devices.repository
from core.database import Database, View
from core.viewer import Viewer
from registry import accounts, consents, file, invitations, pauses, reads, repository, sharing
from registry.agreement import Basis, Capacity, Data, Purpose
from registry.closeness import Decided
from registry.consents import NotDecidedHereError
from registry.document import Document
from registry.hours import Hours
from tests.integration.registry.conftest import EXAMPLE, SeenBy

# Noon in Rome, where the homes are.
NOW = datetime(2026, 3, 16, 11, 0, tzinfo=UTC)
ALWAYS = {Data.DAY, Data.SAFETY, Data.WELLBEING, Data.CHARGE}
BY_DAY = {Data.MOVEMENT, Data.ROOM, Data.SLEEP}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ada(connection: Connection[DictRow]) -> UUID:
    return person(connection, "bianchi-ada")


def person(connection: Connection[DictRow], key: str) -> UUID:
    row = connection.execute("SELECT public_id FROM registry.person WHERE key = %s", (key,)).fetchone()
    assert row is not None
    found: UUID = row["public_id"]
    return found


def shared(seen_by: SeenBy, now: datetime, login: str = "lucia") -> set[Data]:
    with seen_by(login) as view:
        return set().union(*reads.shared_now(view, now).values())


def test_family_sees_what_is_agreed_in_the_hours_by_the_clock_of_the_home(seen_by: SeenBy) -> None:
    assert shared(seen_by, NOW) == ALWAYS | BY_DAY
    # 07:00 to 21:00 in Rome; on 29 March the clock goes forward, and the hours with it.
    for day, offset in ((16, 1), (29, 2)):
        opens = datetime(2026, 3, day, 7 - offset, tzinfo=UTC)
        assert shared(seen_by, opens - MINUTE) == ALWAYS
        assert shared(seen_by, opens) == ALWAYS | BY_DAY
        closes = datetime(2026, 3, day, 21 - offset, tzinfo=UTC)
        assert shared(seen_by, closes - MINUTE) == ALWAYS | BY_DAY
        assert shared(seen_by, closes) == ALWAYS


def test_hours_that_go_past_midnight(seen_by: SeenBy, ada: UUID) -> None:
    with seen_by("omar") as view:
        sharing.share(view, ada, "figlia", Data.OUTINGS, Hours(22 * 60, 6 * 60), NOW)
    midnight = datetime(2026, 3, 16, 23, 0, tzinfo=UTC)
    seen = [hour for hour in range(24) if Data.OUTINGS in shared(seen_by, midnight + timedelta(hours=hour))]
    assert seen == [0, 1, 2, 3, 4, 5, 22, 23]


def test_a_family_account_is_shown_no_row_of_any_table_and_no_other_person(
    seen_by: SeenBy, connection: Connection[DictRow], ada: UUID
) -> None:
    tables = [
        row["name"]
        for row in connection.execute(
            "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid"
            " WHERE attname IN ('organisation_id', 'person_id') AND NOT attisdropped AND relkind IN ('r', 'p', 'v')"
            " AND has_table_privilege('vicino_people', c.oid, 'SELECT') AND relnamespace <> 'pg_catalog'::regnamespace"
        )
    ]
    assert {"registry.person", "registry.share", "registry.unwatched", "alerts.alert", "analytics.indicator"} <= set(
        tables
    )
    with seen_by("lucia") as view:
        for table in tables:
            query = sql.SQL("SELECT count(*) AS rows FROM {}").format(sql.Identifier(*table.split(".")))
            assert view.connection.execute(query).fetchone() == {"rows": 0}, table
        (close,) = reads.close_persons(view, NOW)
        assert (close.name, close.capacity) == ("Ada Bianchi", Capacity.FAMILY)
        assert (close.organisation, close.organisation_phone) == ("Comune di Borgo Alto", "0550 200 100")
        assert reads.decided(view, ada, NOW) is None
        for forbidden in (
            lambda: pauses.begin(view, ada, None, NOW),
            lambda: consents.withdraw(view, ada, Purpose.FAMILY, NOW),
            lambda: sharing.share(view, ada, "figlia", Data.OUTINGS, Hours(), NOW),
            lambda: consents.give(view, ada, Purpose.RESEARCH, Basis.CONSENT, NOW, None, "", NOW),
        ):
            with pytest.raises(NotDecidedHereError):
                forbidden()
        with pytest.raises(invitations.NothingSharedError):
            invitations.make(view, ada, Capacity.FAMILY, "figlia", NOW)
    assert shared(seen_by, NOW, "omar") == set()


@pytest.mark.parametrize("login", ["beth", "vera"])
def test_another_organisation_decides_nothing_and_sees_nothing(seen_by: SeenBy, ada: UUID, login: str) -> None:
    with seen_by(login) as view:
        assert reads.decided(view, ada, NOW) is None
        assert reads.close_persons(view, NOW) == []
        for table in ("consent", "share", "pause"):
            query = sql.SQL("SELECT count(*) AS rows FROM registry.{} WHERE person_id IN (SELECT person_id FROM"
                            " registry.consent)").format(sql.Identifier(table))  # fmt: skip
            assert view.connection.execute(query).fetchone() == {"rows": 0}
        with pytest.raises(NotDecidedHereError):
            consents.withdraw(view, ada, Purpose.CARE, NOW)


def test_after_withdrawal_nothing_is_shown_from_that_instant_on(seen_by: SeenBy, ada: UUID) -> None:
    with seen_by("omar") as view:
        assert consents.withdraw(view, ada, Purpose.FAMILY, NOW) == 1
    assert shared(seen_by, NOW) == set()
    assert shared(seen_by, NOW - MINUTE) == ALWAYS | BY_DAY
    with seen_by("lucia") as view:
        assert [close.name for close in reads.close_persons(view, NOW)] == ["Ada Bianchi"]
        assert reads.agreed(view, NOW) == {}
    with seen_by("omar") as view:
        (basis,) = (one for one in decided(view, ada, NOW).bases if one.purpose is Purpose.FAMILY)
        assert (basis.withdrawn_at, basis.withdrawn_by, basis.holds(NOW)) == (NOW, "Omar Riva", False)
        consents.give(view, ada, Purpose.FAMILY, Basis.CONSENT, NOW + MINUTE, NOW + 2 * MINUTE, "", NOW)
    assert shared(seen_by, NOW) == set()
    assert shared(seen_by, NOW + MINUTE) == ALWAYS | BY_DAY
    assert shared(seen_by, NOW + 2 * MINUTE) == set()


def test_the_file_brings_back_nothing_that_was_taken_back(
    seen_by: SeenBy, ada: UUID, service: Database, example: Document
) -> None:
    with seen_by("omar") as view:
        consents.withdraw(view, ada, Purpose.FAMILY, NOW)
        sharing.share(view, ada, "figlia", Data.MOVEMENT, None, NOW)
        sharing.share(view, ada, "figlia", Data.ROOM, Hours(480, 540), NOW)
    with service.transaction() as connection:
        assert not repository.apply(connection, example).any
    with seen_by("omar") as view:
        consents.give(view, ada, Purpose.FAMILY, Basis.CONSENT, NOW, None, "", NOW)
    assert shared(seen_by, NOW) == (ALWAYS | BY_DAY) - {Data.MOVEMENT, Data.ROOM}


def test_only_the_consent_of_the_person_opens_family_and_research(seen_by: SeenBy, ada: UUID) -> None:
    with seen_by("omar") as view, pytest.raises(consents.BasisError):
        consents.give(view, ada, Purpose.RESEARCH, Basis.PUBLIC_TASK, NOW, None, "", NOW)
    with seen_by("omar") as view:
        assert decided(view, ada, NOW).basis(Purpose.RESEARCH, NOW) is None


def test_a_pause_hides_wellbeing_at_once_and_leaves_calls_for_help(
    seen_by: SeenBy, connection: Connection[DictRow], ada: UUID
) -> None:
    with seen_by("omar") as view:
        assert pauses.begin(view, ada, NOW + timedelta(hours=2), NOW) == NOW
        # Asked for again, it goes on, to the later end.
        assert pauses.begin(view, ada, NOW + timedelta(hours=3), NOW + MINUTE) == NOW
    assert shared(seen_by, NOW) == {Data.SAFETY, Data.CHARGE}
    assert shared(seen_by, NOW + timedelta(hours=3) - MINUTE) == {Data.SAFETY, Data.CHARGE}
    assert shared(seen_by, NOW + timedelta(hours=3)) == ALWAYS | BY_DAY
    with seen_by("lucia") as view:
        (close,) = reads.close_persons(view, NOW + MINUTE)
        assert (close.unwatched_since, close.reason, close.until) == (NOW, "pause", NOW + timedelta(hours=3))
    with seen_by("omar") as view:
        pauses.end(view, ada, NOW + timedelta(hours=1))
    assert shared(seen_by, NOW + timedelta(hours=1)) == ALWAYS | BY_DAY
    (home,) = (home for home in reads.homes(connection) if home.key == "casa-01")
    intervals = reads.unwatched(connection, [home.home_id], NOW)
    assert intervals == {home.home_id: [(NOW, NOW + timedelta(hours=1))]}
    with seen_by("omar") as view:
        # One that ran out by itself stands in nobody's way.
        pauses.begin(view, ada, NOW + timedelta(days=1), NOW + timedelta(hours=5))
        assert pauses.begin(view, ada, None, NOW + timedelta(days=2)) == NOW + timedelta(days=2)
        found = decided(view, ada, NOW + timedelta(days=2)).unwatched
    assert [one.ended_at for one in found] == [None, NOW + timedelta(days=1), NOW + timedelta(hours=1)]


def test_care_without_a_basis_rests_until_there_is_one_again(
    seen_by: SeenBy, connection: Connection[DictRow], ada: UUID
) -> None:
    (home,) = (home for home in reads.homes(connection) if home.key == "casa-01")
    with seen_by("omar") as view:
        # A second basis carries on where the first ends.
        consents.give(view, ada, Purpose.CARE, Basis.CONSENT, NOW - MINUTE, NOW + timedelta(days=1), "", NOW)
        assert consents.withdraw(view, ada, Purpose.CARE, NOW) == 2
    assert reads.unwatched(connection, [home.home_id], NOW) == {home.home_id: [(NOW, reads.FAR)] * 2}
    with seen_by("omar") as view:
        consents.give(view, ada, Purpose.CARE, Basis.PUBLIC_TASK, NOW + timedelta(hours=1), None, "", NOW)
    over = NOW + timedelta(hours=1)
    assert set(reads.unwatched(connection, [home.home_id], NOW)[home.home_id]) == {(NOW, over)}
    assert shared(seen_by, NOW) == {Data.SAFETY, Data.CHARGE}
    assert shared(seen_by, over) == ALWAYS | BY_DAY


def test_a_home_where_no_basis_was_ever_recorded_is_looked_after(connection: Connection[DictRow]) -> None:
    homes = [home.home_id for home in reads.homes(connection)]
    assert reads.unwatched(connection, homes, NOW) == {}


def decided(view: View, public_id: UUID, now: datetime) -> Decided:
    found = reads.decided(view, public_id, now)
    assert found is not None
    return found


@contextmanager
def as_account(people: Database, account_id: int) -> Iterator[View]:
    with people.seen_by(Viewer(account_id)) as view:
        yield view


def test_an_invitation_is_used_once_and_makes_an_account_that_sees_what_is_shared(
    seen_by: SeenBy, people: Database, ada: UUID
) -> None:
    with seen_by("omar") as view:
        first = invitations.make(view, ada, Capacity.FAMILY, "figlia", NOW)
        made = invitations.make(view, ada, Capacity.FAMILY, "figlia", NOW)
        assert [one.contact for one in decided(view, ada, NOW).invitations] == ["figlia"]
    with people.transaction() as connection:
        with pytest.raises(invitations.OverError):
            invitations.look(connection, first.code, NOW)
        told = invitations.look(connection, made.code.lower().replace("-", " "), NOW)
        assert (told.person, told.organisation, told.name, told.email) == (
            "Ada Bianchi", "Comune di Borgo Alto", "Lucia Bianchi", "lucia@example.org",
        )  # fmt: skip
    for wrong, login, password in (
        (invitations.LoginTakenError, "lucia", "una passeggiata lunga"),
        (invitations.LoginError, "LUCIA BIANCHI", "una passeggiata lunga"),
        (invitations.PasswordError, "lucia.b", "corta"),
        (invitations.PasswordError, "lucia.bianchi", "lucia.bianchi"),
    ):
        with people.transaction() as connection, pytest.raises(wrong):
            invitations.accept(connection, made.code, login, "Lucia", password, "it", NOW)
    with people.transaction() as connection:
        account = invitations.accept(connection, made.code, "Lucia.B", "Lucia", "una passeggiata lunga", "it", NOW)
        found = accounts.verify(connection, "lucia.b", "una passeggiata lunga")
        assert found is not None
        assert found.account_id == account
    with as_account(people, account) as view:
        assert set().union(*reads.shared_now(view, NOW).values()) == ALWAYS | BY_DAY
        assert reads.seen_homes(view) == []
    with people.transaction() as connection, pytest.raises(invitations.OverError):
        invitations.accept(connection, made.code, "zoe", "Zoe", "una passeggiata lunga", "it", NOW)


def test_an_invitation_ends_with_its_time_when_taken_back_and_with_the_consent(
    seen_by: SeenBy, people: Database, ada: UUID
) -> None:
    def can_be_used(code: str, now: datetime) -> bool:
        with people.transaction() as connection:
            try:
                invitations.look(connection, code, now)
            except invitations.OverError:
                return False
        return True

    with seen_by("omar") as view:
        made = invitations.make(view, ada, Capacity.FAMILY, "figlia", NOW)
    assert can_be_used(made.code, NOW + invitations.LASTS - MINUTE)
    assert not can_be_used(made.code, NOW + invitations.LASTS)
    assert not can_be_used("0000-0000-0000-0000", NOW)
    with seen_by("beth") as view:
        invitations.revoke(view, made.public_id, NOW)
    assert can_be_used(made.code, NOW)
    with seen_by("carla") as view:
        invitations.revoke(view, made.public_id, NOW)
    assert not can_be_used(made.code, NOW)
    with seen_by("omar") as view:
        again = invitations.make(view, ada, Capacity.FAMILY, "figlia", NOW)
        consents.withdraw(view, ada, Purpose.FAMILY, NOW + MINUTE)
        with pytest.raises(invitations.NothingSharedError):
            invitations.make(view, ada, Capacity.FAMILY, "figlia", NOW + MINUTE)
        # Withdrawn and given again: the old code stays useless.
        consents.give(view, ada, Purpose.FAMILY, Basis.CONSENT, NOW + 2 * MINUTE, None, "", NOW + 2 * MINUTE)
    assert not can_be_used(again.code, NOW + 3 * MINUTE)


def test_nobody_is_invited_who_would_see_nothing(seen_by: SeenBy, ada: UUID) -> None:
    with seen_by("omar") as view:
        sharing.share(view, ada, "vicino", Data.SAFETY, None, NOW)
        for contact in ("vicino", "nessuno", ""):
            with pytest.raises(invitations.NothingSharedError):
                invitations.make(view, ada, Capacity.FAMILY, contact, NOW)


def test_the_person_and_a_delegate_decide_and_an_account_joins_a_second_person(
    seen_by: SeenBy, people: Database, connection: Connection[DictRow], ada: UUID
) -> None:
    with seen_by("omar") as view:
        own = invitations.make(view, ada, Capacity.SELF, "", NOW)
        delegate = invitations.make(view, ada, Capacity.DELEGATE, "vicino", NOW)
    with people.transaction() as anybody:
        account = invitations.accept(anybody, own.code, "ada", "Ada", "una passeggiata lunga", "it", NOW)
    with as_account(people, account) as view:
        stands = decided(view, ada, NOW)
        assert stands.capacity is Capacity.SELF
        assert stands.recipients[0].account == "Lucia Bianchi"
        assert stands.recipients[0].shares[Data.ROOM] == Hours(420, 1260)
        pauses.begin(view, ada, None, NOW)
        sharing.share(view, ada, "figlia", Data.ROOM, None, NOW)
        with pytest.raises(invitations.NothingSharedError):
            invitations.make(view, ada, Capacity.FAMILY, "figlia", NOW)
    with seen_by("lucia") as view:
        invitations.join(view, delegate.code, NOW)
        pauses.end(view, ada, NOW + MINUTE)
        stands = decided(view, ada, NOW + MINUTE)
    assert stands.capacity is Capacity.DELEGATE
    assert stands.resting(NOW + MINUTE) is None
    assert Data.ROOM not in stands.recipients[0].shares
    with seen_by("lucia") as view, pytest.raises(invitations.OverError):
        invitations.join(view, delegate.code, NOW)


def test_what_belongs_to_a_person_goes_along_to_another_organisation(
    seen_by: SeenBy, service: Database, ada: UUID
) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace(
        "organisation: comune-alto\n    name: Casa", "organisation: comune-basso\n    name: Casa"
    )
    with service.transaction() as connection:
        moved = file.parse(text)
        repository.apply(connection, moved)
        devices.repository.apply(connection, moved)
    with seen_by("beth") as view:
        assert reads.decided(view, ada, NOW) is not None
    with seen_by("omar") as view:
        assert reads.decided(view, ada, NOW) is None
    assert shared(seen_by, NOW) == ALWAYS | BY_DAY


def test_a_closed_account_sees_nothing(seen_by: SeenBy, service: Database) -> None:
    with service.transaction() as connection:
        accounts.open_or_close(connection, "lucia", NOW, active=False)
    assert shared(seen_by, NOW) == set()
