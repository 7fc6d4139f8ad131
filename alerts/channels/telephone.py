"""Messages to a telephone number, handed over to an HTTP gateway: what text messages and calls have in common."""

from collections.abc import Callable
from typing import NamedTuple

from pydantic import SecretStr

from alerts.addresses.telephone import e164
from alerts.channels.gateway import Form, HttpGateway, Method, accepted_of, headers_of
from alerts.channels.transport import Doubt, NoTransport, Outgoing, Transport, TransportError
from alerts.receipts.links import Callbacks
from core.clock import Clock

# From a message, and whether its channel can report of it, to the words.
Compose = Callable[[Outgoing, bool], str]


class GatewaySettings(NamedTuple):
    """How a gateway is set up, by whichever settings; without a `url` there is none.

    `accepted` and `id_place` say where in its answer stands that it has accepted, and what it calls the message.
    """

    url: str
    method: Method
    template: str
    form: Form
    authorisation: SecretStr | None
    headers: SecretStr
    accepted: str
    id_place: str
    timeout_s: float


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
    settings: GatewaySettings, unset: str, compose: Compose, callbacks: Callbacks, clock: Clock
) -> Transport:
    """Return the channel as the settings say; `unset` says what is missing without an address.

    Raises `GatewayError` if they cannot be used.
    """
    if not settings.url:
        return NoTransport(unset)
    headers = headers_of(settings.headers.get_secret_value())
    if settings.authorisation is not None and settings.authorisation.get_secret_value():
        headers["Authorization"] = settings.authorisation.get_secret_value()
    gateway = HttpGateway(
        settings.url,
        settings.method,
        settings.template,
        settings.form,
        headers,
        accepted_of(settings.accepted),
        settings.id_place,
        settings.timeout_s,
        clock,
    )
    return TelephoneTransport(gateway, compose, callbacks)
