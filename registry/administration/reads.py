"""Reads of what the viewer administers."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.database import View
from core.statements import Statements
from registry.administration.things import State, Thing

_SQL = Statements.beside(__file__)
LATEST = 50
MOST = 2**31 - 1  # what a number of the database can be


class Administered(NamedTuple):
    """An organisation that the viewer administers, and how many homes, persons and accounts are in it itself."""

    organisation_id: int
    key: str
    name: str
    kind: str
    parent_id: int | None
    homes: int
    persons: int
    accounts: int


class Edited(NamedTuple):
    """A thing as it stands; `seen` names this state, `above` is the number of what it is in (None: of nothing).

    `public_id` is that of a home or a person, else "".
    """

    number: int
    state: State
    seen: str
    key: str
    public_id: str
    above: int | None


class Part(NamedTuple):
    """Something in a thing; `detail` is its kind, place, relation or its roles."""

    thing: Thing
    number: int
    name: str
    detail: str


class Edit(NamedTuple):
    """A change: what it was `before` (None: it was made) and `after` (None: making it was undone)."""

    public_id: UUID
    thing: Thing
    thing_id: int
    name: str
    before: State | None
    after: State | None
    made_at: datetime
    made_by_name: str
    undoes: UUID | None
    undone: bool
    can_be_undone: bool


class Caseload(NamedTuple):
    """An operator's caseload by the number of the account: how many homes are in it, None where they see all."""

    number: int
    name: str
    homes: int | None
    is_own: bool


class HomeChoice(NamedTuple):
    """A home that a caseload can hold."""

    key: str
    name: str
    municipality: str


def caseloads(view: View) -> list[Caseload]:
    """Return the operators whose caseload the viewer gives, and the viewer if they have one; by name."""
    return [Caseload(**row) for row in view.connection.execute(_SQL["caseloads"])]


def homes_of_caseload(view: View, number: int) -> frozenset[int]:
    """Return the homes of one of these caseloads; none of any other."""
    found = view.connection.execute(_SQL["homes_of_caseload"], {"number": number})
    return frozenset(row["home_id"] for row in found)


def choices_for_caseload(view: View, number: int) -> list[HomeChoice]:
    """Return the homes that a caseload can hold which the viewer gives."""
    return [HomeChoice(**row) for row in view.connection.execute(_SQL["choices_for_caseload"], {"number": number})]


def administered(view: View) -> list[Administered]:
    """Return the organisations that the viewer administers, by name; none for anybody else."""
    return [Administered(**row) for row in view.connection.execute(_SQL["administered"])]


def edited(view: View, thing: Thing, number: int) -> Edited | None:
    """Return a thing; None where there is none that the viewer may change."""
    if not 0 < number <= MOST:
        return None
    row = view.connection.execute(_SQL["edited_thing"], {"thing": thing, "number": number}).fetchone()
    return None if row is None else Edited(**_noted(view, row))


def parts(view: View, thing: Thing, number: int) -> list[Part]:
    """Return what is in a thing that the viewer may change, sort by sort."""
    found = view.connection.execute(_SQL["things_in"], {"thing": thing, "number": number})
    return [Part(**_noted(view, row)) for row in found]


def edits(view: View, thing: Thing | None = None, number: int | None = None, most: int = LATEST) -> list[Edit]:
    """Return the latest changes of a thing, or of everything that the viewer administers."""
    found = view.connection.execute(_SQL["edits"], {"thing": thing, "number": number, "most": most})
    return [Edit(**_noted(view, row)) for row in found]


def _noted(view: View, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without whose data it is, which is noted."""
    view.listed.update(row.pop("persons"))
    return row | ({"thing": Thing(row["thing"])} if "thing" in row else {})
