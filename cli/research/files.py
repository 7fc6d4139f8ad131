"""The files of an export: each table as CSV and as Parquet, with sums that tell whether two exports are the same.

The sum of a table is that of its CSV: UTF-8, comma, line feed, instants as 2026-03-16T02:12:00.000000Z, numbers as
short as they can be read back exactly. Another version of the Parquet library may make other bytes of the same rows.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from cli.research.tables import Table, Type
from core.errors import VicinoError

CSV, PARQUET = "csv", "parquet"
AT_ONCE = 50_000  # rows of a group in Parquet


class Sum(NamedTuple):
    """What came of a table: rows, and the SHA-256 of its CSV."""

    rows: int
    sha256: str


class Writer:
    """Writes the rows of one table into its files; the rows are given in their order."""

    def __init__(self, folder: Path, table: Table, formats: Sequence[str]) -> None:
        self._table = table
        self._hash = hashlib.sha256()
        self._rows = 0
        self._csv = (folder / CSV / f"{table.name}.csv").open("wb") if CSV in formats else None
        self._parquet = _Parquet(folder / PARQUET / f"{table.name}.parquet", table) if PARQUET in formats else None
        self._put([[column.name for column in table.columns]])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._csv is not None:
            self._csv.close()
        if self._parquet is not None:
            self._parquet.close()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write more rows."""
        ordered = [[row.get(column.name) for column in self._table.columns] for row in rows]
        self._rows += len(ordered)
        self._put([[written(value) for value in row] for row in ordered])
        if self._parquet is not None:
            self._parquet.add(ordered)

    @property
    def sum(self) -> Sum:
        """What has come so far."""
        return Sum(self._rows, self._hash.hexdigest())

    def _put(self, rows: list[list[str]]) -> None:
        text = as_csv(rows)
        self._hash.update(text)
        if self._csv is not None:
            self._csv.write(text)


class _Parquet:
    """The same rows as Parquet, with what the columns mean beside each."""

    def __init__(self, path: Path, table: Table) -> None:
        arrow, parquet = _library()
        types = {
            Type.TEXT: arrow.string(),
            Type.WHOLE: arrow.int64(),
            Type.NUMBER: arrow.float64(),
            Type.TRUTH: arrow.bool_(),
            Type.INSTANT: arrow.timestamp("us", tz="UTC"),
            Type.DAY: arrow.date32(),
        }
        self._arrow = arrow
        self._schema = arrow.schema(
            [
                arrow.field(each.name, types[each.type], metadata={"meaning": each.meaning, "unit": each.unit})
                for each in table.columns
            ],
            metadata={"about": table.about},
        )
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._kept: list[list[Any]] = []

    def add(self, rows: list[list[Any]]) -> None:
        self._kept += rows
        if len(self._kept) >= AT_ONCE:
            self._flush()

    def close(self) -> None:
        if self._kept:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = [list(values) for values in zip(*self._kept, strict=True)]
        arrays = [
            self._arrow.array(values, type=field.type) for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._kept = []


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - only where Parquet is wanted: it is large
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise VicinoError(
            "The library that writes Parquet is not installed.",
            kept="nothing was written",
            advice="install Vicino with the extra `research`, or export with --format csv alone",
        ) from None
    return pa, parquet


def written(value: Any) -> str:
    """Return a value as it stands in CSV."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        case date():
            return value.isoformat()
        case float():
            return repr(value)
        case _:
            return str(value)


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def digest_of(sums: Mapping[str, Sum]) -> str:
    """Return one SHA-256 for all tables."""
    said = "".join(f"{name} {each.rows} {each.sha256}\n" for name, each in sorted(sums.items()))
    return hashlib.sha256(said.encode()).hexdigest()
