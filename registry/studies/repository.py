"""Studies as they are kept."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.errors import CheckViolation

from core.errors import VicinoError
from core.statements import Statements

_sql = Statements.beside(__file__)
Arms = Connection[dict[str, Any]]


class Arm(NamedTuple):
    """An arm of a study: how many were enrolled, and how many of those have left."""

    key: str
    name: str
    organisation: str
    arm: str
    is_control: bool
    enrolled: int
    has_left: int


def put(connection: Arms, key: str, name: str, organisation: str, arms: Collection[str], control: str) -> None:
    """Make a study with its arms, or add arms to it. Raises `VicinoError` where its organisation or an arm is none."""
    found = connection.execute(_sql["put_study"], {"key": key, "name": name, "organisation": organisation}).fetchone()
    if found is None:
        raise VicinoError(f"There is no organisation {organisation!r}.", advice="see them with: vicino registry show")
    try:
        for arm in arms:
            connection.execute(_sql["put_arm"], {"study": found["study_id"], "arm": arm, "control": arm == control})
    except CheckViolation:
        raise VicinoError(
            "An arm is called by up to 32 lower-case letters, digits and hyphens.",
            kept="the studies as they were",
            advice="call it otherwise: --arm monitored, for instance",
        ) from None


def enrol(connection: Arms, study: str, person: str, arm: str, day: date) -> None:
    """Let a person (by key) take part in an arm from a day on. Raises `VicinoError` where there is none of them."""
    number = _number(connection, study)
    arms = [row["arm"] for row in connection.execute(_sql["arms"], {"study": number})]
    if arm not in arms:
        raise VicinoError(f"The study {study!r} has no arm {arm!r}.", advice=f"choose one of: {', '.join(arms)}")
    values = {"study": number, "person": person, "arm": arm, "day": day}
    if connection.execute(_sql["enrol"], values).rowcount == 0:
        raise VicinoError(f"There is no person {person!r}.", advice="see them with: vicino registry show")


def leave(connection: Arms, study: str, person: str, day: date) -> None:
    """Write down that a person left a study on a day. Raises `VicinoError` where they did not take part then."""
    values = {"study": _number(connection, study), "person": person, "day": day}
    if connection.execute(_sql["leave"], values).rowcount == 0:
        raise VicinoError(
            f"{person!r} does not take part in {study!r} on {day}.",
            kept="the study as it was",
            advice="name another day",
        )


def studies(connection: Arms) -> list[Arm]:
    """Return the arms of all studies."""
    return [Arm(**row) for row in connection.execute(_sql["studies"])]


def _number(connection: Arms, key: str) -> int:
    found = connection.execute(_sql["study"], {"key": key}).fetchone()
    if found is None:
        raise VicinoError(f"There is no study {key!r}.", advice="see them with: vicino research studies")
    return int(found["study_id"])
