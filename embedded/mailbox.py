"""A mailbox for a machine without a mail server, which keeps every mail as a file.

Run as `python -m embedded.mailbox PORT FOLDER`.
Nothing leaves the machine. It is for demonstrations and for a first look; a real installation sets a mail server.
"""

import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.clock import Clock, SystemClock
from core.service import stop_on_signals
from embedded.ports import LOOPBACK
from embedded.privatefile import private_folder, write_private


class Mailbox:
    """Handler of aiosmtpd that keeps what it is given, one `.eml` file a mail, named by when it came."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = private_folder(folder)
        self._clock = clock
        self._count = 0

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail and say so."""
        self._count += 1
        name = f"{self._clock.now():%Y%m%dT%H%M%S}-{self._count:04}.eml"
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        write_private(self._folder / name, content.decode("utf-8", "replace"))
        return "250 kept"


def serve(port: int, folder: Path, stop: threading.Event) -> None:
    """Keep mails in `folder` until `stop` is set."""
    controller = Controller(Mailbox(folder, SystemClock()), hostname=LOOPBACK, port=port)
    controller.start()
    try:
        stop.wait()
    finally:
        controller.stop()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), stop_on_signals())
