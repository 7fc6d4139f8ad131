"""The state of entities in one message: what it measures, by device."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.homeassistant.discovery import Availability, Entity
from devices.decoders.homeassistant.meanings import Meaning, numeric
from devices.decoders.homeassistant.template_values import Message, Undefined, render
from devices.decoders.payload import MAXIMUM_BYTES

_NOTHING = frozenset({"", "None", "none", "unknown", "null"})
_LONG_PRESSES = ("long", "hold")
_CALLING = ("sos", "emergency", "panic")


class State(NamedTuple):
    """What an entity says: measured, or not mapped, or neither if the message is not about it."""

    measurement: Measurement | None = None
    others: Mapping[str, Any] = {}


def read(payload: bytes) -> Message | Refusal:
    """Return a message as templates look at it."""
    if len(payload) > MAXIMUM_BYTES:
        return Refusal("oversized", f"The message has {len(payload)} bytes; {MAXIMUM_BYTES} are read.")
    try:
        value = payload.decode()
    except UnicodeDecodeError:
        return Refusal("syntax", "The message is no text.")
    try:
        return Message(value.strip(), msgspec.json.decode(payload))
    except (msgspec.MsgspecError, RecursionError):
        return Message(value.strip(), None)


def state(entity: Entity, channel: str, message: Message) -> State:
    """Return what a message says of an entity."""
    if entity.component == "device_automation":
        return _press(entity, entity.subtype) if message.value == entity.on else State()
    try:
        found = entity.evaluate(message)
    except Undefined:
        return State()
    said = render(found)
    if said in _NOTHING:
        return State()
    if entity.component == "event":
        return _press(entity, _event(message, said))
    value = None if entity.meaning is None else _value(entity, entity.meaning, found, said)
    if entity.meaning is None or value is None:
        return State() if _says_nothing(entity, said) else State(None, {entity.id: said})
    return State(Measurement(entity.meaning.quantity, value, channel))


def available(entry: Availability, message: Message) -> bool | None:
    """Return whether a message says that something is there; None if it says neither."""
    try:
        said = render(entry.evaluate(message))
    except Undefined:
        return None
    return True if said == entry.there else False if said == entry.gone else None


def together(several: Iterable[State]) -> tuple[tuple[Measurement, ...], dict[str, Any]]:
    """Return what several entities of one device say in one message."""
    measurements: dict[tuple[str, str], Measurement] = {}
    others: dict[str, Any] = {}
    for each in several:
        if each.measurement is not None:
            measurements.setdefault((each.measurement.quantity, each.measurement.channel), each.measurement)
        others |= each.others
    return tuple(measurements.values()), others


def _value(entity: Entity, meant: Meaning, found: Any, said: str) -> float | None:
    if entity.component == "sensor":
        return numeric(meant, found)
    # A template that yields true says "True", and so does a configuration that says true.
    switched = 1.0 if said == entity.on else 0.0 if said == entity.off else None
    return None if switched is None else meant.convert(switched)


def _says_nothing(entity: Entity, said: str) -> bool:
    """Tell whether it is a state that is no event: a vibration that has ended."""
    return entity.component != "sensor" and entity.meaning is not None and said in (entity.on, entity.off)


def _event(message: Message, said: str) -> str:
    found = message.json.get("event_type") if isinstance(message.json, Mapping) else None
    return found if isinstance(found, str) else said


def _press(entity: Entity, what: str) -> State:
    """Show a press. It calls for help if the device calls the button or the press so."""
    words = f"{entity.id} {what}".lower()
    if any(word in words for word in _CALLING):
        return State(Measurement("sos_button", 1.0), {"action": what})
    return State(None, {"action": what})
