"""A mail server that notes when it was handed what: the channel at the end of a measurement."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.ports import LOOPBACK, free_port

_LINK = re.compile(r"/alerts/([0-9a-f-]{36})")


class Handed(NamedTuple):
    """A message as it was handed over: about which alert, to whom, and when on the machine's monotonic clock."""

    alert: str
    address: str
    at_s: float


class Channel:
    """Handler of a mail server that notes what it is handed, and accepts it."""

    def __init__(self) -> None:
        self.handed: list[Handed] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Note a message."""
        # The same clock as that of the processes that publish.
        at_s = time.monotonic()
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        found = _LINK.search(str(message_from_bytes(content).get_payload()))
        if found:
            self.handed += [Handed(found[1], address, at_s) for address in envelope.rcpt_tos]
        return "250 accepted"


@contextmanager
def channel() -> Iterator[tuple[Channel, str]]:
    """Give a mail server on this machine, and its address as a setting has it."""
    noted = Channel()
    controller = Controller(noted, hostname=LOOPBACK, port=free_port())
    controller.start()
    try:
        yield noted, f"smtp://{LOOPBACK}:{controller.port}"
    finally:
        controller.stop()
