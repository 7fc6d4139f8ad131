"""Signing in and out."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from core.languages import READ
from dashboards import repository
from dashboards.desk import Desk
from dashboards.pages.second_step import go_on
from dashboards.provider_words import choices
from dashboards.provider_words import said as provider_said
from dashboards.providers.flow import sign_out_address
from dashboards.sign_ins import forget_cookie, form_proof, hold_proof, noted_provider, prefer_language, set_language
from dashboards.tokens import proves
from dashboards.visitors import (
    SESSION_COOKIE,
    SIGNED_BY_COOKIE,
    DeskDependency,
    ForgedRequestError,
    Trusted,
    comes_from_us,
    has_form_token,
    language_of,
    local_path,
    visitor_of,
)
from dashboards.wording import Words
from registry.accounts import verify

router = APIRouter()
MOST_LOGIN = 200  # characters; more is nobody's


@router.get("/sign-in")
def ask(
    request: Request, desk: DeskDependency, provider: str = "", said: str = "",
    next: str = "/",  # noqa: A002 - the name in the address
) -> Response:  # fmt: skip
    """Show the sign-in page; who is signed in already goes on."""
    if visitor_of(request, desk) is not None:
        # What a provider's answer came to is said on the page of the account as well.
        there = f"/account?{urlencode({'provider': provider, 'said': said})}" if said else local_path(next)
        return RedirectResponse(there, 303)
    return page(request, desk, next, said=provider_said(desk.providers, provider, said, Words(language_of(request))))


@router.post("/sign-in")
def sign_in(
    request: Request,
    desk: DeskDependency,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Sign in, or say what is wrong without telling whether the account exists."""
    if not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    login = login.strip().lower()[:MOST_LOGIN].replace("\0", "")
    address = request.client.host if request.client else ""
    wait = desk.throttle.wait_s(login, address)
    if wait > 0:
        return page(request, desk, next, login=login, wait_s=round(wait) or 1, status=429)
    with desk.database.transaction() as connection:
        account = verify(connection, login, password)
    if account is None:
        desk.throttle.failed(login, address)
        return page(request, desk, next, login=login, refused=True, status=401)
    desk.throttle.succeeded(login, address)
    answer = go_on(request, desk, account.account_id, next)
    prefer_language(request, answer, desk, account.language)
    forget_cookie(answer, desk, SIGNED_BY_COOKIE)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, desk: DeskDependency, visitor: Trusted) -> Response:
    """End the sign-in, here and in the database, and at the provider through which it began if that can be asked."""
    with desk.database.transaction() as connection:
        repository.end_session(connection, visitor.token_digest)
    remote = desk.providers.remote(noted_provider(request, desk))
    there = sign_out_address(remote, f"{desk.settings.base_url.rstrip('/')}/sign-in") if remote else None
    answer = RedirectResponse(there or "/sign-in", 303)
    forget_cookie(answer, desk, SIGNED_BY_COOKIE)
    forget_cookie(answer, desk, SESSION_COOKIE)
    return answer


@router.post("/language")
def choose_language(
    request: Request,
    desk: DeskDependency,
    language: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Keep the language in a cookie and go back to the page."""
    visitor = visitor_of(request, desk)
    ours = proves(csrf, visitor.csrf_token) and comes_from_us(request) if visitor else False
    if not ours and not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    answer = RedirectResponse(local_path(next), 303)
    if language in READ:
        set_language(answer, desk, language)
    return answer


def page(
    request: Request,
    desk: Desk,
    wanted: str,
    *,
    login: str = "",
    refused: bool = False,
    said: str = "",
    passkey_refused: bool = False,
    wait_s: int = 0,
    status: int = 200,
) -> Response:
    """Return the sign-in page, with what was wrong with the last attempt."""
    held, proof = form_proof(request, desk)
    answer = desk.renderer.page(
        "sign_in.html",
        language_of(request),
        status,
        csrf=proof,
        wanted=local_path(wanted),
        login=login,
        refused=refused,
        said=said,
        providers=choices(desk.providers, language_of(request)),
        passkey_refused=passkey_refused,
        offers_passkeys=desk.settings.passkey_site is not None,
        wait_s=wait_s,
        path="/sign-in",
    )
    if wait_s:
        answer.headers["Retry-After"] = str(wait_s)
    hold_proof(answer, desk, held)
    return answer
