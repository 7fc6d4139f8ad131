"""Columns that come from PostgreSQL as arrays in its binary format: row by row they would take ten times as long."""

from typing import Any

import numpy as np
import numpy.typing as npt

_HEAD_BYTES = 20  # of an array of one dimension; each of its values comes after its length


def column(sent: bytes | None, element: str) -> npt.NDArray[Any]:
    """Return an array without nulls as `array_send` gives it, of elements as numpy names them; None is an empty one."""
    found: npt.NDArray[Any] = np.frombuffer(
        sent or b"", dtype=[("length", ">i4"), ("value", element)], offset=_HEAD_BYTES if sent else 0
    )["value"]
    return found


def array_text(values: npt.ArrayLike) -> str:
    """Return numbers as the text of an array of PostgreSQL, NaN as NULL: many arrays go in one statement as texts."""
    numbers = np.asarray(values).tolist()
    return f"{{{','.join('NULL' if each != each else repr(each) for each in numbers)}}}"  # noqa: PLR0124 - only NaN does
