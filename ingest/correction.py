"""What the time of a call must have been that a gateway stamped by a clock it could not trust. Pure.

A call for help goes at once, with the time it went with, and that stays its key. To whoever asks how long ago it was, a
year in which there was no gateway yet is no answer.
"""

from collections.abc import Sequence

from ingest.validate import Reading


def shift_ms(readings: Sequence[Reading], received_ms: int, error_ms: int | None) -> int:
    """Return what to add to the times of calls, in milliseconds, so that they are true as far as anybody can know.

    `error_ms` is how much the gateway's clock was behind ours when it last said how it is, in the boot that sent them;
    None if it has not said it. Then the latest of them is taken to have happened as it was received (`received_ms`,
    since 1970), which is also the latest time at which it can have happened.
    """
    latest_ms = received_ms - max(reading.at_ms for reading in readings)
    return latest_ms if error_ms is None else min(error_ms, latest_ms)
