"""The page of the REST API is what the command prints, and every address says what it does and what it needs."""

from pathlib import Path

from cli import api
from dashboards.api.application import described_api
from dashboards.api.scopes import MEANINGS, Scope

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


def test_the_page_is_what_the_command_prints() -> None:
    assert PAGE.read_text(encoding="utf-8").strip() == api.page().strip(), "run: vicino api > docs/reference/api.md"


def test_every_scope_has_a_meaning_and_a_use() -> None:
    used = {
        scope
        for methods in described_api().openapi()["paths"].values()
        for operation in methods.values()
        for needed in operation["security"]
        for scope in needed["token"]
    }
    assert used == set(Scope) == set(MEANINGS)
