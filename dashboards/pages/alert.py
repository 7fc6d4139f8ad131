"""Alerts: the list, the page of one, and what an operator does with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

import alerts.reads
import devices.reads
import registry.reads
from alerts import actions
from alerts.errors import AlertError, AlertNotFoundError
from alerts.handovers.tasks import task_of_alert
from alerts.lifecycle import Action
from alerts.reasons.catalogue import parse
from alerts.replies.reads import there
from alerts.shift_handovers.actions import waiting_for
from alerts.wording import title
from core.database import View
from core.translation import mark
from dashboards import board, lines
from dashboards.alert_views import QUICK_NOTES, alert_view, entries, evidence, outcome_choices
from dashboards.guidance import steps
from dashboards.pages.frame import Frame
from dashboards.pages.waiting import waiting
from dashboards.reads import last_signs
from dashboards.telling import coming, told
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor, is_fragment, local_path
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter()

TAKEN = mark("You are in charge now. Nobody else is called any more.")
RELEASED = mark("Given back: somebody else will be called.")
RESOLVED = mark("Resolved. Thank you.")
WRITTEN = mark("Written down. Your colleagues see it.")
REOPENED = mark("Opened again: people are called again.")
NO_OUTCOME = mark("Say how it ended, then resolve the alert.")


@router.get("/alerts")
def listed(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show the open alerts."""
    return _list(request, desk, visitor, "alerts.html")


@router.get("/alerts/list")
def listed_part(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show what of the list changes."""
    return _list(request, desk, visitor, "parts/alerts.html")


@router.get("/alerts/{public_id}")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID, done: str = "") -> Response:
    """Show one alert."""
    said = {"taken": TAKEN, "released": RELEASED, "resolved": RESOLVED, "reopened": REOPENED}.get(done, "")
    return _page(request, desk, visitor, public_id, "alert.html", done=Words(visitor.language).say(said))


@router.get("/alerts/{public_id}/state")
def part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what of the page changes."""
    return _page(request, desk, visitor, public_id, "parts/alert.html")


# Where a form without script leads back to.
Wanted = Annotated[str, Form()]
# How often it had happened on the page on which somebody decided.
Seen = Annotated[int | None, Form()]


@router.post("/alerts/{public_id}/take-charge")
def take_charge(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    seen_times: Seen = None,
    wanted: Wanted = "/",
) -> Response:
    """Take an alert in charge."""

    def act(view: View) -> object:
        return actions.take_charge(view, public_id, visitor.now, seen_times)

    return _done(request, desk, visitor, act, wanted, TAKEN)


@router.post("/alerts/{public_id}/release")
def release(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, wanted: Wanted = "/"
) -> Response:
    """Give an alert back."""

    def act(view: View) -> object:
        return actions.release(view, public_id, visitor.now)

    return _done(request, desk, visitor, act, wanted, RELEASED)


@router.post("/alerts/{public_id}/resolve")
def resolve(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    outcome: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    seen_times: Seen = None,
    wanted: Wanted = "/",
) -> Response:
    """End an alert with its outcome and, where one was tapped, the reason for it: `explained` or `explained:carer`."""
    tapped = parse(outcome)
    if tapped is None:
        return _problem(request, desk, visitor, Words(visitor.language).say(NO_OUTCOME), 422)
    said = plain(note)

    def act(view: View) -> object:
        ended, reason = tapped
        return actions.resolve(view, public_id, ended, said, visitor.now, seen_times, reason)

    return _done(request, desk, visitor, act, wanted, RESOLVED)


@router.post("/alerts/{public_id}/reopen")
def reopen(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, wanted: Wanted = "/") -> Response:
    """Open a resolved alert again."""

    def act(view: View) -> object:
        return actions.reopen(view, public_id, visitor.now)

    return _done(request, desk, visitor, act, wanted, REOPENED)


@router.post("/alerts/{public_id}/note")
def note(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    said: Annotated[str, Form()] = "",
    quick: Annotated[str, Form()] = "",
    wanted: Wanted = "/",
) -> Response:
    """Write down how it stands, in one's own words or by one tap (`quick`)."""
    text = Words(visitor.language).say(QUICK_NOTES[quick]) if quick in QUICK_NOTES else plain(said)

    def act(view: View) -> object:
        return actions.note(view, public_id, text, visitor.now)

    return _done(request, desk, visitor, act, wanted, WRITTEN)


def _done(
    request: Request, desk: DeskDependency, visitor: Visitor, act: Callable[[View], object], wanted: str, said: str
) -> Response:
    """Carry out an action in a transaction that is committed before anything is answered."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            act(view)
    except AlertNotFoundError as error:
        raise HTTPException(404) from error
    except AlertError as error:
        return _problem(request, desk, visitor, error.text(visitor.language), 409)
    if not is_fragment(request):
        return RedirectResponse(local_path(wanted), 303)
    answer = desk.renderer.page(
        "parts/message.html", visitor.language, said=Words(visitor.language).say(said), problem=False
    )
    answer.headers["HX-Trigger"] = "refresh"
    return answer


def _problem(request: Request, desk: DeskDependency, visitor: Visitor, said: str, status: int) -> Response:
    """Say why an action was not carried out; the page then shows how things stand now."""
    if is_fragment(request):
        answer: Response = desk.renderer.page("parts/message.html", visitor.language, status, said=said, problem=True)
        answer.headers["HX-Trigger"] = "refresh"
        return answer
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
    return frame.page("refused.html", status, said=said, back=request.url.path.rpartition("/")[0])


def _list(request: Request, desk: DeskDependency, visitor: Visitor, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        frame.require_care()
        words = frame.words
        found = alerts.reads.open_alerts(view, board.ALL)
        homes = registry.reads.seen_homes_of(view, {alert.home_id for alert in found})
        people = registry.reads.seen_persons_of(view, homes)
        waits = waiting(view, words)
        offers = waiting_for(view, visitor.now)
    shown = [
        alert_view(alert, homes[alert.home_id], [one for one in people if one.home_id == alert.home_id], words)
        for alert in found
        if alert.home_id in homes
    ]
    gettext = words.translations.gettext
    return frame.page(
        template,
        sections=[
            (gettext("Nobody is in charge yet"), [alert for alert in shown if not alert.taken_by]),
            (gettext("In charge"), [alert for alert in shown if alert.taken_by]),
        ],
        labels=board.LABELS,
        offers=offers,
        waiting=waits.homes,
        announcement=waits.sentence,
    )


def _reporting(view: View, alert: alerts.reads.Alert) -> devices.reads.Sensor | None:
    """Return the sensor that called for help, as it was placed then; None of what is no call, or of an unknown one."""
    if "series_id" not in alert.evidence:
        return None
    at = alert.happened_at
    sensors = devices.reads.seen_sensors(view, alert.home_id, at, at + timedelta(seconds=1))
    return next((each for each in sensors if each.series_id == alert.evidence["series_id"]), None)


def _page(
    request: Request, desk: DeskDependency, visitor: Visitor, public_id: UUID, template: str, **more: Any
) -> Response:
    now = visitor.now
    with desk.database.seen_by(visitor.viewer) as view:
        found = alerts.reads.alert(view, public_id)
        homes = registry.reads.seen_homes_of(view, [] if found is None else [found.alert.home_id])
        task = None if found else task_of_alert(view, public_id)
        if task is not None:
            # Whoever has a task for an association sees that, and not the alert that it comes from.
            return RedirectResponse(f"/tasks/{task.public_id}", 303)
        if found is None or found.alert.home_id not in homes:
            raise HTTPException(404)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        home = homes[found.alert.home_id]
        seen = registry.reads.seen_persons(view, home.home_id)
        signs = last_signs(view, [home.home_id], now, [home.home_id])[home.home_id]
        sensor = _reporting(view, found.alert)
        waits = waiting(view, words)
        said_there = lines.told_there([found.alert], there(view), home.zone, now, words)
    people = [one.person for one in seen]
    return frame.page(
        template,
        alert=alert_view(found.alert, home, people, words),
        home=home,
        people=people,
        contacts=[contact for one in seen for contact in one.contacts],
        history=entries(found.history, words),
        evidence=evidence(found.alert, sensor, home.zone, now, words),
        steps=steps(found.alert.kind, found.alert.family, found.alert.severity, words),
        told=told(found.told, words, home.zone),
        coming=coming(found.escalating, words),
        together=[(one.public_id, title(one.kind, one.family, words.language)) for one in found.together],
        overflow=found.alert.overflow,
        last_seen=signs.movement,
        there=said_there,
        quick_notes=[(value, words.say(said)) for value, said in QUICK_NOTES.items()],
        notes=sum(entry.action is Action.NOTED for entry in found.history),
        outcomes=outcome_choices(found.alert.kind, words),
        labels=board.LABELS,
        waiting=waits.homes,
        announcement=waits.sentence,
        **more,
    )
