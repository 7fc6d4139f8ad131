"""Which systems a gateway listens to: each a dialect, and the broker on which it speaks."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from core.clock import Clock
from core.errors import VicinoError
from core.gateway_config import GatewayConfig
from core.mqtt import BrokerAddress
from gateway.dialects.ble import Ble, read_keys
from gateway.dialects.dialect import Dialect
from gateway.dialects.homeassistant import HomeAssistant
from gateway.dialects.senml import Senml
from gateway.dialects.shelly import Shelly
from gateway.dialects.statestream import Statestream
from gateway.dialects.tasmota import Tasmota
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.lorawan import SERVERS, NetworkServers
from gateway.settings import GatewaySettings
from gateway.sources.mqtt import Connect, Delivery


class System(NamedTuple):
    """A system to listen to, by a connection of one's own unless `connect` gives a part in another."""

    dialect: Dialect
    broker: BrokerAddress
    delivery: Delivery = Delivery()
    connect: Connect | None = None


class Systems:
    """What the gateways of one process listen to: systems in their homes, and servers that serve many homes."""

    def __init__(self, gateways: Sequence[str], settings: GatewaySettings, clock: Clock) -> None:
        """Prepare the systems that the settings name.

        Raises `VicinoError` if one is not known, is named twice, if there are none, or what they need is missing.
        """
        self._settings = settings
        self._names = [name.strip() for name in settings.systems.split(",") if name.strip()]
        strange = [name for name in self._names if name not in SYSTEMS and name not in SERVERS]
        if strange or not self._names or len(set(self._names)) != len(self._names):
            raise VicinoError(
                f"VICINO_SYSTEMS names {', '.join(strange) or 'no system, or one twice'}.",
                advice=f"name some of: {', '.join(sorted({*SYSTEMS, *SERVERS}))}",
            )
        needed = not SERVERS.keys().isdisjoint(self._names)
        self._servers = NetworkServers(gateways, settings, clock) if needed else None

    def of(self, gateway: str) -> list[System]:
        """Return the systems that one gateway listens to. Raises `VicinoError` if what one needs is missing."""
        return [self._system(name, gateway) for name in self._names]

    def follow(self, gateway: str, configuration: Callable[[], GatewayConfig]) -> None:
        """Take what a gateway's configuration names as its devices for its own."""
        if self._servers is not None:
            self._servers.owners.follow(gateway, configuration)

    def close(self) -> None:
        """End what runs beside the gateways."""
        if self._servers is not None:
            self._servers.close()

    def _system(self, name: str, gateway: str) -> System:
        if self._servers is not None and name in SERVERS:
            return System(*self._servers.heard(name, gateway))
        return SYSTEMS[name](gateway, self._settings)


def home_broker(settings: GatewaySettings) -> BrokerAddress:
    """Return the broker in the home; the service's where none is named."""
    url = settings.home_broker_url or settings.broker_url
    return BrokerAddress.parse(url.get_secret_value())


def _zigbee2mqtt(gateway: str, settings: GatewaySettings) -> System:
    return System(Zigbee2Mqtt(settings.home_base.format(gateway=gateway)), home_broker(settings))


def _ble(gateway: str, settings: GatewaySettings) -> System:
    return System(Ble(settings.ble_base.format(gateway=gateway), _ble_keys(settings)), home_broker(settings))


def _ble_keys(settings: GatewaySettings) -> dict[str, bytes]:
    if settings.ble_keys is None:
        return {}
    try:
        return read_keys(settings.ble_keys.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VicinoError(
            f"The keys of BLE devices cannot be read: {error}",
            advice="write one line for each device into the file of VICINO_BLE_KEYS: its address, a space, its key",
        ) from error


def _shelly(gateway: str, settings: GatewaySettings) -> System:
    prefixes = _listed(settings.shelly_prefixes.format(gateway=gateway))
    return System(Shelly(prefixes), home_broker(settings))


def _tasmota(gateway: str, settings: GatewaySettings) -> System:
    return System(Tasmota(_listed(settings.tasmota_topics.format(gateway=gateway))), home_broker(settings))


def _homeassistant(gateway: str, settings: GatewaySettings) -> System:
    prefix = settings.homeassistant_prefix.format(gateway=gateway)
    topics = _listed(settings.homeassistant_topics.format(gateway=gateway))
    return System(HomeAssistant(prefix, topics), home_broker(settings))


def _statestream(gateway: str, settings: GatewaySettings) -> System:
    return System(Statestream(settings.statestream_base.format(gateway=gateway)), home_broker(settings))


def _senml(gateway: str, settings: GatewaySettings) -> System:
    return System(Senml(settings.senml_base.format(gateway=gateway)), home_broker(settings))


def _listed(text: str) -> list[str]:
    return [part.strip().strip("/") for part in text.split(",") if part.strip().strip("/")]


SYSTEMS: dict[str, Callable[[str, GatewaySettings], System]] = {
    "ble": _ble,
    "homeassistant": _homeassistant,
    "senml": _senml,
    "shelly": _shelly,
    "statestream": _statestream,
    "tasmota": _tasmota,
    "zigbee2mqtt": _zigbee2mqtt,
}
