"""What the doctor says of second factors, by numbers alone."""

import pytest

from cli.doctor.checks import accounts
from cli.doctor.finding import Level, NotKnownError
from registry.rules import ROLES

NOT_ASKED, LACKING = "No second factor is asked", "have set up no second factor"


@pytest.fixture
def signs_in(administrator):
    """Let an account sign in by a password, and with a second factor if it is to have one."""

    def give(login, *, factor):
        row = administrator.execute(
            "UPDATE registry.account SET password_hash = 'x' WHERE login = %s RETURNING account_id", (login,)
        ).fetchone()
        if factor:
            administrator.execute(
                "INSERT INTO registry.second_factor (account_id, secret, since, last_step)"
                " VALUES (%s, decode(repeat('00', 20), 'hex'), '2026-03-01', 0)",
                (row["account_id"],),
            )

    return give


def test_staff_without_one_are_counted_by_role_and_named_by_nobody(surroundings, said, signs_in, administrator):
    found = surroundings()
    assert said(accounts.second_factor, found) == []  # nobody has a password yet
    for login, factor in (("omar", False), ("carla", True), ("lucia", False)):
        signs_in(login, factor=factor)
    ((level, sentence),) = said(accounts.second_factor, found)
    assert (level, LACKING in sentence) == (Level.WARNING, True)
    assert "1 of 1 of role operator" in sentence
    assert not any(name in sentence.lower() for name in ("omar", "riva", "carla", "lucia"))
    administrator.execute("UPDATE registry.account SET by_provider_only = true WHERE login = 'omar'")
    assert said(accounts.second_factor, found) == []
    administrator.execute("UPDATE registry.account SET by_provider_only = false, active = false WHERE login = 'omar'")
    assert said(accounts.second_factor, found) == []


@pytest.mark.parametrize(
    ("given", "spared"), [("", ROLES), ("administrator, coordinator", ("operator", "installer", "researcher"))]
)
def test_roles_that_need_none_are_told(surroundings, said, given, spared):
    ((level, sentence),) = said(accounts.second_factor, surroundings(vicino_second_factor_roles=given))
    assert level is Level.WARNING
    assert NOT_ASKED in sentence
    assert ", ".join(spared) in sentence


def test_a_setting_that_cannot_be_is_left_to_the_check_of_settings(surroundings):
    with pytest.raises(NotKnownError):
        list(accounts.second_factor(surroundings(vicino_second_factor_roles="everybody")))
