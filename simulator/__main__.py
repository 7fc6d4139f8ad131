"""The simulator process: publishes simulated homes, live, to the homes' broker."""

from zoneinfo import ZoneInfo

from core import log
from core.clock import Clock, SystemClock
from core.mqtt import Connection, broker_of
from core.service import stop_on_signals
from simulator.broadcast import Broadcast
from simulator.home import SimulatedHome
from simulator.plan import PLANS, FloorPlan
from simulator.settings import SimulatorSettings
from simulator.story import story


def homes_of(settings: SimulatorSettings, clock: Clock) -> list[SimulatedHome]:
    """Return the homes that the settings ask for, with the story if it is told."""
    zone = ZoneInfo(settings.simulator_zone)
    homes = [
        SimulatedHome(
            settings.simulator_seed,
            index,
            zone,
            plan=_plan(index, settings),
            base_topic=settings.simulator_base_topic,
        )
        for index in range(settings.simulator_homes)
    ]
    if not settings.simulator_story:
        return homes
    events = story(settings.start(clock.now()), homes)
    return [home.with_events(events) for home in homes]


def _plan(index: int, settings: SimulatorSettings) -> FloorPlan:
    """Return the plan of a home, with the radios that the settings give it."""
    return PLANS[index % len(PLANS)]._replace(
        ble=index < settings.simulator_ble_homes,
        lorawan=index >= settings.simulator_homes - settings.simulator_lorawan_homes,
    )


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = SimulatorSettings()
    log.configure("simulator", settings.log_format)
    clock = SystemClock()
    stop = stop_on_signals()
    homes = homes_of(settings, clock)
    broadcast = Broadcast(homes, clock, stop, speed=settings.simulator_speed)
    connection = Connection(
        broker_of(settings),
        "vicino-simulator",
        on_connection=broadcast.connected,
        on_published=broadcast.accepted,
        keepalive_s=settings.keepalive_s,
    )
    connection.start()
    log.logger().info("simulated homes are live", homes=len(homes))
    try:
        broadcast.run(connection)
    finally:
        connection.stop()


if __name__ == "__main__":
    main()
