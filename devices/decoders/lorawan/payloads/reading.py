"""Reads a payload from its first byte to its last. What is too short raises `PayloadError`."""

from collections.abc import Callable, Mapping
from typing import Any

Fields = dict[str, Any]
Decode = Callable[[int, bytes], Mapping[str, Any]]


class PayloadError(Exception):
    """The bytes are not what a device of this model sends."""


class Reader:
    """The bytes that are left."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._payload)

    @property
    def rest(self) -> int:
        """How many bytes are left."""
        return len(self._payload) - self._at

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        if self.rest < count:
            raise PayloadError(f"The payload ends {count - self.rest} bytes before a value does.")
        self._at += count
        return self._payload[self._at - count : self._at]

    def big(self, count: int, *, signed: bool = False) -> int:
        """Return a number whose most significant byte comes first."""
        return int.from_bytes(self.take(count), "big", signed=signed)

    def little(self, count: int, *, signed: bool = False) -> int:
        """Return a number whose least significant byte comes first."""
        return int.from_bytes(self.take(count), "little", signed=signed)


def scaled(value: int, divisor: int) -> float:
    """Return `value / divisor`, with no more digits than it has."""
    return round(value / divisor, 6)


def expect(condition: object, what: str) -> None:
    """Raise `PayloadError` unless `condition` holds."""
    if not condition:
        raise PayloadError(what)
