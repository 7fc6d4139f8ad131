"""What administrators make and change: organisations, homes, persons, contacts, accounts; all can be undone."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.database import View
from core.translation import mark
from dashboards.administration import fields, views
from dashboards.administration.administered import (
    administered,
    choices,
    given_caseloads,
    read_change,
    read_new,
    require_in,
)
from dashboards.administration.administered import stands as stands_of
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor
from dashboards.wording import Words
from registry.administration import actions, reads
from registry.administration.things import IN, Thing
from registry.consents import DecisionError

router = APIRouter(prefix="/administration")

SAVED, SAME, UNDONE = mark("Saved."), mark("Nothing was different."), mark("Undone.")
SAID = {"saved": SAVED, "same": SAME, "undone": UNDONE}
LATEST = 20
DAYS = mark("The days of this person")
SHARED = mark("Consents, who may see what, invitations")
SENSORS = mark("The sensors of this home")
CASELOAD = mark("The homes this account looks after")


async def filled(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form, whichever they are, each with all its values."""
    form = await request.form()
    return {name: [str(value) for value in form.getlist(name)] for name in form}


Form = Annotated[dict[str, list[str]], Depends(filled)]


@router.get("")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, done: str = "") -> Response:
    """Show the tree of organisations and the latest changes."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        found = administered(view)
        edits = reads.edits(view, most=LATEST)
    names = {one.key: one.name for one in found}
    return frame.page(
        "administration.html",
        rows=views.tree(found, frame.words),
        changes=views.changes(edits, names, visitor.now, frame.words),
        said=frame.words.say(SAID.get(done, "")),
    )


@router.get("/caseloads")
def caseloads(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """List the operators whose caseload the visitor gives; answers 404 to who gives none anywhere."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not (frame.coordinates or frame.administers):
            raise HTTPException(404)
        found = given_caseloads(view)
    return frame.page("caseloads.html", operators=found)


@router.get("/{thing}/{number}")
def one(
    request: Request, desk: DeskDependency, visitor: SignedIn, thing: Thing, number: int, done: str = ""
) -> Response:
    """Show a thing with its fields, what is in it, and what was changed of it."""
    return _page(request, desk, visitor, thing, number, said=Words(visitor.language).say(SAID.get(done, "")))


@router.post("/{thing}/{number}")
def save(request: Request, desk: DeskDependency, visitor: Trusted, thing: Thing, number: int, form: Form) -> Response:
    """Change a thing."""
    words, seen = Words(visitor.language), form.get("seen", [""])[0]
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            given = read_change(view, thing, number, form, words, visitor.now)
            changed = None if given.problems else actions.change(view, thing, number, seen, given.wanted, visitor.now)
    except DecisionError as error:
        return _page(request, desk, visitor, thing, number, said=error.text(visitor.language), problem=True, status=409)
    if given.problems:
        wished, problems = given.wanted, given.problems
        # What somebody else has saved meanwhile is not overwritten by the form that is mended now.
        return _page(request, desk, visitor, thing, number, state=wished, problems=problems, status=422, seen=seen)
    return RedirectResponse(f"/administration/{thing}/{number}?done={'saved' if changed else 'same'}", 303)


@router.get("/{above}/{number}/{thing}/new")
def new(request: Request, desk: DeskDependency, visitor: SignedIn, above: Thing, number: int, thing: Thing) -> Response:
    """Show the empty fields of something that is to be made in another thing."""
    return _new(request, desk, visitor, above, number, thing, {})


@router.post("/{above}/{number}/{thing}/new")
def make(
    request: Request, desk: DeskDependency, visitor: Trusted, above: Thing, number: int, thing: Thing, form: Form
) -> Response:
    """Make something in another thing."""
    words, given = Words(visitor.language), None
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            given = read_new(view, above, number, thing, form, words, visitor.now)
            made = 0
            if not given.problems:
                made = actions.make(view, thing, number, given.wanted, visitor.now, given.login)
    except DecisionError as error:
        filled_in = {**given.wanted, "login": given.login} if given else {}
        return _new(
            request, desk, visitor, above, number, thing, filled_in, said=error.text(visitor.language), status=409
        )
    if given.problems:
        filled_in = {**given.wanted, "login": given.login}
        return _new(request, desk, visitor, above, number, thing, filled_in, problems=given.problems, status=422)
    return RedirectResponse(f"/administration/{thing}/{made}?done=saved", 303)


@router.post("/changes/{edit}/undo")
def undo(request: Request, desk: DeskDependency, visitor: Trusted, edit: UUID, form: Form) -> Response:
    """Undo a change, and lead back to the thing, or to the tree where it is no more."""
    back = _back(form)
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            actions.undo(view, edit, visitor.now)
            gone = back is None or reads.edited(view, *back) is None
    except DecisionError as error:
        return _refused(request, desk, visitor, error, back)
    return RedirectResponse(f"{_address(None if gone else back)}?done=undone", 303)


def _back(form: Mapping[str, list[str]]) -> tuple[Thing, int] | None:
    """Return the thing on whose page somebody undid a change; None for the tree."""
    thing, number = (form.get(name, [""])[0] for name in ("thing", "number"))
    is_number = number.isascii() and number.isdigit() and len(number) < fields.FIGURES + 1
    return (Thing(thing), int(number)) if thing in set(Thing) and is_number else None


def _address(thing: tuple[Thing, int] | None) -> str:
    return f"/administration/{thing[0]}/{thing[1]}" if thing else "/administration"


def _refused(
    request: Request, desk: Desk, visitor: Visitor, error: DecisionError, back: tuple[Thing, int] | None
) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
    return frame.page(
        "refused.html",
        404 if isinstance(error, actions.NotYoursError) else 409,
        said=error.text(visitor.language),
        back=_address(back),
        back_label=frame.words.say(mark("See how it stands")),
    )


def _page(
    request: Request, desk: Desk, visitor: Visitor, thing: Thing, number: int, *,
    state: Mapping[str, Any] | None = None, problems: Mapping[str, str] | None = None,
    said: str = "", problem: bool = False, status: int = 200, seen: str = "",
) -> Response:  # fmt: skip
    with desk.database.seen_by(visitor.viewer) as view:
        organisations = choices(view, thing)
        stands = stands_of(view, thing, number)
        frame = Frame.around(request, desk, visitor, view)
        homes = reads.choices_for_caseload(view, number) if thing is Thing.CASELOAD else []
        links = _links(view, thing, stands, frame)
        parts = reads.parts(view, thing, number)
        edits = reads.edits(view, thing, number)
        above = _above(view, thing, stands, frame.words)
    shown = {**(state or stands.state), fields.CHOICES: [(one.key, _home_choice(one)) for one in homes]}
    return frame.page(
        "administration_thing.html",
        status,
        thing=thing,
        number=number,
        sort=frame.words.say(views.NAMES[thing]),
        name=views.title(stands.state, frame.words),
        key=stands.key,
        seen=seen or stands.seen,
        fields=fields.shown(thing, shown, organisations, frame.words, problems),
        above=above,
        sections=views.sections(thing, parts, frame.words),
        changes=views.changes(edits, organisations, visitor.now, frame.words),
        links=links,
        said=said,
        is_problem=problem or bool(problems),
    )


def _new(
    request: Request, desk: Desk, visitor: Visitor, above: Thing, number: int, thing: Thing,
    state: Mapping[str, Any], *, problems: Mapping[str, str] | None = None, said: str = "", status: int = 200,
) -> Response:  # fmt: skip
    with desk.database.seen_by(visitor.viewer) as view:
        found = administered(view)
        stands = stands_of(view, above, number)
        require_in(above, thing)
        frame = Frame.around(request, desk, visitor, view)
    organisations = {one.key: one.name for one in found}
    begins = {**fields.NEW[thing], **_begins(above, thing, stands)}
    return frame.page(
        "administration_new.html",
        status,
        thing=thing,
        number=number,
        above=above,
        above_name=views.title(stands.state, frame.words),
        heading=frame.words.say(views.NEW[thing]),
        fields=fields.shown(thing, {**begins, **state}, organisations, frame.words, problems, is_new=True),
        said=said,
    )


def _begins(above: Thing, thing: Thing, stands: reads.Edited) -> dict[str, Any]:
    """Return what a new thing has of the one it is made in."""
    if above is not Thing.ORGANISATION:
        return {}
    ways: Mapping[Thing, Callable[[str], dict[str, Any]]] = {
        Thing.HOME: lambda key: {"organisation": key},
        Thing.ORGANISATION: lambda key: {"parent": key},
        Thing.ACCOUNT: lambda key: {"roles": [f"operator {key}"]},
    }
    return ways[thing](stands.key)


def _above(view: View, thing: Thing, stands: reads.Edited, words: Words) -> tuple[str, str]:
    """Return the address and the name of what a thing is in; the tree where it is in nothing."""
    if thing is Thing.CASELOAD:
        account = reads.edited(view, Thing.ACCOUNT, stands.number)
        if account is None:  # a coordinator gives it, who does not change accounts
            return "/", words.say(mark("Board"))
        return f"/administration/{Thing.ACCOUNT}/{stands.number}", views.title(account.state, words)
    sort = next((each for each, inside in IN.items() if thing in inside), None)
    over = None if stands.above is None or sort is None else reads.edited(view, sort, stands.above)
    if over is None or sort is None:
        return "/administration", words.say(mark("Administration"))
    return f"/administration/{sort}/{over.number}", views.title(over.state, words)


def _links(view: View, thing: Thing, stands: reads.Edited, frame: Frame) -> list[tuple[str, str]]:
    """Return where else a thing is looked after: a person's days and consents, the sensors of a home, a caseload."""
    words = frame.words
    if thing is Thing.PERSON:
        days = [(f"/persons/{stands.public_id}", words.say(DAYS))] if frame.cares else []
        return [*days, (f"/sharing/{stands.public_id}", words.say(SHARED))]
    if thing is Thing.ACCOUNT and reads.edited(view, Thing.CASELOAD, stands.number) is not None:
        return [(f"/administration/{Thing.CASELOAD}/{stands.number}", words.say(CASELOAD))]
    return [(f"/install/{stands.public_id}", words.say(SENSORS))] if thing is Thing.HOME else []


def _home_choice(home: reads.HomeChoice) -> str:
    return f"{home.name} ({home.municipality})" if home.municipality else home.name
