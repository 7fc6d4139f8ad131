"""SQL lives in `.sql` files; Python calls a statement by its name.

A file holds statements under headers of the form

    -- open_alerts --
    -- The open alerts a viewer may see, newest first.
    SELECT ...

"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from psycopg.sql import SQL

_HEADER = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)


class Statements(Mapping[str, SQL]):
    """The named statements of one folder's `sql/*.sql` files.

    Raises `ValueError` if a name occurs twice or a statement has no line that says its purpose.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._statements = {name: SQL(text) for name, text in texts.items()}

    @classmethod
    def beside(cls, module_file: str) -> "Statements":
        """Return the statements in the folder `sql` beside a module (pass its `__file__`)."""
        texts: dict[str, str] = {}
        for path in sorted((Path(module_file).parent / "sql").glob("*.sql")):
            for name, text in parse(path.read_text(encoding="utf-8"), path.name).items():
                if name in texts:
                    raise ValueError(f"{path}: the statement {name!r} exists already.")
                texts[name] = text
        return cls(texts)

    def __getitem__(self, name: str) -> SQL:
        return self._statements[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)


def parse(text: str, where: str) -> dict[str, str]:
    """Return the statements of one file by name."""
    found: dict[str, str] = {}
    headers = list(_HEADER.finditer(text))
    for header, following in zip(headers, [*headers[1:], None], strict=True):
        body = text[header.end() : following.start() if following else len(text)].strip()
        name = header.group(1)
        if name in found:
            raise ValueError(f"{where}: the statement {name!r} exists already.")
        if not body.startswith("-- "):
            raise ValueError(f"{where}: the statement {name!r} does not say what it is for.")
        found[name] = body
    return found
