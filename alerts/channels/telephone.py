"""Messages to a telephone number, handed over to an HTTP gateway: what text messages and calls have in common."""

from collections.abc import Callable

from alerts.addresses.telephone import e164
from alerts.channels.gateway import HttpGateway, accepted_of, headers_of
from alerts.channels.transport import Doubt, NoTransport, Outgoing, Transport, TransportError
from alerts.receipts.links import Callbacks
from core.clock import Clock
from core.settings import Settings

# From a message, and whether its channel can report of it, to the words.
Compose = Callable[[Outgoing, bool], str]


class TelephoneTransport:
    """Hands each message over once. What the gateway reports comes back by the callback (`alerts.receipts`)."""

    def __init__(self, gateway: HttpGateway, compose: Compose, callbacks: Callbacks) -> None:
        self._gateway = gateway
        self._compose = compose
        self._callbacks = callbacks

    def send(self, message: Outgoing) -> str | Doubt | None:
        """Return once the gateway has accepted `message`; raises `TransportError` if it did not."""
        number = e164(message.address)
        if number is None:
            raise TransportError("the number is not one", permanent=True)
        callback = self._callbacks.of(message.public_id)
        values = {
            "to": number,
            "text": self._compose(message, bool(callback)),
            "language": message.language,
            "id": str(message.public_id),
            "callback": callback,
        }
        return self._gateway.hand_over(values, str(message.public_id))


def from_settings(
    settings: Settings, channel: str, unset: str, compose: Compose, callbacks: Callbacks, clock: Clock
) -> Transport:
    """Return the channel as the settings say that begin with its name; `unset` says what is missing without an address.

    Raises `GatewayError` if they cannot be used.
    """
    said = settings.model_dump()

    def of(name: str) -> str:
        return str(said[f"{channel}_http_{name}"])

    def secret(name: str) -> str:
        found = said[f"{channel}_http_{name}"]
        return "" if found is None else str(found.get_secret_value())

    if not of("url"):
        return NoTransport(unset)
    headers = headers_of(secret("headers"))
    if authorisation := secret("authorisation"):
        headers["Authorization"] = authorisation
    gateway = HttpGateway(
        of("url"),
        said[f"{channel}_http_method"],
        of("template"),
        said[f"{channel}_http_form"],
        headers,
        accepted_of(of("accepted")),
        of("id"),
        said[f"{channel}_timeout_s"],
        clock,
    )
    return TelephoneTransport(gateway, compose, callbacks)
