"""Where an invitation leads: a code that works once makes an account, or adds a person to the one that is signed in."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from core.log import logger
from core.translation import mark
from dashboards.desk import Desk
from dashboards.provider_words import choices
from dashboards.sign_ins import begin, form_proof, hold_proof
from dashboards.tokens import masked, proves
from dashboards.visitors import (
    DeskDependency,
    ForgedRequestError,
    Visitor,
    comes_from_us,
    has_form_token,
    language_of,
    visitor_of,
)
from dashboards.wording import Words
from dashboards.written import plain
from registry import accounts, invitations
from registry.agreement import Capacity
from registry.invitations import InvitationError, Invited, OverError
from registry.rules import LOGIN

router = APIRouter()
Text = Annotated[str, Form()]
# The address holds the code: nobody is told it. With "no-referrer" the form would not say that it comes from us either.
HEADERS = {"Referrer-Policy": "strict-origin", "X-Robots-Tag": "noindex, nofollow"}
TOO_OFTEN = mark("Too many attempts. Wait a minute and try again.")
WELCOME = {
    Capacity.FAMILY: mark("%(organisation)s invites you to see how %(person)s is."),
    Capacity.DELEGATE: mark("%(organisation)s invites you to decide about the data of %(person)s."),
    Capacity.SELF: mark("%(organisation)s invites you to see who sees what of you, and to decide about it."),
}


@router.get("/invite")
def ask(request: Request, desk: DeskDependency, code: str = "") -> Response:
    """Ask for the code of an invitation, or lead on with the one that was typed."""
    if code.strip():
        return RedirectResponse(f"/invite/{_clean(code)}", 303, headers=HEADERS)
    return _filled(request, desk, 200)


@router.get("/invite/{code}")
def look(request: Request, desk: DeskDependency, code: str) -> Response:
    """Say to what a code leads, and ask for a user name and a password. Changes nothing."""
    if wait_s := _wait_s(request, desk):
        return _too_often(request, desk, wait_s)
    return _page(request, desk, _clean(code))


@router.post("/invite/{code}")
def accept(
    request: Request, desk: DeskDependency, code: str,
    login: Text = "", name: Text = "", password: Text = "", csrf: Text = "",
) -> Response:  # fmt: skip
    """Make the account and sign it in; or add the person to the account that is signed in."""
    code, visitor = _clean(code), visitor_of(request, desk)
    if wait_s := _wait_s(request, desk):
        return _too_often(request, desk, wait_s)
    ours = has_form_token(request, desk, csrf)
    if visitor is not None:
        ours = proves(csrf, visitor.csrf_token) and comes_from_us(request)
    if not ours:
        raise ForgedRequestError
    language = language_of(request)
    try:
        if visitor is not None:
            return _joined(desk, visitor, code)
        with desk.database.transaction() as connection:
            made = invitations.accept(connection, code, plain(login), plain(name), password, language, desk.clock.now())
    except InvitationError as error:
        return _page(request, desk, code, said=error.text(language), login=plain(login), name=plain(name), status=409)
    logger().info("invitation used")
    answer = RedirectResponse("/", 303, headers=HEADERS)
    begin(answer, desk, request, made)
    return answer


def _joined(desk: Desk, visitor: Visitor, code: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        invitations.join(view, code, visitor.now)
    logger().info("invitation used")
    return RedirectResponse("/family", 303, headers=HEADERS)


def _page(
    request: Request, desk: Desk, code: str, *,
    said: str = "", login: str | None = None, name: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    try:
        with desk.database.transaction() as connection:
            invited = invitations.look(connection, code, desk.clock.now())
    except OverError as error:
        return _filled(request, desk, 410, said=error.text(language_of(request)))
    if login is None:
        login = invited.email.lower() if LOGIN.fullmatch(invited.email.lower()) else ""
    named = invited.name if name is None else name
    return _filled(request, desk, status, said=said, invited=invited, code=code, login=login, name=named)


def _filled(
    request: Request, desk: Desk, status: int, *,
    said: str = "", invited: Invited | None = None, code: str = "", login: str = "", name: str = "",
) -> Response:  # fmt: skip
    visitor, words = visitor_of(request, desk), Words(language_of(request))
    held, proof = form_proof(request, desk)
    welcome = ""
    if invited is not None:
        who = {"organisation": invited.organisation, "person": invited.person}
        welcome = words.say(WELCOME[invited.capacity]) % who
    answer = desk.renderer.page(
        "invite.html",
        words.language,
        status,
        csrf=proof if visitor is None else masked(visitor.csrf_token),
        path="/invite",
        said=said,
        welcome=welcome,
        code=code,
        login=login,
        name=name,
        is_signed_in=visitor is not None,
        providers=choices(desk.providers, words.language),
        least=accounts.MINIMUM_LENGTH,
    )
    answer.headers.update(HEADERS)
    if visitor is None:
        hold_proof(answer, desk, held)
    return answer


def _too_often(request: Request, desk: Desk, wait_s: float) -> Response:
    answer = _filled(request, desk, 429, said=Words(language_of(request)).say(TOO_OFTEN))
    answer.headers["Retry-After"] = str(round(wait_s) or 1)
    return answer


def _wait_s(request: Request, desk: Desk) -> float:
    address = request.client.host if request.client else ""
    return desk.pace.wait_s(f"invitation {address}")


def _clean(code: str) -> str:
    """Return a code as it stands in an address."""
    return "".join(letter for letter in code.strip()[:64] if letter.isascii() and (letter.isalnum() or letter == "-"))
