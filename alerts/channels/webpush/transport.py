"""Hands messages over to the push services of browsers (RFC 8030): to every device of the recipient."""

import hashlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from alerts.channels.http import Request, exchange, refused
from alerts.channels.transport import Outgoing, TransportError
from alerts.channels.webpush.encryption import NotASubscriptionError, encrypt
from alerts.channels.webpush.limits import AT_ONCE, GONE, KEPT_S, TOO_LONG, URGENCY, may_send_to
from alerts.channels.webpush.message import payload, topic
from alerts.channels.webpush.vapid import VapidKey
from alerts.lifecycle import Family
from alerts.reach.repository import Device
from alerts.replies.links import Links
from alerts.wording import TRIAL
from core.clock import Clock


class Devices(Protocol):
    """Where the devices of a recipient are kept."""

    def at(self, address: str) -> list[Device]:
        """Return the devices of an address."""

    def forget(self, device: Device) -> None:
        """Forget a device that is gone."""


class WebPushTransport:
    """Sends a message to every device of an address. It is accepted if one device's service has accepted it.

    A message that is repeated takes the place of the earlier one on the device: nothing rings twice for nothing.
    """

    def __init__(
        self,
        devices: Devices,
        key: VapidKey,
        subject: str,
        links: Links,
        services: Collection[str],
        clock: Clock,
        timeout_s: float,
    ) -> None:
        self._devices = devices
        self._key = key
        self._subject = subject
        self._links = links
        self._services = frozenset(services)
        self._clock = clock
        self._timeout_s = timeout_s

    def send(self, message: Outgoing) -> str | None:
        """Return once a push service has accepted `message`; raises `TransportError` if none did."""
        devices = self._devices.at(message.address)
        if not devices:
            raise TransportError("no device is registered", permanent=True, gone=True)
        with ThreadPoolExecutor(min(len(devices), AT_ONCE), thread_name_prefix="device") as pool:
            failures = [error for error in pool.map(lambda device: self._tried(device, message), devices) if error]
        if len(failures) == len(devices):
            raise _of_all(failures)
        return None

    def _tried(self, device: Device, message: Outgoing) -> TransportError | None:
        try:
            self.send_to(device, message)
        except TransportError as error:
            if error.gone:
                self._devices.forget(device)
            return error
        return None

    def send_to(self, device: Device, message: Outgoing) -> None:
        """Return once the push service of one device has accepted `message`; raises `TransportError` if it did not."""
        if not may_send_to(device.endpoint, self._services):
            raise TransportError("the push service is not one of those allowed", permanent=True)
        try:
            sealed = encrypt(payload(message, self._links), device.p256dh, device.auth)
        except NotASubscriptionError as error:
            raise TransportError("the keys of the device are not usable", permanent=True, gone=True) from error
        except ValueError as error:
            raise TransportError("the message is too long", permanent=True) from error
        now = self._clock.now()
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(KEPT_S[message.family]),
            "Urgency": URGENCY[Family.SAFETY if message.kind == TRIAL else message.family],
            "Topic": topic(message),
            "Authorization": self._key.authorisation(device.endpoint, self._subject, now),
        }
        answer = exchange(Request("POST", device.endpoint, headers, sealed, _key(message)), self._timeout_s)
        if 200 <= answer.status <= 299:  # noqa: PLR2004 - the class of answers that mean success
            return
        if answer.status in GONE:
            raise TransportError("the device is not registered any more", permanent=True, gone=True)
        if answer.status == TOO_LONG:
            raise TransportError("the message is too long for the push service", permanent=True)
        raise refused(answer, now)


def _key(message: Outgoing) -> str:
    """Return what names the message to a push service: not its number, by which a device shows that it can read it."""
    return hashlib.sha256(message.public_id.bytes).hexdigest()


def _of_all(failures: list[TransportError]) -> TransportError:
    """Return what is to be said where no device was reached: one that may yet be, keeps the message waiting."""
    waiting = [error for error in failures if not error.permanent]
    if not waiting:
        other = next((error for error in failures if not error.gone), failures[0])
        return TransportError(other.reason, permanent=True, gone=all(error.gone for error in failures))
    asked = [error.retry_after_s for error in waiting if error.retry_after_s is not None]
    return TransportError(
        waiting[0].reason,
        permanent=False,
        uncertain=any(error.uncertain for error in failures),
        retry_after_s=min(asked) if len(asked) == len(waiting) else None,
    )
