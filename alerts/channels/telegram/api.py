"""The bot API over HTTP: one method is one POST. The token stands in the path, so no address is ever repeated."""

import json
from typing import Any

import msgspec

from alerts.channels.http import Request, exchange
from alerts.channels.telegram.limits import is_gone, is_permanent
from alerts.channels.transport import TransportError


class _Parameters(msgspec.Struct):
    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


class _Answer(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = msgspec.field(default_factory=_Parameters)


class BotError(TransportError):
    """Telegram refused; `code` is its own."""

    def __init__(self, code: int, description: str, parameters: _Parameters) -> None:
        moved = parameters.migrate_to_chat_id is not None
        super().__init__(
            f"Telegram refused: {code}",
            permanent=is_permanent(code),
            gone=moved or is_gone(code, description),
            retry_after_s=parameters.retry_after,
        )
        self.code = code


class Bot:
    """A bot, called by its token at the server `url`."""

    def __init__(self, url: str, token: str, timeout_s: float) -> None:
        self._base = f"{url.rstrip('/')}/bot{token}/"
        self._timeout_s = timeout_s

    def call(self, method: str, values: dict[str, Any], *, key: str = "", wait_s: float = 0.0) -> msgspec.Raw:
        """Return the result of a method; `key` names the message, if it is one.

        The server may take `wait_s` seconds longer than usual to answer.

        Raises `TransportError`.
        """
        headers = {"Content-Type": "application/json"}
        request = Request("POST", self._base + method, headers, json.dumps(values).encode(), key)
        answer = exchange(request, self._timeout_s + wait_s)
        try:
            said = msgspec.json.decode(answer.body, type=_Answer)
        except msgspec.DecodeError as error:
            # Something between us and Telegram has answered.
            raise TransportError(
                f"not an answer of Telegram: {answer.status}",
                permanent=False,
                uncertain=answer.status < 300,  # noqa: PLR2004 - success
            ) from error
        if not said.ok:
            raise BotError(said.error_code or answer.status, said.description, said.parameters)
        return said.result
