"""Which values of a report are told to the service.

Zigbee2MQTT repeats the whole state of a device with every message: a motion sensor's battery each time somebody passes.
What tells about the person (states and events) is always told. A level that has not changed is told again after a
while, which still shows that the sensor lives; a technical level is told seldom, for its trend is all that matters.
"""

from typing import NamedTuple

from core.vocabulary import BY_NAME, Kind, Quantity, Retention

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

LEVEL_AGAIN_MS = HOUR_MS
# Radio noise changes with every message.
SELDOM_MS = {"link_quality": 6 * HOUR_MS, "signal_strength": 6 * HOUR_MS}
# Each tells of something else: together they tell how much was lost.
ALWAYS = frozenset({"missed_reports"})
TECHNICAL_CHANGED_MS = HOUR_MS
TECHNICAL_AGAIN_MS = DAY_MS


class Told(NamedTuple):
    """What was last told of a series: when it was measured, in milliseconds since 1970, and its value."""

    at_ms: int
    value: float


def worth_telling(quantity: str, value: float, at_ms: int, told: Told | None) -> bool:
    """Tell whether a `value` measured at `at_ms` has to be told after what was told last of the same series.

    An earlier time than what was told says that a clock has been put back, or that the value is late: nothing is
    known then of how long it has not been told.
    """
    known = BY_NAME[quantity]
    if told is None or known.safety or known.kind is Kind.EVENT or quantity in ALWAYS:
        return True
    return at_ms < told.at_ms or at_ms - told.at_ms >= _patience_ms(known, changed=value != told.value)


def _patience_ms(quantity: Quantity, *, changed: bool) -> int:
    if quantity.kind is Kind.STATE:
        # The same state of a technical kind says nothing; of another kind it is a movement seen once more.
        return 0 if changed or quantity.retention is not Retention.TECHNICAL else DAY_MS
    if quantity.retention is not Retention.TECHNICAL:
        return 0 if changed else LEVEL_AGAIN_MS
    if quantity.name in SELDOM_MS:
        return SELDOM_MS[quantity.name]
    return TECHNICAL_CHANGED_MS if changed else TECHNICAL_AGAIN_MS
