"""Writes a person's own copy as a ZIP, piece by piece: memory stays the same however much is held."""

import csv
import hashlib
import io
import json
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from core.database import View
from core.metrics import own_version
from core.vocabulary import QUANTITIES
from dashboards.own_copy import reads
from dashboards.own_copy.columns import COLUMNS
from dashboards.own_copy.index import SHOWN, Shelf
from dashboards.own_copy.parts import PARTS

# Told the part and how many rows of it there are by now.
Progress = Callable[[str, int], None]
PIECE = 128 * 1024  # bytes that are given on together
SHOWN_ROWS = 200  # the last ones of each part that can be read in the index
INDEX, MANIFEST, DICTIONARY, QUANTITIES_FILE = "INDICE.html", "manifest.json", "dictionary.csv", "quantities.csv"
FOLDER = "data"


class _Pipe(io.RawIOBase):
    """Takes what the archive writes until it is given on. Nobody can go back in it."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._kept += piece
        return len(piece)

    def taken(self) -> bytes:
        found, self._kept = bytes(self._kept), bytearray()
        return found


def copy(view: View, person: UUID, now: datetime, page: Callable[[Shelf], str], progress: Progress) -> Iterator[bytes]:
    """Give the bytes of the ZIP of all that is held about a person; `page` words the index that is put into it.

    Whoever may not have it gets an archive without rows: ask `reads.may_have` first. Raises `psycopg.Error`.
    """
    pipe, known, shelf = _Pipe(), reads.span(view, person, now), Shelf({}, {})
    sums: dict[str, dict[str, Any]] = {}
    described: list[tuple[str, ...]] = [("file", "column", "meaning")]
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in PARTS:
            names = reads.columns(view, part)
            described += [(f"{part.name}.csv", name, COLUMNS[name]) for name in names]
            kept: deque[dict[str, Any]] = deque(maxlen=SHOWN_ROWS)
            table = _Table(names)
            with archive.open(_member(f"{FOLDER}/{part.name}.csv", now), "w", force_zip64=True) as file:
                for row in reads.rows(view, person, part, known, now):
                    kept.append(row)
                    if table.add(row):
                        file.write(table.taken())
                        progress(part.name, table.rows)
                        if found := pipe.taken():
                            yield found
                file.write(table.taken())
            progress(part.name, table.rows)
            sums[f"{FOLDER}/{part.name}.csv"] = {"rows": table.rows, "sha256": table.sum}
            shelf.counts[part.name] = table.rows
            if part.name in SHOWN:
                shelf.rows[part.name] = list(kept)
            yield pipe.taken()
        archive.writestr(_member(QUANTITIES_FILE, now), _csv(_quantities()))
        archive.writestr(_member(DICTIONARY, now), _csv(described))
        archive.writestr(_member(MANIFEST, now), _manifest(sums, now))
        archive.writestr(_member(INDEX, now), page(shelf))
    yield pipe.taken()


class _Table:
    """Rows as CSV, in pieces; with their number and the SHA-256 of all of them."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow(names)
        self._hash = hashlib.sha256()
        self.rows = 0

    def add(self, row: dict[str, Any]) -> bool:
        """Add a row; tell whether there is enough to be taken."""
        self._writer.writerow([_cell(row.get(name)) for name in self._names])
        self.rows += 1
        return self._text.tell() > PIECE

    def taken(self) -> bytes:
        """Return what was added since it was last taken."""
        found = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        self._hash.update(found)
        return found

    @property
    def sum(self) -> str:
        """The SHA-256 of what was taken so far."""
        return self._hash.hexdigest()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    # Numbers, truths, lists and documents as JSON writes them.
    return json.dumps(value, ensure_ascii=False)


def _member(name: str, now: datetime) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _manifest(sums: dict[str, dict[str, Any]], now: datetime) -> str:
    return json.dumps(
        {"format": "vicino-own-copy", "version": 1, "vicino": own_version(), "made_at": now.isoformat(), "files": sums},
        indent=1,
    )


def _quantities() -> list[tuple[str, ...]]:
    head = ("quantity_id", "name", "unit", "loinc")
    return [head, *((str(each.id), each.name, each.unit, each.loinc or "") for each in QUANTITIES)]
