"""MQTT discovery: what a retained configuration says of an entity, or of all entities of a device.

Topics are `{prefix}/{component}/[{node}/]{object}/config` and `{prefix}/device/[{node}/]{object}/config`. Keys may be
abbreviated, and `~` at the beginning or the end of a topic stands for the base. The abbreviations are those of Home
Assistant's documentation.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from devices.decoders.decoded import Refusal
from devices.decoders.homeassistant.meanings import Meaning, meaning
from devices.decoders.homeassistant.template import TemplateError, compile_template
from devices.decoders.homeassistant.template_values import Evaluate, render
from devices.decoders.payload import hardware_address, number, read_object, text

_LONG: Mapping[str, str] = {
    "avty": "availability", "avty_mode": "availability_mode", "avty_t": "availability_topic",
    "avty_tpl": "availability_template", "cmps": "components", "cns": "connections", "dev": "device",
    "dev_cla": "device_class", "exp_aft": "expire_after", "ids": "identifiers", "mdl": "model", "mf": "manufacturer",
    "obj_id": "object_id", "off_dly": "off_delay", "p": "platform", "pl": "payload", "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available", "pl_off": "payload_off", "pl_on": "payload_on", "stat_off": "state_off",
    "stat_on": "state_on", "stat_t": "state_topic", "stype": "subtype", "t": "topic", "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement", "val_tpl": "value_template",
}  # fmt: skip
MEASURING = ("sensor", "binary_sensor", "switch")
# Presses: an entity of events, or a trigger that is one press.
_PRESSES = ("event", "device_automation")
_MOST_COMPONENTS = 200
_KEY = re.compile(r"[^a-z0-9._-]+")
_LONGEST = 60
_MODES = ("latest", "all", "any")


class Availability(NamedTuple):
    """A topic that says whether an entity is there."""

    topic: str
    evaluate: Evaluate
    there: str
    gone: str


class Device(NamedTuple):
    """A device by the key that no renaming changes."""

    key: str
    name: str
    vendor: str
    model: str


class Entity(NamedTuple):
    """One entity. `meaning` is None for one that is only shown; `evaluate` is how its state is read.

    `trouble` is the reason for which it cannot be read at all. `momentary` if it tells that something happened, never
    its end. For a trigger `on` is the message that means it, and `subtype` what happened. `called` are
    the words of its class.
    """

    id: str
    component: str
    device: Device
    topic: str
    meaning: Meaning | None
    evaluate: Evaluate
    on: str
    off: str
    availability: tuple[Availability, ...]
    mode: str
    momentary: bool = False
    subtype: str = ""
    called: tuple[str, ...] = ()
    trouble: str = ""


class Place(NamedTuple):
    """A topic of discovery in its parts."""

    component: str
    object: str


def place(prefix: str, topic: str) -> Place | None:
    """Return what a topic of discovery is about, None if it is none."""
    parts = topic.removeprefix(f"{prefix}/").split("/")
    if not topic.startswith(f"{prefix}/") or len(parts) not in (3, 4) or parts[-1] != "config":
        return None
    return Place(parts[0], "_".join(parts[1:-1]))


def decode(where: Place, payload: bytes) -> tuple[Entity, ...] | Refusal:
    """Return the entities that a configuration describes, or why it cannot be used."""
    found = read_object(payload, 256 * 1024)
    if isinstance(found, Refusal):
        return found
    found = _spelt_out(found)
    device = _device(found, where)
    if where.component != "device":
        return tuple(_entity(where.component, where.object, found, device))
    components = found.get("components")
    if not isinstance(components, dict):
        return Refusal("shape", "The configuration of the device has no components.")
    shared = {name: value for name, value in found.items() if name not in ("components", "device")}
    return tuple(
        entity
        for name, said in list(components.items())[:_MOST_COMPONENTS]
        # An entry with nothing but its platform is no more.
        if isinstance(said, dict) and len(said) > 1
        for entity in _entity(text(_spelt_out(said).get("platform")), name, {**shared, **_spelt_out(said)}, device)
    )


def _spelt_out(found: Mapping[str, Any]) -> dict[str, Any]:
    spelt = {_LONG.get(name, name): value for name, value in found.items()}
    base = text(spelt.get("~"))
    return {name: _whole(name, value, base) for name, value in spelt.items() if name != "~"}


def _whole(name: str, value: Any, base: str) -> Any:
    if isinstance(value, str) and (name == "topic" or name.endswith("_topic")) and base:
        if value.startswith("~"):
            return f"{base}{value[1:]}"
        return f"{value[:-1]}{base}" if value.endswith("~") else value
    if isinstance(value, list) and name == "availability":
        return [_spelt_out({"~": base, **each}) for each in value if isinstance(each, dict)]
    return value


def _device(found: Mapping[str, Any], where: Place) -> Device:
    said = found.get("device")
    said = {_LONG.get(name, name): value for name, value in said.items()} if isinstance(said, dict) else {}
    return Device(
        _device_key(said, found, where),
        text(said.get("name")) or text(found.get("name")) or where.object,
        text(said.get("manufacturer")),
        text(said.get("model")),
    )


def _device_key(said: Mapping[str, Any], found: Mapping[str, Any], where: Place) -> str:
    connections = said.get("connections")
    for connection in connections if isinstance(connections, list) else []:
        if isinstance(connection, list) and len(connection) == 2 and connection[0] in ("mac", "bluetooth"):  # noqa: PLR2004
            address = hardware_address(connection[1])
            if address:
                return address
    identifiers = said.get("identifiers")
    first = identifiers[0] if isinstance(identifiers, list) and identifiers else identifiers
    return slug(text(first) or text(found.get("unique_id")) or where.object)


def slug(name: str) -> str:
    """Return a name as a key; one that is too long ends in its hash."""
    short = _KEY.sub("-", name.lower()).strip("-.") or "device"
    if len(short) <= _LONGEST:
        return short
    return f"{short[: _LONGEST - 9]}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"


def _entity(component: str, name: str, found: Mapping[str, Any], device: Device) -> Iterator[Entity]:
    topic = text(found.get("state_topic")) or (text(found.get("topic")) if component in _PRESSES else "")
    if component not in (*MEASURING, *_PRESSES) or not topic:
        return
    evaluate, trouble = _compiled(found.get("value_template"))
    availability, avail_trouble = _availability(found)
    entity = text(found.get("object_id")) or text(found.get("unique_id")) or name
    meant = meaning(
        component, text(found.get("device_class")), text(found.get("unit_of_measurement")), f"{name} {entity}"
    )  # fmt: skip
    momentary = number(found.get("off_delay")) is not None
    if momentary and meant is not None and meant.quantity == "occupancy":
        meant = meant._replace(quantity="motion", convert=lambda value: value or None)
    on, off = _words(component, found)
    mode = text(found.get("availability_mode"))
    yield Entity(
        name,
        component,
        device,
        topic,
        meant,
        evaluate,
        on,
        off,
        availability,
        mode if mode in _MODES else "latest",
        momentary,
        f"{text(found.get('type'))} {text(found.get('subtype'))}".strip(),
        tuple(text(found.get("device_class")).split("_")),
        trouble or avail_trouble,
    )


def _words(component: str, found: Mapping[str, Any]) -> tuple[str, str]:
    if component == "device_automation":
        return _word(found, "payload", ""), ""
    on, off = _word(found, "payload_on", "ON"), _word(found, "payload_off", "OFF")
    return (_word(found, "state_on", on), _word(found, "state_off", off)) if component == "switch" else (on, off)


def _word(found: Mapping[str, Any], name: str, otherwise: str) -> str:
    said = found.get(name)
    return otherwise if said is None or isinstance(said, dict | list) else render(said)


def _availability(found: Mapping[str, Any]) -> tuple[tuple[Availability, ...], str]:
    several = found.get("availability")
    entries = [each for each in several if isinstance(each, dict)] if isinstance(several, list) else []
    if text(found.get("availability_topic")):
        entries.append(
            {
                "topic": found["availability_topic"],
                "value_template": found.get("availability_template"),
                "payload_available": found.get("payload_available"),
                "payload_not_available": found.get("payload_not_available"),
            }
        )
    read, trouble = [], ""
    for entry in entries[:16]:
        evaluate, unreadable = _compiled(entry.get("value_template"))
        trouble = trouble or unreadable
        if text(entry.get("topic")) and not unreadable:
            there, gone = _word(entry, "payload_available", "online"), _word(entry, "payload_not_available", "offline")
            read.append(Availability(entry["topic"], evaluate, there, gone))
    return tuple(read), trouble


def _compiled(source: Any) -> tuple[Evaluate, str]:
    if not text(source):
        return (lambda message: message.value), ""
    try:
        return compile_template(source), ""
    except TemplateError as error:
        return (lambda _: None), str(error)
