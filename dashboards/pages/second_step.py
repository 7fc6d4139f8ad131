"""The second step of signing in: a code where the account has a second factor, its set-up where it needs one."""

import math
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from core.log import logger
from core.viewer import Viewer
from dashboards import one_time
from dashboards.desk import Desk
from dashboards.sign_ins import begin, begin_half, end_half, form_proof, half_of, hold_proof
from dashboards.visitors import DeskDependency, ForgedRequestError, has_form_token, language_of, local_path
from dashboards.wording import Words
from registry import second_factor
from registry.reads import own_account
from registry.second_factor import Outcome

router = APIRouter()
Text = Annotated[str, Form()]
MOST_CODE = 60  # characters; more is no code
CODE, SET_UP, AGAIN = "/sign-in/code", "/sign-in/set-up", "/sign-in"


def go_on(request: Request, desk: Desk, account_id: int, wanted: str, *, provider: str = "") -> Response:
    """Sign in whoever's password, or `provider`, was right, or ask for what is still missing."""
    with desk.database.transaction() as connection:
        has = second_factor.factor_of(connection, account_id) is not None
        needs = second_factor.is_needed(connection, account_id, desk.settings.roles_with_second_factor)
    if has or needs:
        answer = _to(CODE if has else SET_UP, wanted)
        begin_half(answer, desk, account_id, provider)
        return answer
    answer = RedirectResponse(local_path(wanted), 303)
    begin(answer, desk, request, account_id, provider=provider)
    return answer


@router.get("/sign-in/code")
def ask(request: Request, desk: DeskDependency, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Ask for a code; whoever has not given the password just now gives it first."""
    if half_of(request, desk) is None:
        return _to(AGAIN, next)
    return _page(request, desk, "sign_in_code.html", next)


@router.post("/sign-in/code")
def give(
    request: Request, desk: DeskDependency, code: Text = "", csrf: Text = "",
    next: Text = "/",  # noqa: A002 - the name in the form
) -> Response:  # fmt: skip
    """Sign in with a code, or say what is wrong with it."""
    if not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    half, now = half_of(request, desk), desk.clock.now()
    if half is None:
        return _to(AGAIN, next)
    account_id = half.account_id
    with desk.database.transaction() as connection:
        checked = second_factor.check(connection, account_id, code[:MOST_CODE], now)
        needs = second_factor.is_needed(connection, account_id, desk.settings.roles_with_second_factor)
    if not checked.outcome.is_right:
        said = one_time.said(checked, Words(language_of(request)))
        status = one_time.STATUS[checked.outcome]
        return _page(request, desk, "sign_in_code.html", next, status, said=said, wait_s=checked.wait_s)
    logger().info("second factor", state=str(checked.outcome))
    if checked.outcome is Outcome.ISSUED and needs:
        return _to(SET_UP, next)
    wanted = local_path(next) if checked.outcome is Outcome.CODE else f"/account?done={checked.outcome}"
    answer = RedirectResponse(wanted, 303)
    begin(answer, desk, request, account_id, provider=half.provider)
    end_half(request, answer, desk)
    return answer


@router.get("/sign-in/set-up")
def show(request: Request, desk: DeskDependency, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Show what an app needs, to whoever needs a second factor and has none."""
    half = half_of(request, desk)
    if half is None:
        return _to(AGAIN, next)
    return _set_up_page(request, desk, half.account_id, next)


@router.post("/sign-in/set-up")
def confirm(
    request: Request, desk: DeskDependency, code: Text = "", csrf: Text = "",
    next: Text = "/",  # noqa: A002 - the name in the form
) -> Response:  # fmt: skip
    """Make the app the second factor once its code comes, sign in, and show the recovery codes this once."""
    if not has_form_token(request, desk, csrf):
        raise ForgedRequestError
    half, now = half_of(request, desk), desk.clock.now()
    if half is None:
        return _to(AGAIN, next)
    account_id = half.account_id
    with desk.database.transaction() as connection:
        if second_factor.factor_of(connection, account_id) is not None:
            return _to(CODE, next)
        made = second_factor.confirm(connection, account_id, code[:MOST_CODE], now)
    if made is None:
        said = Words(language_of(request)).say(one_time.WRONG)
        return _set_up_page(request, desk, account_id, next, status=401, said=said)
    logger().info("second factor set")
    answer = _page(request, desk, "sign_in_codes.html", next, codes=made)
    begin(answer, desk, request, account_id, provider=half.provider)
    end_half(request, answer, desk)
    return answer


def _set_up_page(
    request: Request, desk: Desk, account_id: int, wanted: str, *, status: int = 200, said: str = ""
) -> Response:
    with desk.database.seen_by(Viewer(account_id)) as view:
        if second_factor.factor_of(view.connection, account_id) is not None:
            return _to(CODE, wanted)
        secret = second_factor.offer(view.connection, account_id, desk.clock.now())
        account = own_account(view)
    login = account.login if account else ""
    shown = one_time.shown(secret, login)
    return _page(request, desk, "sign_in_set_up.html", wanted, status, said=said, shown=shown, login=login)


def _to(path: str, wanted: str) -> RedirectResponse:
    return RedirectResponse(path + _next(wanted), 303)


def _next(wanted: str) -> str:
    path = local_path(wanted)
    return "" if path == "/" else f"?next={quote(path, safe='/')}"


def _page(
    request: Request, desk: Desk, template: str, wanted: str, status: int = 200, *,
    said: str = "", wait_s: float = 0.0, **values: Any,
) -> Response:  # fmt: skip
    held, proof = form_proof(request, desk)
    path = local_path(wanted)
    answer = desk.renderer.page(
        template, language_of(request), status, csrf=proof, wanted=path, said=said, path=request.url.path, **values
    )
    if wait_s > 0:
        answer.headers["Retry-After"] = str(math.ceil(wait_s))
    hold_proof(answer, desk, held)
    return answer
