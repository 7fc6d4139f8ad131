"""Shelly devices of generation 2 and later, each below a prefix of its own: `{prefix}/events/rpc` and beside it.

A device is called by its MAC address, which it says in its id; one whose prefix was renamed is known as soon as it
has said its id. With both kinds of notification switched on, it says the same twice: what its RPC notifications tell
is not taken from its status topics again.
"""

from collections.abc import Iterator, Sequence

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.payload import plain_text, text
from devices.decoders.shelly import blu, components, message
from devices.decoders.shelly.message import Message
from gateway.dialects.dialect import Said
from gateway.dialects.roster import Roster

_MOST_DEVICES = 500
_MOST_PARTS = 500
_MOST_SERIES = 200
_MOST_INPUTS = 32
_ONLINE = {"true": 1.0, "false": 0.0}
# What devices answer when they are asked by `src`: "vicino/shelly/NAME".
_REPLIES = "vicino/shelly/"


class _State:
    """What is remembered of one device."""

    def __init__(self) -> None:
        self.name = ""
        self.unsynchronised = False
        self.sleeps = False
        self.notified: set[tuple[str, str]] = set()  # series that its RPC notifications tell
        self.parts: dict[str, blu.Part] = {}
        self.inputs: dict[str, str] = {}  # how they are named

    def learn(self, said: Message) -> None:
        self.name = text(said.info.get("name")) or self.name
        if said.clock is not None:
            self.unsynchronised = not said.clock
        self.sleeps = self.sleeps or "wakeup_period" in said.status.get("sys", {})
        for name, what in blu.parts(said.config).items():
            if name in self.parts or len(self.parts) < _MOST_PARTS:
                self.parts[name] = what
        named = {name: what for name, what in components.input_names(said.config).items() if what}
        self.inputs = named if named and len(named) <= _MOST_INPUTS else self.inputs


class Shelly:
    """All devices whose prefixes match `prefixes`, filters of MQTT as "+" or "shellies/+"."""

    name = "shelly"

    def __init__(self, prefixes: Sequence[str] = ("+",)) -> None:
        self._prefixes = tuple(prefixes)
        self._roster = Roster()
        self._keys: dict[str, str] = {}  # by prefix
        self._states: dict[str, _State] = {}

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Notifications, status by component, whether a device is there, and answers to what it was asked."""
        of_devices = (
            f"{prefix}/{rest}" for prefix in self._prefixes for rest in ("events/rpc", "status/+", "online")
        )  # fmt: skip
        return (*of_devices, f"{_REPLIES}+/rpc")

    def is_note(self, topic: str) -> bool:
        """Tell whether a device answers there: which Bluetooth devices it hears is said only when it is asked."""
        return topic.startswith(_REPLIES)

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return what a device says of itself and of the Bluetooth devices it hears."""
        if not payload:
            return ()
        if self.is_note(topic):
            answer = message.read(payload)
            return (answer,) if isinstance(answer, Refusal) else self._answered(topic, answer)
        if topic.endswith("/events/rpc"):
            said = message.read(payload)
            return (said,) if isinstance(said, Refusal) else self._notified(topic.removesuffix("/events/rpc"), said)
        if topic.endswith("/online"):
            return self._online(topic.removesuffix("/online"), payload)
        prefix, _, name = topic.rpartition("/status/")
        status = message.component(payload, name)
        return (status,) if isinstance(status, Refusal) else self._status(prefix, status)

    def devices(self) -> Sequence[FoundDevice]:
        """Return the devices, and prefixes of which it is not known whose they are."""
        return self._roster.found()

    def _answered(self, topic: str, said: Message) -> Sequence[Refusal]:
        """Learn from an answer. What it says of values is as old as it is, and it is read again at every start."""
        key = message.device_key(said.source, said.status, said.info)
        if not key:
            self._roster.stranger(topic)
            return (Refusal("unlisted", "The answer does not say which device it is from."),)
        self._learn(key, said)
        return ()

    def _notified(self, prefix: str, said: Message) -> Sequence[Said | Refusal]:
        key = message.device_key(said.source, said.status, said.info) or self._keys.get(prefix, "")
        if not key:
            self._roster.stranger(prefix)
            return (Refusal("unlisted", "The message does not say which device it is from."),)
        self._know(prefix, key)
        state = self._learn(key, said)
        at = None if state.unsynchronised else said.at
        measurements, others = components.measure(said.status, state.inputs)
        if len(state.notified) < _MOST_SERIES:
            state.notified |= {(each.quantity, each.channel) for each in measurements}
        found = [Said(key, measurements, at, others)] if measurements or others else []
        return [*found, *_heard(key, said, state), *_happened(key, said, state)]

    def _status(self, prefix: str, said: Message) -> Sequence[Said | Refusal]:
        key = message.device_key(prefix, said.status) or self._keys.get(prefix, "")
        if not key:
            self._roster.stranger(prefix, {name: dict(value) for name, value in said.status.items()})
            return (Refusal("unlisted", "Nothing says yet which device has this prefix."),)
        self._know(prefix, key)
        state = self._learn(key, said._replace(source=prefix.rpartition("/")[2]))
        measurements, others = components.measure(said.status, state.inputs)
        new = tuple(each for each in measurements if (each.quantity, each.channel) not in state.notified)
        heard = () if state.notified else tuple(_heard(key, said, state))
        return [*([Said(key, new, None, others)] if new or others else []), *heard]

    def _online(self, prefix: str, payload: bytes) -> Sequence[Said | Refusal]:
        online = _ONLINE.get(plain_text(payload))
        if online is None:
            return (Refusal("shape", "The device is neither online nor offline."),)
        key = message.device_key(prefix) or self._keys.get(prefix, "")
        if not key:
            self._roster.stranger(prefix, {"online": plain_text(payload)})
            return (Refusal("unlisted", "Nothing says yet which device has this prefix."),)
        self._know(prefix, key)
        self._roster.note(FoundDevice(key=key, name=prefix, vendor="Shelly", model=message.model_of(prefix)))
        # A device on batteries sleeps: that it has left the broker says nothing.
        if not online and key in self._states and self._states[key].sleeps:
            return ()
        return (Said(key, (Measurement("reachable", online),)),)

    def _know(self, prefix: str, key: str) -> None:
        if prefix in self._keys or len(self._keys) < _MOST_DEVICES:
            self._keys[prefix] = key
        self._roster.explained(prefix)

    def _learn(self, key: str, said: Message) -> _State:
        state = self._states.get(key) or _State()
        if len(self._states) < _MOST_DEVICES:
            self._states[key] = state
        state.learn(said)
        self._roster.note(
            FoundDevice(
                key=key,
                name=state.name or said.source,
                vendor="Shelly",
                model=text(said.info.get("model")) or message.model_of(said.source),
            )
        )
        for what in blu.parts(said.config).values():
            self._roster.note(FoundDevice(key=what.address, name=what.name, description="Heard by a Shelly device"))
        return state


def _heard(key: str, said: Message, state: _State) -> Iterator[Said]:
    """Yield what Bluetooth devices say. One whose number nothing explains is shown with the device that hears it."""
    unexplained = {}
    for name, status in said.status.items():
        if name.partition(":")[0] not in components.FOREIGN:
            continue
        found = blu.measure(name, status, state.parts)
        if found is None:
            unexplained[name] = status.get("value", status.get("battery"))
        elif found.measurements or found.others:
            yield Said(state.parts[name].address, found.measurements, found.at, found.others)
    if unexplained:
        yield Said(key, (), None, unexplained)


def _happened(key: str, said: Message, state: _State) -> Iterator[Said]:
    for event in said.events:
        kind = event.component.partition(":")[0]
        at = None if state.unsynchronised else event.at
        if kind in components.UPKEEP:
            continue
        if kind not in components.FOREIGN:
            called = components.pressed(state.inputs.get(event.component, ""), event.event)
            yield Said(key, called, at, {"action": event.event, f"{event.component}.event": event.event})
            continue
        called = blu.pressed(event, state.parts)
        what = state.parts.get(event.component)
        if what is not None:
            yield Said(what.address, called, at, {"action": event.event})
        else:
            # A call for help counts, even if it is not known by whom: by whatever number it has.
            channel = event.component.replace(":", "-")
            numbered = tuple(each._replace(channel=channel) for each in called)
            yield Said(key, numbered, at, {f"{event.component}.event": event.event})
