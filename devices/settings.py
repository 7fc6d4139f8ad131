"""Settings of the process of `devices`."""

import os
import socket

from pydantic import Field, SecretStr

from core.settings import Settings


def _own_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


class DevicesSettings(Settings):
    """What the process that tells gateways their configuration needs to know."""

    database_url: SecretStr = Field(description="PostgreSQL of the service: postgresql://user:password@host:port/name.")
    broker_admin_url: SecretStr | None = Field(
        default=None,
        description="Address of the broker with the account of its administrator, who admits and expels gateways "
        "(Mosquitto with its plugin dynamic-security).",
    )
    devices_worker: str = Field(default_factory=_own_name, description="Name of this process, unlike any other's.")
    devices_look_s: float = Field(
        default=60.0, description="Seconds between two looks at all that is registered, if no notice comes.", gt=0
    )
    config_confirm_s: float = Field(
        default=600.0, description="Seconds in which a gateway should follow a configuration it was sent.", gt=0
    )
