"""Whom a token acts for."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

import registry.reads
from dashboards.api.access import Anybody, DeskDependency
from dashboards.api.answers import send
from dashboards.api.problems import ApiError, Kind
from dashboards.api.scopes import Scope

router = APIRouter(tags=["account"])


class Organisation(BaseModel):
    """An organisation of the account, or one below it."""

    key: str
    name: str
    kind: str = Field(description="`union`, `municipality`, `service` or `association`.")
    parent: str | None = Field(description="The key of the organisation above it, if the account may see that.")
    roles: list[str] = Field(description="The roles that the account has in it.")


class Account(BaseModel):
    """The account that a token acts for."""

    login: str
    name: str
    language: str
    scopes: list[Scope]
    organisations: list[Organisation]


@router.get("/account", response_model=Account)
def account(request: Request, desk: DeskDependency, caller: Anybody) -> Response:
    """Return whom the token acts for, what it may do, and the organisations and roles of the account."""
    with desk.database.seen_by(caller.viewer) as view:
        found = registry.reads.own_account(view)
        organisations = registry.reads.seen_organisations(view)
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    keys = {one.organisation_id: one.key for one in organisations}
    shown = [
        Organisation(
            key=one.key,
            name=one.name,
            kind=one.kind,
            parent=keys.get(one.parent_id) if one.parent_id is not None else None,
            roles=one.roles,
        )
        for one in organisations
    ]
    return send(
        request,
        Account(
            login=found.login,
            name=found.name,
            language=found.language,
            scopes=sorted(caller.scopes),
            organisations=shown,
        ),
    )
