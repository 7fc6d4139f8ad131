"""Who may connect, as the database has it."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from core.access.accounts import gateway_account
from core.viewer import Viewer
from devices import enrolment
from devices.enrolment import EnrolmentError
from devices.gateways.reads import seen_enrolments

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Broker:
    """Notes what it was told; `away` makes it fail."""

    def __init__(self):
        self.passwords = {}
        self.away = False

    def admit(self, admissions):
        if self.away:
            raise EnrolmentError("away")
        self.passwords |= {account.name: password for account, password in admissions}

    def expel(self, names):
        for name in names:
            self.passwords.pop(name, None)


def standing(service, key):
    return next(each for each in enrolment.listed(service) if each.gateway == key)


def test_a_gateway_is_enrolled_renewed_and_revoked(service, world):
    key, broker = world.home("one"), Broker()
    assert standing(service, key).state == "not enrolled"
    first = enrolment.enrol(service, broker, [key], NOW)[key]
    assert broker.passwords == {key: first.password}
    found = standing(service, key)
    assert (found.state, found.enrolled_at, found.renewed_at, found.admitted_at) == ("enrolled", NOW, None, NOW)
    with pytest.raises(EnrolmentError, match="vicino gateway renew"):
        enrolment.require_new(service, key)

    later = NOW + timedelta(days=1)
    second = enrolment.enrol(service, broker, [key], later)[key]
    assert second.password != first.password
    found = standing(service, key)
    assert (found.enrolled_at, found.renewed_at) == (NOW, later)
    (login,) = enrolment.logins(service)
    assert login.account == gateway_account(key)
    assert login.password.matches(second.password)
    assert not login.password.matches(first.password)

    enrolment.revoke(service, broker, key, later)
    assert broker.passwords == {}
    assert standing(service, key).state == "revoked"
    assert enrolment.logins(service) == []
    assert world.value("SELECT password_hash FROM devices.enrolment") == ""
    with pytest.raises(EnrolmentError, match="no credentials"):
        enrolment.revoke(service, broker, key, later)
    enrolment.require_new(service, key)
    enrolment.enrol(service, broker, [key], later + timedelta(days=1))
    found = standing(service, key)
    assert (found.state, found.enrolled_at, found.renewed_at) == ("enrolled", later + timedelta(days=1), None)


def test_no_password_is_in_the_database(service, world):
    key = world.home("one")
    password = enrolment.enrol(service, Broker(), [key], NOW)[key].password
    assert password not in str(world.query("SELECT * FROM devices.enrolment"))


def test_where_the_broker_cannot_be_told_that_is_seen(service, world):
    key, broker = world.home("one"), Broker()
    broker.away = True
    with pytest.raises(EnrolmentError):
        enrolment.enrol(service, broker, [key], NOW)
    assert standing(service, key).admitted_at is None


def test_an_unknown_gateway_changes_nothing(service, world):
    key = world.home("one")
    with pytest.raises(EnrolmentError, match="not registered"):
        enrolment.enrol(service, Broker(), [key, "gw-nobody"], NOW)
    assert standing(service, key).state == "not enrolled"


def test_a_gateway_is_found_by_its_home_or_made_there(service, world):
    key = world.home("one")
    assert enrolment.place(service, key, None) == key
    other = world.home("two")
    with pytest.raises(EnrolmentError, match="another home"):
        enrolment.place(service, key, other)
    with pytest.raises(EnrolmentError, match="no home"):
        enrolment.place(service, "nowhere", None)
    with pytest.raises(EnrolmentError, match="cannot be a gateway's key"):
        enrolment.place(service, key, "Not A Key")
    assert enrolment.place(service, key, f"{key}-b") == f"{key}-b"
    with pytest.raises(EnrolmentError, match="several"):
        enrolment.place(service, key, None)


def test_strangers_are_gateways_alone_that_may_not_connect(service, world):
    first, second = world.home("one"), world.home("two")
    enrolment.enrol(service, Broker(), [first, second], NOW)
    enrolment.revoke(service, None, second, NOW)
    names = {"_ingest", "_administrator", first, second, "gw-forgotten"}
    assert enrolment.strangers(service, names) == sorted([second, "gw-forgotten"])


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("installer", True), ("coordinator", True), ("administrator", True), ("operator", False), ("researcher", False)],
)
def test_who_installs_enrols_and_revokes_in_their_own_organisation(people, service, world, role, allowed):
    key, foreign = world.home("one"), world.home("two", organisation="another")
    account = world.account("somebody", "service")
    world.connection.execute("UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, account))
    with people.seen_by(Viewer(account)) as view:
        made = enrolment.enrol_seen(view, key, NOW)
        assert enrolment.enrol_seen(view, foreign, NOW) is None
        assert (made is not None) == allowed
    assert {login.account.name for login in enrolment.logins(service)} == ({key} if allowed else set())
    enrolment.enrol(service, None, [key, foreign], NOW)
    with people.seen_by(Viewer(account)) as view:
        assert enrolment.revoke_seen(view, key, NOW) == allowed
        assert not enrolment.revoke_seen(view, foreign, NOW)
        seen = {each.gateway for each in seen_enrolments(view)}
        assert foreign not in seen
    assert standing(service, foreign).state == "enrolled"


def test_who_serves_people_reads_no_hash(people, world):
    account = world.account("somebody", "service")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), people.seen_by(Viewer(account)) as view:
        view.connection.execute("SELECT password_hash FROM devices.enrolment")
