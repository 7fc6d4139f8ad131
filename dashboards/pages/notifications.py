"""How somebody is reached: devices that show messages, Telegram, test messages; and what devices say by themselves."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from alerts.digest import choosing
from alerts.reach import actions
from alerts.reach.actions import Subscription
from alerts.reach.errors import ReachError, TrialRefusedError
from core.database import View
from core.translation import mark
from dashboards import notifications, static_files
from dashboards.daily import digest_views
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, ForgedRequestError, SignedIn, Trusted, Visitor, comes_from_us
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter()

HERE = "/notifications"
WORKER = "push-worker.js"
REGISTERED = mark("This device is registered. A test message is on its way to it.")
REMOVED = mark("Removed: no more messages go to that device.")
LEFT = mark("Telegram is disconnected: no more messages go there.")
SAVED = mark("Saved.")
SAID = {"registered": REGISTERED, "removed": REMOVED, "left": LEFT, "saved": SAVED}
Text = Annotated[str, Form()]


@router.get("/notifications")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, done: str = "") -> Response:
    """Show how the visitor is reached."""
    return _page(request, desk, visitor, said=Words(visitor.language).say(SAID.get(done, "")))


@router.get("/notifications/trial")
def trial(desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show what came of the latest test message."""
    with desk.database.seen_by(visitor.viewer) as view:
        outcome = actions.latest_trial(view, visitor.now)
    found = notifications.trial_view(outcome, Words(visitor.language))
    return desk.renderer.page("parts/trial.html", visitor.language, trial=found)


@router.post("/notifications/devices")
def register(
    request: Request, desk: DeskDependency, visitor: Trusted,
    endpoint: Text = "", p256dh: Text = "", auth: Text = "", label: Text = "",
) -> Response:  # fmt: skip
    """Register the visitor's browser, and send a test message to it."""
    given = Subscription(plain(endpoint), plain(p256dh), plain(auth))

    def act(view: View) -> None:
        device = actions.register(view, given, plain(label), desk.settings.push_hosts, visitor.now)
        # Whether messages really arrive shows only when one does.
        with suppress(TrialRefusedError):
            actions.ask_trial(view, actions.WEBPUSH, device, visitor.now)

    return _done(request, desk, visitor, act, "registered")


@router.post("/notifications/devices/{device}/remove")
def remove(request: Request, desk: DeskDependency, visitor: Trusted, device: UUID) -> Response:
    """Take a device away."""
    return _done(request, desk, visitor, lambda view: actions.remove(view, device, visitor.now), "removed")


@router.post("/notifications/devices/{device}/test")
def test_device(request: Request, desk: DeskDependency, visitor: Trusted, device: UUID) -> Response:
    """Send a test message to a device."""

    def act(view: View) -> None:
        actions.ask_trial(view, actions.WEBPUSH, device, visitor.now)

    return _done(request, desk, visitor, act, "")


@router.post("/notifications/telegram")
def pair(request: Request, desk: DeskDependency, visitor: Trusted) -> Response:
    """Show by which code the visitor connects a chat."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            code = actions.begin_pairing(view, visitor.now)
    except ReachError as error:
        return _page(request, desk, visitor, said=error.text(visitor.language), problem=True, status=409)
    return _page(request, desk, visitor, code=code)


@router.post("/notifications/telegram/leave")
def leave(request: Request, desk: DeskDependency, visitor: Trusted) -> Response:
    """Disconnect the visitor's chats."""
    return _done(request, desk, visitor, lambda view: actions.leave_telegram(view, visitor.now), "left")


@router.post("/notifications/telegram/test")
def test_telegram(request: Request, desk: DeskDependency, visitor: Trusted) -> Response:
    """Send a test message to the visitor's chat."""

    def act(view: View) -> None:
        actions.ask_trial(view, actions.TELEGRAM, None, visitor.now)

    return _done(request, desk, visitor, act, "")


@router.post("/notifications/daily/{person}")
def choose(
    request: Request, desk: DeskDependency, visitor: Trusted, person: UUID, wanted: Text = "", at: Text = "",
    way: Text = "",
) -> Response:  # fmt: skip
    """Choose whether, when and how the visitor is told once a day of a person whose contact they are."""

    def act(view: View) -> None:
        choosing.choose(view, person, plain(at) if wanted else None, plain(way), visitor.now)

    return _done(request, desk, visitor, act, "saved")


# --- what a device says by itself: nobody may be signed in there ---


def from_our_worker(request: Request) -> None:
    """Refuse what does not come from our own service worker."""
    if not comes_from_us(request):
        raise ForgedRequestError


@router.post("/push/receipt", dependencies=[Depends(from_our_worker)])
def receipt(desk: DeskDependency, message: Text = "", what: Text = "") -> Response:
    """Note that a device has shown a message, or that somebody touched it; say whether nobody has to look any more."""
    number = _number(message)
    if number is None or what not in {"shown", "read"}:
        raise HTTPException(422)
    with desk.database.transaction() as connection:
        over = actions.receipt(connection, number, desk.clock.now(), was_read=what == "read")
    if over is None:
        raise HTTPException(404)
    return JSONResponse({"over": over})


@router.post("/push/renew", dependencies=[Depends(from_our_worker)])
def renew(
    desk: DeskDependency,
    old_endpoint: Text = "", old_auth: Text = "", endpoint: Text = "", p256dh: Text = "", auth: Text = "",
) -> Response:  # fmt: skip
    """Note that a device is reached at another address from now on."""
    given = Subscription(plain(endpoint), plain(p256dh), plain(auth))
    try:
        with desk.database.transaction() as connection:
            known = actions.renew(connection, plain(old_endpoint), plain(old_auth), given, desk.settings.push_hosts)
    except ReachError as error:
        raise HTTPException(422) from error
    if not known:
        raise HTTPException(404)
    return JSONResponse({"known": True})


@router.get("/push-worker.js")
def worker() -> Response:
    """Return the service worker: from here, so that it speaks for all pages; never from a cache."""
    found = static_files.answer(WORKER, "", "")
    if found is None:
        raise HTTPException(404)
    found.headers["Cache-Control"] = "no-cache"
    return found


@router.get("/manifest.webmanifest")
def manifest() -> Response:
    """Return what the pages are as an application: on an iPhone only such a one may show messages."""
    icons = [
        {"src": static_files.address(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    described = {
        "name": "Vicino", "short_name": "Vicino", "id": "/", "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#ffffff", "theme_color": "#0066cc", "icons": icons,
    }  # fmt: skip
    return JSONResponse(described, media_type="application/manifest+json")


def _done(request: Request, desk: Desk, visitor: Visitor, act: Callable[[View], object], said: str) -> Response:
    """Do something in a transaction that is committed before anything is answered."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            act(view)
    except ReachError as error:
        return _page(request, desk, visitor, said=error.text(visitor.language), problem=True, status=409)
    return RedirectResponse(f"{HERE}?done={said}" if said else HERE, 303)


def _page(
    request: Request, desk: Desk, visitor: Visitor, *,
    said: str = "", problem: bool = False, code: str = "", status: int = 200,
) -> HTMLResponse:  # fmt: skip
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        reached = actions.reached(view, visitor.now)
        daily = choosing.own(view, visitor.now)
    words = frame.words
    telegram = reached.since.get(actions.TELEGRAM)
    return frame.page(
        "notifications.html",
        status,
        said=said,
        problem=problem,
        push_key=reached.push_key,
        devices=notifications.device_views(reached, visitor.now, words),
        suggested=notifications.device_name(request.headers.get("user-agent", "")),
        label_characters=actions.LABEL_CHARACTERS,
        bot=reached.bot,
        telegram_since=None if telegram is None else words.ago(telegram, visitor.now),
        pairing=notifications.pairing(reached.bot, code) if code else None,
        trial=notifications.trial_view(reached.trial, words),
        daily=digest_views(daily, words),
        usual=choosing.USUAL,
    )


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
