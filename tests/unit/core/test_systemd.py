import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import systemd


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(str(tmp_path / "notify"))
        opened.settimeout(5)
        yield opened


def test_words_come_as_one_message(listener: socket.socket) -> None:
    environment = {"NOTIFY_SOCKET": listener.getsockname()}
    assert systemd.notify(systemd.READY, systemd.status("all\nis  well"), environment=environment)
    assert listener.recv(1024) == b"READY=1\nSTATUS=all is well"


def test_an_abstract_socket_is_reached() -> None:
    name = f"vicino-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(f"\0{name}")
        opened.settimeout(5)
        assert systemd.notify(systemd.ALIVE, environment={"NOTIFY_SOCKET": f"@{name}"})
        assert opened.recv(1024) == b"WATCHDOG=1"


def test_nobody_who_listens_is_no_error(tmp_path: Path) -> None:
    assert not systemd.notify(systemd.READY, environment={})
    assert not systemd.notify(systemd.READY, environment={"NOTIFY_SOCKET": str(tmp_path / "gone")})


def test_a_listener_that_does_not_read_holds_nobody_up(listener: socket.socket) -> None:
    environment = {"NOTIFY_SOCKET": listener.getsockname()}
    assert not all(systemd.notify(systemd.ALIVE, environment=environment) for _ in range(10_000))


@pytest.mark.parametrize(
    ("text", "seconds"), [("60000000", 60.0), ("500000", 0.5), ("0", None), ("", None), ("x", None)]
)
def test_how_often_systemd_wants_a_word(text: str, seconds: float | None) -> None:
    assert systemd.watchdog_s({"WATCHDOG_USEC": text}) == seconds
    assert systemd.watchdog_s({}) is None
