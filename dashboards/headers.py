"""Security headers on every answer."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# `form-action` stands last: origins of identity providers are added to it.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
YEAR_S = 31_536_000


class SecurityHeaders:
    """Adds the headers; pages are never kept by caches, what they are made of may be (its address has a hash)."""

    def __init__(self, app: ASGIApp, *, secure: bool, forms_lead_to: Sequence[str] = ()) -> None:
        """Take `forms_lead_to`: origins to which a form of ours may be sent on, for browsers check each redirect."""
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": f"max-age={YEAR_S}"} if secure else {})
        self._headers["Content-Security-Policy"] = " ".join((POLICY, *forms_lead_to))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                # A page whose address is a secret tells it to nobody, not even to us.
                headers.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
