"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from core.translation import LANGUAGES
from dashboards import repository
from dashboards.desk import Desk
from dashboards.tokens import digest, masked, new_token, proves
from dashboards.visitors import (
    FORM_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    DeskDependency,
    ForgedRequestError,
    Trusted,
    comes_from_us,
    cookie_name,
    has_form_token,
    language_of,
    local_path,
    visitor_of,
)
from registry.accounts import verify

router = APIRouter()
YEAR_S = 31_536_000
MOST_LOGIN = 200  # characters; more is nobody's


@router.get("/sign-in")
def ask(request: Request, desk: DeskDependency, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Show the sign-in page; who is signed in already goes on."""
    if visitor_of(request, desk) is not None:
        return RedirectResponse(local_path(next), 303)
    return _page(request, desk, next)


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
        return _page(request, desk, next, login=login, wait_s=round(wait) or 1, status=429)
    with desk.database.transaction() as connection:
        account = verify(connection, login, password)
    if account is None:
        desk.throttle.failed(login, address)
        return _page(request, desk, next, login=login, refused=True, status=401)
    desk.throttle.succeeded(login, address)
    answer = RedirectResponse(local_path(next), 303)
    begin(answer, desk, account.account_id)
    if LANGUAGE_COOKIE not in request.cookies and account.language in LANGUAGES:
        _set_language(answer, desk, account.language)
    return answer


def begin(answer: Response, desk: Desk, account_id: int) -> None:
    """Begin a sign-in of an account with this answer."""
    token = new_token()
    with desk.database.transaction() as connection:
        repository.start_session(
            connection, account_id, digest(token), new_token(), desk.clock.now(), desk.settings.session_lasts
        )
    _set_cookie(answer, desk, SESSION_COOKIE, token, round(desk.settings.session_lasts.total_seconds()))


@router.post("/sign-out")
def sign_out(desk: DeskDependency, visitor: Trusted) -> Response:
    """End the sign-in, here and in the database."""
    with desk.database.transaction() as connection:
        repository.end_session(connection, visitor.token_digest)
    answer = RedirectResponse("/sign-in", 303)
    secure = desk.settings.secure
    answer.delete_cookie(cookie_name(SESSION_COOKIE, secure=secure), secure=secure, httponly=True, samesite="lax")
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
    if language in LANGUAGES:
        _set_language(answer, desk, language)
    return answer


def _page(
    request: Request,
    desk: Desk,
    wanted: str,
    *,
    login: str = "",
    refused: bool = False,
    wait_s: int = 0,
    status: int = 200,
) -> Response:
    held, proof = form_proof(request, desk)
    answer = desk.renderer.page(
        "sign_in.html",
        language_of(request),
        status,
        csrf=proof,
        wanted=local_path(wanted),
        login=login,
        refused=refused,
        wait_s=wait_s,
        path="/sign-in",
    )
    if wait_s:
        answer.headers["Retry-After"] = str(wait_s)
    hold_proof(answer, desk, held)
    return answer


def form_proof(request: Request, desk: Desk) -> tuple[str, str]:
    """Return what the cookie of somebody not signed in is to hold, and the proof for a form of the page."""
    held = request.cookies.get(cookie_name(FORM_COOKIE, secure=desk.settings.secure)) or new_token()
    try:
        return held, masked(held)
    except ValueError:
        held = new_token()
        return held, masked(held)


def hold_proof(answer: Response, desk: Desk, held: str) -> None:
    """Let the cookie of somebody not signed in hold what `form_proof` told."""
    _set_cookie(answer, desk, FORM_COOKIE, held, None)


def _set_cookie(answer: Response, desk: Desk, name: str, value: str, lasts_s: int | None) -> None:
    # Lax, not strict: the link to an alert in a mail must find its reader signed in.
    secure = desk.settings.secure
    answer.set_cookie(
        cookie_name(name, secure=secure), value, max_age=lasts_s, httponly=True, samesite="lax", secure=secure
    )


def _set_language(answer: Response, desk: Desk, language: str) -> None:
    answer.set_cookie(
        LANGUAGE_COOKIE, language, max_age=YEAR_S, httponly=True, samesite="lax", secure=desk.settings.secure
    )
