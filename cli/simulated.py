"""Simulated homes in a running installation: registered like real ones, behind real gateways."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from cli import homes
from cli.machine import Machine
from registry.document import Document, Organisation
from simulator.home import SimulatedHome

ZONE = ZoneInfo("Europe/Rome")
SEED = 1
BASE = "home/{gateway}/zigbee2mqtt"
SERVICE = Organisation("simulated", "Simulated homes", "service")


def simulated(number: int, organisation: Organisation = SERVICE) -> list[SimulatedHome]:
    """Return the first `number` simulated homes, as homes of `organisation`."""
    return [SimulatedHome(SEED, index, ZONE, organisation=organisation.key) for index in range(number)]


def document_of(organisation: Organisation, played: Sequence[SimulatedHome]) -> Document:
    """Return the description of simulated homes."""
    return homes.document_of(organisation, (home.registry_entry() for home in played))


def start(
    made: Machine,
    number: int,
    settings: Mapping[str, str] | None = None,
    alone: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Start the gateways of the simulated homes, each with an outbox of its own, then the simulator.

    The gateways in `alone` each get a process of their own, called like the gateway, with settings of their own.
    """
    common = {"VICINO_HOME_BASE": BASE, "VICINO_POWER": "mains"}
    apart = alone or {}
    together = [home.gateway for home in simulated(number) if home.gateway not in apart]
    made.start("gateway", {**common, "VICINO_GATEWAYS": ",".join(together)})
    for gateway, own in apart.items():
        made.start("gateway", {**common, **own, "VICINO_GATEWAYS": gateway}, name=gateway)
    made.start(
        "simulator",
        {"VICINO_SIMULATOR_HOMES": str(number), "VICINO_SIMULATOR_SEED": str(SEED), **(settings or {})},
    )
