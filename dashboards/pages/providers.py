"""Signing in through an identity provider, connecting one's account to it, and accepting an invitation by it.

What comes back from a provider stands in the address: whatever comes of it, the browser is led on at once.
"""

import secrets
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from psycopg import Connection
from starlette.responses import RedirectResponse, Response

from core.database import Row, View
from core.log import logger
from dashboards.desk import Desk
from dashboards.pages.account import HERE, proved
from dashboards.pages.frame import Frame
from dashboards.pages.second_step import go_on
from dashboards.pages.sign_in import page as sign_in_page
from dashboards.providers import flow
from dashboards.providers.refusals import ProviderError, Refusal
from dashboards.providers.remote import Remote
from dashboards.sign_ins import (
    begin,
    forget_cookie,
    hold_request,
    note_provider,
    prefer_language,
    request_holder,
)
from dashboards.tokens import digest
from dashboards.visitors import (
    PROVIDER_COOKIE,
    DeskDependency,
    ForgedRequestError,
    Trusted,
    has_form_token,
    language_of,
    local_path,
    visitor_of,
)
from registry import codes, identities
from registry.identities import At, Linked
from registry.invitations import OverError

router = APIRouter()
Text = Annotated[str, Form()]

SIGN_IN = "/sign-in"
LINKED = "linked"  # as logs and figures call it
LOGIN_BYTES = 5
REFUSED = {Linked.TAKEN: Refusal.TAKEN, Linked.ANOTHER: Refusal.ANOTHER, Linked.ELSEWHERE: Refusal.ELSEWHERE}


@router.post("/sign-in/provider/{provider}")
def begin_sign_in(
    request: Request, desk: DeskDependency, provider: str, csrf: Text = "",
    next: Text = "/",  # noqa: A002 - the name in the form
) -> Response:  # fmt: skip
    """Send the browser to a provider."""
    remote = _remote(desk, provider)
    if not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    if wait_s := _wait_s(request, desk):
        return sign_in_page(request, desk, next, wait_s=wait_s, status=429)
    return _sent(request, desk, remote, wanted=local_path(next))


@router.post("/invite/{code}/provider/{provider}")
def begin_invitation(request: Request, desk: DeskDependency, code: str, provider: str, csrf: Text = "") -> Response:
    """Send whoever holds an invitation to a provider, to accept it as whom they are known there."""
    remote = _remote(desk, provider)
    if not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    if wait_s := _wait_s(request, desk):
        return sign_in_page(request, desk, "/", wait_s=wait_s, status=429)
    return _sent(request, desk, remote, invitation=codes.digest(code))


@router.post("/account/identities/{provider}")
def begin_link(
    request: Request, desk: DeskDependency, visitor: Trusted, provider: str, password: Text = "", code: Text = ""
) -> Response:
    """Send whoever proves to be the owner of the account to a provider, to connect the two."""
    remote = _remote(desk, provider)
    kept = identities.Request("", "", HERE, visitor.viewer.account_id)
    try:
        # Before the proof, within which a connection to the database is held: a provider may hang.
        begun = flow.begin(remote, _address(desk, remote), language_of(request))
    except ProviderError as problem:
        return _told(desk, remote, problem, kept)

    def act(_frame: Frame, view: View) -> Response:
        return _led(view.connection, desk, remote, begun, kept)

    return proved(request, desk, visitor, password, code, act)


@router.post("/account/identities/{identity}/remove")
def remove(desk: DeskDependency, visitor: Trusted, identity: UUID) -> Response:
    """Disconnect the account from a provider."""
    with desk.database.seen_by(visitor.viewer) as view:
        came = identities.remove(view, identity, desk.providers.places, visitor.now)
    return RedirectResponse(f"{HERE}?done=identity-{came}", 303)


@router.get("/sign-in/provider/{provider}/back")
def come_back(
    request: Request, desk: DeskDependency, provider: str,
    code: str = "", state: str = "", error: str = "", iss: str = "",
) -> Response:  # fmt: skip
    """Do what was begun, with what a provider says, or lead to the page that tells why not."""
    remote = _remote(desk, provider)
    begun: identities.Request | None = None
    try:
        begun = _begun(request, desk, remote, state)
        begun = _going_on(begun, error)
        address, now = _address(desk, remote), desk.clock.now()
        came = flow.finish(
            remote,
            code,
            iss,
            begun.nonce,
            begun.verifier,
            address,
            desk.providers.key,
            now,
            asks_name=begun.invitation is not None,
        )
        answer = _done(request, desk, remote, begun, came)
    except ProviderError as problem:
        answer = _told(desk, remote, problem, begun)
    forget_cookie(answer, desk, PROVIDER_COOKIE)
    return answer


def _going_on(begun: identities.Request | None, error: str) -> identities.Request:
    """Return what was begun, where it was in this browser and the provider does not refuse."""
    if begun is None:
        raise ProviderError(Refusal.OVER)
    if error:
        raise ProviderError(Refusal.CANCELLED if error == "access_denied" else Refusal.REFUSED)
    return begun


def _done(request: Request, desk: Desk, remote: Remote, begun: identities.Request, came: flow.Arrived) -> Response:
    if begun.account_id is not None:
        return _linked(request, desk, remote, begun.account_id, came)
    if begun.invitation is not None:
        account_id = _invited(request, desk, remote, begun.invitation, came)
        return _signed_in(request, desk, remote, account_id, came, "/")
    at, now = _at(remote), desk.clock.now()
    with desk.database.transaction() as connection:
        owner = identities.owner(connection, at, came.digest, now)
    if owner is None:
        raise ProviderError(Refusal.UNKNOWN)
    if not owner.is_within:
        raise ProviderError(Refusal.ELSEWHERE)
    answer = _signed_in(request, desk, remote, owner.account_id, came, begun.wanted)
    prefer_language(request, answer, desk, owner.language)
    return answer


def _signed_in(
    request: Request, desk: Desk, remote: Remote, account_id: int, came: flow.Arrived, wanted: str
) -> Response:
    """Begin a sign-in, or ask for our own second factor where the provider has not asked for one."""
    key = remote.provider.key
    if came.is_second_factor:
        answer: Response = RedirectResponse(local_path(wanted), 303)
        begin(answer, desk, request, account_id, provider=key)
    else:
        answer = go_on(request, desk, account_id, wanted, provider=key)
    note_provider(answer, desk, key)
    return answer


def _linked(request: Request, desk: Desk, remote: Remote, account_id: int, came: flow.Arrived) -> Response:
    """Connect the account of whoever has begun it and is signed in still."""
    visitor = visitor_of(request, desk)
    if visitor is None or visitor.viewer.account_id != account_id:
        raise ProviderError(Refusal.OVER)
    with desk.database.seen_by(visitor.viewer) as view:
        result = identities.link(view, _at(remote), came.digest, visitor.now)
    if result is not Linked.LINKED:
        raise ProviderError(REFUSED[result])
    desk.providers.note(remote.provider.key, LINKED)
    logger().info("provider", source=remote.provider.key, state=LINKED)
    return RedirectResponse(f"{HERE}?done=identity-linked", 303)


def _invited(request: Request, desk: Desk, remote: Remote, invitation: bytes, came: flow.Arrived) -> int:
    login = f"{remote.provider.key}-{secrets.token_hex(LOGIN_BYTES)}"
    at, now, language = _at(remote), desk.clock.now(), language_of(request)
    try:
        with desk.database.transaction() as connection:
            made = identities.accept_invitation(
                connection, at, invitation, came.digest, login, came.name, language, now
            )
    except OverError as error:
        raise ProviderError(Refusal.INVITATION) from error
    if made is None:
        raise ProviderError(Refusal.ELSEWHERE)
    logger().info("invitation used")
    return made


def _sent(
    request: Request, desk: Desk, remote: Remote, *, wanted: str = "/", invitation: bytes | None = None
) -> Response:
    """Send the browser to a provider to sign in or to accept an invitation."""
    kept = identities.Request("", "", wanted, invitation=invitation)
    try:
        begun = flow.begin(remote, _address(desk, remote), language_of(request))
    except ProviderError as problem:
        return _told(desk, remote, problem, kept)
    with desk.database.transaction() as connection:
        return _led(connection, desk, remote, begun, kept)


def _led(
    connection: Connection[Row], desk: Desk, remote: Remote, begun: flow.Begun, kept: identities.Request
) -> Response:
    """Lead the browser to a provider, and keep what has to come back."""
    answer = RedirectResponse(begun.address, 303)
    holder = hold_request(answer, desk, identities.LASTS)
    kept = kept._replace(nonce=begun.nonce, verifier=begun.verifier)
    identities.keep(connection, digest(holder), digest(begun.state), _at(remote), kept, desk.clock.now())
    return answer


def _begun(request: Request, desk: Desk, remote: Remote, state: str) -> identities.Request | None:
    holder = request_holder(request, desk)
    if not holder or not state:
        return None
    with desk.database.transaction() as connection:
        return identities.take(connection, digest(holder), digest(state), _at(remote), desk.clock.now())


def _told(desk: Desk, remote: Remote, problem: ProviderError, begun: identities.Request | None) -> Response:
    """Lead to the page that tells why nothing came of it; local accounts go on signing in there."""
    key = remote.provider.key
    desk.providers.note(key, problem.refusal)
    logger().info("provider", source=key, state=str(problem.refusal), reason=problem.detail)
    path = HERE if begun is not None and begun.account_id is not None else SIGN_IN
    asked = {"provider": key, "said": str(problem.refusal)}
    if begun is not None and path == SIGN_IN and begun.wanted != "/":
        asked["next"] = begun.wanted
    return RedirectResponse(f"{path}?{urlencode(asked)}", 303)


def _address(desk: Desk, remote: Remote) -> str:
    """Return where a provider sends the browser back to; it has to be registered there."""
    return f"{desk.settings.base_url.rstrip('/')}/sign-in/provider/{remote.provider.key}/back"


def _at(remote: Remote) -> At:
    return At(remote.provider.key, remote.provider.organisation)


def _remote(desk: Desk, key: str) -> Remote:
    remote = desk.providers.remote(key)
    if remote is None:
        raise HTTPException(404)
    return remote


def _wait_s(request: Request, desk: Desk) -> int:
    wait_s = desk.pace.wait_s(f"provider {request.client.host if request.client else ''}")
    return max(1, round(wait_s)) if wait_s > 0 else 0
