"""The page behind the link in a message of the day: when it comes, by which way, or not at all. Nobody is signed in.

A look changes nothing. Only the form does, and what mail programs send for "unsubscribe" (RFC 8058): both show by the
signed address that they hold the message. The page names nobody.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from alerts.digest.choosing import USUAL, choose_by_link
from alerts.digest.choosing import by_link as chosen
from alerts.digest.links import PATH, PURPOSE
from alerts.reach.errors import ReachError
from alerts.replies.tokens import read
from core.languages import LANGUAGES, READ
from core.translation import mark
from dashboards.daily import choice_view
from dashboards.desk import Desk
from dashboards.visitors import DeskDependency, language_of
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter()

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
SAVED = mark("Saved.")
STOPPED = mark("Saved: no message of the day comes any more.")
UNKNOWN = mark("This link is not valid, or too old. Use the one in a newer message.")
TOO_OFTEN = mark("This link was used too often. Wait a minute, then try again.")
Text = Annotated[str, Form()]


@router.get(PATH + "/{token}")
def whole(request: Request, desk: DeskDependency, token: str) -> Response:
    """Show what is chosen."""
    message = _message(desk, token)
    if wait_s := _wait_s(request, desk, message):
        return _too_often(request, desk, wait_s)
    return _page(request, desk, message, token)


@router.post(PATH + "/{token}")
def save(
    request: Request, desk: DeskDependency, token: str, wanted: Text = "", at: Text = "", way: Text = "",
    unsubscribe: Annotated[str, Form(alias="List-Unsubscribe")] = "",
) -> Response:  # fmt: skip
    """Choose."""
    message = _message(desk, token)
    # The choice of a person is taken however often programs have looked.
    if message is None:
        wait_s = _wait_s(request, desk, None)
        return _too_often(request, desk, wait_s) if wait_s else _page(request, desk, None, token)
    time = plain(at) if wanted and not unsubscribe else None
    try:
        with desk.database.transaction() as connection:
            choose_by_link(connection, message, time, plain(way), desk.clock.now())
    except ReachError as error:
        return _page(request, desk, message, token, error=error)
    return _page(request, desk, message, token, said=SAVED if time else STOPPED)


def _message(desk: Desk, token: str) -> UUID | None:
    return read(desk.reply_key, token, PURPOSE) if desk.reply_key else None


def _wait_s(request: Request, desk: Desk, message: UUID | None) -> float:
    address = request.client.host if request.client else ""
    return desk.pace.wait_s(f"daily {message}" if message else f"address {address}")


def _too_often(request: Request, desk: Desk, wait_s: float) -> Response:
    answer = _filled(desk, language_of(request), 429, said=TOO_OFTEN, problem=True)
    answer.headers["Retry-After"] = str(round(wait_s) or 1)
    return answer


def _page(
    request: Request, desk: Desk, message: UUID | None, token: str, *, said: str = "", error: ReachError | None = None
) -> Response:
    found = None
    if message is not None:
        with desk.database.transaction() as connection:
            found = chosen(connection, message, desk.clock.now())
    if found is None:
        return _filled(desk, language_of(request), 404, said=UNKNOWN, problem=True)
    language = found.language if found.language in READ else LANGUAGES[0]
    return _filled(
        desk,
        language,
        409 if error else 200,
        said=error.message if error else said,
        problem=error is not None,
        choice=choice_view(found.choice, Words(language)),
        address=f"{PATH}/{token}",
    )


def _filled(desk: Desk, language: str, status: int, *, said: str, problem: bool, **values: object) -> Response:
    words = Words(language).say(said) if said else ""
    shown = {"choice": None, "address": "", **values}
    page = desk.renderer.page("daily.html", language, status, said=words, problem=problem, usual=USUAL, **shown)
    page.headers.update(HEADERS)
    return page
