"""What the alert worker does besides.

It tells the pages which channels there are, reads the bot, sends test messages, and gives up what no device has shown.
Each has a thread of its own: nothing here may hold up an alert.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alerts.channels.installed import Installed
from alerts.channels.telegram.updates import CHANNEL as TELEGRAM
from alerts.channels.telegram.updates import Updates
from alerts.reach import repository
from alerts.reach.trials import Trials
from alerts.reach.unseen import Unseen
from core.clock import Clock
from core.database import Database

WEBPUSH = "webpush"
ENDS_WITHIN_S = 2.0


@contextmanager
def companions(database: Database, channels: Installed, clock: Clock, stop: threading.Event) -> Iterator[None]:
    """Do all that until the end of the context, which sets `stop`. The database is there already."""
    key, bot = channels.key, channels.bot
    with database.transaction() as connection:
        repository.say_face(connection, WEBPUSH, key.public if key else None)
        if bot is None:
            repository.say_face(connection, TELEGRAM, None)
    work: list[Callable[[threading.Event], None]] = [
        Trials(database, channels.transports, clock).run,
        Unseen(database, clock).run,
    ]
    if bot is not None:
        work.append(Updates(database, bot, clock).run)
    threads = [threading.Thread(target=each, args=(stop,), name="companion", daemon=True) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            # Whoever waits for Telegram's answer is not waited for: what it has not confirmed is read again.
            thread.join(ENDS_WITHIN_S)
