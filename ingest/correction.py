"""What the time of a call must have been that a gateway stamped by a clock it could not trust. Pure.

A call for help goes at once, with the time it went with, and that stays its key. To whoever asks how long ago it was, a
year in which there was no gateway yet is no answer.
"""

from collections.abc import Sequence

from ingest.reading import Reading


def shift_ms(readings: Sequence[Reading], received_ms: int, sealed_s: float, started_ms: int | None) -> int:
    """Return what to add to the times of calls, in milliseconds, so that they are true as far as anybody can know.

    Calls are sealed into a batch as they happen: the latest of `readings` at `sealed_s`, in seconds by the gateway's
    monotonic clock. `started_ms` is when that clock was at nought, in milliseconds since 1970 of ours; None if the
    gateway has not said how it is since it started. Then the call is taken to have happened as it was received
    (`received_ms`), which is also the latest time at which it can have happened.
    """
    happened_ms = received_ms if started_ms is None else min(received_ms, started_ms + round(sealed_s * 1000))
    return happened_ms - max(reading.at_ms for reading in readings)
