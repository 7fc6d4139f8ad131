"""Accounts, for administrators: who has a second factor, and a way back in for whoever has lost it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.log import logger
from core.translation import mark
from dashboards.account_views import account_views
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn, Trusted
from dashboards.watch import ROME
from registry import identities, second_factor

router = APIRouter()

SHUT_OUT = "shut-out"
NOT_BOUND = mark(
    "Nothing was changed: nothing would let this account in any more. It has to be connected to a provider that is "
    "offered and may sign it in."
)


@router.get("/accounts")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, done: str = "") -> Response:
    """List the accounts that the visitor administers."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not frame.administers:
            raise HTTPException(404)
        own, words = visitor.viewer.account_id, frame.words
        found = account_views(second_factor.administered(view), own, desk.providers, words)
        return frame.page("accounts.html", accounts=found, said=words.say(NOT_BOUND) if done == SHUT_OUT else "")


@router.post("/accounts/{public_id}/by-provider-only")
def bind(desk: DeskDependency, visitor: Trusted, public_id: UUID, only: Annotated[str, Form()] = "") -> Response:
    """Let an account sign in through providers alone, or by its password again."""
    with desk.database.seen_by(visitor.viewer) as view:
        whose = next((one for one in second_factor.administered(view) if one.public_id == public_id), None)
        if whose is None:
            raise HTTPException(404)
        bound, offered = only == "yes", desk.providers.places
        if identities.set_by_provider_only(view, public_id, offered, visitor.now, only=bound):
            logger().info("way of signing in changed")
        elif bound and not whose.by_provider_only and whose.account_id != visitor.viewer.account_id:
            return RedirectResponse(f"/accounts?done={SHUT_OUT}", 303)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{public_id}/recovery")
def recover(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Hand out a code by which somebody who has lost the second factor gets in once; show it this once."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        whose = next((one for one in second_factor.administered(view) if one.public_id == public_id), None)
        issued = None if whose is None else second_factor.issue(view, public_id, visitor.now)
        if whose is None or issued is None:
            raise HTTPException(404)
        logger().info("recovery handed out")
        until = frame.words.moment(issued.expires_at, ROME, visitor.now)
        return frame.page("account_recovery.html", whose=whose, issued=issued, until=until)
