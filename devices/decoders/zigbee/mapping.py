"""The properties of one device mapped to series, each to one of its own."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from devices.decoders.zigbee.feature import Feature, features
from devices.decoders.zigbee.rules import MEANINGS, RULES, Rule
from devices.models import meanings

# Names of endpoints where none is declared: "power_l1", "temperature_2", "power_phase_b", "occupancy_in".
ENDPOINT = re.compile(
    r"(.+?)_((?:l|ch|c|p|t|s|th|zone_|wire_|channel_|button_|switch_|meter_|area_?)?\d{1,3}"
    r"|left|right|center|top|bottom|front|back|in|out|and|or|both_zones|usb|main_switch|phase_[abc]|[abcxyzXYZ]|ab)"
)
# Parts of a device that stand before the name of what they measure.
PART = re.compile(
    r"(channel_\d+|input_\d+|mmwave_area\d|area_?\d|zone_\d+|probe|garage_door|smoke)_"
    r"(leak_detect|battery_low|battery|occupancy|presence|contact|temperature|humidity)"
)


class Exposed(NamedTuple):
    """A property that becomes a measurement of `quantity` on `channel`."""

    feature: Feature
    quantity: str
    channel: str
    rule: Rule

    @property
    def key(self) -> str:
        """The name in the state message."""
        return self.feature.key

    def read(self, value: Any) -> float | None:
        """Return the value in the unit of the quantity; None if it is none that the quantity can have."""
        return self.rule.convert(value, self.feature)


class _Candidate(NamedTuple):
    feature: Feature
    rule: Rule
    endpoint: str
    rank: int  # how far from the property that is called after the quantity


def exposed(exposes: object, model: str = "") -> tuple[tuple[Exposed, ...], tuple[Feature, ...]]:
    """Return what of the `exposes` of a definition is mapped, and what is not; each property once."""
    candidates: dict[str, _Candidate] = {}
    others: dict[str, Feature] = {}
    meant = meanings(model)
    for feature in features(exposes):
        if feature.key in candidates:
            continue
        candidate = _candidate(feature, MEANINGS.get(model, {}))
        if candidate is None:
            others.setdefault(feature.key, feature)
        else:
            candidates[feature.key] = candidate._replace(rule=_as_meant(candidate.rule, meant))
    mapped = _with_channels(candidates.values())
    return mapped, tuple(feature for name, feature in others.items() if name not in candidates)


def undeclared(name: str, value: Any, model: str = "") -> Exposed | None:
    """Return what `value` means under a name of which nothing is declared; None if that is not certain."""
    feature = Feature(name)
    for base, endpoint in bases(feature):
        for rule in RULES.get(base, ()):
            if rule.reads(feature) and rule.convert(value, feature) is not None:
                quantity = meanings(model).get(rule.quantity, rule.quantity)
                return Exposed(feature, quantity, _joined(rule.channel, endpoint), rule)
    return None


def bases(feature: Feature) -> Iterable[tuple[str, str]]:
    """Yield the names under which a rule may stand, each with the endpoint that is left of the property."""
    name = feature.key
    if feature.endpoint and name.endswith(f"_{feature.endpoint}"):
        base = name.removesuffix(f"_{feature.endpoint}")
        if feature.name != base:
            yield feature.name, feature.endpoint
        yield base, feature.endpoint
        yield from ((f"{part[2]}", part[1]) for part in [PART.fullmatch(base)] if part)
    yield name, ""
    match = ENDPOINT.fullmatch(name)
    if match:
        yield match[1], match[2]
    part = PART.fullmatch(name)
    if part:
        yield part[2], part[1]


def _candidate(feature: Feature, meanings: Mapping[str, Rule]) -> _Candidate | None:
    meant = meanings.get(feature.key)
    if meant is not None:
        return _Candidate(feature, meant, "", 0) if meant.reads(feature) else None
    for base, endpoint in bases(feature):
        for rule in RULES.get(base, ()):
            if rule.reads(feature):
                return _Candidate(feature, rule, endpoint, _RANKS[base])
    return None


def _as_meant(rule: Rule, meant: Mapping[str, str]) -> Rule:
    return rule._replace(quantity=meant.get(rule.quantity, rule.quantity))


_RANKS = {name: rank for rank, name in enumerate(RULES)}


def _with_channels(candidates: Iterable[_Candidate]) -> tuple[Exposed, ...]:
    """Give each property a series of its own: the plainest name where it is free.

    A quantity that one property alone measures has no channel. Of several, those that are called after the quantity
    keep the channel of their endpoint, and the others are told apart by what else their name says.
    """
    by_quantity: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        by_quantity.setdefault(candidate.rule.quantity, []).append(candidate)
    mapped: list[Exposed] = []
    for quantity, group in by_quantity.items():
        channels = _channels(sorted(group, key=lambda each: (bool(each.rule.channel), each.rank)))
        mapped += [
            Exposed(each.feature, quantity, channels[each.feature.key], each.rule) for each in group
        ]  # fmt: skip
    return tuple(mapped)


def _channels(group: Sequence[_Candidate]) -> dict[str, str]:
    if len(group) == 1:
        return {group[0].feature.key: ""}
    claimed: dict[str, str] = {}
    for feature, rule, endpoint, _ in group:
        wanted = (endpoint, _joined(rule.channel, endpoint), feature.key)
        claimed[feature.key] = next(name for name in wanted if name not in claimed.values())
    return claimed


def _joined(channel: str, endpoint: str) -> str:
    return "_".join(part for part in (channel, endpoint) if part)
