"""Puts the pages together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from alerts.replies.tokens import key_of
from core.clock import Clock
from core.database import Database
from core.mqtt import broker_of
from dashboards import errors
from dashboards.api.application import PATH, create_api
from dashboards.audit import Asked, Audit
from dashboards.bodies import LimitBodies
from dashboards.desk import Desk
from dashboards.headers import SecurityHeaders
from dashboards.live import Hub
from dashboards.metrics import CountRequests, RequestMetrics
from dashboards.pace import Pace
from dashboards.pages import (
    account,
    accounts,
    administration,
    alert,
    batteries,
    board,
    callbacks,
    contexts,
    daily,
    enrolment,
    events,
    family,
    files,
    health,
    install,
    install_lorawan,
    install_walk,
    invite,
    notifications,
    own_copy,
    passkeys,
    person,
    person_basis,
    person_days,
    person_life,
    policies,
    providers,
    rejects,
    reply,
    research,
    research_report,
    rules,
    second_step,
    sharing,
    shift,
    sign_in,
    statistics,
    tasks,
)
from dashboards.pdf.press import Press
from dashboards.pdf.printing import printed
from dashboards.providers.offered import offered
from dashboards.rendering import Renderer
from dashboards.settings import DashboardSettings
from dashboards.shared import Shared
from dashboards.throttle import SignInThrottle
from devices.admission import hand_over as give
from devices.enrolment import Password

WORTH_COMPRESSING = 1_000  # bytes
REPLIES, REPLIES_WITHIN_S = 30, 60.0  # requests for one link, and from one address for links that are none of ours


def create_app(
    database: Database,
    clock: Clock,
    settings: DashboardSettings,
    hub: Hub | None = None,
    metrics: RequestMetrics | None = None,
    hand_over: Callable[[Password], None] | None = None,
) -> FastAPI:
    """Return the application. `database` acts in the role that serves people and is open already.

    `hub` is given by whoever has to end open pages before the server ends; else the application has its own. Requests
    are counted where there are `metrics`. New passwords of gateways go through `hand_over`, else to the broker of the
    settings. Raises `ReplyKeyError` if the key for the links in messages cannot be used, and `VicinoError` if the
    identity providers cannot.
    """
    own = hub or Hub(database, clock)
    audit = Audit(clock)
    seen = database.noting(audit.note)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        own.start()
        yield
        own.close()

    app = FastAPI(
        title="Vicino", docs_url=None, redoc_url=None, openapi_url=None, lifespan=running, redirect_slashes=False
    )
    known = offered(settings, clock, metrics.by_provider) if metrics else offered(settings, clock)
    desk = Desk(
        seen,
        clock,
        settings,
        Renderer(),
        own,
        SignInThrottle(clock),
        hand_over or _to_broker(settings),
        key_of(settings.reply_key),
        Pace(clock, REPLIES, REPLIES_WITHIN_S),
        Shared(clock),
        known,
        audit,
        Press(printed),
    )
    app.state.desk = desk
    for module in (
        health,
        files,
        sign_in,
        second_step,
        account,
        passkeys,
        providers,
        accounts,
        board,
        alert,
        reply,
        callbacks,
        person,
        person_basis,
        person_days,
        person_life,
        notifications,
        contexts,
        daily,
        install_walk,
        install_lorawan,
        install,
        enrolment,
        batteries,
        rejects,
        policies,
        rules,
        research,
        research_report,
        statistics,
        administration,
        tasks,
        family,
        own_copy,
        sharing,
        shift,
        invite,
        events,
    ):
        app.include_router(module.router)
    app.mount(PATH, create_api(desk))
    errors.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_COMPRESSING, compresslevel=5)
    app.add_middleware(LimitBodies)
    app.add_middleware(SecurityHeaders, secure=settings.secure, forms_lead_to=known.origins)
    app.add_middleware(Asked)
    if metrics is not None:
        app.add_middleware(CountRequests, metrics=metrics, clock=clock)
    return app


def _to_broker(settings: DashboardSettings) -> Callable[[Password], None]:
    def hand_over(made: Password) -> None:
        give(broker_of(settings), made)

    return hand_over
