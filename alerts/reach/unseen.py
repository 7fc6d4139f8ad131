"""Calls for help of which nobody knows in time that they arrived: they count as failed, and the next way is used.

* A push service says "accepted" when it has a message, and a device says by itself when it shows one. Where none does
  within `PATIENCE`, the telephone is off, or out of reach.
* A gateway whose answer could not be read may have sent a message or not (`alerts.channels.transport.Doubt`). It is
  not asked again; where it does not report within `PATIENCE` that the message arrived, it may not have.

A way that was called off because the message was accepted is tried again then. Where there is no other way, the message
stays as it is: the service keeps it, and escalation goes on.
"""

import threading
from datetime import timedelta

from alerts.reach import repository
from alerts.repository import DATABASE_AWAY
from core.clock import Clock
from core.database import Database
from core.log import logger

# A telephone that sleeps is woken within seconds for what is urgent; on a weak line it takes a little longer.
PATIENCE = timedelta(seconds=30)
LOOK_EVERY_S = 5.0


class Unseen:
    """Looks for such messages."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set."""
        while not self._clock.wait(stop, LOOK_EVERY_S):
            try:
                self.look()
            except DATABASE_AWAY as error:
                logger().warning("waiting for the database", reason=type(error).__name__)

    def look(self) -> int:
        """Give up what nobody has been shown in time; return how many messages that are."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            found = repository.give_up_unseen(connection, now - PATIENCE, now)
        for notification_id, alert_id in found:
            logger().warning("not known to have arrived", notification_id=notification_id, alert_id=alert_id)
        return len(found)
