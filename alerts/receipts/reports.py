"""Reading what a channel reports: every service says it with words of its own, in JSON or in the fields of a form.

Only the words of the table are understood. Anything else is passed over, as a report of something in between is
("queued", "sent"): nothing is taken to have failed because a word is not known.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

LONGEST_REPORT = 16 * 1024
_MOST_VALUES = 200


class What(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Report(NamedTuple):
    """What a report says: what became of the message, or the digit that was pressed; both may be missing."""

    what: What | None = None
    digit: str = ""


# The names under which services say it, in small letters without signs, and their words.
_STATUS_NAMES = frozenset(
    {"status", "messagestatus", "smsstatus", "callstatus", "event", "state", "dlr", "deliverystatus", "type"}
)
_DIGIT_NAMES = frozenset({"digit", "digits", "dtmf", "key", "input"})
_WORDS: dict[str, What] = {
    **dict.fromkeys(
        ("delivered", "delivrd", "deliveredtoterminal", "success", "completed", "answered"), What.DELIVERED
    ),
    **dict.fromkeys(("read", "seen", "opened", "displayed"), What.READ),
    **dict.fromkeys(
        (
            "failed", "undelivered", "undeliv", "undeliverable", "deliveryfailed", "rejected", "rejectd", "expired",
            "busy", "noanswer", "bounced", "bounce", "canceled", "cancelled", "error",
        ),
        What.FAILED,
    ),
}  # fmt: skip


def read(body: bytes, content_type: str) -> Report:
    """Return what a report says; nothing of what is not understood."""
    if len(body) > LONGEST_REPORT:
        return Report()
    what, digit = None, ""
    for name, value in _values(_decoded(body, content_type)):
        if name in _DIGIT_NAMES and len(value) == 1 and value in "0123456789*#":
            digit = value
        elif name in _STATUS_NAMES:
            what = _WORDS.get(_bare(value), what)
    return Report(what, digit)


def _decoded(body: bytes, content_type: str) -> Any:
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        try:
            return dict(parse_qsl(body.decode(), max_num_fields=_MOST_VALUES))
        except ValueError:
            return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _values(said: Any) -> Iterator[tuple[str, str]]:
    """Yield the names and values at any depth, the outer ones last: they speak for the whole."""
    waiting: list[Any] = [said]
    found: list[tuple[str, str]] = []
    while waiting and len(found) < _MOST_VALUES:
        one = waiting.pop(0)
        if isinstance(one, Mapping):
            found += [(_bare(name), str(value)) for name, value in one.items() if isinstance(value, str | int)]
            waiting += [value for value in one.values() if isinstance(value, dict | list)]
        elif isinstance(one, list):
            waiting += [value for value in one if isinstance(value, dict | list)]
    return reversed(found)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
