"""`vicino-gateway update`: take a signed bundle into a slot of its own and try it; `rollback`: back to the one before.

The agent sees within a second that another version is to run and ends, and whoever keeps it running starts the launcher
anew: nothing here needs the right to restart a service.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core import log
from core.errors import VicinoError
from gateway.edge import launcher, slot
from gateway.edge.bundle import Bundle, BundleError, Manifest, file_name, number, opened, refusal, this_target
from gateway.edge.launcher import State
from gateway.edge.offers import notice, offered
from gateway.edge.settings import EdgeSettings
from gateway.edge.signing import is_signed

# A trial also fails where the line to the service is down: the next days' attempts may succeed.
MOST_FAILURES = 3
REFUSED = "refused"


class NothingNewError(VicinoError):
    """There is no version to install."""


def take(settings: EdgeSettings, bundle: Bundle, *, again: bool = False) -> Iterator[str]:
    """Install a bundle and put it on trial; give the name of each step when it is done. Raises `BundleError`."""
    state = installed(settings)
    _require_wanted(settings, bundle, again=again)
    yield from slot.install(settings.edge_code, bundle)
    launcher.change(
        settings.edge_state,
        settings.edge_code,
        lambda before: launcher.on_trial(before, bundle.manifest.version, bundle.digest, time.time()),
    )
    yield "on trial"
    slot.prune(settings.edge_code, {bundle.manifest.version, state.good, state.previous})
    yield "pruned"


def refused(state: State, manifest: Manifest, digest: str, *, again: bool) -> str:
    """Return why a bundle is not to be tried; empty if it is."""
    if state.trial:
        return f"version {state.trial} is on trial"
    reason = refusal(manifest, installed=state.good, target=this_target(), now=datetime.now(UTC))
    if not reason and not again and state.failed == digest and state.failures >= MOST_FAILURES:
        return f"it was rolled back {state.failures} times; --again tries it all the same"
    return reason


def installed(settings: EdgeSettings) -> State:
    """Return which versions there are; raises `VicinoError` if none is installed."""
    state = launcher.read(settings.edge_state, settings.edge_code)
    if state is None:
        raise VicinoError(
            f"No version of the edge agent is installed in {settings.edge_code}.",
            advice="run `vicino-gateway setup` with a bundle",
        )
    return state


@contextmanager
def found(settings: EdgeSettings, given: Path | None, *, again: bool = False) -> Iterator[Bundle]:
    """Give the bundle to take: the given one, the one in the folder, or the server's if that is newer.

    Raises `NothingNewError` where there is none, `BundleError` and `OfferError`.
    """
    if not settings.trusted:
        raise VicinoError(
            "This gateway trusts nobody's updates.",
            kept="the version that runs",
            advice="put the public key of the releases into VICINO_UPDATE_KEYS",
        )

    def believed(content: bytes, signature: bytes) -> bool:
        return is_signed(settings.trusted, content, signature)

    file = given or _in_folder(settings)
    if file is not None:
        with opened(file, believed) as bundle:
            _require_change(settings, bundle.manifest)
            yield bundle
        return
    if settings.update_url is None:
        raise NothingNewError("There is no update, and no server to ask for one (VICINO_UPDATE_URL).")
    with notice(settings.update_url, this_target(), believed) as offer:
        _require_change(settings, offer.manifest)
        # What would be refused is not worth the fetching: a home may pay for each megabyte.
        _require_wanted(settings, offer, again=again)
    with offered(settings.update_url, this_target(), offer.manifest) as fetched, opened(fetched, believed) as bundle:
        yield bundle


def _require_change(settings: EdgeSettings, manifest: Manifest) -> None:
    if number(manifest.version) == number(installed(settings).good):
        raise NothingNewError(f"Version {manifest.version} is offered, and it is installed already.")


def _require_wanted(settings: EdgeSettings, bundle: Bundle, *, again: bool) -> None:
    if reason := refused(installed(settings), bundle.manifest, bundle.digest, again=again):
        raise BundleError(
            f"Version {bundle.manifest.version} is not installed: {reason}.", kept="the version that runs"
        )


def _in_folder(settings: EdgeSettings) -> Path | None:
    if settings.update_folder is None:
        return None
    file = settings.update_folder / file_name(this_target())
    return file if file.is_file() else None


def _note_refusal(settings: EdgeSettings, error: VicinoError) -> None:
    launcher.change(
        settings.edge_state,
        settings.edge_code,
        lambda before: (
            before
            if before.trial
            else before._replace(result=REFUSED, subject="", reason=str(error.args[0]), at=time.time())
        ),
    )


def update(settings: EdgeSettings, given: Path | None, *, again: bool) -> str:
    """Take an update if there is one; return what was done. Raises `VicinoError`; what is refused is noted down."""
    installed(settings)
    try:
        with found(settings, given, again=again) as bundle:
            for _ in take(settings, bundle, again=again):
                pass
            return f"Version {bundle.manifest.version} is installed and on trial."
    except BundleError as error:
        _note_refusal(settings, error)
        raise


def roll_back(settings: EdgeSettings) -> str:
    """Go back by hand, from a trial or to the version that was good before; return what was done."""
    state = installed(settings)
    if state.trial:
        launcher.change(
            settings.edge_state,
            settings.edge_code,
            lambda before: launcher.rolled_back(before, "somebody wanted it", time.time()),
        )
        return f"Version {state.trial} is given up; {state.good} runs again."
    if not launcher.is_complete(settings.edge_code, state.previous):
        raise VicinoError("There is no version to go back to.", kept=f"version {state.good}")
    launcher.change(
        settings.edge_state,
        settings.edge_code,
        lambda before: State(
            before.previous,
            result=launcher.ROLLED_BACK,
            subject=before.good,
            reason="somebody wanted it",
            at=time.time(),
            failed=slot.bundle_of(settings.edge_code, before.good),
            failures=MOST_FAILURES,
        ),
    )
    return f"Version {state.previous} runs again instead of {state.good}."


def main(command: str, arguments: list[str]) -> int:
    """Run `update` or `rollback`; return the exit code."""
    parser = argparse.ArgumentParser(prog=f"vicino-gateway {command}")
    if command == "update":
        parser.add_argument("bundle", nargs="?", type=Path, help="A bundle; otherwise folder and server are looked at.")
        parser.add_argument("--again", action="store_true", help="Also what was rolled back several times.")
    given = parser.parse_args(arguments)
    log.configure("vicino-gateway")
    settings = EdgeSettings()
    try:
        print(update(settings, given.bundle, again=given.again) if command == "update" else roll_back(settings))
    except NothingNewError as nothing:
        print(nothing)
    except OSError as error:
        print(f"The gateway's versions cannot be changed: {error}.", file=sys.stderr)
        return 1
    return 0
