"""The settings of a rule as fields of a form, and a form's answer as settings."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from analytics.rules.standing import settings_of, with_fields
from core.errors import VicinoError
from core.vocabulary import QUANTITIES, Retention
from dashboards import rule_words
from dashboards.quantities import QUANTITIES as NAMED
from dashboards.wording import Words

VITAL = [each.name for each in QUANTITIES if each.retention is Retention.VITAL]
LIMITS = "limits"


class Field(NamedTuple):
    """One setting: its name in the form, what it is called, its value as text ("" for none), and where it may lie.

    `ends` says that in words, `shown` the value with its unit. `kind` is "number", "whole" or "switch".
    """

    name: str
    label: str
    unit: str
    kind: str
    value: str
    shown: str
    least: str
    most: str
    ends: str

    @property
    def is_needed(self) -> bool:
        """Whether it has to have a value."""
        return self.kind != "switch" and not self.is_a_limit

    @property
    def is_a_limit(self) -> bool:
        """Whether it is one of many that mostly stay empty."""
        return self.name.startswith(LIMITS)


class NotFittingError(ValueError):
    """A form holds what does not fit the settings."""


def fields(rule: str, settings: Any, words: Words) -> list[Field]:
    """Return what can be set of a rule, with its values."""
    found = []
    for each in msgspec.inspect.type_info(settings_of(rule)).fields:  # type: ignore[attr-defined]
        value = getattr(settings, each.name)
        if each.name == LIMITS:
            found += list(_limits(rule, value, words))
        else:
            found.append(_field(rule, each.name, each.type, value, words))
    return found


def _field(rule: str, name: str, of: Any, value: Any, words: Words) -> Field:
    said = (name, rule_words.label(rule, name, words), rule_words.unit(rule, name, words))
    if isinstance(of, msgspec.inspect.BoolType):
        shown = words.translations.gettext("yes") if value else words.translations.gettext("no")
        return Field(*said, "switch", "true" if value else "", shown, "", "", "")
    kind = "whole" if isinstance(of, msgspec.inspect.IntType) else "number"
    ends = words.translations.gettext("from %(least)s to %(most)s") % {
        "least": words.number(of.ge, 2),
        "most": words.number(of.le, 2),
    }
    shown = f"{value}:00" if name.endswith("_hour") else _with_unit(value, said[-1], words)
    return Field(*said, kind, _plain(value), shown, _plain(of.ge), _plain(of.le), ends)


def _limits(rule: str, limits: Mapping[str, Any], words: Words) -> Iterator[Field]:
    for quantity in VITAL:
        if quantity not in NAMED:
            continue
        for end in ("low", "high"):
            name = f"{LIMITS}.{quantity}.{end}"
            value = getattr(limits.get(quantity), end, None)
            said = (name, rule_words.label(rule, name, words), rule_words.unit(rule, name, words))
            shown = "" if value is None else _with_unit(value, said[-1], words)
            yield Field(*said, "number", _plain(value), shown, "", "", "")


def _with_unit(value: float, unit: str, words: Words) -> str:
    return f"{words.number(value, 2)} {unit}" if unit else words.number(value, 2)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def chosen(rule: str, form: Mapping[str, Any], above: Any) -> dict[str, Any]:
    """Return what of a form differs from what holds `above`. Raises `NotFittingError`."""
    given: dict[str, Any] = {}
    for each in msgspec.inspect.type_info(settings_of(rule)).fields:  # type: ignore[attr-defined]
        given[each.name] = _limits_of(form) if each.name == LIMITS else _value(form, each.name, each.type)
    return differing(rule, above, given)


def differing(rule: str, above: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of some settings differs from what holds `above`. Raises `NotFittingError`, which says why."""
    try:
        settings = with_fields(rule, above, given)
    except VicinoError as error:
        raise NotFittingError(str(error)) from None
    before = msgspec.to_builtins(above)
    return {name: value for name, value in msgspec.to_builtins(settings).items() if value != before[name]}


def _value(form: Mapping[str, Any], name: str, of: Any) -> Any:
    if isinstance(of, msgspec.inspect.BoolType):
        return form.get(name) == "true"
    number = _number(form.get(name, ""))
    if number is None:
        raise NotFittingError
    return int(number) if isinstance(of, msgspec.inspect.IntType) and number.is_integer() else number


def _limits_of(form: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for quantity in VITAL:
        for end in ("low", "high"):
            number = _number(form.get(f"{LIMITS}.{quantity}.{end}", ""))
            if number is not None:
                found.setdefault(quantity, {})[end] = number
    return found


def _number(text: Any) -> float | None:
    """Return the number that a field holds, written with a point or a comma; None where it is empty."""
    said = str(text).strip().replace(",", ".")
    if not said:
        return None
    try:
        number = float(said)
    except ValueError:
        raise NotFittingError from None
    if not math.isfinite(number):
        raise NotFittingError
    return number
