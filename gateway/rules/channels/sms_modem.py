"""A text message by a modem on a serial line, with AT commands (3GPP TS 27.005): a SIM in the home needs no internet.

The line is opened for each message and closed after it, so that a modem that was pulled out and put in again is found.
"""

import itertools
import os
import select
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.clock import Clock
from gateway.rules.channels.channel import ChannelError, Text
from gateway.rules.channels.pdu import pdus

_ANSWER_S = 5.0
_QUIET_S = 0.2
_SENT_S = 40.0  # a network may take its time
_CHARACTER = 0x1A  # ends a message
_ESCAPE = b"\x1b"
_MOST_BYTES = 4096
# As modems answer when a command cannot be carried out (TS 27.005, section 3.2.5, and TS 27.007, section 9.2).
_ERRORS = ("ERROR", "+CMS ERROR", "+CME ERROR")


class SmsModem:
    """The modem at a device file; None where there is none."""

    def __init__(self, device: Path | None, clock: Clock, speed: int = 115_200, *, patience_s: float = _SENT_S) -> None:
        """Prepare; `patience_s` is how long a network may take to accept a message."""
        self._device = device
        self._clock = clock
        self._speed = speed
        self._patience_s = patience_s
        self._references = itertools.cycle(range(256))

    def send(self, text: Text) -> None:
        """Send a text. Raises `ChannelError`; some of its parts may have gone then."""
        if self._device is None:
            raise ChannelError("no modem is set")
        with _opened(self._device, self._speed) as line:
            modem = _Dialogue(line, self._clock)
            modem.wake()
            # No echo, errors with their numbers, messages as octets.
            for command in ("ATE0", "AT+CMEE=1", "AT+CMGF=0"):
                modem.command(command)
            for pdu in pdus(text.address, text.words, next(self._references)):
                modem.submit(pdu.octets, pdu.hexadecimal, self._patience_s)


class _SilenceError(ChannelError):
    """Nothing came in time."""

    def __init__(self) -> None:
        super().__init__("the modem does not answer")


class _Dialogue:
    """Commands and answers on an open line."""

    def __init__(self, line: int, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._buffer = b""

    def wake(self) -> None:
        """Bring the modem out of whatever it was left in, to where it answers."""
        for _ in range(3):
            self._write(_ESCAPE + b"\r")
            # What was left over is answered too; taken for the answer to AT, each that follows would be one behind.
            self._let_speak(_QUIET_S)
            with suppress(_SilenceError):
                self.command("AT", 1.0, errors=())
                return
        raise _SilenceError

    def _let_speak(self, quiet_s: float) -> None:
        """Read what comes, until nothing has come for a while."""
        with suppress(_SilenceError):
            while True:
                self._buffer = b""
                self._read(self._clock.monotonic() + quiet_s)

    def command(self, command: str, patience_s: float = _ANSWER_S, errors: tuple[str, ...] = _ERRORS) -> None:
        self._buffer = b""
        self._write(command.encode() + b"\r")
        self._await_ok(patience_s, errors)

    def submit(self, octets: int, hexadecimal: str, patience_s: float) -> None:
        self._buffer = b""
        self._write(f"AT+CMGS={octets}\r".encode())
        self._await_prompt()
        self._write(hexadecimal.encode() + bytes((_CHARACTER,)))
        self._await_ok(patience_s)

    def _await_ok(self, patience_s: float, errors: tuple[str, ...] = _ERRORS) -> None:
        ends_at = self._clock.monotonic() + patience_s
        while "OK" not in self._said(errors):
            self._read(ends_at)

    def _await_prompt(self) -> None:
        ends_at = self._clock.monotonic() + _ANSWER_S
        while True:
            # Before the prompt is looked for: it has no end of line, and stands behind any line still unread.
            self._said(_ERRORS)
            if self._buffer.lstrip(b"\r\n").startswith(b">"):
                break
            self._read(ends_at)
        self._buffer = b""

    def _said(self, errors: tuple[str, ...]) -> tuple[str, ...]:
        """Take the whole lines that have come. Raises `ChannelError` at one of the errors."""
        lines = tuple(self._lines())
        for line in lines:
            if line.startswith(errors):
                raise ChannelError(f"modem: {line[:40]}")
        return lines

    def _lines(self) -> Iterator[str]:
        while b"\n" in self._buffer:
            line, _, self._buffer = self._buffer.partition(b"\n")
            if said := line.strip().decode("ascii", "replace"):
                yield said

    def _read(self, ends_at: float) -> None:
        ready, _, _ = select.select([self._line], [], [], max(0.0, ends_at - self._clock.monotonic()))
        if not ready:
            raise _SilenceError
        try:
            found = os.read(self._line, _MOST_BYTES)
        except OSError as error:
            raise ChannelError("the modem is gone") from error
        if not found or len(self._buffer) > _MOST_BYTES:
            raise ChannelError("the modem is gone" if not found else "the modem answers with nonsense")
        self._buffer += found

    def _write(self, data: bytes) -> None:
        while data:
            try:
                _, ready, _ = select.select([], [self._line], [], _ANSWER_S)
                if not ready:
                    raise ChannelError("the modem takes nothing")
                data = data[os.write(self._line, data) :]
            except OSError as error:
                raise ChannelError("the modem is gone") from error


@contextmanager
def _opened(device: Path, speed: int) -> Iterator[int]:
    """Open a serial line, raw and without waiting for a carrier."""
    rate = getattr(termios, f"B{speed}", None)
    if rate is None:
        raise ChannelError("speed of the line not known", permanent=True)
    try:
        line = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ChannelError("the modem is not there") from error
    try:
        _, _, control, _, _, _, characters = termios.tcgetattr(line)
        control = (control & ~(termios.CSIZE | termios.PARENB | termios.CSTOPB)) | termios.CS8
        control |= termios.CLOCAL | termios.CREAD
        termios.tcsetattr(line, termios.TCSANOW, [0, 0, control, 0, rate, rate, characters])
        termios.tcflush(line, termios.TCIOFLUSH)
        yield line
    except termios.error as error:
        raise ChannelError("the modem is no serial line") from error
    finally:
        os.close(line)
