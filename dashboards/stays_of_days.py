"""How long somebody was where in each stretch of some minutes: from stays to the rows of an actogram."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


class Where(NamedTuple):
    """How many milliseconds of each stretch were spent in each lane: a row of `spent` for each of `lanes`."""

    lanes: tuple[str, ...]
    spent: Numbers


def spent_in(starts: Numbers, ends: Numbers, edges: Numbers) -> Numbers:
    """Return how much of each stretch between `edges` lies in some intervals that do not overlap, in their unit."""
    covered = _until(np.sort(starts), edges) - _until(np.sort(ends), edges)
    return np.diff(covered)


def _until(instants: Numbers, edges: Numbers) -> Numbers:
    """Return for each edge the sum of the times from those of the instants (in order) that lie before it."""
    before = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(instants)))
    count = np.searchsorted(instants, edges)
    found: Numbers = count * edges - before[count]
    return found


def shown(where: Where, shown_from: Mapping[str, int]) -> list[str]:
    """Return which lane each stretch shows: the one with the most time, "" where nobody was anywhere.

    Lanes in `shown_from` are shown from so many milliseconds on, whatever else there was: a visit to the bathroom would
    drown in the hours around it.
    """
    if not where.lanes:
        return [""] * where.spent.shape[1]
    most = where.spent.argmax(axis=0)
    for lane, least in shown_from.items():
        if lane in where.lanes:
            number = where.lanes.index(lane)
            most = np.where(where.spent[number] >= least, number, most)
    names = np.array([*where.lanes, ""], dtype=object)
    nowhere = where.spent.sum(axis=0) == 0
    found: list[str] = names[np.where(nowhere, len(where.lanes), most)].tolist()
    return found
