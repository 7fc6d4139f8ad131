"""`vicino bench edge`: the memory of an edge agent with a long outage behind it, in a home that goes on living."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from cli.bench.ground import peak_memory_bytes
from cli.bench.ingest import MEBI
from cli.screen import results, say
from core.clock import Clock
from core.errors import VicinoError
from core.messages import BatchProperties, Stored, encode
from core.mqtt import BrokerAddress, Connection, Message
from core.senml import decode
from core.topics import LANES, Leaf, parse, subscription, topic
from core.vocabulary import BY_NAME
from embedded.broker import EmbeddedBroker
from gateway.outbox import Outbox, outbox_path
from gateway.reading import Reading

GATEWAY = "gw-bench"
BASE = "zigbee2mqtt"
_AT_ONCE = 2_000
_PATIENCE_S = 300.0
_LOOK_S = 0.2
# What a device reports, as Zigbee2MQTT exposes it: property, type, unit.
_KINDS = (
    (("occupancy", "binary", ""), ("illuminance", "numeric", "lx"), ("battery", "numeric", "%")),
    (("contact", "binary", ""), ("battery", "numeric", "%")),
    (("temperature", "numeric", "°C"), ("humidity", "numeric", "%"), ("battery", "numeric", "%")),
    (("power", "numeric", "W"), ("linkquality", "numeric", "lqi")),
)


class Figures(NamedTuple):
    """What was measured; `peak_memory_mib` is the most that the process ever held, as the kernel has counted it."""

    devices: int
    backlog: int
    messages: int
    readings: int
    lost: int
    conflicts: int
    away_s: float
    drained_s: float
    peak_memory_away_mib: float
    peak_memory_mib: float


class _Service:
    """Stands in for the service: takes everything, and says that it is stored once it is `there`."""

    def __init__(self, address: BrokerAddress) -> None:
        self.there = threading.Event()
        self.stored: dict[tuple[str, int], float] = {}
        self.conflicts = 0
        self.connection = Connection(
            address,
            "bench-service",
            on_message=self._take,
            subscriptions=tuple(subscription(lane) for lane in LANES),
        )

    def _take(self, message: Message) -> None:
        parsed = parse(message.topic)
        if parsed is not None and self.there.is_set():
            for name, at_ms, value, _ in decode(message.payload)[0]:
                self.conflicts += self.stored.setdefault((name, at_ms), value) != value
            properties = BatchProperties.from_user_properties(message.user_properties)
            word = encode(Stored(properties.boot, [properties.sequence]))
            self.connection.publish(topic(parsed.gateway, Leaf.STORED), word)
        self.connection.acknowledge(message)


class _Home:
    """Devices that report one after the other."""

    def __init__(self, address: BrokerAddress, devices: int, per_s: float, clock: Clock) -> None:
        self.messages = 0
        self._devices = [(f"0x{number:016x}", _KINDS[number % len(_KINDS)]) for number in range(1, devices + 1)]
        self._per_s = per_s
        self._clock = clock
        self.connection = Connection(address, "bench-home")

    def introduce(self) -> None:
        """Say which devices there are."""
        listed = [
            {
                "type": "EndDevice",
                "ieee_address": address,
                "friendly_name": f"room/{address}",
                "definition": {
                    "vendor": "Bench",
                    "model": "BENCH",
                    "description": "A device",
                    "exposes": [
                        {"type": type_, "property": name, "name": name, "unit": unit} for name, type_, unit in kind
                    ],
                },
            }
            for address, kind in self._devices
        ]
        self.connection.publish(f"{BASE}/bridge/devices", json.dumps(listed).encode(), retain=True)

    def live(self, seconds: float, stop: threading.Event) -> None:
        """Report for so long."""
        end = self._clock.monotonic() + seconds
        while self._clock.monotonic() < end and not self._clock.wait(stop, 1 / self._per_s):
            address, kind = self._devices[self.messages % len(self._devices)]
            said: dict[str, object] = {name: self._value(type_) for name, type_, _ in kind}
            said["last_seen"] = self._clock.now().isoformat()
            self.connection.publish(f"{BASE}/room/{address}", json.dumps(said).encode())
            self.messages += 1

    def _value(self, type_: str) -> bool | float:
        round_ = self.messages // len(self._devices)
        return round_ % 2 == 0 if type_ == "binary" else 20 + round_ % 50 / 10


def measure(
    clock: Clock, stop: threading.Event, *, devices: int, backlog: int, seconds: float, per_s: float
) -> Figures:
    """Let an agent keep `backlog` readings while nobody answers, then be rid of them. Raises `VicinoError`."""
    with (
        tempfile.TemporaryDirectory(prefix="vicino-bench-") as folder,
        EmbeddedBroker(Path(folder) / "broker") as broker,
    ):
        address = BrokerAddress.parse(broker.url)
        data = Path(folder) / "data"
        say(f"Filling an outbox with {backlog:,} readings")
        _fill(data, clock, devices, backlog)
        service, home = _Service(address), _Home(address, devices, per_s, clock)
        with _connected(service.connection), _connected(home.connection), _agent(broker.url, data) as agent:
            home.introduce()
            say(f"{devices} devices report {per_s:g} times a second while the service is away")
            began = clock.monotonic()
            home.live(seconds, stop)
            away_s = clock.monotonic() - began
            away = peak_memory_bytes([agent])
            say("The service is back")
            service.there.set()
            drained_s = _drain(service, home, backlog, clock, stop)
            peak = peak_memory_bytes([agent])
        return Figures(
            devices=devices,
            backlog=backlog,
            messages=home.messages,
            readings=len(service.stored),
            lost=backlog - _kept(service),
            conflicts=service.conflicts,
            away_s=away_s,
            drained_s=drained_s,
            peak_memory_away_mib=away / MEBI,
            peak_memory_mib=peak / MEBI,
        )


def show(figures: Figures, *, as_json: bool) -> None:
    """Print what was measured."""
    if as_json:
        print(json.dumps(figures._asdict(), indent=2))
        return
    results.print(
        f"{figures.readings:,} readings called stored within {figures.drained_s:.1f} s, {figures.lost} lost, "
        f"{figures.conflicts} conflicts. Most memory: {figures.peak_memory_away_mib:.1f} MiB while the service was "
        f"away, {figures.peak_memory_mib:.1f} MiB in all."
    )


def _fill(data: Path, clock: Clock, devices: int, backlog: int) -> None:
    """Keep readings in an outbox as an outage of days leaves them."""
    names = [f"kept{number}/occupancy" for number in range(devices)]
    unit = BY_NAME["occupancy"].unit
    first_ms = round(clock.now().timestamp() * 1000) - 3_600_000 - backlog * 1000
    path = outbox_path(data, GATEWAY)
    path.parent.mkdir(parents=True, exist_ok=True)
    with Outbox(path, clock, "before", durable=False) as outbox:
        for start in range(0, backlog, _AT_ONCE):
            outbox.add(
                Reading(names[number % devices], float(number // devices % 2), unit, first_ms + number * 1000)
                for number in range(start, min(backlog, start + _AT_ONCE))
            )


def _drain(service: _Service, home: _Home, backlog: int, clock: Clock, stop: threading.Event) -> float:
    """Wait until what was kept is stored, while the home goes on; return how long it took."""
    began = clock.monotonic()
    while _kept(service) < backlog and not stop.is_set():
        if clock.monotonic() - began > _PATIENCE_S:
            raise VicinoError("The agent does not get rid of what it has kept.")
        home.live(_LOOK_S * 5, stop)
    return clock.monotonic() - began


def _kept(service: _Service) -> int:
    return sum(name.startswith("kept") for name, _ in list(service.stored))


@contextmanager
def _connected(connection: Connection) -> Iterator[None]:
    connection.start()
    try:
        if not connection.wait_connected(_PATIENCE_S):
            raise VicinoError("The broker does not answer.")
        yield
    finally:
        connection.stop()


@contextmanager
def _agent(broker_url: str, data: Path) -> Iterator[psutil.Process]:
    """Run the agent as a board runs it."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VICINO_")},
        "VICINO_GATEWAYS": GATEWAY,
        "VICINO_BROKER_URL": broker_url,
        "VICINO_HOME_BASE": BASE,
        "VICINO_DATA": str(data),
        "VICINO_EDGE_CODE": str(data),
        "VICINO_EDGE_STATE": str(data),
        "VICINO_EDGE_RUN": str(data),
        "VICINO_LOG_FORMAT": "json",
    }
    with (data / "agent.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "gateway.edge", "run"], env=environment, stderr=log)
    try:
        # It is there when it says how it is.
        deadline = time.monotonic() + _PATIENCE_S
        while not (data / "standing.json").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise VicinoError("The agent does not start.", advice=(data / "agent.log").read_text()[-500:])
            time.sleep(_LOOK_S)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()
