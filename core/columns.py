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
