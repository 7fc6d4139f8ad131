"""A real OpenID provider (tests/identity_provider.mjs) in a process of its own, and people who sign in at it."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

SCRIPT = Path(__file__).with_suffix(".mjs")
CLIENT, SECRET = "vicino", "a secret with : and & in it"
LEVEL_1, LEVEL_2 = "https://www.spid.gov.it/SpidL1", "https://www.spid.gov.it/SpidL2"
KEY = "k" * 32
WITHIN_S = 30


class IdentityProvider:
    """The provider that is at `issuer`."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def knows(self, base_url: str, key: str = "comune") -> None:
        """Let pages be its client, and forget what other tests have asked of it."""
        self.asks(
            redirect_uris=[f"{base_url}/sign-in/provider/{key}/back"],
            post_logout_redirect_uris=[f"{base_url}/sign-in"],
            tamper="",
            silent=False,
            signsOut=True,
        )

    def asks(self, **of_it: Any) -> None:
        """Ask something of it that no honest provider does."""
        httpx2.post(f"{self.issuer}/control", content=json.dumps(of_it), timeout=WITHIN_S).raise_for_status()

    def signs_in(self, address: str, login: str, acr: str = "", amr: str = "") -> str:
        """Sign in as somebody at the page where the browser was sent; return where it is sent back to."""
        return self._answered(address, {"login": login, "acr": acr, "amr": amr, "do": "in"})

    def cancels(self, address: str) -> str:
        """Cancel there; return where the browser is sent back to."""
        return self._answered(address, {"do": "cancel"})

    def _answered(self, address: str, form: dict[str, str]) -> str:
        with httpx2.Client(timeout=WITHIN_S) as browser:
            answer = browser.get(address)
            page = answer.headers["location"]
            assert "/interaction/" in page, page
            assert "Accesso del Comune" in browser.get(f"{self.issuer}{page}").text
            answer = browser.post(f"{self.issuer}{page}", data=form)
            while answer.headers["location"].startswith(self.issuer):
                answer = browser.get(answer.headers["location"])
            return str(answer.headers["location"])


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """Run the provider until the end of the block; skip the test where Node or the package is not there."""
    node = shutil.which("node")
    if node is None or not (SCRIPT.parent.parent / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("Node or the package oidc-provider is not installed (`make install`).")
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen([node, SCRIPT], stdin=pipe, stdout=pipe, stderr=nothing, text=True) as process:
        assert process.stdout is not None
        watch = threading.Timer(WITHIN_S, process.kill)
        watch.start()
        found = next((match.group() for line in process.stdout if (match := re.search(r"http://\S+", line))), "")
        watch.cancel()
        assert found, f"the provider did not start within {WITHIN_S} s"
        yield IdentityProvider(found)
        process.terminate()


def described(folder: Path, issuer: str, *more: str, key: str = "comune") -> Path:
    """Write the file that describes the provider; return its path."""
    (folder / "secret").write_text(SECRET)
    lines = [
        "providers:",
        f"  - key: {key}",
        "    name: {it: Conto del Comune, en: Municipality account}",
        f"    issuer: {issuer}",
        f"    client_id: {CLIENT}",
        "    client_secret_file: secret",
        *(f"    {each}" for each in more),
    ]
    path = folder / "providers.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path
