"""The MQTT broker of one machine: Mosquitto where it is installed, else iotcore.

iotcore is for a demonstration: it forgets retained messages and sessions when it ends, has no access control per
topic and takes no notice of a client's receive maximum.
"""

import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Self

import psutil

from core.clock import Clock, SystemClock
from core.errors import VicinoError
from embedded.account import Account, hand_over
from embedded.binaries import ENVIRONMENT
from embedded.lock import locked
from embedded.orphans import end_orphans
from embedded.ports import LOOPBACK, accepts, free_port
from embedded.privatefile import private_folder, write_private
from embedded.process import Service, ServiceNotReadyError, running

NAME = "broker"
MOSQUITTO_FILE = "mosquitto.conf"
IOTCORE_FILE = "iotcore.toml"
MAXIMUM_PACKET_BYTES = 1_048_576
MAXIMUM_QUEUED_BYTES = 268_435_456
# What a killed broker may forget of retained messages and sessions; readings are safe in the gateways' outboxes.
SAVE_EVERY_S = 30

# Not on the path of ordinary users on Debian.
_MORE_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/sbin")
_ORPHAN_SIGNALS = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
_START_ATTEMPTS = 3
_IOTCORE = "import sys; from iotcore import IotCoreBroker; IotCoreBroker(config_path=sys.argv[1]).run_forever()"


class Kind(StrEnum):
    """Which broker runs."""

    MOSQUITTO = "mosquitto"
    IOTCORE = "iotcore"


def find_mosquitto() -> Path | None:
    """Return where Mosquitto is installed, or None."""
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), *_MORE_FOLDERS])
    found = shutil.which("mosquitto", path=folders)
    return Path(found).resolve() if found else None


def find_kind() -> Kind:
    """Return the better broker of those installed; raises `VicinoError` if there is none."""
    if find_mosquitto() is not None:
        return Kind.MOSQUITTO
    if importlib.util.find_spec("iotcore") is not None:
        return Kind.IOTCORE
    raise VicinoError(
        "No MQTT broker is installed.",
        advice="install the package `mosquitto` of your system, or Vicino with its part `laptop`,"
        " or name a broker in VICINO_BROKER_URL",
    )


class EmbeddedBroker:
    """One broker on the loopback interface that keeps its state in `folder`.

    As a context it runs the broker. For an installation, enter `prepared()` and give `service()` to a supervisor.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None, kind: Kind | None = None) -> None:
        self._folder = folder.absolute()
        self._clock = clock or SystemClock()
        self._wanted = kind
        self._kind: Kind | None = None
        self._account: Account | None = None
        self._port: int | None = None
        self._stack = ExitStack()

    @property
    def kind(self) -> Kind:
        """Which broker it is."""
        return self._kind or self._wanted or find_kind()

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 on which the broker listens (MQTT 5) in this run."""
        if self._port is None:
            raise RuntimeError("The broker is not prepared yet.")
        return self._port

    @property
    def url(self) -> str:
        """Address of the broker, as the setting `broker_url` wants it."""
        return f"mqtt://{LOOPBACK}:{self.port}"

    @contextmanager
    def prepared(self) -> Iterator[Self]:
        """Give a time in which the folder is ours, the configuration is written and a port is chosen.

        Entering raises `FolderInUseError` if another process uses the folder, `VicinoError` if no broker is
        installed.
        """
        with ExitStack() as stack:
            self._prepare(stack)
            yield self

    def service(self) -> Service:
        """Return the broker as a service for a supervisor; ask inside of `prepared()`."""
        mosquitto = find_mosquitto()
        # The working folder is entered as root, so that it need not be reachable for the broker's account.
        argv = (
            (str(mosquitto), "-c", MOSQUITTO_FILE)
            if self.kind is Kind.MOSQUITTO
            else (sys.executable, "-I", "-c", _IOTCORE, IOTCORE_FILE)
        )
        return Service(
            name=NAME,
            argv=argv,
            env=ENVIRONMENT,
            ready=lambda: accepts(self.port),
            ready_within_s=20.0,
            stage=1,
            death_signal=signal.SIGTERM,
            account=self._account,
            cwd=self._folder,
        )

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.prepared())
            for attempt in range(1, _START_ATTEMPTS + 1):
                try:
                    stack.enter_context(running(self.service(), self._folder / "server.log", self._clock))
                    break
                except ServiceNotReadyError:
                    # Somebody may have taken the port between our look and the broker's.
                    if attempt == _START_ATTEMPTS or free_port(self._port) == self._port:
                        raise
                    self._configure()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _prepare(self, stack: ExitStack) -> None:
        self._kind = self._wanted or find_kind()
        if self._kind is Kind.MOSQUITTO:
            self._account = hand_over(self._folder, ("mosquitto",))
        else:
            # It writes no file, and lies in our own environment, which no other account may be able to read.
            private_folder(self._folder)
        stack.enter_context(locked(self._folder.with_name(f".{self._folder.name}.lock")))
        end_orphans(self._folder, _is_broker, _ORPHAN_SIGNALS, self._clock)
        self._configure()

    def _configure(self) -> None:
        self._port = free_port()
        name, text = (
            (MOSQUITTO_FILE, mosquitto_configuration(self._port))
            if self._kind is Kind.MOSQUITTO
            else (IOTCORE_FILE, iotcore_configuration(self._port))
        )
        path = self._folder / name
        write_private(path, text)
        if self._account is not None:
            os.chown(path, *self._account, follow_symlinks=False)


def mosquitto_configuration(port: int) -> str:
    """Return the configuration of a Mosquitto that keeps its state in its working folder."""
    # Everything queued is bounded by bytes alone: with a bound by number it acknowledges a message and drops it.
    return f"""\
listener {port} {LOOPBACK}
allow_anonymous true
max_packet_size {MAXIMUM_PACKET_BYTES}
max_queued_messages 0
max_queued_bytes {MAXIMUM_QUEUED_BYTES}
set_tcp_nodelay true
persistence true
persistence_location ./
persistence_file mosquitto.db
autosave_interval {SAVE_EVERY_S}
connection_messages false
log_dest stderr
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S%z
"""


def iotcore_configuration(port: int) -> str:
    """Return the configuration of an iotcore that speaks MQTT 5 on `port`."""
    return f"""\
id = 0

[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10

[v5.1]
name = "v5-1"
listen = "{LOOPBACK}:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = {MAXIMUM_PACKET_BYTES}
max_inflight_count = 100
dynamic_filters = true
"""


def _is_broker(process: psutil.Process) -> bool:
    return not {MOSQUITTO_FILE, IOTCORE_FILE}.isdisjoint(process.cmdline())
