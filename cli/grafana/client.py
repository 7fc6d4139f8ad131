"""Grafana's HTTP API, as far as dashboards, folders and data sources go.

Source: Grafana's documentation of its HTTP API (folder, dashboard, dashboard versions, data source, search).
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import VicinoError
from dashboards.grafana.sources import parted

WITHIN_S = 15.0
LONGEST_ANSWER = 16 * 2**20
RIGHTS = "folders, dashboards and data sources: a service account with the role Admin has it"


class Answer(NamedTuple):
    """What Grafana said: the status, and the document if there was one."""

    status: int
    body: Any

    @property
    def message(self) -> str:
        """Why, in Grafana's own words, as far as it said."""
        return str(self.body.get("message", "")) if isinstance(self.body, Mapping) else ""


class Refused(VicinoError):  # noqa: N818 - as the answer is called
    """Grafana did not do what it was asked."""

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message, kept="what Grafana had, and what was said to be done so far", advice=advice)


class Grafana:
    """A Grafana at an address, reached with a token."""

    def __init__(self, url: str, token: str, ca: Path | None = None) -> None:
        parts = parted(url)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise VicinoError(f"{url!r} is no address of a Grafana.", advice="give it as https://grafana.example:3000")
        self._parts = parts
        self._token = token
        self._context = ssl.create_default_context(cafile=ca) if parts.scheme == "https" else None

    @property
    def address(self) -> str:
        """Where it is, without anything secret."""
        port = f":{self._parts.port}" if self._parts.port else ""
        return f"{self._parts.scheme}://{self._parts.hostname}{port}{self._parts.path.rstrip('/')}"

    def get(self, path: str) -> Any | None:
        """Return a document, None where there is none (404). Raises `Refused`."""
        answer = self._ask("GET", path, None)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        return self._accepted(answer, f"GET {path}")

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Send a document and return the answer. Raises `Refused`."""
        return self._accepted(self._ask(method, path, body), f"{method} {path}")

    def _accepted(self, answer: Answer, what: str) -> Any:
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer.body
        raise self._refusal(answer, what)

    def _refusal(self, answer: Answer, what: str) -> Refused:
        said = f": {answer.message}" if answer.message else ""
        match answer.status:
            case HTTPStatus.UNAUTHORIZED:
                message, advice = (
                    "Grafana does not know this token",
                    "make a new one for a service account, in its file",
                )
            case HTTPStatus.FORBIDDEN:
                message, advice = f"This token may not do that ({what})", f"give it the right to write {RIGHTS}"
            case HTTPStatus.CONFLICT:
                message = f"Something else has that name in Grafana ({what})"
                advice = "rename or remove what has it, and do the same again"
            case HTTPStatus.PRECONDITION_FAILED:
                message = f"Somebody changed it in Grafana at the same moment ({what})"
                advice = "do the same again; --dry-run shows what would change"
            case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                message, advice = f"Grafana failed with {status} ({what})", "see Grafana's log, and do the same again"
            case status:
                message = f"Grafana answered {status} to {what}"
                advice = f"see whether {self.address} is a Grafana of version 10 or later, and what it says"
        return Refused(f"{message}{said}.", advice=advice)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        host, port = self._parts.hostname or "", self._parts.port
        connection = (
            http.client.HTTPConnection(host, port, timeout=WITHIN_S)
            if self._context is None
            else http.client.HTTPSConnection(host, port, timeout=WITHIN_S, context=self._context)
        )
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json", "Connection": "close"}
        sent = None if body is None else json.dumps(body).encode()
        if sent is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, sent, headers)
            response = connection.getresponse()
            return Answer(response.status, _document(response.read(LONGEST_ANSWER)))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Refused(
                f"Grafana at {self.address} does not answer ({type(error).__name__}).",
                advice="see whether it runs and can be reached from here; a certificate of your own goes in by --ca",
            ) from None
        finally:
            connection.close()


def _document(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
