"""Sets of intervals, as sorted spans that do not overlap."""

from collections.abc import Iterable, Sequence

import numpy as np

from analytics.frames import Instants, Span


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as sorted spans that do not touch."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.length > 0):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def taken_before(at: Instants, spans: Sequence[Span]) -> Instants:
    """Return, for each instant, how much time before it lies in `spans`, which are merged (microseconds)."""
    total = np.zeros(len(at), dtype=np.int64)
    for span in spans:
        total += np.clip(at - span.start, 0, span.length)
    return total


def outside(at: Instants, spans: Sequence[Span]) -> Instants:
    """Return the instants that lie in none of `spans`."""
    for span in spans:
        at = at[(at < span.start) | (at >= span.end)]
    return at
