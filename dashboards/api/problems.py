"""What a program is told when something goes wrong: problem details (RFC 9457), in the language it asks for."""

from enum import StrEnum
from typing import NamedTuple

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from alerts.errors import AlertError, AlertNotFoundError, NotAllowedError
from analytics.contexts.actions import ContextError, ContextNoteError, ContextNotFoundError, ContextTimeError
from analytics.preview.actions import NoReasonError, NotYoursToSetError, RuleError
from core.translation import mark, translator
from dashboards.failures import RETRY_AFTER_S, note_broken, note_database_away
from dashboards.visitors import language_of
from registry.administration.actions import NotYoursError
from registry.consents import BasisError, DecisionError, NotDecidedHereError, NoteTooLongError, PeriodError

MEDIA_TYPE = "application/problem+json"


class Kind(StrEnum):
    """What went wrong; the last part of a problem's `type`, which never changes its meaning."""

    STRANGER = "no-token"
    SCOPE = "scope"
    ROLE = "role"
    NOT_FOUND = "not-found"
    METHOD = "method"
    CURSOR = "cursor"
    NOT_UNDERSTOOD = "not-understood"
    CONFLICT = "conflict"
    UNSEEN = "if-match"
    CHANGED = "changed"
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    TOO_OFTEN = "too-often"
    DATABASE_AWAY = "database-away"
    BROKEN = "broken"


class Fault(BaseModel):
    """One thing in a request that does not fit."""

    where: str = Field(description="Where it is: `query`, `path`, `header` or `body`, then the names on the way there.")
    what: str = Field(description="What does not fit. What was sent is not repeated.")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="Which kind of problem it is, as `urn:vicino:problem:KIND`.")
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="What happened, what was kept, and what to do.")
    errors: list[Fault] = Field(default=[], description="What does not fit, where a request was not understood.")


class _Told(NamedTuple):
    status: int
    title: str
    detail: str


TOLD: dict[Kind, _Told] = {
    Kind.STRANGER: _Told(
        401,
        mark("No token that is good"),
        mark("Send one as `Authorization: Bearer TOKEN`. Whoever runs the installation makes it: vicino token make."),
    ),
    Kind.SCOPE: _Told(
        403,
        mark("Not among the scopes of this token"),
        mark("Nothing was read or changed. Ask for a token with the scope that this address needs."),
    ),
    Kind.ROLE: _Told(
        403,
        mark("Not for the role of this account"),
        mark("Nothing was read or changed. What an account may see and do is said by its roles: ask who gave them."),
    ),
    Kind.NOT_FOUND: _Told(
        404,
        mark("There is nothing here"),
        mark("There is nothing at this address, or it is not one of those that this account may see."),
    ),
    Kind.METHOD: _Told(
        405, mark("Not done this way"), mark("This address does not take this method. Nothing was changed.")
    ),
    Kind.CURSOR: _Told(
        400,
        mark("This cursor is none of ours"),
        mark("Begin again without `cursor`, and go on with the `next` of each answer, unchanged."),
    ),
    Kind.NOT_UNDERSTOOD: _Told(
        422,
        mark("This was not understood"),
        mark("Nothing was changed. Put right what `errors` names, and send it again."),
    ),
    Kind.CONFLICT: _Told(
        409, mark("It stands differently by now"), mark("Nothing was changed. Read it again, then decide.")
    ),
    Kind.UNSEEN: _Told(
        428,
        mark("It is not said how it was read"),
        mark("Nothing was changed. Read it, and send its `ETag` as `If-Match`."),
    ),
    Kind.CHANGED: _Told(
        412,
        mark("It was changed in the meantime"),
        mark("Nothing was changed. Read it again, and send its new `ETag` as `If-Match`."),
    ),
    Kind.TOO_LARGE: _Told(
        413,
        mark("Larger than anything that is asked for"),
        mark("Nothing was changed. Send less: no request needs more than 256 kB."),
    ),
    Kind.TOO_SLOW: _Told(
        408,
        mark("It took too long to arrive"),
        mark("Nothing was changed. A request has to arrive within half a minute; send it again."),
    ),
    Kind.TOO_OFTEN: _Told(429, mark("Asked too often"), mark("Wait as long as `Retry-After` says, then go on.")),
    Kind.DATABASE_AWAY: _Told(
        503,
        mark("The database does not answer"),
        mark("Readings and alerts that come in are kept. Try again in some seconds; do not take this for calm."),
    ),
    Kind.BROKEN: _Told(
        500,
        mark("Something went wrong here"),
        mark("The mistake is ours and has been written down. What was stored before is safe."),
    ),
}


class ApiError(Exception):
    """A request that is not answered as it was asked; `headers` go with the answer, `errors` say what does not fit."""

    def __init__(self, kind: Kind, headers: dict[str, str] | None = None, *, errors: list[Fault] | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.headers = headers or {}
        self.errors = errors or []


def install(app: FastAPI) -> None:
    """Let `app` answer every trouble with problem details."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(AlertError, _alert_error)
    app.add_exception_handler(ContextError, _context_error)
    app.add_exception_handler(DecisionError, _decision_error)
    app.add_exception_handler(RuleError, _rule_error)
    app.add_exception_handler(psycopg.OperationalError, _database_away)
    app.add_exception_handler(PoolTimeout, _database_away)
    app.add_exception_handler(Exception, _broken)


def answer(
    request: Request,
    kind: Kind,
    detail: str = "",
    errors: list[Fault] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return the answer that tells of a problem; `detail` stands in the reader's language where it is given."""
    language = language_of(request)
    gettext = translator(language).gettext
    told = TOLD[kind]
    problem = Problem(
        type=f"urn:vicino:problem:{kind}",
        title=gettext(told.title),
        status=told.status,
        detail=detail or gettext(told.detail),
        errors=errors or [],
    )
    return Response(
        problem.model_dump_json(exclude_defaults=True),
        told.status,
        {"Content-Language": language, **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def documented(*kinds: Kind) -> dict[int | str, dict[str, object]]:
    """Return what OpenAPI says of the problems of a route."""
    found: dict[int | str, dict[str, object]] = {}
    for kind in kinds:
        told = TOLD[kind]
        found[told.status] = {
            "description": told.title,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return found


def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return answer(request, error.kind, errors=error.errors, headers=error.headers)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kinds = {404: Kind.NOT_FOUND, 405: Kind.METHOD, 408: Kind.TOO_SLOW, 413: Kind.TOO_LARGE}
    return answer(request, kinds.get(error.status_code, Kind.NOT_UNDERSTOOD), headers=dict(error.headers or {}))


def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(where=".".join(map(str, one["loc"])), what=one["msg"]) for one in error.errors()]
    return answer(request, Kind.NOT_UNDERSTOOD, errors=faults)


def _alert_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AlertError)
    if isinstance(error, AlertNotFoundError):
        return answer(request, Kind.NOT_FOUND)
    kind = Kind.ROLE if isinstance(error, NotAllowedError) else Kind.CONFLICT
    return answer(request, kind, error.text(language_of(request)))


def _context_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ContextError)
    said = error.text(language_of(request))
    if isinstance(error, ContextNotFoundError):
        return answer(request, Kind.NOT_FOUND, said)
    if isinstance(error, (ContextTimeError, ContextNoteError)):
        return answer(request, Kind.NOT_UNDERSTOOD, said)
    return answer(request, Kind.CONFLICT, said)


def _decision_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DecisionError)
    said = error.text(language_of(request))
    if isinstance(error, (NotYoursError, NotDecidedHereError)):
        return answer(request, Kind.NOT_FOUND, said)
    does_not_fit = isinstance(error, (PeriodError, NoteTooLongError, BasisError))
    return answer(request, Kind.NOT_UNDERSTOOD if does_not_fit else Kind.CONFLICT, said)


def _rule_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RuleError)
    said = error.text(language_of(request))
    if isinstance(error, NotYoursToSetError):
        return answer(request, Kind.ROLE, said)
    return answer(request, Kind.NOT_UNDERSTOOD if isinstance(error, NoReasonError) else Kind.CONFLICT, said)


def _database_away(request: Request, error: Exception) -> Response:
    note_database_away(error)
    return answer(request, Kind.DATABASE_AWAY, headers={"Retry-After": str(RETRY_AFTER_S)})


def _broken(request: Request, error: Exception) -> Response:
    note_broken(request, error)
    return answer(request, Kind.BROKEN)
