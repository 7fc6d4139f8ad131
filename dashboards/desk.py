"""What every page needs, put together once for the process."""

from collections.abc import Callable
from typing import NamedTuple

from fastapi import Request

from core.clock import Clock
from core.database import Database
from dashboards.audit import Audit
from dashboards.live import Hub
from dashboards.pace import Pace
from dashboards.pdf.press import Press
from dashboards.providers.offered import Offered
from dashboards.rendering import Renderer
from dashboards.settings import DashboardSettings
from dashboards.shared import Shared
from dashboards.throttle import SignInThrottle
from devices.enrolment import Password


class Desk(NamedTuple):
    """The surroundings of the pages. `database` acts in the role that serves people.

    `hand_over` passes a gateway's new password on to the broker; raises `VicinoError` if that cannot be done.
    `shared` keeps for a moment what several open pages of one sight ask for at once; `audit` knows who was shown what.
    `reply_key` signs the links of messages, None where they have none; `pace` slows down who follows them too often.
    `providers` are those through which people may sign in besides. `press` makes PDFs.
    """

    database: Database
    clock: Clock
    settings: DashboardSettings
    renderer: Renderer
    hub: Hub
    throttle: SignInThrottle
    hand_over: Callable[[Password], None]
    reply_key: bytes | None
    pace: Pace
    shared: Shared
    providers: Offered
    audit: Audit
    press: Press


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that serves `request`."""
    desk: Desk = request.app.state.desk
    return desk


async def given_desk(request: Request) -> Desk:
    """Return the same as a dependency: asynchronous, so that it takes no thread and no request waits for one."""
    return desk_of(request)
