"""Indicators: one module each."""

from analytics.indicators import longest_stillness, night_bathroom_visits
from analytics.indicators.protocol import Indicator

INDICATORS: dict[str, Indicator] = {
    indicator.kind: indicator for indicator in (night_bathroom_visits.INDICATOR, longest_stillness.INDICATOR)
}

__all__ = ["INDICATORS", "Indicator"]
