"""Every command and every setting is described."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import settings
from cli.__main__ import app

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")


def commands() -> dict[str, Any]:
    """Return all commands by their names; a group that does something by itself is one, too."""
    group: Any = typer.main.get_command(app)
    found = {}
    for name, command in group.commands.items():
        below = getattr(command, "commands", {})
        found |= {f"{name} {inner}": each for inner, each in below.items()}
        if not below or command.invoke_without_command:
            found[name] = command
    return found


def sections() -> dict[str, str]:
    """Return what stands under the heading of each command."""
    parts = [part.partition("\n") for part in re.split(r"^### ", COMMANDS, flags=re.MULTILINE)[1:]]
    return {name.strip(): text for heading, _, text in parts for name in heading.split(",")}


@pytest.mark.parametrize("command", commands())
def test_every_command_has_its_heading_and_all_its_options(command: str) -> None:
    assert command in sections()
    options = {name for parameter in commands()[command].params for name in parameter.opts if name.startswith("--")}
    # The folder of the installation is described for all of them at the top.
    assert options - {"--data"} <= set(re.findall(r"--[a-z][a-z-]*", sections()[command]))


def test_the_page_of_settings_is_what_the_command_prints() -> None:
    assert SETTINGS.strip() == settings.page().strip(), "run: vicino settings > docs/reference/settings.md"


def test_every_setting_says_what_it_is_for() -> None:
    assert "| None |" not in settings.page()
    assert "| `VICINO_BROKER_URL` |" in settings.page()
