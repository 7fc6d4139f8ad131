"""What dashboards ask the database, by name: SQL with Grafana's macros and variables, which Grafana fills in."""

import re
from functools import cache
from pathlib import Path

from core.statements import parse

FOLDER = Path(__file__).parent / "sql"
_PLACE = re.compile(r"(?<![:\w]):([a-z_]+)\b")


@cache
def _texts() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.sql")):
        found |= parse(path.read_text(encoding="utf-8"), path.name)
    return found


def names() -> frozenset[str]:
    """Return the names of all statements."""
    return frozenset(_texts())


def statement(name: str, **values: str | int | tuple[int, ...]) -> str:
    """Return a statement without its comment, its `:places` filled by `values` of our own code, never of anybody's."""
    lines = [line for line in _texts()[name].splitlines() if not line.startswith("--")]
    return _PLACE.sub(lambda place: _literal(values[place.group(1)]), "\n".join(lines).strip().rstrip(";"))


def _literal(value: str | int | tuple[int, ...]) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
