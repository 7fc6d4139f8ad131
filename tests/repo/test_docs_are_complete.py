"""Every command and every setting is described."""

import re
from pathlib import Path

import pytest
import typer

from cli import settings
from cli.__main__ import app

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    group = typer.main.get_command(app)
    names = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        names += [f"{name} {inner}" for inner in below] if below else [name]
    return names


@pytest.mark.parametrize("command", commands())
def test_every_command_has_its_heading(command: str) -> None:
    headings = re.findall(r"^### (.+)$", COMMANDS, re.MULTILINE)
    assert command in {part.strip() for heading in headings for part in heading.split(",")}


def test_the_page_of_settings_is_what_the_command_prints() -> None:
    assert SETTINGS.strip() == settings.page().strip(), "run: vicino settings > docs/reference/settings.md"


def test_every_setting_says_what_it_is_for() -> None:
    assert "| None |" not in settings.page()
    assert "| `VICINO_BROKER_URL` |" in settings.page()
