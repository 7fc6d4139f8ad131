"""What a person sees when something goes wrong: what happened and what to do."""

from typing import NamedTuple

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.translation import mark
from dashboards.api.problems import Kind
from dashboards.api.problems import answer as problem
from dashboards.desk import desk_of
from dashboards.failures import RETRY_AFTER_S, note_broken, note_database_away
from dashboards.tokens import masked, new_token
from dashboards.visitors import (
    FORM_COOKIE,
    ForgedRequestError,
    SignInNeededError,
    cookie_name,
    is_fragment,
    preferred_language,
    sign_in_address,
)
from dashboards.wording import Words


class Trouble(NamedTuple):
    """One kind of trouble in words."""

    heading: str
    happened: str
    advice: str


NOT_FOUND = Trouble(
    mark("This page does not exist"),
    mark("There is nothing at this address, or it is not one of yours to see."),
    mark("Go back to the board. If you followed a link in a message, ask who sent it."),
)
FORBIDDEN = Trouble(
    mark("The form was not accepted"),
    mark("It does not come from this page, or your sign-in has ended since. Nothing has been changed."),
    mark("Go back, load the page anew and send the form again."),
)
NOT_UNDERSTOOD = Trouble(
    mark("This was not understood"),
    mark("Something in the request does not fit. Nothing has been changed."),
    mark("Go back to the board and try again from there."),
)
BROKEN = Trouble(
    mark("Something went wrong here"),
    mark("The mistake is ours and has been written down. What was stored before is safe."),
    mark("Try again. If it stays, tell your administrator what you were doing and when."),
)
DATABASE_AWAY = Trouble(
    mark("The database does not answer"),
    mark("We cannot show how the homes are: do not take this for calm. Readings and alerts that come in are kept."),
    mark("Try again in a minute. If it stays, call your administrator; until then, telephone whom you worry about."),
)
TOO_LARGE = Trouble(
    mark("That was too much at once"),
    mark("What was sent is larger than anything that is asked for here. Nothing has been changed."),
    mark("Go back and write less. If you did not write much, tell your administrator."),
)
TOO_SLOW = Trouble(
    mark("That took too long"),
    mark("What was sent did not arrive in time. Nothing has been changed."),
    mark("See whether the network works, then send it again."),
)
API = "/api/"
OF_STATUS = {403: FORBIDDEN, 404: NOT_FOUND, 408: TOO_SLOW, 413: TOO_LARGE}
PROBLEMS = {408: Kind.TOO_SLOW, 413: Kind.TOO_LARGE}


def install(app: FastAPI) -> None:
    """Let `app` answer every trouble with a page for people."""
    app.add_exception_handler(SignInNeededError, _sign_in_needed)
    app.add_exception_handler(ForgedRequestError, lambda request, _: page(request, FORBIDDEN, 403))
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, lambda request, _: page(request, NOT_FOUND, 404))
    app.add_exception_handler(psycopg.OperationalError, _database_away)
    app.add_exception_handler(PoolTimeout, _database_away)
    app.add_exception_handler(Exception, _broken)


def page(request: Request, trouble: Trouble, status: int) -> Response:
    """Return the page of one kind of trouble."""
    desk, language = desk_of(request), preferred_language(request)
    words = Words(language)
    name = cookie_name(FORM_COOKIE, secure=desk.settings.secure)
    return desk.renderer.page(
        "trouble.html",
        language,
        status,
        csrf=masked(new_token()) if name not in request.cookies else _proof(request.cookies[name]),
        path="/",
        heading=words.say(trouble.heading),
        happened=words.say(trouble.happened),
        advice=words.say(trouble.advice),
    )


def refused(request: Request, status: int) -> Response:
    """Return the answer to a request that is not read: a page, or the problem for a program."""
    if request.url.path.startswith(API):
        return problem(request, PROBLEMS[status])
    return page(request, OF_STATUS[status], status)


def _proof(held: str) -> str:
    try:
        return masked(held)
    except ValueError:
        return ""


def _sign_in_needed(request: Request, error: Exception) -> Response:
    address = sign_in_address(error.wanted if isinstance(error, SignInNeededError) else "/")
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    if request.url.path == "/events":
        return Response(status_code=401)
    return RedirectResponse(address, 303)


def _http(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(API):
        # No route takes an address that holds a line end, so that what belongs to the API is not found there.
        return problem(request, Kind.NOT_FOUND)
    status = error.status_code if isinstance(error, HTTPException) else 500
    return page(request, OF_STATUS.get(status, NOT_UNDERSTOOD), status)


def _database_away(request: Request, error: Exception) -> Response:
    note_database_away(error)
    answer = page(request, DATABASE_AWAY, 503)
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _broken(request: Request, error: Exception) -> Response:
    note_broken(request, error)
    return page(request, BROKEN, 500)
