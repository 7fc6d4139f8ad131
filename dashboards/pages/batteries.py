"""The round on which batteries are changed: list in the order of the way, what to bring, and a file for a spreadsheet.

For whoever is in charge of devices, who sees the homes of their own organisations.
"""

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

import analytics.reads
import devices.reads
import registry.reads
from analytics.reads import Round
from core.database import View
from dashboards import battery_views
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.sites import require_homes
from dashboards.visitors import DeskDependency, SignedIn, Visitor
from registry.reads import Home

router = APIRouter()

EVERYWHERE = "*"
# Above that, working out all of them takes seconds: the page begins with one municipality.
MOST_AT_ONCE = 150
SPANS = (7, 14, 30, 60, 90)  # days
USUAL = 30

Municipality = Annotated[str | None, Query()]
Within = Annotated[int, Query(ge=0, le=3_650)]


class _Chosen(NamedTuple):
    """Where a round goes, of where it might."""

    municipality: str
    municipalities: list[str]
    found: Round


@router.get("/batteries")
def whole(
    request: Request, desk: DeskDependency, visitor: SignedIn, municipality: Municipality = None, within: Within = USUAL
) -> Response:
    """Show a round."""
    return _page(request, desk, visitor, "batteries.html", municipality, within)


@router.get("/batteries/list")
def part(
    request: Request, desk: DeskDependency, visitor: SignedIn, municipality: Municipality = None, within: Within = USUAL
) -> Response:
    """Show what of the page changes when a battery was changed."""
    return _page(request, desk, visitor, "parts/batteries.html", municipality, within)


@router.get("/batteries/file")
def file(
    request: Request, desk: DeskDependency, visitor: SignedIn, municipality: Municipality = None, within: Within = USUAL
) -> Response:
    """Give a round as a file for a spreadsheet."""
    with desk.database.seen_by(visitor.viewer) as view:
        words = Frame.around(request, desk, visitor, view).words
        chosen = _choose(view, visitor, municipality, within)
    name = words.translations.gettext("batteries")
    return Response(
        battery_views.as_file(analytics.reads.due(chosen.found.stops), words),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{visitor.now:%Y-%m-%d}.csv"'},
    )


def _page(
    request: Request, desk: Desk, visitor: Visitor, template: str, municipality: str | None, within: int
) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        chosen = _choose(view, visitor, municipality, within)
        frame = Frame.around(request, desk, visitor, view)
    stops = analytics.reads.due(chosen.found.stops)
    shown: dict[str, Any] = {
        "municipality": chosen.municipality,
        "municipalities": chosen.municipalities,
        "everywhere": EVERYWHERE,
        "within": within,
        "spans": sorted({*SPANS, within}),
        "homes": battery_views.homes_on_the_way(stops, frame.words),
        "count": len(stops),
        "shopping": battery_views.shopping(stops, frame.words),
        "untold": chosen.found.untold,
    }
    return frame.page(template, **shown)


def _choose(view: View, visitor: Visitor, municipality: str | None, within: int) -> _Chosen:
    homes = require_homes(view)
    municipalities = sorted({home.municipality for home in homes})
    if municipality is None:
        municipality = EVERYWHERE if len(homes) <= MOST_AT_ONCE or len(municipalities) < 2 else municipalities[0]  # noqa: PLR2004
    wanted = {home.home_id: home for home in homes if municipality in (EVERYWHERE, home.municipality)}
    return _Chosen(municipality, municipalities, _round(view, visitor, wanted, within))


def _round(view: View, visitor: Visitor, homes: dict[int, Home], within: int) -> Round:
    installed = [each for home_id in homes for each in devices.reads.seen_devices(view, home_id)]
    rooms = {room.room_id: room.name or room.kind for home in homes for room in registry.reads.seen_rooms(view, home)}
    return analytics.reads.replacement_round(view, homes, installed, rooms, visitor.now, within=within)
