"""Rules and detectors: what they are set to where, and another setting tried out before it is saved."""

from datetime import date, datetime
from typing import Annotated, Any, NoReturn
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

import registry.listing.reads
from analytics.preview import actions, reads
from analytics.preview.actions import REASON_CHARACTERS
from analytics.preview.reads import Holding
from analytics.rules.protocol import Mode
from analytics.rules.standing import LEARNED, QUIET_TIMES
from core.database import View
from dashboards import rules
from dashboards.api.access import DeskDependency, RulesReader, RulesWriter
from dashboards.api.answers import Text, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.homes import NAME, require
from dashboards.rule_fields import NotFittingError, differing
from dashboards.written import plain
from registry.reads import Sight

router = APIRouter(tags=["rules"])
FOUND = documented(Kind.NOT_FOUND)
CHANGING = documented(Kind.NOT_FOUND, Kind.ROLE, Kind.CONFLICT)
MOST_SETTINGS = 100
NOT_TRIED = (*QUIET_TIMES, LEARNED)

Where = Annotated[str, Path(max_length=100, pattern=NAME, description="`where` of a place.")]
RuleName = Annotated[str, Path(max_length=100, pattern=NAME)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Limits = dict[str, dict[str, Number]]


class Place(BaseModel):
    """Where rules are set: an organisation with those below it, or a home."""

    where: str
    name: str
    homes: int = Field(description="How many homes it concerns.")
    may_set: bool = Field(description="The account sets rules there.")


class Places(BaseModel):
    """Organisations from the top down, then homes by name."""

    items: list[Place]


class Rule(BaseModel):
    """What a rule or detector is set to at a place."""

    rule: str
    mode: Mode = Field(description="`active` alerts, `shadow` is on trial, `off` is not looked for.")
    settings: dict[str, Any] = Field(description="docs/reference/rules.md says what each is, and its limits.")
    set_here: bool = Field(description="Something of it was set right here, and not above.")
    can_be_tried: bool = Field(description="What another setting would have told can be worked out.")


class Rules(BaseModel):
    """Rules and detectors."""

    items: list[Rule]


class Change(BaseModel):
    """Something that was set of a rule at a place."""

    at: datetime
    by: str | None = Field(description="The name of who set it; null where it was the command.")
    mode: Mode | None = Field(description="Null where it is as above.")
    settings: dict[str, Any] = Field(description="Those that differ from above.")
    reason: str


class Changes(BaseModel):
    """What was set, the latest first."""

    items: list[Change]


class Trial(BaseModel):
    """Another setting of a rule."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mode": "active", "settings": {"always": 17.5}}]})

    mode: Mode
    settings: dict[str, bool | Number | Limits] = Field(
        default={}, max_length=MOST_SETTINGS, description="Those that differ from what holds above the place."
    )


class Told(BaseModel):
    """Something that would have been told."""

    day: date
    kind: str
    explanation: Text


class HomeOfPreview(BaseModel):
    """What would have been told in a home."""

    home: UUID
    as_set: list[Told] = Field(description="As the rule was set when this was asked for.")
    as_wished: list[Told]


class Preview(BaseModel):
    """What another setting would have told, or how far that has come."""

    id: UUID
    where: str
    rule: str
    mode: Mode | None
    settings: dict[str, Any]
    days: int = Field(description="Up to the day before it was asked for.")
    asked_at: datetime
    homes: int
    homes_done: int
    homes_failed: int
    done: bool = Field(description="It is known of every home, and the setting can be saved.")
    told: list[HomeOfPreview] = Field(description="Of the homes that are done.")


class Reason(BaseModel):
    """Why a rule is set."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Freddolosa"}]})

    reason: str = Field(min_length=1, max_length=REASON_CHARACTERS)


@router.get("/rules", response_model=Places, responses=documented(Kind.ROLE))
def places(request: Request, desk: DeskDependency, caller: RulesReader) -> Response:
    """Return where the account sees what rules are set to."""
    with desk.database.seen_by(caller.viewer) as view:
        require(view, Sight.LIFE)
        found = rules.places(view)
    shown = [Place(where=one.value, name=one.name, homes=len(one.homes), may_set=one.may_set) for one in found]
    return send(request, Places(items=shown))


@router.get("/rules/{where}", response_model=Rules, responses=FOUND)
def rules_at(request: Request, desk: DeskDependency, caller: RulesReader, where: Where) -> Response:
    """Return what all rules and detectors are set to at a place."""
    with desk.database.seen_by(caller.viewer) as view:
        holding = reads.rules_at(view, _place(view, where).scope)
    return send(request, Rules(items=[_rule(one, holding) for one in rules.EVERY]))


@router.get("/rules/{where}/{rule}", response_model=Rule, responses=FOUND)
def rule_at(request: Request, desk: DeskDependency, caller: RulesReader, where: Where, rule: RuleName) -> Response:
    """Return what a rule or detector is set to at a place; an indicator that may tell changes is one, too."""
    with desk.database.seen_by(caller.viewer) as view:
        place = _place(view, where)
        _require_rule(rule)
        shown = _rule(rule, reads.rules_at(view, place.scope))
    return send(request, shown)


@router.get("/rules/{where}/{rule}/changes", response_model=Changes, responses=FOUND)
def changes(request: Request, desk: DeskDependency, caller: RulesReader, where: Where, rule: RuleName) -> Response:
    """Return what was set of a rule right at a place, when, by whom and why."""
    with desk.database.seen_by(caller.viewer) as view:
        place = _place(view, where)
        _require_rule(rule)
        found = reads.history(view, place.scope, rule)
    shown = [
        Change(
            at=one.at,
            by=one.account_name or None,
            mode=one.setting.mode,
            settings=dict(one.setting.fields),
            reason=one.reason,
        )
        for one in found
    ]
    return send(request, Changes(items=shown))


@router.post("/rules/{where}/{rule}/previews", status_code=201, response_model=Preview, responses=CHANGING)
def try_out(
    request: Request, desk: DeskDependency, caller: RulesWriter, where: Where, rule: RuleName, body: Trial
) -> Response:
    """Have worked out what another setting would have told in the last 60 days; ask for it until it is done."""
    with desk.database.seen_by(caller.viewer) as view:
        place = _place(view, where)
        _require_rule(rule)
        if rule in NOT_TRIED:
            _refuse("what it would have told cannot be worked out")
        above = rules.standing_in(reads.rules_at(view, place.scope).above, rule)
        try:
            wished = differing(rule, above.settings, body.settings)
        except NotFittingError as error:
            _refuse(str(error))
        asked = actions.try_out(view, place.scope, rule, body.mode, wished, caller.now)
        shown = _preview(view, asked)
    return send(request, shown, 201)


@router.get("/rule-previews/{preview}", response_model=Preview, responses=FOUND)
def preview(request: Request, desk: DeskDependency, caller: RulesReader, preview: UUID) -> Response:
    """Return what another setting would have told, or how far that has come."""
    with desk.database.seen_by(caller.viewer) as view:
        shown = _preview(view, preview)
    return send(request, shown)


@router.post("/rule-previews/{preview}/save", response_model=Preview, responses=CHANGING)
def save(request: Request, desk: DeskDependency, caller: RulesWriter, preview: UUID, body: Reason) -> Response:
    """Set a rule as it was tried out; it holds from the next computation on."""
    with desk.database.seen_by(caller.viewer) as view:
        shown = _preview(view, preview)
        actions.save(view, preview, plain(body.reason), caller.now)
    return send(request, shown)


def _place(view: View, where: str) -> rules.Place:
    found = next((one for one in rules.places(view) if one.value == where), None)
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def _require_rule(rule: str) -> None:
    if not rules.is_rule(rule):
        raise ApiError(Kind.NOT_FOUND)


def _refuse(what: str) -> NoReturn:
    raise RequestValidationError([{"loc": ("body", "settings"), "msg": what, "type": "value_error"}])


def _rule(rule: str, holding: Holding) -> Rule:
    standing = rules.standing_in(holding.here, rule)
    return Rule(
        rule=rule,
        mode=standing.mode,
        settings=msgspec.to_builtins(standing.settings),
        set_here=rule in holding.set_here,
        can_be_tried=rule not in NOT_TRIED,
    )


def _preview(view: View, public_id: UUID) -> Preview:
    found = reads.preview(view, public_id)
    place = None if found is None else rules.place_at(rules.places(view), found.scope)
    if found is None or place is None:
        raise ApiError(Kind.NOT_FOUND)
    told = reads.previewed_homes(view, found) if found.is_done else []
    homes = registry.listing.reads.public_homes(view, [one.home_id for one in told])
    return Preview(
        id=found.public_id,
        where=place.value,
        rule=found.wished.rule,
        mode=found.wished.mode,
        settings=dict(found.wished.fields),
        days=found.days,
        asked_at=found.asked_at,
        homes=found.homes,
        homes_done=found.homes_done,
        homes_failed=found.homes_failed,
        done=found.is_done,
        told=[
            HomeOfPreview(
                home=homes[one.home_id],
                as_set=[_told(each) for each in one.as_set],
                as_wished=[_told(each) for each in one.as_wished],
            )
            for one in told
            if one.home_id in homes
        ],
    )


def _told(one: reads.Told) -> Told:
    return Told(day=date.fromisoformat(one.day), kind=one.kind, explanation=Text(it=one.it, en=one.en))
