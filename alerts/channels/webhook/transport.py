"""Posts signed webhooks."""

from alerts.channels.http import Request, deliver, is_protected
from alerts.channels.transport import NoTransport, Outgoing, Transport, TransportError
from alerts.channels.webhook.limits import GONE
from alerts.channels.webhook.message import compose, key_of, sign
from alerts.channels.webhook.settings import WebhookSettings
from alerts.receipts.links import Callbacks
from alerts.replies.links import Links
from core.clock import Clock


class WebhookTransport:
    """Posts each message to its address; the answer 410 means that nobody is there any more."""

    def __init__(self, key: bytes, links: Links, callbacks: Callbacks, timeout_s: float, clock: Clock) -> None:
        self._key = key
        self._links = links
        self._callbacks = callbacks
        self._timeout_s = timeout_s
        self._clock = clock

    def send(self, message: Outgoing) -> None:
        """Return once the receiver has accepted `message`; raises `TransportError` if it did not."""
        if not is_protected(message.address):
            raise TransportError("the address is not protected by TLS", permanent=True)
        name, now = str(message.public_id), self._clock.now()
        body = compose(message, self._links, self._callbacks.of(message.public_id))
        timestamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(self._key, name, timestamp, body),
        }
        try:
            deliver(Request("POST", message.address, headers, body, name), self._timeout_s, now)
        except TransportError as error:
            error.gone = error.status == GONE
            raise


def from_settings(settings: WebhookSettings, links: Links, callbacks: Callbacks, clock: Clock) -> Transport:
    """Return the channel as `settings` say. Raises `SecretError` if the secret cannot be used."""
    if settings.webhook_secret is None:
        return NoTransport("no secret for webhooks is set")
    key = key_of(settings.webhook_secret.get_secret_value())
    return WebhookTransport(key, links, callbacks, settings.webhook_timeout_s, clock)
