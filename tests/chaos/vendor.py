"""The vendor's side: a bridge in each home that publishes as Zigbee2MQTT does, and knows every reading it said.

Each message says something new that the gateway has to pass on: states toggle and levels count up. Some devices name
the time of a report (`last_seen`), some leave it to the gateway. No code of the product decides what is expected: a
reading is published once the home's broker has acknowledged its message.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from core.mqtt import BrokerAddress, Connection
from tests.chaos.ledger import Reading, Token

BASE = "home/{gateway}/zigbee2mqtt"
WITHIN_S = 20.0
ROUNDS_PER_S = 32.0

_MANY = 10_000


class Device(NamedTuple):
    """A device: what it measures, by property, with the kind and the unit as Zigbee2MQTT declares them."""

    name: str
    address: str
    exposes: dict[str, tuple[str, str]]
    says_when: bool
    say: Callable[[int], dict[str, Any]]
    every: int = 1  # so many rounds

    @property
    def key(self) -> str:
        """The key of the device in the names of its series."""
        return self.address.lower()


DEVICES = (
    Device(
        "hall/motion",
        "0x00158D0000000001",
        {"occupancy": ("binary", ""), "illuminance": ("numeric", "lx")},
        says_when=True,
        say=lambda n: {"occupancy": n % 2 == 0, "illuminance": n},
    ),
    Device(
        "bedroom climate",
        "0x00158D0000000002",
        {"temperature": ("numeric", "°C"), "humidity": ("numeric", "%")},
        says_when=True,
        say=lambda n: {"temperature": round(10 + n % _MANY / 1000, 3), "humidity": round(30 + n % _MANY / 1000, 3)},
    ),
    Device(
        "sink",
        "0x00158D0000000003",
        {"water_leak": ("binary", "")},
        says_when=True,
        say=lambda n: {"water_leak": n % 2 == 0},
        every=4,
    ),
    Device(
        "entrance door",
        "0x00158D0000000004",
        {"contact": ("binary", "")},
        says_when=False,
        say=lambda n: {"contact": n % 2 == 0},
    ),
    Device(
        "kettle",
        "0x00158D0000000005",
        {"power": ("numeric", "W")},
        says_when=False,
        say=lambda n: {"power": n},
    ),
)  # fmt: skip

# As `vicino` names and treats them: what counts when the outbox is full, and what goes to the urgent list.
LEVELS = frozenset({"illuminance", "temperature", "humidity", "power"})
SAFETY = frozenset({"water_leak"})


def series_names() -> Iterator[tuple[str, str, str]]:
    """Give device key, series name and quantity of everything that a home measures."""
    for device in DEVICES:
        for quantity in device.exposes:
            yield device.key, f"{device.key}/{quantity}", quantity


def device_list() -> list[dict[str, Any]]:
    """Return what the bridge says of its devices."""
    return [
        {
            "type": "EndDevice",
            "ieee_address": device.address,
            "friendly_name": device.name,
            "power_source": "Battery",
            "definition": {
                "vendor": "Chaos",
                "model": f"C-{number}",
                "description": device.name,
                "exposes": [
                    {"type": kind, "property": name, "name": name, **({"unit": unit} if unit else {})}
                    for name, (kind, unit) in device.exposes.items()
                ],
            },
        }
        for number, device in enumerate(DEVICES, start=1)
    ]


def said(gateway: str, device: Device, number: int, at_ms: int) -> tuple[str, bytes, list[Reading]]:
    """Return topic and payload of a device's message number `number`, and the readings in it."""
    state = device.say(number)
    when = at_ms if device.says_when else None
    readings = [Reading(f"{gateway}/{device.key}/{name}", float(value), when) for name, value in state.items()]
    full = {**state, **({"last_seen": at_ms} if device.says_when else {})}
    return f"{BASE.format(gateway=gateway)}/{device.name}", json.dumps(full).encode(), readings


class Vendor:
    """Publishes for all `gateways` from `start` to `stop`, on a thread of its own."""

    def __init__(self, broker: BrokerAddress, gateways: Sequence[str], *, rounds_per_s: float = ROUNDS_PER_S) -> None:
        self._gateways = tuple(gateways)
        self._pause_s = 1.0 / rounds_per_s
        self._acknowledged: list[int] = []  # appended to by the network thread
        self._counts: dict[int, int] = {}  # readings by message
        self._readings: list[Reading] = []
        self._rounds = 0
        self._last_ms = 0
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self._mutex = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="vendor", daemon=True)
        self._connection = Connection(
            broker, f"vendor-{self._gateways[0]}", on_published=self._acknowledged.append, reconnect_max_s=1
        )

    def connect(self) -> None:
        """Connect and say what devices there are, before any gateway listens."""
        self._connection.start()
        if not self._connection.wait_connected(WITHIN_S):
            raise RuntimeError("The home's broker does not answer the vendor.")
        for gateway in self._gateways:
            topic = f"{BASE.format(gateway=gateway)}/bridge/devices"
            self._send(topic, json.dumps(device_list()).encode(), [], retain=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def stop(self) -> None:
        """Publish no more, and wait until the home's broker has acknowledged everything.

        Raises `RuntimeError` if it does not: then nobody knows what was published.
        """
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        deadline = time.monotonic() + WITHIN_S
        while self.published < len(self._readings) and time.monotonic() < deadline and self._failure is None:
            time.sleep(0.01)
        self._connection.stop()
        if self._failure is not None:
            raise RuntimeError("The vendor failed.") from self._failure
        if self.published < len(self._readings):
            raise RuntimeError("The home's broker has not acknowledged everything to the vendor.")

    def give_up(self) -> None:
        """End, whatever was acknowledged."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._connection.stop()

    @property
    def published(self) -> int:
        """How many readings are in messages that the home's broker has acknowledged."""
        return sum(self._counts.get(mid, 0) for mid in tuple(self._acknowledged))

    def readings(self) -> list[Reading]:
        """Return all readings that were said until now, in their order."""
        with self._mutex:
            return list(self._readings)

    def _run(self) -> None:
        due = time.monotonic()
        try:
            while not self._stop.is_set():
                self._round()
                due += self._pause_s
                self._stop.wait(max(0.0, due - time.monotonic()))
        except Exception as error:  # noqa: BLE001 - `stop` raises it where somebody hears it
            self._failure = error

    def _round(self) -> None:
        # One millisecond for each: a key is series and time.
        self._last_ms = at_ms = max(self._last_ms + 1, round(time.time() * 1000))
        for gateway in self._gateways:
            for device in DEVICES:
                if self._rounds % device.every:
                    continue
                topic, payload, readings = said(gateway, device, self._rounds // device.every, at_ms)
                self._send(topic, payload, readings)
        self._rounds += 1

    def _send(self, topic: str, payload: bytes, readings: list[Reading], *, retain: bool = False) -> None:
        with self._mutex:
            self._readings += readings
        mid = self._connection.publish(topic, payload, retain=retain)
        if mid is None or mid in self._counts:
            raise RuntimeError("The home's broker has left the vendor, or a message id came twice.")
        self._counts[mid] = len(readings)


def by_series(readings: Sequence[Reading]) -> dict[str, list[Token]]:
    """Return the tokens of each series, in their order."""
    found: defaultdict[str, list[Token]] = defaultdict(list)
    for reading in readings:
        found[reading.series].append(reading.token)
    return dict(found)
