"""Your account: the second factor, recovery codes, sign-ins, and what happened to it."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from core.database import View
from core.languages import READ
from core.log import logger
from core.translation import mark
from dashboards import account as shown_account
from dashboards import one_time, repository
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.pages.second_step import MOST_CODE
from dashboards.provider_words import choices, identity_views
from dashboards.provider_words import said as provider_said
from dashboards.sign_ins import set_language
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor
from dashboards.watch import ROME
from dashboards.wording import Words
from registry import accounts, identities, passkeys, second_factor
from registry.reads import own_account

router = APIRouter()
Text = Annotated[str, Form()]

HERE = "/account"
EVENTS = 20
DONE = {
    "language": mark("From now on pages and messages come in this language."),
    "removed": mark("One-time codes are switched off: the password alone is enough."),
    "ended": mark("That sign-in is ended."),
    "others": mark("All other sign-ins are ended."),
    "recovery": mark(
        "You have signed in with a recovery code, which is used up now. If you have lost the telephone, set up another "
        "one here."
    ),
    "codes-first": mark("Set up one-time codes first: their recovery codes let you back in when the device is lost."),
    "passkey-added": mark("The passkey is added: from now on you can sign in with it alone."),
    "passkey-refused": mark("The device made no passkey that can be used here. Nothing was changed: try again."),
    "passkey-removed": mark("The passkey is removed here. Remove it on the device, too."),
    "identity-linked": mark("Your account is connected: from now on you can sign in through it, too."),
    "identity-removed": mark("It is disconnected: nobody signs in here through it any more."),
    "identity-needed": mark("Nothing was changed: without it you could not sign in any more."),
    "issued": mark("You have signed in with the code that was handed out to you. Set up one-time codes anew here."),
}
NOT_DONE = frozenset({"codes-first", "passkey-refused", "identity-needed"})
WRONG_PASSWORD = mark("This password is not right. Nothing was changed.")
OLD = mark(
    "You have no password to prove that it is you. Sign out, sign in again, and do it within ten minutes. Nothing was "
    "changed."
)
# Who has no password proves to be the owner by having just signed in.
FRESH = timedelta(minutes=10)
NEEDED = mark("Your role needs a second factor: it can be set up anew, but not switched off.")


@router.get("/account")
def whole(
    request: Request, desk: DeskDependency, visitor: SignedIn, done: str = "", provider: str = "", said: str = ""
) -> Response:
    """Show the visitor's account."""
    words = Words(visitor.language)
    refused = provider_said(desk.providers, provider, said, words)
    told = refused or words.say(DONE.get(done, ""))
    return _page(request, desk, visitor, said=told, problem=bool(refused) or done in NOT_DONE)


@router.post("/account/language")
def choose_language(desk: DeskDependency, visitor: Trusted, language: Text = "") -> Response:
    """Go on in a language, here and in messages."""
    if language not in READ:
        return RedirectResponse(HERE, 303)
    with desk.database.seen_by(visitor.viewer) as view:
        accounts.choose_language(view, language)
    answer = RedirectResponse(f"{HERE}?done=language", 303)
    set_language(answer, desk, language)
    return answer


@router.post("/account/second-factor")
def set_up(request: Request, desk: DeskDependency, visitor: Trusted, password: Text = "", code: Text = "") -> Response:
    """Show what an app needs, to whoever proves to be the owner."""

    def act(frame: Frame, view: View) -> Response:
        secret = second_factor.offer(view.connection, visitor.viewer.account_id, visitor.now)
        return _set_up_page(frame, view, secret)

    return proved(request, desk, visitor, password, code, act)


@router.post("/account/second-factor/confirm")
def confirm(request: Request, desk: DeskDependency, visitor: Trusted, code: Text = "") -> Response:
    """Make the app that was shown the second factor once its code comes; show the recovery codes this once."""
    account_id = visitor.viewer.account_id
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        made = second_factor.confirm(view.connection, account_id, code[:MOST_CODE], visitor.now)
        if made is not None:
            logger().info("second factor set")
            return _codes_page(frame, made)
        secret = second_factor.offered(view.connection, account_id, visitor.now)
        if secret is not None:
            return _set_up_page(frame, view, secret, 401, said=frame.words.say(one_time.WRONG))
    # Nothing was shown lately: nobody may begin here.
    return RedirectResponse(HERE, 303)


@router.post("/account/second-factor/remove")
def remove(request: Request, desk: DeskDependency, visitor: Trusted, password: Text = "", code: Text = "") -> Response:
    """Switch one-time codes off, where the role leaves that to the owner."""
    account_id = visitor.viewer.account_id

    def act(frame: Frame, view: View) -> Response:
        if second_factor.is_needed(view.connection, account_id, desk.settings.roles_with_second_factor):
            return _filled(frame, view, 409, said=frame.words.say(NEEDED), problem=True)
        second_factor.remove(view.connection, account_id, visitor.now)
        return RedirectResponse(f"{HERE}?done=removed", 303)

    return proved(request, desk, visitor, password, code, act)


@router.post("/account/recovery-codes")
def renew_codes(
    request: Request, desk: DeskDependency, visitor: Trusted, password: Text = "", code: Text = ""
) -> Response:
    """Make new recovery codes, and show them this once."""
    account_id = visitor.viewer.account_id

    def act(frame: Frame, view: View) -> Response:
        if second_factor.factor_of(view.connection, account_id) is None:
            return RedirectResponse(HERE, 303)
        return _codes_page(frame, second_factor.renew_codes(view.connection, account_id, visitor.now))

    return proved(request, desk, visitor, password, code, act)


@router.post("/account/sessions/others/end")
def end_others(desk: DeskDependency, visitor: Trusted) -> Response:
    """End all sign-ins but this one."""
    account_id = visitor.viewer.account_id
    with desk.database.seen_by(visitor.viewer) as view:
        if repository.end_other_sessions(view.connection, account_id, visitor.token_digest):
            second_factor.note(view.connection, account_id, "sessions_ended", visitor.now)
    return RedirectResponse(f"{HERE}?done=others", 303)


@router.post("/account/sessions/{session}/end")
def end(desk: DeskDependency, visitor: Trusted, session: UUID) -> Response:
    """End a sign-in of the visitor's."""
    account_id = visitor.viewer.account_id
    with desk.database.seen_by(visitor.viewer) as view:
        if repository.end_session_of(view.connection, account_id, session):
            second_factor.note(view.connection, account_id, "session_ended", visitor.now)
    return RedirectResponse(f"{HERE}?done=ended", 303)


def proved(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    password: str,
    code: str,
    act: Callable[[Frame, View], Response],
) -> Response:
    """Do something grave, by `act`, for whoever gives the password once more, and a code where there is one."""
    account_id = visitor.viewer.account_id
    guessed = (f"account {account_id}", request.client.host if request.client else "")
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        wait_s = desk.throttle.wait_s(*guessed)
        if wait_s > 0:
            return _filled(frame, view, 429, said=one_time.wait(wait_s, frame.words), problem=True, wait_s=wait_s)
        if not accounts.has_own_password(view):
            if not _is_fresh(view, visitor):
                return _filled(frame, view, 409, said=frame.words.say(OLD), problem=True)
        elif not accounts.is_own_password(view, password):
            desk.throttle.failed(*guessed)
            return _filled(frame, view, 401, said=frame.words.say(WRONG_PASSWORD), problem=True)
        desk.throttle.succeeded(*guessed)
        if second_factor.factor_of(view.connection, account_id) is not None:
            checked = second_factor.check(view.connection, account_id, code[:MOST_CODE], visitor.now)
            if not checked.outcome.is_right:
                said, status = one_time.said(checked, frame.words), one_time.STATUS[checked.outcome]
                return _filled(frame, view, status, said=said, problem=True, wait_s=checked.wait_s)
        return act(frame, view)


def _is_fresh(view: View, visitor: Visitor) -> bool:
    """Tell whether the visitor has just signed in."""
    account_id = visitor.viewer.account_id
    sessions = repository.sessions_of(view.connection, account_id, visitor.token_digest, visitor.now)
    return any(one.is_this and visitor.now - one.started_at <= FRESH for one in sessions)


def _page(request: Request, desk: Desk, visitor: Visitor, **values: Any) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        return _filled(Frame.around(request, desk, visitor, view), view, 200, **values)


def _filled(
    frame: Frame, view: View, status: int, *, said: str = "", problem: bool = False, wait_s: float = 0.0
) -> Response:
    visitor, words = frame.visitor, frame.words
    account_id = visitor.viewer.account_id
    factor = second_factor.factor_of(view.connection, account_id)
    sessions = repository.sessions_of(view.connection, account_id, visitor.token_digest, visitor.now)
    happened = second_factor.events(view, EVENTS)
    held = identities.own(view)
    answer = frame.page(
        "account.html",
        status,
        account=own_account(view),
        factor=factor,
        since="" if factor is None else words.moment(factor.since, ROME, visitor.now),
        is_needed=second_factor.is_needed(view.connection, account_id, frame.desk.settings.roles_with_second_factor),
        sessions=shown_account.session_views(sessions, visitor.now, words),
        happened=shown_account.event_views(happened, visitor.now, words),
        passkeys=shown_account.passkey_views(passkeys.own(view), visitor.now, words),
        offers_passkeys=frame.desk.settings.passkey_site is not None,
        has_password=accounts.has_own_password(view),
        identities=identity_views(held, frame.desk.providers, visitor.now, words),
        providers=[
            one
            for one in choices(frame.desk.providers, words.language)
            if one.key not in {each.provider for each in held}
        ],
        said=said,
        problem=problem,
    )
    if wait_s > 0:
        answer.headers["Retry-After"] = str(math.ceil(wait_s))
    return answer


def _set_up_page(frame: Frame, view: View, secret: bytes, status: int = 200, *, said: str = "") -> Response:
    account = own_account(view)
    login = account.login if account else ""
    return frame.page("account_set_up.html", status, shown=one_time.shown(secret, login), login=login, said=said)


def _codes_page(frame: Frame, made: list[str]) -> Response:
    return frame.page("account_codes.html", codes=made)
