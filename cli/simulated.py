"""Simulated homes in a running installation: registered like real ones, behind real gateways."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from cli import access, homes
from cli.machine import BROKER_URL, Machine
from core.access.accounts import HOMES, SIMULATOR
from core.clock import Clock
from core.topics import HOME_ROOT
from registry.document import Document, Organisation
from simulator.home import SimulatedHome

ZONE = ZoneInfo("Europe/Rome")
SEED = 1
BASE = f"{HOME_ROOT}/{{gateway}}/zigbee2mqtt"
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
    clock: Clock,
    settings: Mapping[str, str] | None = None,
    alone: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Start the gateways of the simulated homes, each with an outbox of its own, then the simulator.

    The gateways in `alone` each get a process of their own, called like the gateway, with settings of their own.
    """
    keys = [home.gateway for home in simulated(number)]
    common = {"VICINO_HOME_BASE": BASE, "VICINO_POWER": "mains", **_brokers(made, keys, clock)}
    apart = alone or {}
    together = [key for key in keys if key not in apart]
    made.start("gateway", {**common, "VICINO_GATEWAYS": ",".join(together)})
    for gateway, own in apart.items():
        made.start("gateway", {**common, **own, "VICINO_GATEWAYS": gateway}, name=gateway)
    made.start(
        "simulator",
        {
            "VICINO_SIMULATOR_HOMES": str(number),
            "VICINO_SIMULATOR_SEED": str(SEED),
            BROKER_URL: made.broker_url(SIMULATOR),
            **(settings or {}),
        },
    )


def _brokers(made: Machine, keys: Sequence[str], clock: Clock) -> dict[str, str]:
    """Return the settings by which gateways sign in: with credentials of their own, where the broker knows accounts."""
    if not made.installation.manages_accounts:
        return {BROKER_URL: made.broker_url(HOMES)}
    with made.installation.database() as database:
        credentials = access.enrolled(made.installation, database, keys, clock)
    folder = access.write_credentials(made.installation.secrets / access.FOLDER, credentials)
    return {"VICINO_ENROLMENT": str(folder.absolute()), "VICINO_HOME_BROKER_URL": made.broker_url(HOMES)}
