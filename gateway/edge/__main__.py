"""The command `vicino-gateway`: all that is done on a board, without the command line of the service."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from core.errors import VicinoError
from core.metrics import own_version

ENVIRONMENT = Path("/etc/vicino-gateway/gateway.env")
# Imported when asked for: what an update needs (cryptography) must not lie in the memory of the agent.
COMMANDS = {
    "run": ("gateway.edge.run", "Run the agent in the foreground."),
    "status": ("gateway.edge.status", "Tell how the agent is and which versions are installed."),
    "update": ("gateway.edge.update", "Install a newer signed version, if there is one, and try it."),
    "rollback": ("gateway.edge.update", "Go back to the version before."),
    "setup": ("gateway.edge.setup", "Make a board a gateway: versions, service, credentials."),
}


def load_environment(file: Path) -> None:
    """Set what the file of the service sets, unless it is set already: a person runs commands without systemd.

    Lines are `NAME=value`, as systemd's EnvironmentFile has them.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        name, separator, value = line.strip().partition("=")
        if separator and name.startswith("VICINO_"):
            os.environ.setdefault(name, value.strip().strip("\"'"))


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(prog="vicino-gateway", description="The edge agent of Vicino.")
    parser.add_argument("--version", action="version", version=own_version())
    parser.add_argument("--environment", type=Path, default=ENVIRONMENT, help=f"Settings; {ENVIRONMENT} if not given.")
    commands = "; ".join(f"{name}: {what}" for name, (_, what) in COMMANDS.items())
    parser.add_argument("command", choices=COMMANDS, help=commands)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    load_environment(given.environment)
    try:
        code: int = import_module(COMMANDS[given.command][0]).main(given.command, given.arguments)
    except VicinoError as error:
        print(error, file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
