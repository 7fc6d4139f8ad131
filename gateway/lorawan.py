"""LoRaWAN network servers: one connection to each for all gateways of this process."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from core.clock import Clock
from core.errors import VicinoError
from core.mqtt import BrokerAddress, Version
from gateway.codecs.sandbox import Sandbox
from gateway.codecs.scripts import payload_decoder, read_scripts
from gateway.dialects import chirpstack, things_stack
from gateway.dialects.lorawan import Lorawan, PayloadDecoder
from gateway.owners import Owners
from gateway.settings import GatewaySettings
from gateway.sources.exchange import DeviceOf, Exchange
from gateway.sources.mqtt import Connect, Delivery

Mine = Callable[[str], bool]


class Heard(NamedTuple):
    """How one gateway hears a network server."""

    dialect: Lorawan
    broker: BrokerAddress
    delivery: Delivery
    connect: Connect


class _Server(NamedTuple):
    broker: BrokerAddress
    delivery: Delivery
    device_of: DeviceOf
    dialect: Callable[[PayloadDecoder, Mine], Lorawan]


class NetworkServers:
    """The network servers that the settings name, for the gateways of this process."""

    def __init__(self, gateways: Sequence[str], settings: GatewaySettings, clock: Clock) -> None:
        """Read what belongs to whom. Raises `VicinoError` if that is not clear."""
        self._settings = settings
        self.owners = Owners(_reception(gateways, settings.lorawan_reception), clock, settings.lorawan_devices)
        self._gateways = frozenset(gateways)
        self._sandbox = Sandbox()
        scripts = {} if settings.codecs is None else read_scripts(settings.codecs)
        self._decode = payload_decoder(scripts, self._sandbox)
        self._exchanges: dict[str, Exchange] = {}

    def heard(self, name: str, gateway: str) -> Heard:
        """Return how `gateway` hears the server called `name`. Raises `VicinoError` if its address is missing."""
        server = SERVERS[name](self._settings)
        dialect = server.dialect(self._decode, partial(self._is_of, gateway))
        exchange = self._exchanges.get(name)
        if exchange is None:
            exchange = self._exchanges[name] = Exchange(
                name,
                dialect.subscriptions,
                server.broker,
                delivery=server.delivery,
                device_of=server.device_of,
                owner_of=self.owners.of,
                reception=self.owners.reception,
                keepalive_s=self._settings.keepalive_s,
                reconnect_max_s=self._settings.reconnect_max_s,
            )
        return Heard(dialect, server.broker, server.delivery, exchange.connect(gateway))

    def close(self) -> None:
        """End what runs beside the gateways."""
        self._sandbox.close()

    def _is_of(self, gateway: str, device: str) -> bool:
        owner = self.owners.of(device)
        return (owner if owner in self._gateways else self.owners.reception) == gateway


def _reception(gateways: Sequence[str], named: str) -> str:
    """Return who tells of devices that belong to nobody. Raises `VicinoError` where that would have to be guessed."""
    if not named and len(gateways) > 1:
        raise VicinoError(
            "Nothing says which of several gateways tells of LoRaWAN devices that belong to none of them.",
            advice="set VICINO_LORAWAN_RECEPTION to one of VICINO_GATEWAYS, best to that of an office, not of a home: "
            "a call for help of such a device is shown there",
        )
    reception = named or gateways[0]
    if reception not in gateways:
        raise VicinoError(
            f"VICINO_LORAWAN_RECEPTION names {reception}, which is none of VICINO_GATEWAYS.",
            advice="name one of them",
        )
    return reception


def _chirpstack(settings: GatewaySettings) -> _Server:
    if settings.chirpstack_url is None:
        raise _nowhere("VICINO_CHIRPSTACK_URL")
    return _Server(
        BrokerAddress.parse(settings.chirpstack_url.get_secret_value()),
        Delivery(),
        chirpstack.device_of,
        partial(chirpstack.chirpstack, settings.chirpstack_application),
    )


def _things_stack(settings: GatewaySettings) -> _Server:
    if settings.things_stack_url is None:
        raise _nowhere("VICINO_THINGS_STACK_URL")
    broker = BrokerAddress.parse(settings.things_stack_url.get_secret_value())
    # Its server speaks MQTT 3.1.1 and QoS 0 only; the user is called as the application.
    return _Server(
        broker,
        Delivery(Version.V3_1_1, qos=0),
        things_stack.device_of,
        partial(things_stack.things_stack, broker.user or "+"),
    )


def _nowhere(setting: str) -> VicinoError:
    return VicinoError(f"{setting} does not say where the network server's broker is.", advice=f"set {setting}")


SERVERS: dict[str, Callable[[GatewaySettings], _Server]] = {
    chirpstack.NAME: _chirpstack,
    things_stack.NAME: _things_stack,
}
