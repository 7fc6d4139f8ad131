"""How much a request may carry, and how long it may take to arrive: of pages and of the API, however it is sent."""

import asyncio

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards import errors

MOST_BYTES = 256 * 1024  # a form with a hundred sensors has 20 kB; nothing is uploaded
WITHIN_S = 30.0  # from the head of a request to the end of its body
TOO_LARGE, TOO_SLOW = 413, 408


class LimitBodies:
    """Answers 413 to a request that says, or turns out, to carry more than `most` bytes; 408 to one that dawdles.

    One that says so is answered before anything is read; one that comes in chunks as soon as it has carried too much.
    What is left of it is not read: the connection ends.
    """

    def __init__(self, app: ASGIApp, *, most: int = MOST_BYTES, within_s: float = WITHIN_S) -> None:
        self._app, self._most, self._within_s = app, most, within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _said(scope) > self._most:
            await errors.refused(Request(scope), TOO_LARGE)(scope, receive, ending(send))
            return
        arriving = _Arriving(receive, self._most, asyncio.get_running_loop().time() + self._within_s)
        await self._app(scope, arriving.receive, arriving.ending(send))


class _Arriving:
    """The body of one request as it arrives."""

    def __init__(self, receive: Receive, most: int, until: float) -> None:
        self._receive, self._left, self._until = receive, most, until
        self._is_there = False
        self._is_over = False

    async def receive(self) -> Message:
        """Return what arrives next; raises `HTTPException` where that is too much, or too late."""
        if self._is_there:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            self._is_over = True
            raise HTTPException(TOO_SLOW) from error
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self._is_over = True
                raise HTTPException(TOO_LARGE)
            self._is_there = not message.get("more_body", False)
        return message

    def ending(self, send: Send) -> Send:
        """Return what sends an answer; it ends the connection where the rest of the body is not read."""

        async def passing(message: Message) -> None:
            await (ending(send) if self._is_over else send)(message)

        return passing


def ending(send: Send) -> Send:
    """Return what sends an answer after which the connection ends."""

    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
        await send(message)

    return closing


def _said(scope: Scope) -> int:
    """Return how many bytes a request says it carries; 0 where it does not say."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
