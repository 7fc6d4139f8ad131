"""What templates calculate with: values of a message, conditions, comparisons, arithmetic and filters.

Each function returns how something is read from a message; what a message lacks raises `Undefined` when it is read.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Undefined(Exception):  # noqa: N818 - as the language calls it; it is no fault
    """The message does not have what the template asks for."""


class Message(NamedTuple):
    """What a template may look at: the message as text, and as JSON if it is any (else None)."""

    value: str
    json: Any


Evaluate = Callable[[Message], Any]


def render(value: Any) -> str:
    """Return a value as a template writes it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - exact below
        return f"{value:.1f}"
    return str(value)


def truth(test: Evaluate, message: Message) -> bool:
    """Tell whether a condition holds; one that cannot be told does not."""
    try:
        return bool(test(message))
    except Undefined:
        return False


def constant(value: Any) -> Evaluate:
    """Return how to read what is always the same."""
    return lambda _: value


def path(root: str, steps: list[str | int]) -> Evaluate:
    """Return how to read what lies under `steps` of the message's JSON, or of its text if `root` is "value"."""
    return lambda message: walk(message.value if root == "value" else message.json, steps)


def conditional(test: Evaluate, chosen: Evaluate, other: Evaluate) -> Evaluate:
    """Return how to read one of two, as `test` tells."""
    return lambda message: (chosen if truth(test, message) else other)(message)


def either(left: Evaluate, right: Evaluate) -> Evaluate:
    """Return how to tell whether one of two holds."""
    return lambda message: truth(left, message) or truth(right, message)


def both(left: Evaluate, right: Evaluate) -> Evaluate:
    """Return how to tell whether two hold."""
    return lambda message: truth(left, message) and truth(right, message)


def negated(inner: Evaluate) -> Evaluate:
    """Return how to tell whether something does not hold."""
    return lambda message: not truth(inner, message)


def defined(inner: Evaluate, *, wanted: bool) -> Evaluate:
    """Return how to tell whether a message has something, or has not."""
    return lambda message: is_defined(inner, message) is wanted


def compared(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """Return how to compare two values."""
    compare = COMPARISONS[sign]
    return lambda message: compare(left(message), right(message))


def calculated(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """Return how to calculate with two numbers."""
    calculate = ARITHMETIC[sign]
    return lambda message: _result(calculate, left(message), right(message))


def filtered(name: str, inner: Evaluate, arguments: list[Any]) -> Evaluate:
    """Return how to pass a value through a filter."""
    apply = FILTERS[name]
    return lambda message: apply(inner, message, arguments)


def walk(value: Any, steps: list[str | int]) -> Any:
    """Return what lies under `steps`; raises `Undefined` if it is not there."""
    for step in steps:
        if isinstance(value, Mapping) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            raise Undefined
    if value is None and steps:
        raise Undefined
    return value


def is_defined(inner: Evaluate, message: Message) -> bool:
    """Tell whether a message has something."""
    try:
        inner(message)
    except Undefined:
        return False
    return True


def _result(calculate: Callable[[float, float], float], left: Any, right: Any) -> float:
    if isinstance(left, bool | str) or isinstance(right, bool | str):
        raise Undefined
    try:
        found = calculate(float(left), float(right))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise Undefined from error
    if not math.isfinite(found):
        raise Undefined
    return found


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        try:
            return compare(float(left), float(right))
        except (TypeError, ValueError) as error:
            raise Undefined from error

    return compared


def _number(inner: Evaluate, message: Message, arguments: list[Any]) -> float:
    try:
        found = inner(message)
        return float(found)
    except (Undefined, TypeError, ValueError, OverflowError) as error:
        if arguments and isinstance(arguments[0], float):
            return arguments[0]
        raise Undefined from error


def _whole(inner: Evaluate, message: Message, arguments: list[Any]) -> int:
    found = _number(inner, message, arguments)
    if not math.isfinite(found):
        raise Undefined
    return int(found)


def _rounded(inner: Evaluate, message: Message, arguments: list[Any]) -> float:
    digits = int(arguments[0]) if arguments and isinstance(arguments[0], float) and abs(arguments[0]) < 10 else 0  # noqa: PLR2004
    found = _number(inner, message, [])
    if not math.isfinite(found):
        raise Undefined
    return round(found, digits)


def _default(inner: Evaluate, message: Message, arguments: list[Any]) -> Any:
    try:
        return inner(message)
    except Undefined:
        if not arguments:
            raise
        return arguments[0]


def _as_text(change: Callable[[str], str]) -> Callable[[Evaluate, Message, list[Any]], str]:
    return lambda inner, message, _: change(render(inner(message)))


CONSTANTS: Mapping[str, Any] = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": _ordered(lambda left, right: left < right),
    ">": _ordered(lambda left, right: left > right),
    "<=": _ordered(lambda left, right: left <= right),
    ">=": _ordered(lambda left, right: left >= right),
}
ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": lambda left, right: left % right,
}
FILTERS: Mapping[str, Callable[[Evaluate, Message, list[Any]], Any]] = {
    "float": _number,
    "int": _whole,
    "round": _rounded,
    "abs": lambda inner, message, _: abs(_number(inner, message, [])),
    "default": _default,
    "is_defined": lambda inner, message, _: inner(message),
    "string": _as_text(str),
    "lower": _as_text(str.lower),
    "upper": _as_text(str.upper),
    "trim": _as_text(str.strip),
}
