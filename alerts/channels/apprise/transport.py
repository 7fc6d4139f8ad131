"""Hands messages over by the library Apprise, which knows some hundred services."""

import logging
from collections.abc import Callable, Collection
from importlib.util import find_spec

from alerts.channels import words
from alerts.channels.apprise.limits import GONE, is_allowed, is_permanent, last_status
from alerts.channels.transport import Outgoing, TransportError
from alerts.lifecycle import Family
from alerts.replies.links import Links


def is_installed() -> bool:
    """Tell whether the extra `apprise` is there."""
    return find_spec("apprise") is not None


class AppriseTransport:
    """Sends each message to the one service that its address names. Needs the extra `apprise`.

    `secret_of` returns the address of Apprise behind an address of ours. Apprise repeats nothing by itself: that is
    done here, for every channel alike.
    """

    def __init__(
        self, secret_of: Callable[[str], str | None], services: Collection[str], links: Links, timeout_s: float
    ) -> None:
        import apprise  # noqa: PLC0415 - an extra that may be missing

        self._secret_of = secret_of
        self._services = frozenset(services)
        self._links = links
        self._apprise = apprise.Apprise
        self._types = {
            Family.SAFETY: apprise.NotifyType.FAILURE,
            Family.WELLBEING: apprise.NotifyType.WARNING,
            Family.TECHNICAL: apprise.NotifyType.INFO,
        }
        self._timeout = apprise.AppriseResultStatus.TIMEOUT
        self._asset = apprise.AppriseAsset(
            storage_mode=apprise.PersistentStoreMode.MEMORY, service_timeout=timeout_s, secure_logging=True
        )
        self._asset.app_id = "Vicino"
        self._asset.async_mode = False
        # A redirect could lead to where no message may go.
        self._asset.http_redirects = False
        # It reads all its services when it is first asked, which takes a while: not when somebody calls for help.
        self._apprise.instantiate("json://localhost", asset=self._asset)
        # Its lines name hosts and channels.
        logger = logging.getLogger("apprise")
        logger.propagate = False
        logger.addHandler(logging.NullHandler())

    def send(self, message: Outgoing) -> str | None:
        """Return once the service has accepted `message`; raises `TransportError` if it did not."""
        secret = self._secret_of(message.address)
        if secret is None:
            raise TransportError("there is no such address", permanent=True, gone=True)
        if not is_allowed(secret, self._services):
            raise TransportError("the service is not one of those allowed", permanent=True)
        service = self._apprise.instantiate(secret, asset=self._asset)
        if service is None:
            raise TransportError("Apprise does not understand the address", permanent=True)
        service.retry = 0
        box = self._apprise(asset=self._asset)
        box.add(service)
        result = box.notify(
            title=words.headline(message),
            body="\n\n".join(words.paragraphs(message, self._links)),
            notify_type=self._types[message.family],
        )
        if result:
            return None
        if result.status is self._timeout:
            raise TransportError("no answer in time", permanent=False, uncertain=True)
        status = last_status(entry.message for each in result.results for entry in each.logs())
        raise TransportError(
            f"the service refused: {status or 'no answer'}",
            permanent=is_permanent(status),
            # Without an answer nobody knows how far the message came.
            uncertain=status is None,
            gone=status == GONE,
        )
