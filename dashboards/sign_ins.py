"""The cookies of sign-ins: a whole one, one of which a code is still to come, and what proves forms of nobody yet."""

from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from core.languages import READ
from core.log import logger
from dashboards import repository
from dashboards.desk import Desk
from dashboards.notifications import device_name
from dashboards.repository import Half
from dashboards.tokens import digest, masked, new_token
from dashboards.visitors import (
    FORM_COOKIE,
    HALF_COOKIE,
    LANGUAGE_COOKIE,
    PROVIDER_COOKIE,
    SESSION_COOKIE,
    SIGNED_BY_COOKIE,
    cookie_name,
)

YEAR_S = 31_536_000
HALF_LASTS = timedelta(minutes=15)
SIGNED_IN, HALF = "signed in", "half"  # as logs and figures call what came of a provider


def begin(answer: Response, desk: Desk, request: Request, account_id: int, *, provider: str = "") -> None:
    """Begin a sign-in of an account with this answer; `provider` is the key of the one through which it came."""
    token, lasts, now = new_token(), desk.settings.session_lasts, desk.clock.now()
    device = device_name(request.headers.get("user-agent", ""))
    with desk.database.transaction() as connection:
        repository.start_session(connection, account_id, digest(token), new_token(), device, now, lasts)
    _set_cookie(answer, desk, SESSION_COOKIE, token, round(lasts.total_seconds()))
    if provider:
        _count(desk, provider, SIGNED_IN)


def begin_half(answer: Response, desk: Desk, account_id: int, provider: str) -> None:
    """Note with this answer that the password, or what a provider says, was right, and that it is not enough."""
    token, now = new_token(), desk.clock.now()
    with desk.database.transaction() as connection:
        repository.start_half_sign_in(connection, account_id, provider, digest(token), now, HALF_LASTS)
    _set_cookie(answer, desk, HALF_COOKIE, token, round(HALF_LASTS.total_seconds()))
    if provider:
        _count(desk, provider, HALF)


def half_of(request: Request, desk: Desk) -> Half | None:
    """Return the sign-in of which a code is still to come, None if there is none."""
    token = request.cookies.get(cookie_name(HALF_COOKIE, secure=desk.settings.secure), "")
    if not token:
        return None
    with desk.database.transaction() as connection:
        return repository.half_sign_in(connection, digest(token), desk.clock.now())


def end_half(request: Request, answer: Response, desk: Desk) -> None:
    """Forget that the password was right, here and in the database."""
    name = cookie_name(HALF_COOKIE, secure=desk.settings.secure)
    with desk.database.transaction() as connection:
        repository.end_half_sign_in(connection, digest(request.cookies.get(name, "")))
    forget_cookie(answer, desk, HALF_COOKIE)


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


def hold_request(answer: Response, desk: Desk, lasts: timedelta) -> str:
    """Give the browser by what it is known when it comes back from a provider; return that."""
    token = new_token()
    _set_cookie(answer, desk, PROVIDER_COOKIE, token, round(lasts.total_seconds()))
    return token


def request_holder(request: Request, desk: Desk) -> str:
    """Return by what a browser is known that comes back from a provider; "" where it was sent to none."""
    return request.cookies.get(cookie_name(PROVIDER_COOKIE, secure=desk.settings.secure), "")


def note_provider(answer: Response, desk: Desk, key: str) -> None:
    """Let the browser keep by which provider it was signed in, to sign out there, too."""
    _set_cookie(answer, desk, SIGNED_BY_COOKIE, key, round(desk.settings.session_lasts.total_seconds()))


def noted_provider(request: Request, desk: Desk) -> str:
    """Return by which provider the browser was signed in; "" where it was by none."""
    return request.cookies.get(cookie_name(SIGNED_BY_COOKIE, secure=desk.settings.secure), "")


def prefer_language(request: Request, answer: Response, desk: Desk, language: str) -> None:
    """Go on in the language of an account, unless another one was chosen in this browser."""
    if LANGUAGE_COOKIE not in request.cookies and language in READ:
        set_language(answer, desk, language)


def set_language(answer: Response, desk: Desk, language: str) -> None:
    """Keep the language in a cookie."""
    answer.set_cookie(
        LANGUAGE_COOKIE, language, max_age=YEAR_S, httponly=True, samesite="lax", secure=desk.settings.secure
    )


def forget_cookie(answer: Response, desk: Desk, name: str) -> None:
    """Let the browser forget a cookie."""
    secure = desk.settings.secure
    answer.delete_cookie(cookie_name(name, secure=secure), secure=secure, httponly=True, samesite="lax")


def _count(desk: Desk, provider: str, what: str) -> None:
    """Tell logs and figures what came of a sign-in through a provider."""
    desk.providers.note(provider, what)
    logger().info("provider", source=provider, state=what)


def _set_cookie(answer: Response, desk: Desk, name: str, value: str, lasts_s: int | None) -> None:
    # Lax, not strict: the link to an alert in a mail must find its reader signed in.
    secure = desk.settings.secure
    answer.set_cookie(
        cookie_name(name, secure=secure), value, max_age=lasts_s, httponly=True, samesite="lax", secure=secure
    )
