"""A LoRaWAN sensor on the installer's page: put in place by its DevEUI, before anybody has heard it.

Its messages go to a network server, not to the home: which home it belongs to is known only once it is installed there.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import Response

from core.database import View
from core.places import Place
from core.translation import mark
from dashboards import install_views as views
from dashboards.pages.installation import RefusedError, done
from dashboards.sites import Site
from dashboards.visitors import DeskDependency, Trusted
from devices import deveui, enrolment, installing, models
from devices.found import found
from registry import rooms

router = APIRouter()

ADDED = mark("The sensor is in its place. It is heard when it reports for the first time: try it in the walk test.")
NO_DEVEUI = mark("There is no DevEUI in this, or more than one: it has 16 digits and letters from A to F.")
# What a network server tells with each message.
BY_RADIO = ("signal_strength",)


@router.post("/install/{public_id}/lorawan")
def install(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    code: Annotated[str, Form()] = "",
    model: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    room: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
) -> Response:
    """Put a sensor in place that is known by its DevEUI, typed or scanned, and by its model."""

    def act(view: View, _: Site) -> None:
        try:
            key = deveui.read(code)
        except ValueError as error:
            raise RefusedError(NO_DEVEUI) from error
        known = {models.full_name(each.model, each.vendor): each for each in views.lorawan_models()}[model]
        gateway = enrolment.place_seen(view, public_id)
        if gateway is None:
            raise HTTPException(404)
        device = found(gateway, key, known.vendor, known.model, BY_RADIO)
        room_id = views.chosen_room(room, lambda kind: rooms.add(view, public_id, kind))
        called = name.strip() or known.name
        installing.install_unheard(view, device, called, room_id, Place(place) if place else None, visitor.now)

    return done(request, desk, visitor, public_id, act, ADDED)
