"""Which systems a gateway listens to: each a dialect, and the broker on which it speaks."""

from collections.abc import Callable
from typing import NamedTuple

from core.errors import VicinoError
from core.mqtt import BrokerAddress
from gateway.dialects.dialect import Dialect
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.settings import GatewaySettings


class System(NamedTuple):
    """A system to listen to."""

    dialect: Dialect
    broker: BrokerAddress


def systems(gateway: str, settings: GatewaySettings) -> list[System]:
    """Return the systems that the settings name for a gateway.

    Raises `VicinoError` if one is not known, is named twice, or if there are none.
    """
    names = [name.strip() for name in settings.systems.split(",") if name.strip()]
    strange = [name for name in names if name not in SYSTEMS]
    if strange or not names or len(set(names)) != len(names):
        raise VicinoError(
            f"VICINO_SYSTEMS names {', '.join(strange) or 'no system, or one twice'}.",
            advice=f"name some of: {', '.join(sorted(SYSTEMS))}",
        )
    return [SYSTEMS[name](gateway, settings) for name in names]


def _home_broker(settings: GatewaySettings) -> BrokerAddress:
    url = settings.home_broker_url or settings.broker_url
    return BrokerAddress.parse(url.get_secret_value())


def _zigbee2mqtt(gateway: str, settings: GatewaySettings) -> System:
    return System(Zigbee2Mqtt(settings.home_base.format(gateway=gateway)), _home_broker(settings))


SYSTEMS: dict[str, Callable[[str, GatewaySettings], System]] = {"zigbee2mqtt": _zigbee2mqtt}
