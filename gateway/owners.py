"""Which gateway a LoRaWAN device belongs to: its devices are not in the home, but all at one network server.

Told by the gateways' configurations, which name their devices, else by a file, read again when it has changed, else by
the configurations again, which name those that were taken away: what still comes of one is not somebody else's.

The file:

    [gateways]
    gw-0017 = ["24e124136b502217", "24e124535b316056"]
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from operator import is_
from pathlib import Path

from core.clock import Clock
from core.errors import VicinoError
from core.gateway_config import GatewayConfig
from core.log import logger
from core.topics import KEY

_LOOK_S = 2.0


class Owners:
    """Devices by their gateways. `reception` is the gateway of those that belong to none."""

    def __init__(self, reception: str, clock: Clock, file: Path | None = None) -> None:
        """Read `file`, if there is one. Raises `VicinoError` if it cannot be read."""
        self.reception = reception
        self._clock = clock
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._listed: Mapping[str, str] = {}
        self._followed: dict[str, Callable[[], GatewayConfig]] = {}
        self._in_force: tuple[GatewayConfig, ...] = ()
        self._configured: Mapping[str, str] = {}
        self._retired: Mapping[str, str] = {}
        self._next_look = clock.monotonic()
        if file is not None:
            self._seen = _state(file)
            self._listed = read_owners(file)

    def follow(self, gateway: str, configuration: Callable[[], GatewayConfig]) -> None:
        """Let the devices that the configuration of `gateway` names be its own."""
        self._followed[gateway] = configuration

    def of(self, device: str) -> str:
        """Return the gateway of a device, by its key; any thread may ask."""
        now = self._clock.monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_S
            self._look_at_configurations()
            self._look_at_file()
        key = device.lower()
        return self._configured.get(key) or self._listed.get(key) or self._retired.get(key, self.reception)

    def _look_at_configurations(self) -> None:
        followed = dict(self._followed)
        in_force = tuple(configuration() for configuration in followed.values())
        # They are replaced, never changed.
        if len(in_force) == len(self._in_force) and all(map(is_, in_force, self._in_force)):
            return
        by_gateway = list(zip(followed, in_force, strict=True))
        self._configured = {device.key.lower(): gateway for gateway, config in by_gateway for device in config.devices}
        self._retired = {key.lower(): gateway for gateway, config in by_gateway for key in config.retired}
        self._in_force = in_force

    def _look_at_file(self) -> None:
        if self._file is None:
            return
        state = _state(self._file)
        if state == self._seen:
            return
        self._seen = state
        try:
            self._listed = read_owners(self._file)
        except VicinoError as error:
            logger().error("list of devices not read: the one before stays in force", reason=str(error))
        else:
            logger().info("list of devices read", count=len(self._listed))


def read_owners(file: Path) -> Mapping[str, str]:
    """Return the gateway of each device in a file. Raises `VicinoError` if it is wrong or names a device twice."""
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(file, str(error)) from error
    gateways = found.get("gateways")
    if not isinstance(gateways, dict):
        raise _wrong(file, "it has no table [gateways]")
    owners: dict[str, str] = {}
    for gateway, devices in gateways.items():
        if not KEY.fullmatch(gateway):
            raise _wrong(file, f"{gateway!r} is not a gateway key")
        for device in _texts(file, gateway, devices):
            if owners.setdefault(device.lower(), gateway) != gateway:
                raise _wrong(file, f"the device {device} stands at two gateways")
    return owners


def _texts(file: Path, gateway: str, devices: object) -> Iterable[str]:
    if not isinstance(devices, list) or not all(isinstance(device, str) and device for device in devices):
        raise _wrong(file, f"what stands at {gateway} is no list of devices")
    return devices


def _state(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _wrong(file: Path, reason: str) -> VicinoError:
    return VicinoError(
        f"The list of LoRaWAN devices {file.name} cannot be used: {reason}.",
        kept="the list before stays in force, if there was one",
        advice='write it as [gateways] and lines like gw-0017 = ["24e124136b502217"]',
    )
