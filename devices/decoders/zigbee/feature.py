"""One property that a device exposes, as Zigbee2MQTT declares it, read without trusting any of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from devices.decoders.payload import text

_MAXIMUM_DEPTH = 8
_PUBLISHED, _SETTABLE = 1, 2


class Feature(NamedTuple):
    """A property of a device's state message, by its `key` there.

    `kind` is numeric, binary, enum, text, list or composite; "" where nothing is declared. `access` holds the bits of
    Zigbee2MQTT: 1 published, 2 can be set, 4 can be asked for. `on` and `off` are the declared values of a binary.
    """

    key: str
    name: str = ""
    kind: str = ""
    unit: str = ""
    endpoint: str = ""
    category: str = ""
    description: str = ""
    access: int = _PUBLISHED
    on: object = None
    off: object = None
    values: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        """Whether the device says it in its messages; else it is only ever told."""
        return bool(self.access & _PUBLISHED)

    @property
    def settable(self) -> bool:
        """Whether it can be set from outside: then it is a wish as much as an observation."""
        return bool(self.access & _SETTABLE)


def features(exposes: object) -> Iterator[Feature]:
    """Yield the properties of the state message that the `exposes` of a definition declare.

    The parts of a composite are not among them: they lie within its own value.
    """
    yield from _features(exposes, 0)


def _features(exposes: object, depth: int) -> Iterator[Feature]:
    if not isinstance(exposes, list) or depth > _MAXIMUM_DEPTH:
        return
    for found in exposes:
        if isinstance(found, dict):
            if isinstance(found.get("property"), str):
                yield _feature(found)
            if found.get("type") != "composite":
                yield from _features(found.get("features"), depth + 1)


def _feature(found: dict[str, Any]) -> Feature:
    access, values = found.get("access"), found.get("values")
    return Feature(
        key=found["property"],
        name=text(found.get("name")),
        kind=text(found.get("type")),
        unit=text(found.get("unit")).strip(),
        endpoint=text(found.get("endpoint")),
        category=text(found.get("category")),
        description=text(found.get("description")),
        access=access if isinstance(access, int) else _PUBLISHED,
        on=found.get("value_on"),
        off=found.get("value_off"),
        values=tuple(word for word in values if isinstance(word, str)) if isinstance(values, list) else (),
    )
