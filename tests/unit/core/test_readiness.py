"""Waiting for sockets gives what `select` gives."""

import select
import socket
from typing import Any

import pytest

from core.readiness import ready


@pytest.mark.parametrize("said", [b"", b"x"])
def test_it_gives_what_select_gives(said: bytes) -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(said)
        for readers, writers in (([near], []), ([near, far], [near]), ([], [near, far]), ([], [])):
            assert [*map(list, ready(readers, writers, [], 0))] == [*select.select(readers, writers, [], 0)]


def test_an_end_that_is_gone_can_be_read() -> None:
    near, far = socket.socketpair()
    with near:
        far.close()
        assert ready([near], [], [], 1)[0] == [near]


def test_what_cannot_be_waited_for_is_said_as_select_says_it() -> None:
    near, far = socket.socketpair()
    far.close()
    near.close()
    nothing: Any = None
    for strange, error in ((near, ValueError), (nothing, TypeError)):
        with pytest.raises(error):
            ready([strange], [], [], 0)
        with pytest.raises(error):
            select.select([strange], [], [], 0)
