"""Makes, changes and undoes, and says why nothing was changed."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from secrets import token_hex
from uuid import UUID

from core.database import View
from core.translation import mark
from registry.administration import repository
from registry.administration.repository import Came
from registry.administration.things import State, Thing
from registry.consents import DecisionError

LONGEST_KEY = 40
TRIES = 100


class NotYoursError(DecisionError):
    """There is no such thing among those that the viewer administers."""

    message = mark("It is not there, or it is not for you to change. Nothing was changed.")


class ChangedMeanwhileError(DecisionError):
    """Somebody has changed it since it was shown."""

    message = mark("Somebody has changed it in the meantime. Look at it again. Nothing was changed.")


class LoginTakenError(DecisionError):
    """An account has this login already."""

    message = mark("Another account has this login. Choose another one. Nothing was changed.")


class InUseError(DecisionError):
    """Something refers to what would go."""

    message = mark("Something belongs to it already, so it stays. Nothing was changed.")


class OwnAccessError(DecisionError):
    """Administrators do not shut themselves out."""

    message = mark("You cannot close your own account or take its administration away: another administrator can.")


class NoRoleError(DecisionError):
    """An account without any role belongs to nobody."""

    message = mark("An account needs a role. To keep somebody out, close the account. Nothing was changed.")


class CircleError(DecisionError):
    """An organisation would stand above itself."""

    message = mark("An organisation cannot stand below itself. Nothing was changed.")


REASONS: Mapping[str, type[DecisionError]] = {
    "not_yours": NotYoursError,
    "changed": ChangedMeanwhileError,
    "taken": LoginTakenError,
    "used": InUseError,
    "own": OwnAccessError,
    "no_role": NoRoleError,
    "circle": CircleError,
}


def change(view: View, thing: Thing, number: int, seen: str, wanted: State, now: datetime) -> UUID | None:
    """Change a thing that still stands as it was seen; return the change, None where nothing is different.

    Raises `NotYoursError`, `ChangedMeanwhileError`, `CircleError`, `OwnAccessError` or `NoRoleError`.
    """
    return _done(view, repository.change(view.connection, thing, number, seen, wanted, now)).edit


def make(view: View, thing: Thing, above: int, wanted: State, now: datetime, login: str = "") -> int:
    """Make a thing in another one, an account with its login; return its number.

    Raises `NotYoursError`, `LoginTakenError` or `NoRoleError`.
    """
    if thing is Thing.ACCOUNT:
        made = _done(view, repository.make(view.connection, thing, above, login, wanted, now))
    else:
        base = key_of(str(wanted["name"] or wanted.get("kind", "")), thing)
        made = _done(
            view, _first_free(base, lambda key: repository.make(view.connection, thing, above, key, wanted, now))
        )
    assert made.number is not None
    return made.number


def undo(view: View, edit: UUID, now: datetime) -> None:
    """Undo a change. Raises `NotYoursError`, `ChangedMeanwhileError`, `InUseError` or what `change` raises."""
    _done(view, repository.undo(view.connection, edit, now))


def key_of(name: str, thing: Thing) -> str:
    """Return a key for what is called `name`: a readable one, but of persons and contacts one that tells no name."""
    if thing in (Thing.PERSON, Thing.CONTACT):
        return f"{thing}-{token_hex(4)}"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_KEY].strip("-") or str(thing)


def _first_free(base: str, attempt: Callable[[str], Came]) -> Came:
    """Return what came of the first key that nothing else has."""
    keys = chain([base], (f"{base}-{number}" for number in range(2, TRIES)))
    return next((came for came in map(attempt, keys) if came.came != "taken"), Came("taken", None, None))


def _done(view: View, came: Came) -> Came:
    reason = REASONS.get(came.came)
    if reason is not None:
        raise reason
    view.listed.update(came.persons or ())
    return came
