"""Calls for help that a push service has taken and no device has shown: the telephone is off, or out of reach.

A push service says "accepted" when it has a message. A device says by itself when it shows one. Where none does within
`PATIENCE`, the message counts as failed, and the person is told by the next way. Where there is no other, it stays as
it is: the service keeps it, and escalation goes on.
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
        with self._database.transaction() as connection:
            found = repository.give_up_unseen(connection, self._clock.now() - PATIENCE)
        for notification_id, alert_id in found:
            logger().warning("shown by no device", notification_id=notification_id, alert_id=alert_id)
        return len(found)
