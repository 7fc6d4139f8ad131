"""Passkeys: signing in with one, adding one to one's own account, and taking one away."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.database import View
from core.log import logger
from dashboards import repository
from dashboards.desk import Desk
from dashboards.notifications import device_name
from dashboards.pages.account import HERE, proved
from dashboards.pages.frame import Frame
from dashboards.pages.sign_in import page as sign_in_page
from dashboards.sign_ins import begin, forget_cookie, prefer_language
from dashboards.tokens import digest
from dashboards.visitors import (
    FORM_COOKIE,
    SIGNED_BY_COOKIE,
    DeskDependency,
    ForgedRequestError,
    Trusted,
    cookie_name,
    has_form_token,
    local_path,
)
from dashboards.written import plain
from registry import passkeys, second_factor
from registry.site import Site

router = APIRouter()
Text = Annotated[str, Form()]


@router.post("/sign-in/passkey/begin")
def begin_sign_in(request: Request, desk: DeskDependency, csrf: Text = "") -> Response:
    """Say what a device has to sign, to the browser that asks."""
    site = _site(desk)
    if not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    address = request.client.host if request.client else ""
    wait_s = desk.pace.wait_s(f"passkey {address}")
    if wait_s > 0:
        return Response(status_code=429, headers={"Retry-After": str(round(wait_s) or 1)})
    asked = passkeys.ask_who(site)
    with desk.database.transaction() as connection:
        repository.keep_challenge(connection, _holder(request, desk), asked.challenge, desk.clock.now())
    return Response(asked.options, media_type="application/json")


@router.post("/sign-in/passkey")
def sign_in(
    request: Request, desk: DeskDependency, credential: Text = "", csrf: Text = "",
    next: Text = "/",  # noqa: A002 - the name in the form
) -> Response:  # fmt: skip
    """Sign in with what a device has signed: it has asked who holds it, so nothing else is needed."""
    site, now = _site(desk), desk.clock.now()
    if not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    with desk.database.transaction() as connection:
        challenge = repository.take_challenge(connection, _holder(request, desk), now)
        owner = None if challenge is None else passkeys.owner(connection, site, challenge, credential, now)
    if owner is None:
        return sign_in_page(request, desk, next, passkey_refused=True, status=401)
    logger().info("passkey used")
    answer = RedirectResponse(local_path(next), 303)
    begin(answer, desk, request, owner.account_id)
    prefer_language(request, answer, desk, owner.language)
    forget_cookie(answer, desk, SIGNED_BY_COOKIE)
    return answer


@router.post("/account/passkeys")
def ask(request: Request, desk: DeskDependency, visitor: Trusted, password: Text = "", code: Text = "") -> Response:
    """Ask a device to make a passkey, for whoever proves to be the owner and has another way back in."""
    site = _site(desk)

    def act(frame: Frame, view: View) -> Response:
        if second_factor.factor_of(view.connection, visitor.viewer.account_id) is None:
            return RedirectResponse(f"{HERE}?done=codes-first", 303)
        asked = passkeys.ask_to_add(view, site)
        repository.keep_challenge(view.connection, visitor.token_digest, asked.challenge, visitor.now)
        suggested = device_name(request.headers.get("user-agent", ""))
        return frame.page("account_passkey.html", options=asked.options, suggested=suggested, most=passkeys.MOST_LABEL)

    return proved(request, desk, visitor, password, code, act)


@router.post("/account/passkeys/confirm")
def add(desk: DeskDependency, visitor: Trusted, credential: Text = "", label: Text = "") -> Response:
    """Add the passkey that a device has made."""
    site = _site(desk)
    with desk.database.seen_by(visitor.viewer) as view:
        challenge = repository.take_challenge(view.connection, visitor.token_digest, visitor.now)
        called = plain(label).strip()
        added = challenge is not None and passkeys.add(view, site, challenge, credential, called, visitor.now)
    return RedirectResponse(f"{HERE}?done={'passkey-added' if added else 'passkey-refused'}", 303)


@router.post("/account/passkeys/{passkey}/remove")
def remove(desk: DeskDependency, visitor: Trusted, passkey: UUID) -> Response:
    """Take a passkey away."""
    with desk.database.seen_by(visitor.viewer) as view:
        passkeys.remove(view, passkey, visitor.now)
    return RedirectResponse(f"{HERE}?done=passkey-removed", 303)


def _site(desk: Desk) -> Site:
    """Return for which site passkeys sign; where there is none, nothing is at these addresses."""
    site = desk.settings.passkey_site
    if site is None:
        raise HTTPException(404)
    return site


def _holder(request: Request, desk: Desk) -> bytes:
    """Return by what a browser is known to which a challenge was given."""
    return digest(request.cookies.get(cookie_name(FORM_COOKIE, secure=desk.settings.secure), ""))
