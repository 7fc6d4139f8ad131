"""The process of `devices`: `python -m devices`.

It tells gateways their configuration, notes which one they follow, and sees that only those can connect that may.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from core import log
from core.clock import Clock, SystemClock
from core.database import Database, Role, answers, asking_for_figures
from core.errors import VicinoError
from core.log import logger
from core.metrics import exposed, make_registry
from core.mqtt import broker_of
from core.notices import Listener
from core.service import end_where_away, stop_on_signals, wait_until_there
from devices import enrolment, models
from devices.admission import NOT_KEPT_HERE, Admissions
from devices.composition import Expected
from devices.dynamic_security import BrokerControlError, DynamicSecurity
from devices.gateways.reads import GatewayFigures, gateway_figures
from devices.metrics import devices_figures
from devices.publishing import LOST, ConfigPublisher
from devices.settings import DevicesSettings

ENROLMENT = "vicino_enrolment"
CONFIGURATION = "vicino_configuration"
FIRST_S, TURN_S = 0.05, 0.5


def serve(settings: DevicesSettings, clock: Clock, stop: threading.Event) -> None:
    """Publish and watch until `stop` is set."""
    url = settings.database_url.get_secret_value()
    with ExitStack() as stack:
        database = Database(url, Role.SERVICE, name="devices")
        if not database.wait_until_there(clock, stop):
            return
        stack.enter_context(database)
        publisher = ConfigPublisher(
            database,
            broker_of(settings),
            clock,
            worker=settings.devices_worker,
            keepalive_s=settings.keepalive_s,
            expectations=_expected,
        )
        registry = make_registry("devices")
        if settings.metrics_port:
            asking = stack.enter_context(asking_for_figures(url, Role.SERVICE, name="devices"))
            within = timedelta(seconds=settings.config_confirm_s)
            registry.register(devices_figures(lambda: publisher.published, lambda: _figures(asking, clock, within)))
        stack.enter_context(exposed(registry, settings.metrics_host, settings.metrics_port))
        if wait_until_there(publisher.look, "database", LOST, clock, stop) is None:
            return
        listener = stack.enter_context(Listener(database, [ENROLMENT, CONFIGURATION]))
        admissions = Admissions(database, broker_of(settings), clock, worker=settings.devices_worker)
        for each in (publisher, admissions):
            each.start()
            stack.callback(each.stop)
        _keep(settings, publisher, admissions, database, listener, clock, stop)


def _keep(
    settings: DevicesSettings,
    publisher: ConfigPublisher,
    admissions: Admissions,
    database: Database,
    listener: Listener,
    clock: Clock,
    stop: threading.Event,
) -> None:
    due, noticed = clock.monotonic(), set[str]()
    pause = FIRST_S
    while not stop.is_set():
        # Listening comes before the look, so that nothing falls between the two.
        noticed |= {notice.channel for notice in listener.wait(pause, clock, stop)}
        pause = TURN_S
        if clock.monotonic() >= due:
            due, noticed = clock.monotonic() + settings.devices_look_s, {ENROLMENT, CONFIGURATION}
        # What fails is tried again at the next turn, and holds up nothing else.
        if ENROLMENT in noticed and _done(lambda: expel_strangers(settings, database)):
            noticed.discard(ENROLMENT)
        if CONFIGURATION in noticed and _done(publisher.look):
            noticed.discard(CONFIGURATION)
        _done(publisher.turn)
        _done(lambda: admit_waiting(settings, admissions))


def _done(work: Callable[[], object]) -> bool:
    try:
        work()
    except LOST as error:
        logger().info("waiting", name="database", reason=type(error).__name__)
        return False
    except VicinoError as error:
        logger().warning("the broker cannot be told who may connect", reason=str(error))
        return False
    return True


def admit_waiting(settings: DevicesSettings, admissions: Admissions) -> int:
    """Let those gateways sign in whose passwords a page has handed over; return how many. Raises as below."""
    made = admissions.wanted()
    if not made:
        return 0
    if settings.broker_admin_url is None:
        admissions.give_up(made, NOT_KEPT_HERE)
        return 0
    try:
        with DynamicSecurity(broker_of(settings, settings.broker_admin_url)) as control:
            admissions.admit(made, control)
    except VicinoError as error:
        admissions.put_off(made, error.reason if isinstance(error, BrokerControlError) else str(error))
        raise
    return len(made)


def expel_strangers(settings: DevicesSettings, database: Database) -> int:
    """Take from the broker every gateway that may not connect; return how many there were.

    Raises `VicinoError` if the broker cannot be told, `psycopg.Error` or `PoolTimeout` without a database.
    """
    if settings.broker_admin_url is None:
        return 0
    with DynamicSecurity(broker_of(settings, settings.broker_admin_url)) as control:
        strangers = enrolment.strangers(database, control.names())
        control.expel(strangers)
    if strangers:
        logger().info("gateways expelled from the broker", count=len(strangers))
    return len(strangers)


def _expected(model: str) -> Expected:
    found = models.find(model)
    return Expected() if found is None else Expected(found.interval.seconds, found.refractory)


def _figures(asking: Database, clock: Clock, within: timedelta) -> GatewayFigures:
    with asking.transaction() as connection:
        return gateway_figures(connection, clock.now() - within)


def main() -> None:
    """Run the service."""
    settings = DevicesSettings()  # type: ignore[call-arg]  # the environment says it
    log.configure("devices", settings.log_format)
    clock, stop = SystemClock(), stop_on_signals()
    end_where_away(partial(answers, settings.database_url.get_secret_value()), "database", stop, clock)
    serve(settings, clock, stop)


if __name__ == "__main__":
    main()
