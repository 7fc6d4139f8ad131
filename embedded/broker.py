"""The MQTT broker of one machine: Mosquitto where it is installed, else iotcore.

Mosquitto lets nobody in without an account, and each account reaches its own topics only: its dynamic-security plugin
sees to that, whose file is written before each start and which an administrator's account commands meanwhile.

iotcore is for a demonstration: it forgets retained messages and sessions when it ends, has no accounts and no access
control, and takes no notice of a client's receive maximum.
"""

import importlib.util
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Self

import psutil

from core.access import mosquitto
from core.access.accounts import OWNER, Account
from core.access.mosquitto import Login
from core.access.passwords import hashed, new_password
from core.clock import Clock, SystemClock
from core.errors import VicinoError
from embedded.account import Account as SystemAccount
from embedded.account import hand_over
from embedded.binaries import ENVIRONMENT
from embedded.lock import locked
from embedded.orphans import end_orphans
from embedded.ports import LOOPBACK, accepts, free_port
from embedded.privatefile import private_folder, write_private
from embedded.process import Service, ServiceNotReadyError, running

NAME = "broker"
MOSQUITTO_FILE = "mosquitto.conf"
IOTCORE_FILE = "iotcore.toml"
ACCOUNTS_FILE = "accounts.json"
PLUGIN = "mosquitto_dynamic_security.so"
MAXIMUM_PACKET_BYTES = 1_048_576
MAXIMUM_QUEUED_BYTES = 268_435_456
# What a killed broker may forget of retained messages and sessions; readings are safe in the gateways' outboxes.
SAVE_EVERY_S = 30

# Not on the path of ordinary users on Debian.
_MORE_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/sbin")
_PLUGIN_FOLDERS = ("/usr/lib/*", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")
_PORT = re.compile(r"^listener (\d+) ", re.MULTILINE)
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


def find_plugin() -> Path:
    """Return Mosquitto's dynamic-security plugin, which its packages bring along; raises `VicinoError` without it."""
    for folder in _PLUGIN_FOLDERS:
        for found in sorted(Path("/").glob(f"{folder[1:]}/{PLUGIN}")):
            return found
    raise VicinoError(
        f"Mosquitto is installed without its plugin {PLUGIN}, and without that it cannot tell gateways apart.",
        kept="everything: nothing was started",
        advice="install the Mosquitto of your system's packages, version 2.0 or later",
    )


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
    `accounts` are those who may sign in, each with a password of this run; without, one that may do everything. Others
    that had been admitted before are let in by `admit`, until the broker starts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        accounts: Sequence[Account] = (OWNER,),
        clock: Clock | None = None,
        kind: Kind | None = None,
    ) -> None:
        self._folder = folder.absolute()
        self._accounts = tuple(accounts)
        self._passwords = {account.name: new_password() for account in accounts}
        self._clock = clock or SystemClock()
        self._wanted = kind
        self._kind: Kind | None = None
        self._account: SystemAccount | None = None
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
    def controls_access(self) -> bool:
        """Whether the broker knows accounts and their rights."""
        return self.kind is Kind.MOSQUITTO

    @property
    def url(self) -> str:
        """Address of the broker for its first account, as the setting `broker_url` wants it."""
        return self.url_for(self._accounts[0])

    def url_for(self, account: Account) -> str:
        """Return the address by which one of its accounts signs in."""
        if not self.controls_access:
            return self.bare_url
        return f"mqtt://{account.name}:{self._passwords[account.name]}@{LOOPBACK}:{self.port}"

    @property
    def bare_url(self) -> str:
        """Address of the broker without an account."""
        return f"mqtt://{LOOPBACK}:{self.port}"

    def admit(self, logins: Iterable[Login] = ()) -> None:
        """Let these sign in besides its own accounts, and nobody else, from its next start on."""
        if not self.controls_access:
            return
        own = [Login(account, hashed(self._passwords[account.name])) for account in self._accounts]
        text = json.dumps(mosquitto.document([*own, *logins]), indent=1)
        self._write(ACCOUNTS_FILE, text)

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
        # Where it was before, if possible: gateways have it in their files.
        self._port = free_port(self._last_port() if self._port is None else None)
        if self._kind is Kind.MOSQUITTO:
            self._write(MOSQUITTO_FILE, mosquitto_configuration(self._port, find_plugin()))
            self.admit()
        else:
            self._write(IOTCORE_FILE, iotcore_configuration(self._port))

    def _last_port(self) -> int | None:
        try:
            found = _PORT.search((self._folder / MOSQUITTO_FILE).read_text(encoding="utf-8"))
        except OSError:
            return None
        return int(found.group(1)) if found else None

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        write_private(path, text)
        if self._account is not None:
            os.chown(path, *self._account, follow_symlinks=False)


def mosquitto_configuration(port: int, plugin: Path) -> str:
    """Return the configuration of a Mosquitto that keeps its state where it works and asks `plugin` who may what."""
    # Everything queued is bounded by bytes alone: with a bound by number it acknowledges a message and drops it.
    return f"""\
listener {port} {LOOPBACK}
allow_anonymous false
plugin {plugin}
plugin_opt_config_file {ACCOUNTS_FILE}
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
