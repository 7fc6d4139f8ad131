"""Where updates come from: a folder, or a folder on an HTTPS server. What comes is believed only for its signature."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from core.errors import VicinoError
from gateway.edge.bundle import (
    MOST_BYTES,
    MOST_MANIFEST_BYTES,
    NOTICE_SUFFIX,
    Believed,
    Bundle,
    Manifest,
    file_name,
    opened,
)

_PATIENCE_S = 60.0
_CHUNK = 64 * 1024
_MOST_NOTICE_BYTES = 2 * MOST_MANIFEST_BYTES


class OfferError(VicinoError):
    """Nobody can be asked for an update now."""


class _StaysSecure(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str) -> None:
        """Follow nobody: the address that was configured is the one that is asked."""


@contextmanager
def notice(url: str, target: str, believed: Believed) -> Iterator[Bundle]:
    """Give the newest version that a server offers, without its wheels; raises `OfferError` or `BundleError`."""
    name = file_name(target, NOTICE_SUFFIX)
    with _fetched(url, name, _MOST_NOTICE_BYTES) as file, opened(file, believed, with_wheels=False) as found:
        yield found


@contextmanager
def offered(url: str, target: str, expected: Manifest) -> Iterator[IO[bytes]]:
    """Give the bundle that a server offers, on the disk until the end of the context; raises `OfferError`."""
    overhead = MOST_MANIFEST_BYTES + 1024 * len(expected.wheels)
    most = min(MOST_BYTES, sum(listed.size for listed in expected.wheels.values())) + overhead
    with _fetched(url, file_name(target), most) as file:
        yield file


@contextmanager
def _fetched(url: str, name: str, most_bytes: int) -> Iterator[IO[bytes]]:
    if urlsplit(url).scheme != "https":
        raise OfferError("Updates are fetched over HTTPS only.", advice="correct VICINO_UPDATE_URL")
    opener = build_opener(HTTPSHandler(context=ssl.create_default_context()), _StaysSecure())
    with tempfile.TemporaryFile() as file:
        try:
            with opener.open(f"{url.rstrip('/')}/{name}", timeout=_PATIENCE_S) as answer:
                while chunk := answer.read(_CHUNK):
                    if file.tell() + len(chunk) > most_bytes:
                        raise OfferError("The server sends more than an update may be.", kept="the version that runs")
                    file.write(chunk)
        except (OSError, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()
            # What a plain URLError wraps tells more; one of HTTP tells the status itself.
            reason = error.reason if type(error) is URLError else error
            raise OfferError(
                f"The server of updates cannot be asked: {reason}.", kept="the version that runs"
            ) from error
        file.seek(0)
        yield file
