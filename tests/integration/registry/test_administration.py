"""What administrators make, change and undo; who may not; and that nothing is overwritten unseen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection
from psycopg.rows import DictRow

from core.database import View
from registry.administration import actions, reads
from registry.administration.things import Thing
from registry.consents import DecisionError

SeenBy = Callable[[str], AbstractContextManager[View]]
NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
HOME = {
    "name": "Casa nuova", "organisation": "comune-alto", "address": "Via Nuova 1", "municipality": "Alto",
    "access_notes": "", "timezone": "Europe/Rome",
}  # fmt: skip
PERSON = {"name": "Nora Neri", "birth_year": 1940, "sex": "female", "phone": "", "language": "it"}
CONTACT = {"name": "Lia", "relation": "figlia", "phone": "", "email": "", "language": "it", "position": 1}
ACCOUNT = {"name": "Olga Nuova", "email": "", "language": "it", "active": True, "roles": ["operator comune-alto"]}


def number(connection: Connection[DictRow], table: str, key: str) -> int:
    column = {"organisation": "organisation_id", "home": "home_id", "account": "account_id", "person": "person_id"}[
        table
    ]
    name = "login" if table == "account" else "key"
    row = connection.execute(f"SELECT {column} AS number FROM registry.{table} WHERE {name} = %s", (key,)).fetchone()  # noqa: S608 - our names
    assert row is not None
    found: int = row["number"]
    return found


@pytest.fixture
def administrators(connection: Connection[DictRow]) -> None:
    """Carla administers the union and all below it, Omar the upper municipality alone; Beth is an operator below."""
    connection.execute(
        "INSERT INTO registry.membership (account_id, organisation_id, role)"
        " SELECT account_id, organisation_id, 'administrator' FROM registry.account, registry.organisation"
        " WHERE (login, key) IN (('carla', 'unione-valle'), ('omar', 'comune-alto'))"
    )


pytestmark = pytest.mark.usefixtures("administrators")


def changed(seen_by: SeenBy, who: str, thing: Thing, of: int, **fields: Any) -> None:
    with seen_by(who) as view:
        stands = reads.edited(view, thing, of)
        assert stands is not None
        actions.change(view, thing, of, stands.seen, {**stands.state, **fields}, NOW)


def test_each_administers_the_own_organisations_and_those_below(
    seen_by: SeenBy, connection: Connection[DictRow]
) -> None:
    seen = {}
    for who in ("carla", "omar", "beth"):
        with seen_by(who) as view:
            seen[who] = {one.key for one in reads.administered(view)}
    assert seen == {"carla": {"unione-valle", "comune-alto", "comune-basso"}, "omar": {"comune-alto"}, "beth": set()}
    with seen_by("carla") as view:
        rows = {one.key: one for one in reads.administered(view)}
    assert rows["comune-alto"].homes == 1
    assert rows["comune-alto"].parent_id == number(connection, "organisation", "unione-valle")


def test_a_home_is_made_with_all_that_is_in_it_changed_and_undone(
    seen_by: SeenBy, connection: Connection[DictRow]
) -> None:
    above = number(connection, "organisation", "comune-alto")
    with seen_by("omar") as view:
        home = actions.make(view, Thing.HOME, above, HOME, NOW)
        person = actions.make(view, Thing.PERSON, home, PERSON, NOW)
        contact = actions.make(view, Thing.CONTACT, person, CONTACT, NOW)
        actions.make(view, Thing.ROOM, home, {"kind": "kitchen", "name": ""}, NOW)
    changed(seen_by, "omar", Thing.CONTACT, contact, phone="+39 0542 1234")
    with seen_by("omar") as view:
        stands = reads.edited(view, Thing.HOME, home)
        assert stands is not None
        assert (stands.state, stands.key) == (HOME, "casa-nuova")
        assert [(one.thing, one.name or one.detail) for one in reads.parts(view, Thing.HOME, home)] == [
            (Thing.PERSON, "Nora Neri"), (Thing.ROOM, "kitchen"),
        ]  # fmt: skip
        assert view.listed == {person}
        latest = reads.edits(view, Thing.CONTACT, contact)[0]
        assert (latest.before["phone"], latest.after["phone"]) == ("", "+39 0542 1234")
        assert latest.can_be_undone
        actions.undo(view, latest.public_id, NOW)
        contact_now = reads.edited(view, Thing.CONTACT, contact)
        assert contact_now is not None
        assert contact_now.state == CONTACT
        after = reads.edits(view, Thing.CONTACT, contact)
        assert [(one.undoes == latest.public_id, one.undone) for one in after] == [
            (True, False),
            (False, True),
            (False, False),
        ]


def test_undoing_what_was_undone_does_it_again(seen_by: SeenBy, connection: Connection[DictRow]) -> None:
    home = number(connection, "home", "casa-01")
    changed(seen_by, "omar", Thing.HOME, home, address="Via Altra 2")
    with seen_by("omar") as view:
        first = reads.edits(view, Thing.HOME, home)[0]
        actions.undo(view, first.public_id, NOW)
        second = reads.edits(view, Thing.HOME, home)[0]
        actions.undo(view, second.public_id, NOW)
        stands = reads.edited(view, Thing.HOME, home)
        assert stands is not None
        assert stands.state["address"] == "Via Altra 2"


def test_what_was_made_goes_again_unless_something_belongs_to_it(
    seen_by: SeenBy, connection: Connection[DictRow]
) -> None:
    above = number(connection, "organisation", "comune-alto")
    with seen_by("omar") as view:
        home = actions.make(view, Thing.HOME, above, HOME, NOW)
        made = reads.edits(view, Thing.HOME, home)[0]
        room = actions.make(view, Thing.ROOM, home, {"kind": "kitchen", "name": ""}, NOW)
    with seen_by("omar") as view, pytest.raises(actions.InUseError):
        actions.undo(view, made.public_id, NOW)
    with seen_by("omar") as view:
        actions.undo(view, reads.edits(view, Thing.ROOM, room)[0].public_id, NOW)
        actions.undo(view, made.public_id, NOW)
        assert reads.edited(view, Thing.HOME, home) is None
        gone = reads.edits(view)[0]
        assert (gone.name, gone.after, gone.can_be_undone) == ("Casa nuova", None, False)


def test_nothing_is_overwritten_that_somebody_changed_meanwhile(
    seen_by: SeenBy, connection: Connection[DictRow]
) -> None:
    home = number(connection, "home", "casa-01")
    with seen_by("omar") as view:
        stale = reads.edited(view, Thing.HOME, home)
        assert stale is not None
    changed(seen_by, "carla", Thing.HOME, home, address="Via Altra 2")
    with seen_by("omar") as view, pytest.raises(actions.ChangedMeanwhileError):
        actions.change(view, Thing.HOME, home, stale.seen, {**stale.state, "name": "Casa"}, NOW)
    with seen_by("carla") as view:
        first = reads.edits(view, Thing.HOME, home)[0]
    changed(seen_by, "omar", Thing.HOME, home, name="Casa")
    with seen_by("carla") as view, pytest.raises(actions.ChangedMeanwhileError):
        actions.undo(view, first.public_id, NOW)
    with seen_by("carla") as view:
        assert [one.can_be_undone for one in reads.edits(view, Thing.HOME, home)] == [True, False]


def test_the_same_again_is_no_change(seen_by: SeenBy, connection: Connection[DictRow]) -> None:
    home = number(connection, "home", "casa-01")
    with seen_by("omar") as view:
        stands = reads.edited(view, Thing.HOME, home)
        assert stands is not None
        assert actions.change(view, Thing.HOME, home, stands.seen, stands.state, NOW) is None
        assert reads.edits(view, Thing.HOME, home) == []


@pytest.mark.parametrize("who", ["omar", "beth", "lucia"])
def test_nobody_else_sees_makes_or_changes_anything(seen_by: SeenBy, connection: Connection[DictRow], who: str) -> None:
    """Omar administers another municipality, Beth is an operator of this one, and Lucia is of somebody's family."""
    foreign = {
        Thing.ORGANISATION: number(connection, "organisation", "comune-basso"),
        Thing.HOME: number(connection, "home", "casa-02"),
        Thing.ACCOUNT: number(connection, "account", "carla"),
    }
    with seen_by("carla") as view:
        states = {thing: reads.edited(view, thing, of) for thing, of in foreign.items()}
    changed(seen_by, "carla", Thing.HOME, foreign[Thing.HOME], address="Via Altra 2")
    with seen_by("carla") as view:
        edit = reads.edits(view, Thing.HOME, foreign[Thing.HOME])[0]
    with seen_by(who) as view:
        for thing, of in foreign.items():
            state = states[thing]
            assert state is not None
            assert reads.edited(view, thing, of) is None
            assert reads.parts(view, thing, of) == []
            assert reads.edits(view, thing, of) == []
            with pytest.raises(actions.NotYoursError):
                actions.change(view, thing, of, state.seen, {**state.state, "name": "Mia"}, NOW)
        for thing, wanted in (
            (Thing.HOME, HOME),
            (Thing.ACCOUNT, ACCOUNT),
            (Thing.ORGANISATION, {"name": "x", "kind": "service"}),
        ):
            with pytest.raises(actions.NotYoursError):
                actions.make(view, thing, foreign[Thing.ORGANISATION], wanted, NOW, "nuova")
        for thing, wanted in ((Thing.ROOM, {"kind": "kitchen", "name": ""}), (Thing.PERSON, PERSON)):
            with pytest.raises(actions.NotYoursError):
                actions.make(view, thing, foreign[Thing.HOME], wanted, NOW)
        with pytest.raises(actions.NotYoursError):
            actions.undo(view, edit.public_id, NOW)


def test_a_home_goes_only_where_one_administers_and_takes_all_along(
    seen_by: SeenBy, connection: Connection[DictRow]
) -> None:
    home = number(connection, "home", "casa-01")
    with pytest.raises(actions.NotYoursError):
        changed(seen_by, "omar", Thing.HOME, home, organisation="comune-basso")
    changed(seen_by, "carla", Thing.HOME, home, organisation="comune-basso")
    owners = connection.execute(
        "SELECT DISTINCT organisation.key FROM registry.person JOIN registry.organisation USING (organisation_id)"
        " WHERE home_id = %s", (home,),
    ).fetchall()  # fmt: skip
    assert [row["key"] for row in owners] == ["comune-basso"]
    with seen_by("omar") as view:
        assert reads.edited(view, Thing.HOME, home) is None


def test_no_organisation_stands_below_itself_or_leaves_the_tree(
    seen_by: SeenBy, connection: Connection[DictRow]
) -> None:
    union, upper = (number(connection, "organisation", key) for key in ("unione-valle", "comune-alto"))
    with pytest.raises(actions.NotYoursError):  # Omar does not administer the union, to which it belongs
        changed(seen_by, "omar", Thing.ORGANISATION, upper, parent="")
    with pytest.raises(DecisionError):
        changed(seen_by, "carla", Thing.ORGANISATION, union, parent="comune-alto")
    changed(seen_by, "carla", Thing.ORGANISATION, upper, parent="comune-basso")
    with pytest.raises(actions.CircleError):
        changed(
            seen_by,
            "carla",
            Thing.ORGANISATION,
            number(connection, "organisation", "comune-basso"),
            parent="comune-alto",
        )


def test_an_account_is_made_gets_roles_and_is_closed(seen_by: SeenBy, connection: Connection[DictRow]) -> None:
    above = number(connection, "organisation", "comune-alto")
    with seen_by("omar") as view:
        made = actions.make(view, Thing.ACCOUNT, above, ACCOUNT, NOW, "olga")
    with seen_by("omar") as view, pytest.raises(actions.LoginTakenError):
        actions.make(view, Thing.ACCOUNT, above, ACCOUNT, NOW, "olga")
    with pytest.raises(actions.NotYoursError):
        changed(seen_by, "omar", Thing.ACCOUNT, made, roles=["operator comune-alto", "operator comune-basso"])
    with pytest.raises(actions.NoRoleError):
        changed(seen_by, "omar", Thing.ACCOUNT, made, roles=[])
    changed(seen_by, "omar", Thing.ACCOUNT, made, roles=["coordinator comune-alto"], active=False)
    row = connection.execute("SELECT active, signed_out_before FROM registry.account WHERE login = 'olga'").fetchone()
    assert row == {"active": False, "signed_out_before": NOW}
    with seen_by("omar") as view:
        actions.undo(view, reads.edits(view, Thing.ACCOUNT, made)[0].public_id, NOW + timedelta(hours=1))
        stands = reads.edited(view, Thing.ACCOUNT, made)
        assert stands is not None
        assert stands.state == ACCOUNT


def test_an_account_of_several_places_belongs_to_who_administers_all(
    seen_by: SeenBy, connection: Connection[DictRow]
) -> None:
    above = number(connection, "organisation", "comune-alto")
    with seen_by("carla") as view:
        made = actions.make(view, Thing.ACCOUNT, above, {**ACCOUNT, "roles": ["operator unione-valle"]}, NOW, "olga")
    with seen_by("omar") as view:
        assert reads.edited(view, Thing.ACCOUNT, made) is None
        assert reads.edits(view, Thing.ACCOUNT, made) == []


@pytest.mark.parametrize("fields", [{"active": False}, {"roles": ["operator comune-alto"]}])
def test_administrators_do_not_shut_themselves_out(
    seen_by: SeenBy, connection: Connection[DictRow], fields: dict[str, Any]
) -> None:
    with pytest.raises(actions.OwnAccessError):
        changed(seen_by, "omar", Thing.ACCOUNT, number(connection, "account", "omar"), **fields)


def test_people_read_and_write_no_change_around_the_functions(seen_by: SeenBy) -> None:
    for statement in (
        "SELECT * FROM registry.edit",
        "DELETE FROM registry.edit",
        "UPDATE registry.home SET name = 'x'",
    ):
        with seen_by("carla") as view, pytest.raises(Exception, match="permission denied"):
            view.connection.execute(statement)


def test_nothing_is_made_outside_the_tree(seen_by: SeenBy, connection: Connection[DictRow]) -> None:
    upper = number(connection, "organisation", "comune-alto")
    outside = {"name": "Fuori", "kind": "service", "parent": "", "phone": ""}
    with seen_by("omar") as view:
        for thing, wanted in ((Thing.ORGANISATION, outside), (Thing.HOME, {**HOME, "organisation": "comune-basso"})):
            with pytest.raises(actions.NotYoursError):
                actions.make(view, thing, upper, wanted, NOW)
        made = actions.make(view, Thing.ORGANISATION, upper, {**outside, "parent": "comune-alto"}, NOW)
        assert reads.edited(view, Thing.ORGANISATION, made) is not None


def test_changes_of_an_account_are_seen_by_who_may_change_it(seen_by: SeenBy, connection: Connection[DictRow]) -> None:
    above = number(connection, "organisation", "comune-alto")
    with seen_by("carla") as view:
        roles = ["operator comune-alto", "operator comune-basso"]
        made = actions.make(view, Thing.ACCOUNT, above, {**ACCOUNT, "roles": roles}, NOW, "olga")
        assert [one.thing_id for one in reads.edits(view)] == [made]
    with seen_by("omar") as view:
        assert reads.edits(view) == []


@pytest.mark.parametrize("number", [0, -1, -(2**40), 2**31, 2**70])
def test_a_number_that_there_cannot_be_is_of_nothing(seen_by: SeenBy, number: int) -> None:
    with seen_by("carla") as view:
        assert reads.edited(view, Thing.HOME, number) is None
