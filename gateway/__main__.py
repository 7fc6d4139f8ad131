"""The edge agent: `python -m gateway`."""

import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Protocol

from core import log, systemd
from core.clock import Clock, SystemClock
from core.errors import VicinoError
from core.log import logger
from core.messages import GatewayUpdate
from core.metrics import exposed, make_registry
from core.mqtt import BrokerAddress, Connection
from core.service import stop_on_signals
from gateway.agent import Agent
from gateway.configuration import Configuration
from gateway.enrolment import brokers
from gateway.inventory import Findings
from gateway.metrics import Standing, gateway_figures
from gateway.outbox import Outbox, outbox_path
from gateway.power import Power, PowerWatch, source_of
from gateway.publisher import Pace, Publisher
from gateway.rules.channels.settled import channels
from gateway.rules.offline import OfflineRules
from gateway.settings import GatewaySettings
from gateway.sources.mqtt import MqttSource
from gateway.storage import RESERVE_BYTES
from gateway.synchronisation import TIMESYNC, Timekeeper
from gateway.systems import Systems, home_broker
from gateway.thinning import Limits
from gateway.watchdog import Watchdog
from gateway.withdrawal import Withdrawal

_LOOK_S = 1.0


class Versions(Protocol):
    """Which version of the program is to run, where it is one of several that are installed."""

    def update(self) -> GatewayUpdate | None:
        """Return what became of the last update; any thread may ask."""

    def look(self, standings: Sequence[Standing], *, well: bool) -> bool:
        """Take note of how the gateways stand; return False if another version is to run."""


def build(
    gateway: str,
    broker: BrokerAddress,
    settings: GatewaySettings,
    clock: Clock,
    boot: str,
    systems: Systems,
    *,
    update: Callable[[], GatewayUpdate | None] = lambda: None,
) -> Agent:
    """Compose the agent of a gateway that signs in at `broker`; raises `VicinoError` if it has no outbox."""
    timekeeper = Timekeeper(clock, TIMESYNC)
    outbox = Outbox(
        outbox_path(settings.data, gateway),
        clock,
        boot,
        backfill_after_s=settings.backfill_after_s,
        limits=Limits(settings.outbox_limit, settings.outbox_bytes, settings.outbox_days),
        timekeeper=timekeeper,
        reserve_bytes=RESERVE_BYTES,
    )
    configuration = Configuration(outbox.notes)
    systems.follow(gateway, lambda: configuration.current)
    wake = threading.Event()
    rules = OfflineRules(
        gateway,
        configuration,
        outbox,
        Connection(
            home_broker(settings),
            f"vicino-rules-{gateway}",
            keepalive_s=settings.keepalive_s,
            reconnect_max_s=settings.reconnect_max_s,
        ),
        settings.home_base.format(gateway=gateway),
        channels(settings, clock),
        clock,
        timekeeper,
        on_told=wake.set,
    )
    publisher = Publisher(
        gateway,
        outbox,
        broker,
        clock,
        pace=Pace(
            will_delay_s=settings.will_delay_s,
            keepalive_s=settings.keepalive_s,
            behind_after_s=settings.backfill_after_s,
            reconnect_max_s=settings.reconnect_max_s,
        ),
        timekeeper=timekeeper,
        power=PowerWatch(_power(settings)),
        wake=wake,
        configuration=configuration,
        rules=rules,
        update=update,
    )
    withdrawal = Withdrawal(configuration, clock)
    findings = Findings(
        publisher.say_inventory, lambda: frozenset(device.key for device in configuration.current.devices)
    )
    sources = [
        MqttSource(
            gateway,
            system.dialect,
            system.broker,
            outbox,
            clock,
            timekeeper=timekeeper,
            configuration=configuration,
            withdrawal=withdrawal,
            keepalive_s=settings.keepalive_s,
            reconnect_max_s=settings.reconnect_max_s,
            on_readings=publisher.notify,
            on_inventory=findings.of(system.dialect.name),
            on_unheard=publisher.note_unheard,
            on_connection=partial(publisher.note_connection, system.dialect.name),
            delivery=system.delivery,
            connect=system.connect,
        )
        for system in systems.of(gateway)
    ]
    return Agent(gateway, outbox, publisher, rules, sources)


def _power(settings: GatewaySettings) -> Callable[[], Power]:
    told = settings.power
    return source_of if told == "auto" else lambda: told


def serve(agents: Sequence[Agent], clock: Clock, stop: threading.Event, look: Callable[[], bool]) -> bool:
    """Run `agents` until `stop` is set or `look` returns False; return False if one of them failed before."""
    for agent in agents:
        agent.start()
    well = True
    while well and look() and not clock.wait(stop, _LOOK_S):
        well = all(agent.alive for agent in agents)
    return well


def end(agents: Sequence[Agent]) -> None:
    """End `agents` and wait until they have ended."""
    for agent in agents:
        agent.begin_stop()
    for agent in agents:
        agent.finish_stop()


def main(versions: Versions | None = None) -> int:
    """Run the gateways named in the settings until SIGTERM or SIGINT; return the exit code.

    With `versions` it also ends, without an error, to make room for another version.
    """
    settings = GatewaySettings()
    log.configure("gateway", settings.log_format)
    stop = stop_on_signals()
    clock = SystemClock()
    boot = uuid.uuid4().hex
    update = versions.update if versions else lambda: None
    try:
        found = brokers(settings)
        systems = Systems(list(found), settings, clock)
        agents = [
            build(gateway, broker, settings, clock, boot, systems, update=update) for gateway, broker in found.items()
        ]
    except VicinoError as error:
        logger().error("cannot start", reason=str(error))
        return 1
    logger().info("started", count=len(agents))
    registry = make_registry("gateway")
    registry.register(gateway_figures([agent.standing for agent in agents], clock))
    watchdog = Watchdog(agents, clock, allowed_s=systemd.watchdog_s())

    def look() -> bool:
        well = watchdog.look()
        return versions is None or versions.look([agent.standing() for agent in agents], well=well)

    with closing(systems), exposed(registry, settings.metrics_host, settings.metrics_port):
        well = serve(agents, clock, stop, look)
        watchdog.end()
        end(agents)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
