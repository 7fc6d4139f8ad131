"""Notes the arrival of test calls. It is a channel like the others, and says whether those would have had a message."""

from alerts.canary.repository import note_arrival
from alerts.channels.transport import Outgoing
from core.clock import Clock
from core.database import Database


class CanaryTransport:
    """Accepts each message and notes when."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def send(self, message: Outgoing) -> None:
        """Note that `message` has arrived; raises what the database raises where that cannot be."""
        with self._database.transaction() as connection:
            note_arrival(connection, message.alert_public_id, self._clock.now())
