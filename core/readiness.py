"""Waits for sockets by `poll`: `select`, which paho uses, cannot see a descriptor beyond 1,023.

A process for many gateways has several files and sockets for each. Where a socket had a higher number, paho took the
connection for lost as soon as it was made, for ever, and said nothing.
"""

import select
from collections.abc import Sequence
from typing import Protocol, TypeVar


class _Socket(Protocol):
    def fileno(self) -> int: ...


_Any = TypeVar("_Any", bound=_Socket)
_READABLE = select.POLLIN | select.POLLHUP | select.POLLERR
_WRITABLE = select.POLLOUT | select.POLLERR


def ready(
    readers: Sequence[_Any], writers: Sequence[_Any], _: Sequence[_Any], timeout_s: float
) -> tuple[list[_Any], list[_Any], list[_Any]]:
    """Return which of `readers` can be read and which of `writers` written, after at most so long, as `select` does.

    Raises `TypeError` for what is no socket, `ValueError` for one that is closed.
    """
    wanted: dict[int, int] = {}
    for sockets, events in ((readers, select.POLLIN), (writers, select.POLLOUT)):
        for each in sockets:
            number = _number(each)
            wanted[number] = wanted.get(number, 0) | events
    poll = select.poll()
    for number, events in wanted.items():
        poll.register(number, events)
    seen = dict(poll.poll(max(0.0, timeout_s) * 1000))
    if any(events & select.POLLNVAL for events in seen.values()):
        raise ValueError("A socket is closed.")
    return (
        [each for each in readers if seen.get(_number(each), 0) & _READABLE],
        [each for each in writers if seen.get(_number(each), 0) & _WRITABLE],
        [],
    )


def _number(socket: _Socket) -> int:
    if not hasattr(socket, "fileno"):
        raise TypeError("This is no socket.")
    number = socket.fileno()
    if number < 0:
        raise ValueError("A socket is closed.")
    return number
