"""Credentials for the gateway of a home: made by its installer, shown this once, taken away again.

The answer that shows them is the only place where they ever stand: no address leads back to it.
"""

import threading
from base64 import b64encode
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from core.credentials import Credentials
from core.errors import VicinoError
from core.log import logger
from core.translation import mark
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.settings import DashboardSettings
from dashboards.sites import require_site
from dashboards.visitors import DeskDependency, Trusted, Visitor
from devices import enrolment, qr
from devices.admission import NOT_KEPT_HERE
from devices.gateways.reads import Enrolment, seen_enrolments

router = APIRouter()

PATIENCE_S = 5.0
LOOK_S = 0.25
NOT_TOLD = mark(
    "The broker could not be told, so the gateway cannot connect with these credentials. Try again in a minute."
)


@router.post("/install/{public_id}/gateway/credentials")
def enrol(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Make new credentials for the gateway of a home, which is made if there is none; show them this once."""
    with desk.database.seen_by(visitor.viewer) as view:
        site = require_site(view, public_id)
        key = enrolment.place_seen(view, public_id)
        made = enrolment.enrol_seen(view, key, visitor.now) if key else None
        frame = Frame.around(request, desk, visitor, view)
    if made is None:
        raise HTTPException(404)
    try:
        desk.hand_over(made)
    except VicinoError as error:
        logger().warning("the broker cannot be told of a gateway", reason=str(error))
        return frame.page("refused.html", 503, said=frame.words.say(NOT_TOLD), back=f"/install/{public_id}")
    standing = _settled(desk, visitor, made.gateway)
    credentials = Credentials(made.gateway, _address(desk.settings), made.password, _authority(desk.settings))
    return frame.page(
        "install_credentials.html",
        home=site.home,
        gateway=made.gateway,
        standing=standing,
        is_kept_elsewhere=standing is not None and standing.not_admitted == NOT_KEPT_HERE,
        file_name=credentials.file_name,
        file=f"data:text/plain;base64,{b64encode(credentials.to_toml().encode()).decode()}",
        # Drawn by us from our own link: nothing in it comes from outside.
        code=Markup(qr.svg(credentials.to_link())),  # noqa: S704 - of our own link
    )


@router.post("/install/{public_id}/gateway/{key}/revoke")
def revoke(desk: DeskDependency, visitor: Trusted, public_id: UUID, key: str) -> Response:
    """Take the credentials of a gateway away: it is disconnected at once."""
    with desk.database.seen_by(visitor.viewer) as view:
        require_site(view, public_id)
        if not enrolment.revoke_seen(view, key, visitor.now):
            raise HTTPException(404)
    return RedirectResponse(f"/install/{public_id}", 303)


def _settled(desk: Desk, visitor: Visitor, gateway: str) -> Enrolment | None:
    """Return how a gateway stands once the broker knows it, or it is known why not, or nobody has said so in time."""
    never, until = threading.Event(), desk.clock.monotonic() + PATIENCE_S
    while True:
        with desk.database.seen_by(visitor.viewer) as view:
            found = {each.gateway: each for each in seen_enrolments(view)}.get(gateway)
        if found is None or found.admitted_at or found.not_admitted or desk.clock.monotonic() >= until:
            return found
        desk.clock.wait(never, LOOK_S)


def _address(settings: DashboardSettings) -> str:
    """Return the broker's address as gateways are told, without user and password."""
    parts = urlsplit(settings.gateway_broker_url or settings.broker_url.get_secret_value())
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _authority(settings: DashboardSettings) -> str:
    return "" if settings.broker_ca is None else settings.broker_ca.read_text(encoding="ascii")
