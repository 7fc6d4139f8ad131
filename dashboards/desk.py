"""What every page needs, put together once for the process."""

from typing import NamedTuple

from fastapi import Request

from core.clock import Clock
from core.database import Database
from dashboards.live import Hub
from dashboards.rendering import Renderer
from dashboards.settings import DashboardSettings
from dashboards.throttle import SignInThrottle


class Desk(NamedTuple):
    """The surroundings of the pages. `database` acts in the role that serves people."""

    database: Database
    clock: Clock
    settings: DashboardSettings
    renderer: Renderer
    hub: Hub
    throttle: SignInThrottle


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that serves `request`."""
    desk: Desk = request.app.state.desk
    return desk
