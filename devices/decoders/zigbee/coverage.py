"""How much of what devices expose is mapped, ignored on purpose, or unknown.

`required` is a predicate of its own, on the name and the type of a property alone. It does not look at the rules: a
rule that is lost makes a property count as required and not mapped.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from devices.decoders.zigbee.feature import Feature
from devices.decoders.zigbee.ignored import ignored
from devices.decoders.zigbee.mapping import exposed

_WORDS = (
    "occupancy", "presence", "contact", "vibration", "water_leak", "smoke", "gas", "carbon_monoxide", "sos",
    "emergency", "panic", "temperature", "humidity", "co2", "illuminance", "power", "battery",
)  # fmt: skip
_WORD = "|".join(_WORDS)
# A channel after the word, where the declaration names no endpoint.
_CHANNEL = (
    r"(?:(?:l|ch|c|p|t|s|th|zone_?|wire_?|channel_?|button_?|switch_?|meter_?|area_?|endpoint_?|ep)?\d{1,3}"
    r"|left|right|center|top|bottom|front|back|in|out|and|or|both_zones|usb|main_switch|phase_[abc]|[abcxyz]|ab)"
)
_NAMED = re.compile(rf"(?:{_WORD})(?:_?\d+|_{_CHANNEL})?", re.IGNORECASE)
# The same thing in another form; and parts of a device before the word.
_OTHER_FORM = re.compile(
    r"(?:occupancy|presence|contact|vibration|water_leak|smoke|gas|carbon_monoxide|sos)_(?:alarm_)?(?:state|status|alarm|detected)"
    r"(?:_\d)?"
    r"|(?:occupancy|presence|contact|vibration|water_leak|smoke|gas|carbon_monoxide|sos)_alarm_\d"
    r"|(?:temperature|humidity|co2|gas|carbon_monoxide|smoke|battery|power)_value"
    r"|temperature_(?:probe|sensor|c|f)|probe_temperature|illuminance_lux"
    r"|battery_(?:low|state|level|status)(?:_\d)?|pir|pir_detection"
    r"|(?:channel_\d+|input_\d+)_(?:leak_detect|battery_low)(?:_\d+)?|mmwave_area\d_occupancy|active_water_leak"
)
_CALL = re.compile(r"sos|emergency|panic", re.IGNORECASE)


class Property(NamedTuple):
    """One exposed property of a model and what becomes of it: `fate` is a quantity, a kind of ignored, or ""."""

    model: str
    name: str
    kind: str
    mapped: bool
    fate: str
    required: bool


class Coverage(NamedTuple):
    """Counts over all models; a property that a model exposes several times counts once."""

    models: int
    mapped: Counter[str]
    ignored: Counter[str]
    unknown: Counter[str]
    required: int
    unmapped: tuple[Property, ...]  # the required ones that are not mapped


def required(feature: Feature) -> bool:
    """Tell whether home care cannot do without a property: it must be mapped.

    That is every published property that is called after one of the watched things, with or without an endpoint;
    every enumeration of actions with a call for help; and, if it cannot be set from outside, its other forms.
    """
    if not feature.published:
        return False
    name = feature.key
    if feature.endpoint:
        name = name.removesuffix(f"_{feature.endpoint}")
    if name.startswith("action"):
        return feature.kind == "enum" and any(_CALL.search(value) for value in feature.values)
    if _NAMED.fullmatch(name) or _NAMED.fullmatch(feature.key):
        return True
    return not feature.settable and (_OTHER_FORM.fullmatch(name) or _OTHER_FORM.fullmatch(feature.key)) is not None


def properties(model: str, exposes: object) -> list[Property]:
    """Return what becomes of each property that one model exposes."""
    mapped, others = exposed(exposes, model)
    found = [
        Property(model, each.key, each.feature.kind, True, each.quantity, required(each.feature)) for each in mapped
    ]
    for feature in others:
        kind = ignored(feature)
        fate = kind.name if kind else ""
        found.append(Property(model, feature.key, feature.kind, False, fate, required(feature)))
    return found


def coverage(models: Iterable[tuple[str, object]]) -> Coverage:
    """Return the counts over models, each with its name and its `exposes`."""
    count, mapped, left, unknown, needed = 0, Counter[str](), Counter[str](), Counter[str](), 0
    unmapped: list[Property] = []
    for model, exposes in models:
        count += 1
        for found in properties(model, exposes):
            needed += found.required
            if found.required and not found.mapped:
                unmapped.append(found)
            if found.mapped:
                mapped[found.fate] += 1
            elif found.fate:
                left[found.fate] += 1
            else:
                unknown[found.name] += 1
    return Coverage(count, mapped, left, unknown, needed, tuple(unmapped))
