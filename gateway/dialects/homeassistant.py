"""Entities that devices announce for Home Assistant (MQTT discovery): each says where and how its state is told.

Many systems announce their devices so (ESPHome, OpenMQTTGateway, Zigbee2MQTT itself): a device that is read by a
dialect of its own need not be read by this one too. State topics mean nothing before an announcement explains them.
"""

import re
from collections.abc import Iterable, Sequence

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.homeassistant import discovery, states
from devices.decoders.homeassistant.discovery import Entity
from devices.decoders.homeassistant.template_values import Message
from gateway.dialects.dialect import Said
from gateway.dialects.roster import Roster

_MOST_ENTITIES = 2_000
_WORDS = re.compile(r"[^a-z0-9]+")


class HomeAssistant:
    """All entities announced below `prefix`. `topics` are the filters of MQTT on which their states come."""

    name = "homeassistant"

    def __init__(self, prefix: str = "homeassistant", topics: Sequence[str] = ("#",)) -> None:
        self._prefix = prefix
        announcements = f"{prefix}/+/+/config", f"{prefix}/+/+/+/config"
        # Overlapping subscriptions would deliver announcements twice.
        self.subscriptions = tuple(topics) if "#" in topics else (*announcements, *topics)
        self._roster = Roster()
        self._announced: dict[str, tuple[Entity, ...]] = {}  # by topic of announcement
        self._channels: dict[tuple[str, str], str] = {}  # by topic of announcement and entity
        self._telling: dict[str, list[tuple[str, Entity]]] = {}  # by topic of state
        self._present: dict[str, bool] = {}  # by topic of availability
        self._latest: dict[str, str] = {}  # by device, the availability topic that spoke last

    def is_note(self, topic: str) -> bool:
        """Tell whether something is announced on `topic`."""
        return discovery.place(self._prefix, topic) is not None

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return the states and availability that a message tells; announcements are remembered."""
        where = discovery.place(self._prefix, topic)
        if where is not None:
            return self._announce(topic, where, payload)
        telling = self._telling.get(topic, ())
        if not payload or not telling:
            return ()
        message = states.read(payload)
        if isinstance(message, Refusal):
            return (message,)
        return [*self._states(topic, telling, message), *self._availability(topic, telling, message)]

    def devices(self) -> Sequence[FoundDevice]:
        """Return the devices that were announced, with their entities."""
        return self._roster.found()

    def _announce(self, topic: str, where: discovery.Place, payload: bytes) -> Sequence[Refusal]:
        self._forget(topic)
        if not payload:
            return ()
        entities = discovery.decode(where, payload)
        if isinstance(entities, Refusal):
            return (entities,)
        if len(self._channels) + len(entities) > _MOST_ENTITIES:
            return (Refusal("full", "More entities are announced than there is room for."),)
        if entities:
            self._announced[topic] = entities
        for entity in entities:
            self._channels[topic, entity.id] = self._channel(entity)
            for told in {entity.topic, *(each.topic for each in entity.availability)}:
                self._telling.setdefault(told, []).append((topic, entity))
            self._note(entity)
        return [Refusal("template", each.trouble) for each in entities if each.trouble]

    def _forget(self, topic: str) -> None:
        for entity in self._announced.pop(topic, ()):
            self._latest.pop(entity.device.key, None)
            self._channels.pop((topic, entity.id), None)
            for told in {entity.topic, *(each.topic for each in entity.availability)}:
                left = [(where, each) for where, each in self._telling.get(told, ()) if where != topic]
                if left:
                    self._telling[told] = left
                else:
                    self._telling.pop(told, None)
                    self._present.pop(told, None)

    def _note(self, entity: Entity) -> None:
        key, name, vendor, model = entity.device
        quantity = entity.meaning.quantity if entity.meaning and not entity.trouble else ""
        self._roster.note(
            FoundDevice(
                key=key, name=name, vendor=vendor, model=model, exposes=[f"{entity.component}.{entity.id}"],
                quantities=[quantity] if quantity else [],
                unmapped={entity.id: f"template: {entity.trouble}"} if entity.trouble else {},
            )
        )  # fmt: skip

    def _channel(self, entity: Entity) -> str:
        """Return "" for the entity that is called after its quantity, else what else its id says.

        It depends on the entity alone, but where two of a device would have the same: then the later has all its id.
        """
        if entity.meaning is None:
            return ""
        words = [word for word in _WORDS.split(entity.id.lower()) if word]
        ours = {*entity.meaning.quantity.split("_"), *entity.called, *_WORDS.split(entity.device.name.lower())}
        left = [word for word in words if word not in ours]
        channel = "_".join(left)
        series = entity.device.key, entity.meaning.quantity
        taken = {
            self._channels.get((topic, each.id))
            for topic, entities in self._announced.items()
            for each in entities
            if each.meaning and (each.device.key, each.meaning.quantity) == series
        }
        return channel if channel not in taken else "_".join(words)

    def _states(self, topic: str, telling: Iterable[tuple[str, Entity]], message: Message) -> Iterable[Said | Refusal]:
        by_device: dict[str, list[states.State]] = {}
        for announced, entity in telling:
            if entity.topic == topic and not entity.trouble:
                said = states.state(entity, self._channels.get((announced, entity.id), ""), message)
                by_device.setdefault(entity.device.key, []).append(said)
        for key, several in by_device.items():
            measurements, others = states.together(several)
            if measurements or others:
                yield Said(key, measurements, None, others)

    def _availability(
        self, topic: str, telling: Iterable[tuple[str, Entity]], message: Message
    ) -> Iterable[Said | Refusal]:
        entries = [
            (entity, entry) for _, entity in telling for entry in entity.availability if entry.topic == topic
        ]  # fmt: skip
        if not entries:
            return
        there = states.available(entries[0][1], message)
        if there is None:
            yield Refusal("shape", "The availability is neither of the two words that were announced.")
            return
        self._present[topic] = there
        for key in dict.fromkeys(entity.device.key for entity, _ in entries):
            self._latest[key] = topic
            entity = next(entity for entity, _ in entries if entity.device.key == key)
            yield Said(key, (Measurement("reachable", float(self._is_there(entity))),))

    def _is_there(self, entity: Entity) -> bool:
        known = [self._present[each.topic] for each in entity.availability if each.topic in self._present]
        if entity.mode == "all":
            return all(known) and len(known) == len(entity.availability)
        if entity.mode == "any":
            return any(known)
        return self._present.get(self._latest.get(entity.device.key, ""), False)
