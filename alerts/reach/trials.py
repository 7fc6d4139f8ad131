"""Messages that somebody sends to themselves, to see whether they arrive: at once, and only once."""

import threading
from collections.abc import Mapping
from datetime import datetime

from alerts.channels.transport import NO_ALERT, Outgoing, Transport, TransportError
from alerts.channels.webpush.transport import WebPushTransport
from alerts.lifecycle import Family
from alerts.reach import repository
from alerts.reach.actions import WAITS, Outcome
from alerts.reach.repository import Trial
from alerts.repository import DATABASE_AWAY
from alerts.wording import TRIAL
from core.clock import Clock
from core.database import Database
from core.log import logger
from core.notices import Listener

NOTICES = ("vicino_trial",)
LOOK_EVERY_S = 5.0


class Trials:
    """Sends what people ask for, by the channels' own transports."""

    def __init__(self, database: Database, transports: Mapping[str, Transport], clock: Clock) -> None:
        self._database = database
        self._transports = transports
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set."""
        with Listener(self._database, NOTICES) as listener:
            while not stop.is_set():
                try:
                    while self.look():
                        pass
                except DATABASE_AWAY as error:
                    logger().warning("waiting for the database", reason=type(error).__name__)
                listener.wait(LOOK_EVERY_S, self._clock, stop)

    def look(self) -> bool:
        """Send the next message that was asked for; tell whether there was one."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            trial = repository.take_trial(connection, now - WAITS, now)
        if trial is None:
            return False
        error = self._sent(trial, now)
        with self._database.transaction() as connection:
            repository.end_trial(connection, trial.trial_id, None if error else self._clock.now(), error)
        return True

    def _sent(self, trial: Trial, now: datetime) -> str | None:
        """Send, and return what can be said where that failed."""
        transport = self._transports.get(trial.channel)
        if transport is None:
            return Outcome.REFUSED
        try:
            if isinstance(transport, WebPushTransport) and trial.device_id is not None:
                self._to_device(transport, trial, now)
            else:
                transport.send(message(trial, now))
        except TransportError as error:
            logger().info("test message not sent", channel=trial.channel, reason=error.reason)
            return Outcome.GONE if error.gone else Outcome.REFUSED if error.permanent else Outcome.LATER
        except Exception as error:  # noqa: BLE001 - what fails here is told to whoever asked
            logger().error("test message not sent", channel=trial.channel, reason=type(error).__name__)
            return Outcome.LATER
        return None

    def _to_device(self, transport: WebPushTransport, trial: Trial, now: datetime) -> None:
        with self._database.transaction() as connection:
            devices = repository.devices_at(connection, trial.address, trial.device_id)
        if not devices:
            raise TransportError("the device is not registered any more", permanent=True, gone=True)
        try:
            transport.send_to(devices[0], message(trial, now))
        except TransportError as error:
            if error.gone:
                with self._database.transaction() as connection:
                    repository.forget_device(connection, devices[0], now)
            raise


def message(trial: Trial, now: datetime) -> Outgoing:
    """Return a message that says only that it is a test."""
    return Outgoing(
        public_id=trial.public_id,
        alert_public_id=NO_ALERT,
        address=trial.address,
        language=trial.language,
        family=Family.TECHNICAL,
        kind=TRIAL,
        municipality="",
        opened_at=now,
        step=0,
    )
