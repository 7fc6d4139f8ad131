"""The time of a reading, which with its series is its key: strictly increasing means +1 ms on a tie, nothing more.

Pure: what is known of a series goes in, what is known afterwards comes out.
"""

from typing import NamedTuple


class LastReading(NamedTuple):
    """What the outbox remembers of a series, also when all its readings have been stored and deleted.

    `source_ms` is the time the latest reading came with, `at_ms` (the same or later) the time it was given.
    `said_ms` is the latest time that the source itself named, None if it never did.
    """

    source_ms: int
    at_ms: int
    value: float
    said_ms: int | None = None


def stamp(last: LastReading | None, source_ms: int, value: float) -> LastReading | None:
    """Return the reading with the time it keeps from now on, or None if it is the latest one once more.

    A tie is a time that the latest reading has already taken. An earlier time is kept as it is, for late
    readings are normal; what is remembered then is the late one, so that ties among late readings are seen too.
    """
    if last is None or not last.source_ms <= source_ms <= last.at_ms:
        return LastReading(source_ms, source_ms, value)
    if value == last.value:
        return None
    return LastReading(last.source_ms, last.at_ms + 1, value)
