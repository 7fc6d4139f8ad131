"""The page of a person: how things stand, the last days as pictures, whom to call."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

import alerts.reads
import registry.reads
from core.database import View
from core.localtime import day_of, local_day
from dashboards import board, contexts, indicators, life, lines, night, today, trends, week, wellbeing
from dashboards.alert_views import AlertView, alert_view
from dashboards.pages.frame import Frame
from dashboards.pages.waiting import waiting
from dashboards.pictures.days import hours_axis, swatch
from dashboards.visitors import DeskDependency, SignedIn

router = APIRouter()
KEYS = ("gap", "night", "now", "seen", "act", "look", "unknown")
EARLIER = 10  # alerts that are listed


@router.get("/persons/{public_id}")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show the page."""
    return _answer(request, desk, visitor, public_id, "person.html")


@router.get("/persons/{public_id}/state")
def part(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what of the page changes."""
    return _answer(request, desk, visitor, public_id, "parts/person.html")


def _answer(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID, template: str) -> Response:
    now = visitor.now
    with desk.database.seen_by(visitor.viewer) as view:
        living, home = household(view, public_id)
        seen = _one_of(living, public_id)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        read = lines.Read(
            [one.person for one in living],
            alerts.reads.open_alerts(view, board.ALL),
            contexts.listed(view, home, now),
            wellbeing.ask_latest(view, now, home.home_id),
        )
        line = lines.line_of(view, home, read, now, words, desk.settings.limits)
        stands = wellbeing.load(view, home, now, words)
        around = contexts.load(view, home, read.around, now, words)
        begins = local_day(week.begins(day_of(now, home.zone)), home.zone).start
        lived = life.load(view, home, around.effect, begins, now)
        figures = indicators.rows(view, home, now)
        waits = waiting(view, words)
        earlier: list[AlertView] = [
            alert_view(alert, home, [seen.person], words)
            for alert in alerts.reads.alerts_of_home(view, home.home_id, EARLIER)
        ]
    days = week.load(lived, words)
    lately = trends.lately(figures, home, around.effect, lived.marks, now)
    year = seen.person.birth_year
    return frame.page(
        template,
        person=seen.person,
        contacts=seen.contacts,
        home=home,
        line=line,
        age=day_of(now, home.zone).year - year if year else None,
        stands=stands,
        states_key=wellbeing.KEY,
        today=today.load(lived, line.last_seen, words),
        night=night.load(lived, figures, words),
        lanes=days.lanes,
        lane_names=[words.say(life.LANES[lane]) for lane in days.lanes],
        days=days.days,
        axis=hours_axis("hours", words.translations.gettext("Hours of the day")),
        key={kind: swatch(kind) for kind in KEYS},
        indicators=trends.trends(lately, indicators.SHOWN, words),
        going_on=trends.going_on(lately, words),
        part_of={kind: part for part, kinds in trends.KINDS.items() for kind in kinds},
        contexts=around,
        earlier=earlier,
        labels=board.LABELS,
        waiting=waits.homes,
        announcement=waits.sentence,
    )


def found(view: View, public_id: UUID) -> tuple[registry.reads.SeenPerson, registry.reads.Home]:
    """Return the person and the home; 404 where there is none that the viewer may see."""
    living, home = household(view, public_id)
    return _one_of(living, public_id), home


def household(view: View, public_id: UUID) -> tuple[list[registry.reads.SeenPerson], registry.reads.Home]:
    """Return who lives with a person, and the home; 404 where there is none that the viewer may see."""
    home = registry.reads.cared_home_of_person(view, public_id)
    if home is None:
        raise HTTPException(404)
    return registry.reads.seen_persons(view, home.home_id), home


def _one_of(living: Sequence[registry.reads.SeenPerson], public_id: UUID) -> registry.reads.SeenPerson:
    return next(one for one in living if one.person.public_id == str(public_id))
