"""Who asks: the account that a token acts for, within the scopes of the token."""

from datetime import datetime
from math import ceil
from typing import Annotated, NamedTuple

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from core.viewer import Viewer
from dashboards.api import repository
from dashboards.api.problems import ApiError, Kind
from dashboards.api.scopes import Scope
from dashboards.desk import Desk, given_desk
from dashboards.pace import Pace
from dashboards.tokens import digest

PREFIX = "vicino_"  # so that a token that was left lying about is known for what it is
WITHIN_S = 60.0
BAD = {"WWW-Authenticate": "Bearer"}

DeskDependency = Annotated[Desk, Depends(given_desk)]
_bearer = HTTPBearer(
    scheme_name="token", auto_error=False, description="A token made with `vicino token make`, within its scopes."
)


class Caller(NamedTuple):
    """Whom a request is made for, and when."""

    viewer: Viewer
    now: datetime
    token_digest: bytes
    scopes: frozenset[Scope]


class Paces(NamedTuple):
    """How often requests may come: of one token, and of one address without a good one."""

    token: Pace
    stranger: Pace


def caller_of(desk: Desk, token_digest: bytes) -> Caller | None:
    """Return whom a token acts for; None if it is not good."""
    now = desk.clock.now()
    with desk.database.transaction() as connection:
        found = repository.token(connection, token_digest, now)
    return None if found is None else Caller(Viewer(found.account_id), now, token_digest, found.scopes)


def caller(
    request: Request,
    desk: DeskDependency,
    wanted: SecurityScopes,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Return whom a request is made for. Raises `ApiError` without a good token that has the scopes wanted."""
    paces: Paces = request.app.state.paces
    found = caller_of(desk, digest(given.credentials)) if given else None
    if found is None:
        _keep_pace(paces.stranger, request.client.host if request.client else "")
        raise ApiError(Kind.STRANGER, BAD)
    _keep_pace(paces.token, found.token_digest.hex())
    if not found.scopes.issuperset(wanted.scopes):
        needed = " ".join(wanted.scopes)
        raise ApiError(Kind.SCOPE, {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'})
    return found


def _keep_pace(pace: Pace, key: str) -> None:
    wait = pace.wait_s(key)
    if wait:
        raise ApiError(Kind.TOO_OFTEN, {"Retry-After": str(ceil(wait))})


Anybody = Annotated[Caller, Security(caller, scopes=[])]
HomesReader = Annotated[Caller, Security(caller, scopes=[Scope.HOMES_READ])]
PersonsReader = Annotated[Caller, Security(caller, scopes=[Scope.PERSONS_READ])]
AlertsReader = Annotated[Caller, Security(caller, scopes=[Scope.ALERTS_READ])]
AlertsWriter = Annotated[Caller, Security(caller, scopes=[Scope.ALERTS_WRITE])]
AnalysisReader = Annotated[Caller, Security(caller, scopes=[Scope.ANALYSIS_READ])]
ContextsReader = Annotated[Caller, Security(caller, scopes=[Scope.CONTEXTS_READ])]
ContextsWriter = Annotated[Caller, Security(caller, scopes=[Scope.CONTEXTS_WRITE])]
ReadingsReader = Annotated[Caller, Security(caller, scopes=[Scope.READINGS_READ])]
StatisticsReader = Annotated[Caller, Security(caller, scopes=[Scope.STATISTICS_READ])]
ResearchReader = Annotated[Caller, Security(caller, scopes=[Scope.RESEARCH_READ])]
AdministrationReader = Annotated[Caller, Security(caller, scopes=[Scope.ADMINISTRATION_READ])]
AdministrationWriter = Annotated[Caller, Security(caller, scopes=[Scope.ADMINISTRATION_WRITE])]
SharingReader = Annotated[Caller, Security(caller, scopes=[Scope.SHARING_READ])]
SharingWriter = Annotated[Caller, Security(caller, scopes=[Scope.SHARING_WRITE])]
Inviter = Annotated[Caller, Security(caller, scopes=[Scope.INVITATIONS_WRITE])]
RulesReader = Annotated[Caller, Security(caller, scopes=[Scope.RULES_READ])]
RulesWriter = Annotated[Caller, Security(caller, scopes=[Scope.RULES_WRITE])]
