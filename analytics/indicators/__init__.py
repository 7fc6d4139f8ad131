"""Indicators: one module for each thing that is looked at, from the night to the year."""

from analytics.indicators import (
    climate,
    company,
    kitchen,
    longest_stillness,
    moving,
    night_bathroom_visits,
    night_walking,
    outings,
    regularity,
    room_activity,
    sleep,
    vital_signs,
    walking,
)
from analytics.indicators.protocol import Direction, Indicator, OfDay, OfDays

_ALL: tuple[Indicator, ...] = (
    night_bathroom_visits.INDICATOR,
    longest_stillness.INDICATOR,
    *sleep.INDICATORS,
    *night_walking.INDICATORS,
    *room_activity.INDICATORS,
    moving.INDICATOR,
    walking.INDICATOR,
    *kitchen.INDICATORS,
    *outings.INDICATORS,
    company.INDICATOR,
    *regularity.INDICATORS,
    *climate.INDICATORS,
    *vital_signs.INDICATORS,
)
INDICATORS: dict[str, Indicator] = {indicator.kind: indicator for indicator in _ALL}
OF_DAYS: dict[str, OfDays] = {kind: each for kind, each in INDICATORS.items() if isinstance(each, OfDays)}

__all__ = ["INDICATORS", "OF_DAYS", "Direction", "Indicator", "OfDay", "OfDays"]
