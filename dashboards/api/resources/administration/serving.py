"""How documents are read, changed and made: with a tag that names how they stand, and by the rules of the pages."""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Header, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from dashboards.administration import administered
from dashboards.administration.fields import Read
from dashboards.api.access import Caller
from dashboards.api.answers import send_text
from dashboards.api.problems import ApiError, Fault, Kind, documented
from dashboards.desk import Desk
from dashboards.visitors import language_of
from dashboards.wording import Words
from registry.administration import actions
from registry.administration.reads import MOST, Edited
from registry.administration.things import Thing

Fields = TypeVar("Fields", bound=BaseModel)
FOUND = documented(Kind.NOT_FOUND)
CHANGING = documented(Kind.NOT_FOUND, Kind.CONFLICT, Kind.CHANGED, Kind.UNSEEN)
MAKING = documented(Kind.NOT_FOUND, Kind.CONFLICT)

Number = Annotated[int, Path(ge=1, le=MOST)]
IfMatch = Annotated[
    str | None,
    Header(max_length=500, description="The `ETag` of the document as it was read; `*` for however it stands."),
]


class Document(BaseModel, Generic[Fields]):
    """Something that is administered, as it stands. Its `ETag` goes into `If-Match` to change it."""

    number: int
    id: UUID | None = Field(description="The id of a home or person elsewhere in the API.")
    key: str = Field(description="Its key; of an account and its caseload, the login.")
    above: int | None = Field(description="The number of what it is in, where the account administers that.")
    fields: Fields


def read(request: Request, desk: Desk, caller: Caller, thing: Thing, number: int, kind: type[BaseModel]) -> Response:
    """Return a document; raises `HTTPException` where there is none that the caller may change."""
    with desk.database.seen_by(caller.viewer) as view:
        found = administered.stands(view, thing, number)
    return _send(request, found, kind)


def change(
    request: Request, desk: Desk, caller: Caller, thing: Thing, number: int, wanted: BaseModel, if_match: str | None,
    kind: type[BaseModel],
) -> Response:  # fmt: skip
    """Change a document that still stands as it was read, and return it.

    Raises `ApiError` where it does not, nobody says how it was read or a field does not fit, else what
    `actions.change` raises.
    """
    with desk.database.seen_by(caller.viewer) as view:
        before = administered.stands(view, thing, number)
        _require_unchanged(if_match, before)
        given = administered.read_change(view, thing, number, _form(wanted), _words(request), caller.now)
        _require_fitting(given)
        actions.change(view, thing, number, before.seen, given.wanted, caller.now)
        found = administered.stands(view, thing, number)
    return _send(request, found, kind)


def make(
    request: Request, desk: Desk, caller: Caller, above: Thing, number: int, thing: Thing, wanted: BaseModel,
    kind: type[BaseModel],
) -> Response:  # fmt: skip
    """Make something in another thing, and return it.

    Raises `ApiError` where a field does not fit, else what `actions.make` raises.
    """
    with desk.database.seen_by(caller.viewer) as view:
        given = administered.read_new(view, above, number, thing, _form(wanted), _words(request), caller.now)
        _require_fitting(given)
        made = actions.make(view, thing, number, given.wanted, caller.now, given.login)
        found = administered.stands(view, thing, made)
    return _send(request, found, kind, 201)


def _send(request: Request, found: Edited, kind: type[BaseModel], status: int = 200) -> Response:
    body = kind.model_validate(
        {
            "number": found.number,
            "id": found.public_id or None,
            "key": found.key,
            "above": found.above,
            "fields": found.state,
        }
    )
    return send_text(request, body.model_dump_json().encode(), status, f'"{found.seen}"')


def _require_unchanged(if_match: str | None, before: Edited) -> None:
    if if_match is None:
        raise ApiError(Kind.UNSEEN)
    # A weak tag names no state (RFC 9110, 13.1.1).
    if not {one.strip() for one in if_match.split(",")} & {"*", f'"{before.seen}"'}:
        raise ApiError(Kind.CHANGED)


def _require_fitting(given: Read) -> None:
    if given.problems:
        faults = [Fault(where=f"body.{field}", what=said) for field, said in given.problems.items()]
        raise ApiError(Kind.NOT_UNDERSTOOD, errors=faults)


def _words(request: Request) -> Words:
    return Words(language_of(request))


def _form(wanted: BaseModel) -> Mapping[str, list[str]]:
    """Return fields as a form sends them: what is wrong with one is told by one set of rules."""
    return {name: _sent(value) for name, value in wanted.model_dump().items()}


def _sent(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return ["on"] if value else []
    return ["" if value is None else str(value)]
