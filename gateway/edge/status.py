"""`vicino-gateway status`: how the agent is and which versions are installed, for a person at the board."""

import argparse
import json
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.edge import launcher
from gateway.edge.launcher import State
from gateway.edge.run import STANDING
from gateway.edge.settings import EdgeSettings
from gateway.metrics import Standing

_STALE_S = 30.0


class _Told(msgspec.Struct):
    """What the agent has said of itself, and when (Unix seconds)."""

    at: float
    version: str
    gateways: list[Standing]


def status(settings: EdgeSettings, now: float) -> dict[str, Any]:
    """Return how the agent is; `running` is False where it has said nothing for half a minute."""
    told = _told(settings)
    state = launcher.read(settings.edge_state, settings.edge_code)
    slots = settings.edge_code / launcher.SLOTS
    complete = sorted(
        slot.name
        for slot in (slots.iterdir() if slots.is_dir() else ())
        if launcher.is_complete(settings.edge_code, slot.name)
    )
    return {
        "running": told is not None and abs(now - told.at) < _STALE_S,
        "version": told.version if told else "",
        "gateways": [gateway._asdict() for gateway in told.gateways] if told else [],
        "installed": complete,
        "state": state._asdict() if state else None,
    }


def _told(settings: EdgeSettings) -> _Told | None:
    try:
        return msgspec.json.decode((settings.edge_run / STANDING).read_bytes(), type=_Told)
    except (OSError, msgspec.MsgspecError):
        return None


def lines(found: dict[str, Any], now: float) -> list[str]:
    """Return what a person reads."""
    said = [f"Version {found['version']} runs." if found["running"] else "The agent does not run."]
    for gateway in found["gateways"] if found["running"] else ():
        connection = "Connected to the service." if gateway["connected"] else "NOT connected to the service."
        said.append(f"{connection} {gateway['queued']} readings are not stored there yet.")
        if gateway["oldest_ms"] is not None and gateway["queued"]:
            said.append(f"The oldest of them is {max(0, now - gateway['oldest_ms'] / 1000):.0f} seconds old.")
        if gateway["thinned"]:
            said.append(f"{gateway['thinned']} level readings were given up for lack of room.")
    said.append(f"Installed: {', '.join(found['installed']) or 'nothing'}.")
    if found["state"]:
        said.extend(_of_update(State(**found["state"])))
    return said


def _of_update(state: State) -> list[str]:
    if not state.result:
        return []
    at = datetime.fromtimestamp(state.at, UTC)
    subject = f" {state.subject}" if state.subject else ""
    reason = f" ({state.reason})" if state.reason else ""
    return [f"Last update, {at:%Y-%m-%d %H:%M} UTC:{subject} {state.result}{reason}."]


def main(command: str, arguments: list[str]) -> int:
    """Print the status; return 1 if the agent does not run."""
    parser = argparse.ArgumentParser(prog=f"vicino-gateway {command}")
    parser.add_argument("--json", action="store_true", help="Print JSON.")
    given = parser.parse_args(arguments)
    now = time.time()
    found = status(EdgeSettings(), now)
    print(json.dumps(found, indent=2) if given.json else "\n".join(lines(found, now)))
    return 0 if found["running"] else 1
