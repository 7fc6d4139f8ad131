"""A service of somebody else, or a modem in the network, that is told by HTTP what to send or to say.

What it wants is told by a template: a JSON object in whose texts `{to}`, `{text}`, `{language}`, `{id}` and
`{callback}` stand for the number, the words, their language, the message's own name, and the address to which it may
report what became of it. It is sent as JSON or as the fields of a form. What it answers is accepted if the status is
2xx and, where `accepted` says so, a value in its JSON is one of those named. An answer 2xx that is no JSON says
neither: the message may well have gone out, and there is a doubt.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

import msgspec

from alerts.channels.http import Answer, Request, deliver, is_protected
from alerts.channels.transport import Doubt, TransportError
from core.clock import Clock
from core.errors import VicinoError

Form = Literal["json", "form"]
Method = Literal["POST", "PUT"]
_LONGEST_ID = 200


class GatewayError(VicinoError):
    """The settings of a gateway cannot be used."""


class Accepted(NamedTuple):
    """A place in the JSON that is answered, as names and numbers between dots, and the values that mean acceptance."""

    place: str
    values: frozenset[str]


class HttpGateway:
    """One gateway."""

    def __init__(
        self,
        url: str,
        method: Method,
        template: str,
        form: Form,
        headers: Mapping[str, str],
        accepted: Accepted | None,
        id_place: str,
        timeout_s: float,
        clock: Clock,
    ) -> None:
        """Prepare. Raises `GatewayError` if the address or the template cannot be used."""
        if not is_protected(url):
            raise GatewayError(
                "The address of a gateway would send telephone numbers unprotected over the network.",
                advice="set an address that begins with https://",
            )
        self._url = url
        self._method = method
        self._template = _object(template)
        self._form = form
        self._headers = headers
        self._accepted = accepted
        self._id_place = id_place
        self._timeout_s = timeout_s
        self._clock = clock

    def hand_over(self, values: Mapping[str, str], key: str) -> str | Doubt | None:
        """Hand one message over; return what the gateway calls it, or a doubt.

        Raises `TransportError` if it did not accept it.
        """
        filled = fill(self._template, {f"{{{name}}}": value for name, value in values.items()})
        if self._form == "form":
            kind, body = "application/x-www-form-urlencoded", urlencode(filled).encode()
        else:
            kind, body = "application/json", msgspec.json.encode(filled)
        request = Request(self._method, self._url, {"Content-Type": kind, **self._headers}, body, key)
        return self._read(deliver(request, self._timeout_s, self._clock.now()))

    def _read(self, answer: Answer) -> str | Doubt | None:
        try:
            said = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, RecursionError):
            # It may have been cut off, or be the words of something in between.
            return Doubt.UNREAD if self._accepted is not None else None
        if self._accepted is not None and _at(said, self._accepted.place) not in self._accepted.values:
            # What it says instead may repeat the number.
            raise TransportError("the gateway did not accept the message", permanent=True)
        named = _at(said, self._id_place) if self._id_place else ""
        return named[:_LONGEST_ID] or None


def accepted_of(setting: str) -> Accepted | None:
    """Return what `place=value;value` says; None for ''. Raises `GatewayError` if it says nothing."""
    if not setting:
        return None
    place, equals, values = setting.partition("=")
    if not place.strip() or not equals:
        raise GatewayError(f"{setting!r} says no value that means acceptance.", advice="write it like status=OK;queued")
    return Accepted(place.strip(), frozenset(each.strip() for each in values.split(";")))


def headers_of(setting: str) -> dict[str, str]:
    """Return the headers of a JSON object of texts. Raises `GatewayError` if it is none."""
    found = _object(setting) if setting else {}
    if not all(isinstance(value, str) and value.isprintable() for value in found.values()):
        raise GatewayError("The headers of a gateway are no texts.", advice='write them like {"X-Key": "secret"}')
    return found


def fill(template: Any, values: Mapping[str, str]) -> Any:
    """Return `template` with its places filled in; what stands in a value is not filled in once more."""
    if isinstance(template, str):
        for name, value in values.items():
            if name in template:
                before, _, after = template.partition(name)
                return fill(before, values) + value + fill(after, values)
        return template
    if isinstance(template, dict):
        return {key: fill(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [fill(value, values) for value in template]
    return template


def _object(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        found = None
    if not isinstance(found, dict):
        raise GatewayError("A template or the headers of a gateway are no JSON object.", advice="correct the setting")
    return found


def _at(said: Any, place: str) -> str:
    """Return the value at a place as text, '' where there is none."""
    for step in place.split("."):
        if isinstance(said, dict) and step in said:
            said = said[step]
        elif isinstance(said, list) and step.isdigit() and int(step) < len(said):
            said = said[int(step)]
        else:
            return ""
    if isinstance(said, bool):
        return str(said).lower()
    return str(said) if isinstance(said, str | int | float) else ""
