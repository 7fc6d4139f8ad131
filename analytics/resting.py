"""Silence for which a pause is the reason: what is not recorded is not broken."""

from collections.abc import Sequence
from datetime import timedelta

from analytics.frames import Span, micros
from core.localtime import Interval

# Within what time after a pause what was quiet in it is heard again, if it lives: sensors of movement speak every day.
HEARD_AGAIN = timedelta(days=1)


def is_rest(span: Span, rests: Sequence[Interval]) -> bool:
    """Tell whether nothing was heard in a span because nothing was recorded, or may not have been yet.

    What was silent for a day when the pause began, or is still silent a day after its end, is so for another reason.
    """
    within = micros_of(HEARD_AGAIN)
    return any(
        span.start < micros(rest.end)
        and span.end > micros(rest.start)
        and span.start >= micros(rest.start) - within
        and span.end <= micros(rest.end) + within
        for rest in rests
    )


def micros_of(length: timedelta) -> int:
    """Return a length in microseconds."""
    return length // timedelta(microseconds=1)
