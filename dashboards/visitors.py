"""Who asks for a page, and whether the request really comes from one of our own pages."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, NamedTuple
from urllib.parse import quote, urlsplit

from fastapi import Depends, Form, Request

from core.languages import LANGUAGES, READ, written
from core.viewer import Viewer
from dashboards import repository
from dashboards.desk import Desk, given_desk
from dashboards.tokens import digest, proves

SESSION_COOKIE = "vicino_session"
HALF_COOKIE = "vicino_half"
FORM_COOKIE = "vicino_form"
LANGUAGE_COOKIE = "vicino_language"
PROVIDER_COOKIE = "vicino_provider"  # who has been sent to an identity provider and is to come back
SIGNED_BY_COOKIE = "vicino_signed_by"  # the provider by which this browser was signed in
# The pages that families see speak the languages of carers too; any other is whole in Italian or English.
FOR_FAMILIES = ("/family", "/sign-in", "/invite", "/account", "/notifications", "/r", "/daily")

DeskDependency = Annotated[Desk, Depends(given_desk)]


class Visitor(NamedTuple):
    """Somebody who is signed in. `token_digest` names the sign-in.

    `language` is that of the page, `preferred` the one they would like best; `sight` is the same for accounts that see
    the same, "" where it was not asked for.
    """

    viewer: Viewer
    csrf_token: str
    token_digest: bytes
    language: str
    now: datetime
    preferred: str
    sight: str = ""


class SignInNeededError(Exception):
    """Nobody is signed in; `wanted` is the local path that was asked for."""

    def __init__(self, wanted: str) -> None:
        super().__init__("sign in first")
        self.wanted = wanted


class ForgedRequestError(Exception):
    """A form does not come from one of our pages, or from one of a sign-in that is over."""


def cookie_name(name: str, *, secure: bool) -> str:
    """Return a cookie's name; over TLS with the prefix that ties it to this very host."""
    return f"__Host-{name}" if secure else name


def language_of(request: Request) -> str:
    """Return the language to answer in: the one that is preferred, where the page is one of those that speak it."""
    preferred, path = preferred_language(request), request.url.path
    speaks = any(path == page or path.startswith(f"{page}/") for page in FOR_FAMILIES)
    return preferred if speaks else written(preferred)


def preferred_language(request: Request) -> str:
    """Return the language that was chosen, else the one that the browser prefers, else Italian."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in READ:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        language = part.split(";")[0].strip()[:2].lower()
        if language in READ:
            return language
    return LANGUAGES[0]


def local_path(wanted: str) -> str:
    """Return `wanted` if it is a path of our own pages, else the board: no sign-in leads to a foreign site."""
    plain = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if plain else "/"


def sign_in_address(wanted: str) -> str:
    """Return the address of the sign-in page that leads back to `wanted`."""
    path = local_path(wanted)
    return "/sign-in" if path == "/" else f"/sign-in?next={quote(path, safe='/')}"


def visitor_of(request: Request, desk: Desk, *, sight: bool = False) -> Visitor | None:
    """Return who is signed in, with their `sight` or not, or None."""
    token = request.cookies.get(cookie_name(SESSION_COOKIE, secure=desk.settings.secure), "")
    if not token:
        return None
    now, name = desk.clock.now(), digest(token)
    # One statement: a transaction around it would be two more, and every request begins with it.
    with desk.database.connection() as connection:
        found = repository.session(connection, name, now, sight=sight)
    if found is None:
        return None
    viewer, preferred = Viewer(found.account_id), preferred_language(request)
    return Visitor(viewer, found.csrf_token, name, language_of(request), now, preferred, found.sight)


def signed_in(request: Request, desk: DeskDependency) -> Visitor:
    """Return who is signed in; raises `SignInNeededError` where nobody is."""
    visitor = visitor_of(request, desk)
    if visitor is None:
        raise SignInNeededError(_page_of(request))
    return visitor


SignedIn = Annotated[Visitor, Depends(signed_in)]


def signed_in_with_sight(request: Request, desk: DeskDependency) -> Visitor:
    """Return who is signed in, and what they see; raises `SignInNeededError` where nobody is."""
    visitor = visitor_of(request, desk, sight=True)
    if visitor is None:
        raise SignInNeededError(_page_of(request))
    return visitor


SignedInWithSight = Annotated[Visitor, Depends(signed_in_with_sight)]


def _page_of(request: Request) -> str:
    """Return the path of the page that asks: a part of one is of no use to whoever has signed in again."""
    if is_fragment(request):
        with suppress(ValueError):  # what a browser never sends
            return urlsplit(request.headers.get("hx-current-url", "/")).path
    return request.url.path if request.method == "GET" and not is_fragment(request) else "/"


def is_fragment(request: Request) -> bool:
    """Tell whether a part of a page is asked for by the page itself."""
    return request.headers.get("hx-request") == "true"


def comes_from_us(request: Request) -> bool:
    """Tell whether the browser says that a request comes from one of our own pages, or says nothing."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def trusted(
    request: Request,
    visitor: SignedIn,
    csrf: Annotated[str, Form()] = "",
) -> Visitor:
    """Return who is signed in and sent a form of our own; raises `ForgedRequestError` for any other form."""
    given = request.headers.get("x-csrf-token", csrf)
    if not comes_from_us(request) or not proves(given, visitor.csrf_token):
        raise ForgedRequestError
    return visitor


Trusted = Annotated[Visitor, Depends(trusted)]


def has_form_token(request: Request, desk: Desk, given: str) -> bool:
    """Tell whether a form of somebody not signed in comes from a page of ours: it repeats what the cookie holds."""
    held = request.cookies.get(cookie_name(FORM_COOKIE, secure=desk.settings.secure), "")
    return comes_from_us(request) and bool(held) and proves(given, held)
