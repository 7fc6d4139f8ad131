"""A text message by an HTTP gateway: a provider's, or a modem in the local network.

What it wants is told by a template: a JSON object in whose texts `{to}` and `{text}` stand for number and words. It is
posted as JSON, or as the fields of a form. A token goes in the header `Authorization`.
"""

from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from core.errors import VicinoError
from gateway.rules.channels.channel import ChannelError, Text
from gateway.rules.channels.post import post

Form = Literal["json", "form"]


class HttpGateway:
    """One HTTP gateway."""

    def __init__(self, url: str, template: str, form: Form, authorisation: str | None) -> None:
        """Prepare; `authorisation` is the whole header. Raises `VicinoError` if the template is no JSON object."""
        try:
            found = msgspec.json.decode(template)
        except msgspec.MsgspecError as error:
            found = error
        if not isinstance(found, dict):
            raise VicinoError(
                "The template of the HTTP gateway for text messages is no JSON object.",
                advice="correct VICINO_SMS_HTTP_TEMPLATE",
            )
        self._url = url
        self._template: dict[str, Any] = found
        self._form = form
        self._authorisation = authorisation

    def send(self, text: Text) -> None:
        """Post a text. Raises `ChannelError`."""
        if not self._url:
            raise ChannelError("no HTTP gateway is set")
        filled = _filled(self._template, {"{to}": text.address, "{text}": text.words})
        headers = {"Content-Type": "application/json"}
        body = msgspec.json.encode(filled)
        if self._form == "form":
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(filled).encode()
        if self._authorisation:
            headers["Authorization"] = self._authorisation
        post(self._url, body, headers)


def _filled(template: Any, values: dict[str, str]) -> Any:
    if isinstance(template, str):
        # One part after the other, so that what stands in a text is not filled in once more.
        for name, value in values.items():
            if name in template:
                before, _, after = template.partition(name)
                return _filled(before, values) + value + _filled(after, values)
        return template
    if isinstance(template, dict):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, values) for value in template]
    return template
