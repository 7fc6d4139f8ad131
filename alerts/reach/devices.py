"""The devices of a recipient, for the channel that sends to them."""

from alerts.reach import repository
from alerts.reach.repository import Device
from core.clock import Clock
from core.database import Database


class KeptDevices:
    """Devices as the database keeps them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def at(self, address: str) -> list[Device]:
        """Return the devices of an address."""
        with self._database.transaction() as connection:
            return repository.devices_at(connection, address)

    def forget(self, device: Device) -> None:
        """Forget a device that is gone."""
        with self._database.transaction() as connection:
            repository.forget_device(connection, device, self._clock.now())
