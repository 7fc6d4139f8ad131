"""The configuration in force in one gateway: the latest good one, kept across restarts in the outbox's file."""

import threading

from core.gateway_config import ConfigError, ConfiguredDevice, GatewayConfig, decode_config
from core.log import logger
from gateway.notes import Notes

_NOTE = "config"
_LONGEST_REASON = 300
_NONE = GatewayConfig(version="none")


class Configuration:
    """What the service wants of this gateway. Threads may share it; each reads `current` when it needs it."""

    def __init__(self, notes: Notes) -> None:
        """Take up the configuration that was in force before."""
        self._notes = notes
        self._mutex = threading.Lock()
        self._in_force: GatewayConfig | None = None
        self._devices: dict[str, ConfiguredDevice] = {}
        self._trouble = ""
        self._unsaved: bytes | None = None
        kept = notes.under(_NOTE).get("")
        if kept is not None:
            try:
                self._enforce(decode_config(kept))
            except ConfigError as error:
                # An older program may not know what a newer one has kept.
                self._refuse(error)

    @property
    def current(self) -> GatewayConfig:
        """The configuration in force; without one, one that asks for nothing."""
        return self._in_force or _NONE

    @property
    def version(self) -> str:
        """The version in force, empty if there is none."""
        return "" if self._in_force is None else self._in_force.version

    @property
    def trouble(self) -> str:
        """Why the latest configuration was refused; empty if it was not."""
        return self._trouble

    def device(self, key: str) -> ConfiguredDevice | None:
        """Return what is configured for a device, None if it is not named."""
        return self._devices.get(key)

    def take(self, payload: bytes) -> None:
        """Put a configuration in force, or refuse it; an empty one says nothing."""
        if not payload:
            return
        with self._mutex:
            try:
                config = decode_config(payload)
            except ConfigError as error:
                self._refuse(error)
                return
            self._trouble = ""
            if config != self._in_force:
                self._enforce(config)
                self._unsaved = payload
                logger().info("configuration in force", version=config.version)

    def save(self) -> None:
        """Keep what is in force for the next start, if it is not kept yet. Raises `OutboxError`: then call it again."""
        with self._mutex:
            if self._unsaved is not None:
                self._notes.keep(_NOTE, self._unsaved)
                self._unsaved = None

    def _enforce(self, config: GatewayConfig) -> None:
        self._in_force = config
        self._devices = {device.key: device for device in config.devices}

    def _refuse(self, error: ConfigError) -> None:
        self._trouble = str(error)[:_LONGEST_REASON]
        logger().warning("configuration refused", reason=self._trouble)
