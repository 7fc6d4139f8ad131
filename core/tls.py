"""A server's certificate that is taken anew from its files when they change, while the server goes on."""

import ssl
from pathlib import Path

from core.errors import VicinoError
from core.log import logger

Stamp = tuple[int, int, int, int]


class ServedCertificate:
    """Certificate and key of a server. `context` stays the same; each new connection gets what was last taken."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._taken: Stamp | None = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            self._take()
        except (OSError, ssl.SSLError) as error:
            raise VicinoError(
                f"The certificate in {certificate} cannot be used with the key in {key} ({type(error).__name__}).",
                advice="make both with `vicino ca issue`, or correct the settings that name them",
            ) from error

    def look(self) -> bool:
        """Take the files if they have changed; tell whether they were taken. What cannot be used is left for later.

        Whoever connects meanwhile gets the former certificate: the files are tried before they are taken.
        """
        try:
            if self._stamp() == self._taken:
                return False
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self._files)
            self._take()
        except (OSError, ssl.SSLError) as error:
            logger().warning("new certificate cannot be used yet", reason=type(error).__name__)
            return False
        logger().info("certificate taken anew")
        return True

    def _take(self) -> None:
        stamp = self._stamp()
        self.context.load_cert_chain(*self._files)
        self._taken = stamp

    def _stamp(self) -> Stamp:
        found = [path.stat() for path in self._files]
        return found[0].st_mtime_ns, found[0].st_ino, found[1].st_mtime_ns, found[1].st_ino
