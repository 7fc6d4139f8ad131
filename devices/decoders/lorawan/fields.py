"""Named values of a LoRaWAN device to our quantities: whoever decoded them, a server, a script or a decoder of ours.

Vendors name things as they like. A name is compared without case and punctuation, within an object after its own
("air.temperature"); one that ends in a number may name a channel. Only what is certain becomes a measurement, all
else is handed back as it was.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from core.vocabulary import BY_NAME
from devices.decoders.decoded import Measurement
from devices.decoders.lorawan.field_rules import FACTORS, NORMALIZED, RULES, Rule, plain
from devices.decoders.lorawan.report import Earlier, number
from devices.decoders.meaning import as_meant
from devices.decoders.payload import part

_MOST_FIELDS = 500
_DEEPEST = 6
_CHANNEL = re.compile(r"(.{2,}?)[_ -]?(?:ch)?(\d{1,3})")


class Mapped(NamedTuple):
    """What named values came to: measurements, those of earlier times, and what is not mapped."""

    measurements: tuple[Measurement, ...]
    earlier: tuple[Earlier, ...]
    others: Mapping[str, Any]

    def meant(self, model: str) -> "Mapped":
        """Return the same as it is meant on `model`: a seat's occupancy is not that of a room."""
        earlier = tuple(each._replace(measurements=as_meant(each.measurements, model)) for each in self.earlier)
        return self._replace(measurements=as_meant(self.measurements, model), earlier=earlier)


def measure(fields: Mapping[str, Any], *, normalized: bool = False) -> Mapped:
    """Return what `fields` measure; `normalized` if they follow the device repository's schema."""
    rules = NORMALIZED if normalized else RULES
    measurements: dict[tuple[str, str], Measurement] = {}
    others: dict[str, Any] = {}
    for count, leaf in enumerate(_leaves(fields, (), 0)):
        found = list(_measured(leaf, rules)) if count < _MOST_FIELDS else []
        for measurement in found:
            measurements.setdefault((measurement.quantity, measurement.channel), measurement)
        if not found and count < 2 * _MOST_FIELDS:
            others[".".join(leaf.path)] = leaf.value
    return Mapped(tuple(measurements.values()), tuple(_earlier(fields)), others)


class _Leaf(NamedTuple):
    path: tuple[str, ...]
    value: Any
    unit: str = ""


def _leaves(value: Any, path: tuple[str, ...], depth: int) -> Iterator[_Leaf]:
    if not isinstance(value, Mapping) or depth >= _DEEPEST:
        if path:
            yield _Leaf(path, value)
        return
    for holder in ("value", "data"):
        inner, unit = value.get(holder), value.get("unit")
        if path and holder in value and not isinstance(inner, Mapping) and (holder == "value" or unit is not None):
            yield _Leaf(path, inner, unit.strip().lower() if isinstance(unit, str) else "")
            return
    for name, inner in value.items():
        if not (depth == 0 and name == "history"):
            yield from _leaves(inner, (*path, str(name)), depth + 1)


def _measured(leaf: _Leaf, rules: Mapping[str, tuple[Rule, ...]]) -> Iterator[Measurement]:
    name, channel = _find(leaf.path, rules)
    for rule in rules.get(name, ()):
        converted = rule.convert(leaf.value)
        factor = FACTORS.get(rule.quantity, {}).get(leaf.unit, None if leaf.unit else 1.0)
        if converted is not None and factor is not None:
            yield Measurement(BY_NAME[rule.quantity].name, round(converted * factor, 9), channel or rule.channel)


def _find(path: tuple[str, ...], rules: Mapping[str, tuple[Rule, ...]]) -> tuple[str, str]:
    name = ".".join(plain(each) for each in path)
    if name in rules:
        return name, ""
    match = _CHANNEL.fullmatch(".".join(path))
    if match:
        base = ".".join(plain(each) for each in match.group(1).split("."))
        if base in rules:
            return base, match.group(2)
    return "", ""


def _earlier(fields: Mapping[str, Any]) -> Iterator[Earlier]:
    """Return what a device kept while it was not heard, by the time of its own that each entry names."""
    history = fields.get("history")
    for entry in history[:_MOST_FIELDS] if isinstance(history, list) else ():
        seconds = number(part({"entry": entry}, "entry").get("timestamp"))
        if seconds is None or not 1_000_000_000 <= seconds < 4_000_000_000:  # noqa: PLR2004 - 2001 to 2096
            continue
        found = measure({name: value for name, value in entry.items() if name not in ("timestamp", "history")})
        if found.measurements:
            yield Earlier(datetime.fromtimestamp(seconds, UTC), found.measurements)
