"""The REST API as an application of its own, which the pages' application mounts."""

from typing import Any

from fastapi import FastAPI

from dashboards.api import problems
from dashboards.api.access import WITHIN_S, Paces
from dashboards.api.problems import Kind, Problem, documented
from dashboards.api.resources import (
    account,
    alerts,
    analysis,
    contexts,
    events,
    homes,
    persons,
    readings,
    research,
    rules,
    sharing,
    shift_handovers,
    statistics,
)
from dashboards.api.resources.administration import making, things, whole
from dashboards.api.scopes import MEANINGS
from dashboards.desk import Desk
from dashboards.pace import Pace

VERSION = "1"
PATH = f"/api/v{VERSION}"
STRANGERS = 60  # requests without a good token, of one address
ABOUT = """What the pages of Vicino show, for programs.

A token acts for an account and sees what that account may see. Lists come in parts: go on with `next` as `cursor`.
Every answer has an `ETag`; ask with `If-None-Match` to be told only what is new. A document of the administration is
changed with its `ETag` as `If-Match`, so that nobody overwrites unseen. Problems are told as RFC 9457 says.
Instants are in UTC, days are local days of the home, units are UCUM. Within version 1 nothing is taken away and no
meaning changes; what is new is added, so ignore what you do not know.

Scopes:

"""


def create_api(desk: Desk) -> FastAPI:
    """Return the API over the same database and surroundings as the pages."""
    api = described_api()
    api.state.desk = desk
    api.state.paces = Paces(
        Pace(desk.clock, desk.settings.api_requests_per_min, WITHIN_S), Pace(desk.clock, STRANGERS, WITHIN_S)
    )
    return api


def described_api() -> FastAPI:
    """Return the API without its surroundings: it describes itself, and answers nothing."""
    api = FastAPI(
        title="Vicino",
        version=VERSION,
        description=ABOUT + "\n".join(f"* `{scope}`: {meaning}" for scope, meaning in MEANINGS.items()),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        responses=documented(
            Kind.STRANGER,
            Kind.SCOPE,
            Kind.NOT_UNDERSTOOD,
            Kind.TOO_LARGE,
            Kind.TOO_SLOW,
            Kind.TOO_OFTEN,
            Kind.DATABASE_AWAY,
            Kind.BROKEN,
        ),
        separate_input_output_schemas=False,
        servers=[{"url": PATH}],
        root_path_in_servers=False,
    )
    for module in (
        account,
        homes,
        persons,
        alerts,
        shift_handovers,
        analysis,
        contexts,
        readings,
        events,
        statistics,
        research,
        whole,
        things,
        making,
        sharing,
        rules,
    ):
        api.include_router(module.router)
    problems.install(api)
    _describe_problems(api)
    return api


def _describe_problems(api: FastAPI) -> None:
    """Let the description of the API hold what a problem looks like, which no route names as its answer."""
    plain = api.openapi

    def described() -> dict[str, Any]:
        schema = plain()
        own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"].update(own.pop("$defs"))
        schema["components"]["schemas"]["Problem"] = own
        return schema

    api.openapi = described  # type: ignore[method-assign]
