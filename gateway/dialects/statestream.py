"""Home Assistant's statestream: the state of each of its entities, and what it says of them, each on a topic.

Topics are `{base}/{domain}/{object}/state` and, for each attribute, `{base}/{domain}/{object}/{attribute}`. There are
no devices in it: each entity is one, called by its id, and one that is renamed in Home Assistant is another one.
"""

from collections.abc import Sequence

import msgspec

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.homeassistant.discovery import slug
from devices.decoders.homeassistant.meanings import Meaning, meaning, numeric
from devices.decoders.payload import plain_text, text
from gateway.dialects.dialect import Said
from gateway.dialects.roster import Roster

_DOMAINS = ("sensor", "binary_sensor", "switch")
_EXPLAINING = ("device_class", "unit_of_measurement", "friendly_name")
_STATES = {"on": 1.0, "off": 0.0}
_GONE = "unavailable"
_UNKNOWN = ("unknown", "")
_MOST_ENTITIES = 1_000


class Statestream:
    """All entities whose topics begin with `base`."""

    name = "statestream"

    def __init__(self, base: str) -> None:
        self._prefix = f"{base}/"
        self._roster = Roster()
        self._attributes: dict[tuple[str, str], dict[str, str]] = {}

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """States and attributes of the domains that measure."""
        return tuple(f"{self._prefix}{domain}/+/{what}" for domain in _DOMAINS for what in ("state", *_EXPLAINING))

    def is_note(self, topic: str) -> bool:
        """Tell whether a topic explains an entity."""
        return topic.startswith(self._prefix) and topic.rpartition("/")[2] in _EXPLAINING

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return the state of an entity; its attributes are remembered."""
        parts = topic.removeprefix(self._prefix).split("/")
        if not topic.startswith(self._prefix) or len(parts) != 3 or parts[0] not in _DOMAINS:  # noqa: PLR2004
            return ()
        domain, entity, what = parts
        if what in _EXPLAINING:
            return self._explain(domain, entity, what, payload)
        return self._state(domain, entity, payload) if what == "state" else ()

    def devices(self) -> Sequence[FoundDevice]:
        """Return the entities that were heard of."""
        return self._roster.found()

    def _explain(self, domain: str, entity: str, what: str, payload: bytes) -> Sequence[Refusal]:
        try:
            value = text(msgspec.json.decode(payload)) if payload else ""
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return (Refusal("syntax", "The attribute is not JSON."),)
        if (domain, entity) not in self._attributes and len(self._attributes) >= _MOST_ENTITIES:
            return (Refusal("full", "There are more entities than there is room for."),)
        self._attributes.setdefault((domain, entity), {})[what] = value[:200]
        self._note(domain, entity)
        return ()

    def _state(self, domain: str, entity: str, payload: bytes) -> Sequence[Said | Refusal]:
        said, key = plain_text(payload), _key(domain, entity)
        self._note(domain, entity)
        if said == _GONE:
            return (Said(key, (Measurement("reachable", 0.0),)),)
        if said in _UNKNOWN:
            return ()
        meant = self._meaning(domain, entity)
        value = None
        if meant is not None:
            value = numeric(meant, said if domain == "sensor" else _STATES.get(said))
        there = Measurement("reachable", 1.0)
        if meant is None or value is None:
            nothing = meant is not None and said in _STATES
            return (Said(key, (there,), None, {} if nothing else {"state": said}),)
        return (Said(key, (Measurement(meant.quantity, value), there)),)

    def _meaning(self, domain: str, entity: str) -> Meaning | None:
        known = self._attributes.get((domain, entity), {})
        return meaning(domain, known.get("device_class", ""), known.get("unit_of_measurement", ""), entity)

    def _note(self, domain: str, entity: str) -> None:
        meant = self._meaning(domain, entity)
        self._roster.note(
            FoundDevice(
                key=_key(domain, entity),
                name=self._attributes.get((domain, entity), {}).get("friendly_name", "") or entity,
                vendor="Home Assistant",
                description=f"{domain}.{entity}",
                quantities=[meant.quantity] if meant else [],
            )
        )


def _key(domain: str, entity: str) -> str:
    return slug(f"{domain}.{entity}")
