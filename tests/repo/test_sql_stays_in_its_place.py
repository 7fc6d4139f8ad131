"""SQL stands in `.sql` files and is executed only by a folder's `repository.py` and `reads.py`."""

import ast
import re
from pathlib import Path

import pytest

from core.statements import parse

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "alerts",
    "analytics",
    "cli",
    "core",
    "dashboards",
    "devices",
    "embedded",
    "gateway",
    "ingest",
    "registry",
    "simulator",
)
PLACES = {"repository.py", "reads.py"}
# Modules that talk to a database on another errand, each with its reason.
EXEMPT = {
    "core/database.py": "sets role, time zone and viewer on a connection",
    "core/migrations.py": "runs the migration files",
    "core/notices.py": "LISTEN: the channel is not a parameter in SQL",
    "gateway/outbox.py": "SQLite, the gateway's own store, is its repository",
    "gateway/aside.py": "saves to the outbox what was only in memory",
    "gateway/notes.py": "keeps what sources note down in the outbox's file",
    "gateway/storage.py": "opens the outbox's file",
    "gateway/thinning.py": "thins the outbox",
}
EXECUTING = {"execute", "executemany", "copy"}


def modules() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def executes(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in EXECUTING
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id in {"shutil", "copy"})
    ]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_repositories_execute_sql(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    if path.name in PLACES or name in EXEMPT:
        return
    lines = executes(ast.parse(path.read_text(encoding="utf-8")))
    assert not lines, f"{name} executes SQL in lines {lines}: move it to repository.py or reads.py"


def test_every_exemption_is_still_needed() -> None:
    for name in EXEMPT:
        path = ROOT / name
        assert path.is_file(), f"{name} does not exist: remove its exemption"
        assert executes(ast.parse(path.read_text(encoding="utf-8"))), f"{name} executes nothing: remove its exemption"


def test_every_statement_is_called_by_somebody() -> None:
    unused = []
    for path in [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("sql/*.sql"))]:
        text = "".join(each.read_text(encoding="utf-8") for each in sorted(path.parents[1].rglob("*.py")))
        beginnings = tuple(re.findall(r'f"(\w+_)\{\w+\}"', text))
        names = parse(path.read_text(encoding="utf-8"), path.name)
        called = [name for name in names if f'"{name}"' in text or name.startswith(beginnings)]
        unused += [f"{path.relative_to(ROOT)}: {name}" for name in names if name not in called]
    assert unused == []
