"""Whether a stolen password alone would open the pages of staff. Numbers by role; nobody is named."""

from collections.abc import Iterator

from pydantic import ValidationError

from cli.doctor import reads
from cli.doctor.finding import Finding, NotKnownError, warning
from cli.doctor.surroundings import Surroundings
from dashboards.settings import DashboardSettings
from registry.rules import ROLES

ASKED_OF = "VICINO_SECOND_FACTOR_ROLES"


def second_factor(found: Surroundings) -> Iterator[Finding]:
    """Tell of which roles none is asked, and how many accounts have none.

    Raises `NotKnownError` where the setting cannot be read.
    """
    asked = _asked(found)
    spared = [role for role in ROLES if role not in asked]
    if spared:
        yield warning(
            f"No second factor is asked of {', '.join(spared)}: whoever has their password sees what they see.",
            f"take {ASKED_OF} away, so that all who have a role need one (docs/operations/accounts.md)",
        )
    with found.asking() as connection:
        lacking = [each for each in reads.staff(connection) if each.without]
    if lacking:
        said = ", ".join(f"{each.without} of {each.accounts} of role {each.role}" for each in lacking)
        yield warning(
            f"Accounts that have set up no second factor yet: {said}.",
            "ask them to sign in, which has them set it up; the page Accounts shows who, and who left is to be closed",
        )


def _asked(found: Surroundings) -> tuple[str, ...]:
    fields = {"database_url": "postgresql:"}
    if found.is_emptied("dashboards", ASKED_OF):
        fields["second_factor_roles"] = ""
    elif given := found.settings("dashboards").get(ASKED_OF):
        fields["second_factor_roles"] = given
    try:
        return DashboardSettings.model_validate(fields).roles_with_second_factor
    except ValidationError as problem:
        raise NotKnownError from problem  # the check of the values says so
