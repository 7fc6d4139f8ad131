"""Who is told of which alerts: what holds, a draft of something else, what it would have come to, and saving it."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from alerts.drafts import actions, reads
from alerts.drafts.actions import DraftError, NotYoursToDecideError
from alerts.drafts.draft import DAYS, MOST, Policy
from alerts.drafts.reads import Choices, Draft
from alerts.lifecycle import Family
from alerts.policies.plan import Plan, Who
from alerts.wording import TITLES
from core.database import View
from core.translation import mark
from dashboards.desk import Desk
from dashboards.pages.administration import filled
from dashboards.pages.frame import Frame
from dashboards.policies import fields, views
from dashboards.policies.fields import Given
from dashboards.policies.views import Place
from dashboards.policies.words import besides, family_name, label
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor
from dashboards.watch import ROME
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter(prefix="/policies")

SAVED = mark("Saved. It holds for alerts that open from now on; those that are open keep theirs.")
SAME = mark("Nothing is different from what holds: there is nothing to try.")
BACK = mark("See how it stands")
Where = Annotated[str, Query(max_length=80)]
Kind = Annotated[str, Query(max_length=80)]
Filled = Annotated[dict[str, list[str]], Depends(filled)]
RECIPIENTS_OF_ROLES = tuple(Who(role=role) for role in ("operator", "coordinator"))
FAMILY_OF_HOME = Who(contacts="family")
NO_CHOICES = Choices({}, {}, {})


@router.get("")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, where: Where = "", saved: str = "") -> Response:
    """Show the policies that hold at an organisation."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        every, place = _places(view, where)
        choices = reads.choices(view, place.organisation_id)
        shown = views.shown(reads.policies_at(view, place.organisation_id), choices, words)
        begun = reads.own_drafts(view, place.organisation_id)
    return frame.page(
        "policies.html",
        places=every,
        place=place,
        policies=shown,
        kinds=[(family, family_name(family, "", words), views.kinds(family, words)) for family in Family],
        drafts=[
            (each.public_id, family_name(each.family, each.kind, words), words.moment(each.asked_at, ROME, visitor.now))
            for each in begun
        ],
        said=words.say(SAVED) if saved else "",
    )


@router.get("/{family}")
def one(
    request: Request, desk: DeskDependency, visitor: SignedIn, family: Family, where: Where = "", kind: Kind = "",
    draft: UUID | None = None,
) -> Response:  # fmt: skip
    """Show a policy: what it does, its versions, and the form for another one, as it holds or as a draft has it."""
    return _form(request, desk, visitor, family, where, kind, draft=draft)


@router.post("/{family}")
def attempt(
    request: Request, desk: DeskDependency, visitor: Trusted, family: Family, form: Filled, where: Where = "",
    kind: Kind = "",
) -> Response:  # fmt: skip
    """Check a draft, and have it tried; or, with `more`, show the form with room for one more step."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            place, policy = _decided(view, family, where, kind)
            held = reads.policies_at(view, place.organisation_id)
            holds = reads.fitting(held, family, kind)
            before = views.holding(held, family, kind)
            known = fields.known_to(place.key, reads.choices(view, place.organisation_id), before)
            answered = fields.read(form, place.key, family, kind, known, Words(visitor.language))
            asked, more = None, "more" in form
            is_same = holds is not None and holds.is_own and holds.kind == kind and answered.plan == before
            if answered.plan is not None and not is_same and not more:
                asked = actions.try_out(view, policy, answered.plan, visitor.now)
    except DraftError as error:
        return _refused(request, desk, visitor, error, _path(family, where, kind))
    if more:
        return _form(request, desk, visitor, family, where, kind, given=answered.given, rows=2)
    if asked is None:
        said = Words(visitor.language).say(SAME) if answered.plan is not None else ""
        return _form(
            request, desk, visitor, family, where, kind, given=answered.given, problems=answered.problems, said=said
        )
    return RedirectResponse(f"/policies/drafts/{asked}", 303)


@router.post("/{family}/return")
def go_back(
    request: Request, desk: DeskDependency, visitor: Trusted, family: Family, version: Annotated[int, Form(ge=0)],
    where: Where = "", kind: Kind = "",
) -> Response:  # fmt: skip
    """Begin a draft that is as an earlier version was; version 0: that there is none here, and the one above holds."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            _, policy = _decided(view, family, where, kind)
            found = {each.version: each.plan for each in reads.history(view, policy)}
            if version and version not in found:
                raise HTTPException(404)
            asked = actions.try_out(view, policy, found[version] if version else None, visitor.now)
    except DraftError as error:
        return _refused(request, desk, visitor, error, _path(family, where, kind))
    return RedirectResponse(f"/policies/drafts/{asked}", 303)


@router.get("/drafts/{public_id}")
def draft(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what a draft would have come to, or how far that has come."""
    return _draft(request, desk, visitor, public_id, "policy_draft.html")


@router.get("/drafts/{public_id}/state")
def draft_part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what of the page changes."""
    return _draft(request, desk, visitor, public_id, "parts/policy_draft.html")


@router.post("/drafts/{public_id}/save")
def save(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, reason: Annotated[str, Form()] = ""
) -> Response:
    """Put a draft into force."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            done = actions.save(view, public_id, plain(reason), visitor.now)
            place = _place_at(view, done)
    except DraftError as error:
        back = "/policies" if isinstance(error, NotYoursToDecideError) else f"/policies/drafts/{public_id}"
        return _refused(request, desk, visitor, error, back)
    return RedirectResponse(f"/policies?{urlencode({'where': place.key, 'saved': 1})}", 303)


def _form(
    request: Request, desk: Desk, visitor: Visitor, family: Family, where: str, kind: str, *,
    draft: UUID | None = None, given: Given | None = None, problems: Mapping[str, str] | None = None, said: str = "",
    rows: int = 1,
) -> Response:  # fmt: skip
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        place, policy = _policy(view, family, where, kind)
        choices = reads.choices(view, place.organisation_id)
        held = reads.policies_at(view, place.organisation_id)
        begun = reads.draft(view, draft) if draft else None
        history = reads.history(view, policy)
    holds = reads.fitting(held, family, kind)
    before = views.holding(held, family, kind)
    begins = begun.plan if begun and begun.policy == policy and begun.plan else before
    values = given if given is not None else fields.filled(begins, family)
    if given is None and holds is None and begins is before:
        values = {**values, "name": [family_name(family, kind, words)]}
    is_own = holds is not None and holds.is_own and holds.kind == kind
    return frame.page(
        "policy.html",
        422 if problems else 200,
        place=place,
        family=family,
        kind=kind,
        name=family_name(family, kind, words),
        whose=views.whose(holds, words),
        is_own=is_own,
        points=list(views.points(before, family, choices, words)),
        given=values,
        one=fields.one,
        steps=min(fields.steps_of(values) + rows, fields.MOST_STEPS),
        most_who=_most_who(values),
        recipients=_recipients(choices, [before, begins], words),
        lasting=_recipients(Choices({}, choices.person, {}), [before, begins], words, with_family=False, resort=True),
        channels=list(fields.channels_of(words)),
        asked=fields.ASKED[family],
        hours=lambda name: fields.unit(family, name) == fields.HOUR,
        problems=problems or {},
        history=views.changes(history, visitor.now, words),
        said=said,
        address=_path(family, place.key, kind),
        back=f"/policies?{urlencode({'where': place.key})}",
        days=DAYS,
    )


def _most_who(values: Given) -> int:
    """Return for how many people a step has room: for one more than any of them names."""
    named = [int(name.rpartition("-")[2]) for name in values if "-who-" in name and fields.one(values, name)]
    return max(fields.MOST_WHO, *(place + 2 for place in named), 0)


def _recipients(
    choices: Choices, plans: list[Plan], words: Words, *, with_family: bool = True, resort: bool = False
) -> list[tuple[str, str]]:
    """Return whom a step can tell, value and name; also whoever stands in a policy already."""
    found = [
        *RECIPIENTS_OF_ROLES,
        *(Who(shift=key) for key in choices.shift),
        *([FAMILY_OF_HOME] if with_family else []),
        *(Who(association=key) for key in choices.association),
        *(Who(person=key) for key in choices.person),
    ]
    for plan in plans:
        found += plan.last_resort.tell if resort else [who for step in plan.steps for who in step.tell]
    return list({fields.value_of(who): label(who, choices, words) for who in found}.items())


def _draft(request: Request, desk: Desk, visitor: Visitor, public_id: UUID, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        found = reads.draft(view, public_id)
        if found is None:
            raise HTTPException(404)
        place = _place_at(view, found)
        policy = found.policy
        choices = reads.choices(view, place.organisation_id)
        held = reads.policies_at(view, place.organisation_id)
        compared = views.compared(view, found, words, visitor.now) if found.is_done and not found.failed else None
    now = views.holding(held, policy.family, policy.kind)
    left = [one for one in held if one.policy_id != found.made_from]
    then = found.plan or views.holding(left, policy.family, policy.kind)
    address = _path(policy.family, place.key, policy.kind)
    return frame.page(
        template,
        draft=found,
        place=place,
        name=family_name(policy.family, policy.kind, words),
        sides=[
            (
                words.say(title),
                list(views.points(plan, policy.family, choices, words)),
                besides(plan, policy.family, words),
            )
            for title, plan in ((mark("As it is now"), now), (mark("With the draft"), then))
        ],
        compared=compared,
        most=MOST,
        back=address,
        again=f"{address}&draft={found.public_id}",
    )


def _places(view: View, where: str) -> tuple[list[Place], Place]:
    every = views.places(view)
    place = views.place_of(every, where)
    if place is None:
        raise HTTPException(404)
    return every, place


def _place_at(view: View, found: Draft) -> Place:
    place = next((one for one in views.places(view) if one.organisation_id == found.policy.organisation_id), None)
    if place is None:
        raise HTTPException(404)
    return place


def _policy(view: View, family: Family, where: str, kind: str) -> tuple[Place, Policy]:
    _, place = _places(view, where)
    if kind and kind not in TITLES:
        raise HTTPException(404)
    return place, Policy(place.organisation_id, family, kind)


def _decided(view: View, family: Family, where: str, kind: str) -> tuple[Place, Policy]:
    """Return the same for who decides there. Raises `NotYoursToDecideError`."""
    place, policy = _policy(view, family, where, kind)
    if not place.may_decide:
        raise NotYoursToDecideError
    return place, policy


def _path(family: Family, where: str, kind: str) -> str:
    return f"/policies/{family}?{urlencode({'where': where, 'kind': kind})}"


def _refused(request: Request, desk: Desk, visitor: Visitor, error: DraftError, back: str) -> Response:
    """Say why nothing was changed."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
    status = 403 if isinstance(error, NotYoursToDecideError) else 409
    return frame.page(
        "refused.html", status, said=error.text(visitor.language), back=back, back_label=frame.words.say(BACK)
    )
