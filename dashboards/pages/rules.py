"""Rules and detectors: what they are set to and told; a coordinator tries another setting out, then saves it."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from analytics.preview import actions, reads
from analytics.preview.actions import NotYoursToSetError, RuleError
from analytics.rules.protocol import Mode
from analytics.rules.standing import CHANGES, LEARNED, QUIET_TIMES
from core.database import View
from core.translation import mark
from dashboards import previews, rule_words, rules
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.pages.waiting import Waiting, waiting
from dashboards.rule_fields import NotFittingError, chosen, fields
from dashboards.rules import Place
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter()

SAVED = mark("Saved. It holds from the next computation on.")
NOT_FITTING = mark("A value does not fit. The limits stand beside each field.")
NO_MODE = mark("Say whether it is to be on, on trial or off.")
BACK = mark("See how it stands")

Where = Annotated[str, Query()]
Text = Annotated[str, Form()]


@router.get("/rules")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, where: Where = "") -> Response:
    """List rules and detectors."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        every, place = _place(view, where)
        shown = rules.load(view, place, rules.EVERY, visitor.now, words)
        waits = _waiting(view, words)
    return frame.page(
        "rules.html",
        places=every,
        place=place,
        rules=shown,
        waiting=waits.homes,
        announcement=waits.sentence,
    )


@router.get("/rules/{rule}")
def one(
    request: Request, desk: DeskDependency, visitor: SignedIn, rule: str, where: Where = "", saved: str = ""
) -> Response:
    """Show a rule: its settings, what it told, how often it was right, who set it."""
    _require_rule(rule)
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        _, place = _place(view, where)
        holding = reads.rules_at(view, place.scope)
        (shown,) = rules.load(view, place, [rule], visitor.now, words)
        changes = rules.history(view, place, rule, visitor.now, words)
        waits = _waiting(view, words)
    return frame.page(
        "rule.html",
        place=place,
        rule=shown,
        modes=rules.mode_choices(rules.standing_in(holding.here, rule), words),
        figures=rules.figures(words, holding) if rule == CHANGES else [],
        history=changes,
        can_be_tried=rule not in (*QUIET_TIMES, LEARNED),
        said=words.say(SAVED) if saved else "",
        waiting=waits.homes,
        announcement=waits.sentence,
    )


async def filled(request: Request) -> dict[str, str]:
    """Return the fields of a form, whichever they are."""
    return {name: str(value) for name, value in (await request.form()).items()}


@router.post("/rules/{rule}/try")
def try_out(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    rule: str,
    form: Annotated[dict[str, str], Depends(filled)],
) -> Response:
    """Have worked out what other settings would have told."""
    _require_rule(rule)
    words = Words(visitor.language)
    where = form.get("where", "")
    back = _path(rule, where)
    if form.get("mode") not in set(Mode):
        return _problem(request, desk, visitor, words.say(NO_MODE), 422, back)
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            _, place = _place(view, where)
            above = rules.standing_in(reads.rules_at(view, place.scope).above, rule)
            wished = chosen(rule, form, above.settings)
            asked = actions.try_out(view, place.scope, rule, Mode(form["mode"]), wished, visitor.now)
    except NotFittingError:
        return _problem(request, desk, visitor, words.say(NOT_FITTING), 422, back)
    except RuleError as error:
        return _problem(request, desk, visitor, error.text(visitor.language), _status(error), back)
    return RedirectResponse(f"/rules/previews/{asked}", 303)


@router.get("/rules/previews/{public_id}")
def preview(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what other settings would have told, or how far that has come."""
    return _preview(request, desk, visitor, public_id, "rule_preview.html")


@router.get("/rules/previews/{public_id}/state")
def preview_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what of the page changes."""
    return _preview(request, desk, visitor, public_id, "parts/rule_preview.html")


@router.post("/rules/previews/{public_id}/save")
def save(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, reason: Text = "") -> Response:
    """Set a rule as it was tried out."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            done = actions.save(view, public_id, plain(reason), visitor.now)
            place = rules.place_at(rules.places(view), done.scope)
    except RuleError as error:
        back = "/rules" if isinstance(error, NotYoursToSetError) else f"/rules/previews/{public_id}"
        return _problem(request, desk, visitor, error.text(visitor.language), _status(error), back)
    return RedirectResponse(_path(done.wished.rule, place.value if place else "", saved=True), 303)


def _preview(request: Request, desk: Desk, visitor: Visitor, public_id: UUID, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        found = reads.preview(view, public_id)
        place = rules.place_at(rules.places(view), found.scope) if found else None
        if found is None or place is None:
            raise HTTPException(404)
        holding = reads.rules_at(view, place.scope)
        sides = previews.compared(view, place, found, holding, words) if found.is_done else ()
        waits = _waiting(view, words)
    rule = found.wished.rule
    return frame.page(
        template,
        preview=found,
        name=rule_words.name(rule, words),
        place=place,
        back=_path(rule, place.value),
        sides=sides,
        can_be_tried=rule not in (*QUIET_TIMES, LEARNED),
        wished=[
            words.say(rule_words.MODES[found.wished.mode]) if found.wished.mode else "",
            *(
                rules.in_words(each)
                for each in fields(rule, previews.wished(found, holding).settings, words)
                if each.shown
            ),
        ],
        waiting=waits.homes,
        announcement=waits.sentence,
    )


def _place(view: View, where: str) -> tuple[list[Place], Place]:
    """Return where the viewer sees rules, and the place asked for; 404 where there is none."""
    every = rules.places(view)
    place = rules.place_of(every, where)
    if place is None:
        raise HTTPException(404)
    return every, place


def _status(error: RuleError) -> int:
    return 403 if isinstance(error, NotYoursToSetError) else 409


def _require_rule(rule: str) -> None:
    if not rules.is_rule(rule):
        raise HTTPException(404)


def _path(rule: str, where: str, *, saved: bool = False) -> str:
    return f"/rules/{rule}?where={quote(where)}{'&saved=1' if saved else ''}"


def _waiting(view: View, words: Words) -> Waiting:
    return waiting(view, words)


def _problem(request: Request, desk: Desk, visitor: Visitor, said: str, status: int, back: str) -> Response:
    """Say why nothing was set."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
    return frame.page("refused.html", status, said=said, back=back, back_label=frame.words.say(BACK))
