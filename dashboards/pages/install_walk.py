"""The walk test on the installer's page: begun, ended, and what calls for help in it announced before it is tried."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import Response

from alerts.test_alarm import Announced, announce_seen, call_off_seen
from core.database import View
from core.translation import mark
from dashboards.install_views import counted
from dashboards.pages.install_parts import walk, walk_of
from dashboards.pages.installation import Look, RefusedError, done, page
from dashboards.sites import Site
from dashboards.visitors import DeskDependency, SignedIn, Trusted
from dashboards.wording import Words
from devices import installing

router = APIRouter()

TEST_LASTS = timedelta(minutes=10)

BEGUN = mark("The walk test has begun.")
ENDED = mark("The walk test has ended and is written down. From now on every call is real.")
ANNOUNCED = mark("Try it now. Only its first alarm is the test: a second one calls for help.")
CALLED_OFF = mark("No test is announced any more: every call is real.")
OPEN = mark("An alarm of this home is open: somebody may really need help. Look at the alerts first.")
TRIED_SINCE = mark("It has been tried or called off since. Nothing was announced: look at the page again.")


@router.get("/install/{public_id}/walk")
def walk_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show which sensors have answered."""
    return page(request, desk, visitor, public_id, "parts/install_walk.html", walk)


@router.post("/install/{public_id}/walk/begin")
def begin_walk(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Begin the walk test."""

    def act(view: View, _: Site) -> None:
        installing.begin_walk_test(view, public_id, visitor.now)

    return done(request, desk, visitor, public_id, act, BEGUN)


@router.post("/install/{public_id}/walk/end")
def end_walk(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """End the walk test, write down what came of it, and call off what was announced and not tried."""

    def act(view: View, site: Site) -> None:
        walked = walk_of(Look(view, site, visitor.now, Words(visitor.language)))
        installing.end_walk_test(view, public_id, counted(walked.ticks), visitor.now)
        call_off_seen(view, public_id, visitor.now)

    return done(request, desk, visitor, public_id, act, ENDED)


@router.post("/install/{public_id}/devices/{device_id}/test-alarm")
def announce(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    device_id: int,
    seen: Annotated[int, Form()] = 0,
) -> Response:
    """Announce that a device which calls for help is about to be tried."""

    def act(view: View, _: Site) -> None:
        outcome = announce_seen(view, public_id, device_id, seen, visitor.now, TEST_LASTS)
        if outcome is None:
            raise HTTPException(404)
        if outcome is not Announced.ANNOUNCED:
            raise RefusedError(OPEN if outcome is Announced.OPEN else TRIED_SINCE)

    return done(request, desk, visitor, public_id, act, ANNOUNCED)


@router.post("/install/{public_id}/test-alarm/end")
def call_off(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Call off what was announced and has not been tried."""

    def act(view: View, _: Site) -> None:
        call_off_seen(view, public_id, visitor.now)

    return done(request, desk, visitor, public_id, act, CALLED_OFF)
