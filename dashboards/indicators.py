"""The indicators of a home in words: which the page of a person shows, and what one came to on a day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import analytics.reads
import registry.reads
from analytics.figures import Figure, Tongue, ends_in_words
from core.database import View
from core.localtime import day_of
from core.translation import mark
from dashboards.wording import Words

DAYS = 14
Row = Mapping[str, Any]

NOT_JUDGED = mark("not judged: %(why)s")
# What the page of a person has room for: one or two of each part of life, where the home's sensors show them.
SHOWN = ("night_bathroom_visits", "sleep_duration", "longest_stillness", "activity", "meals", "outings")


def rows(view: View, home: registry.reads.Home, now: datetime) -> list[Row]:
    """Return the indicators of the last days as they are stored, ordered by kind and day."""
    last = day_of(now, home.zone)
    return list(analytics.reads.indicators(view, home.home_id, last - timedelta(days=DAYS - 1), last))


def usual(low: float | None, high: float | None, figure: Figure, tongue: Tongue) -> str:
    """Return the ends of the usual range in words; "" where none is known."""
    if low is None or high is None:
        return ""
    return ends_in_words(low, high, figure.written, figure.between, tongue)


def sentence(row: Row, figure: Figure, not_judged: str, words: Words) -> str:
    """Return what an indicator came to on a day, against what is usual; `not_judged` says why it is not judged ("")."""
    gettext = words.translations.gettext
    day = words.day(row["day"])
    if row["value"] is None:
        return gettext("%(day)s: no verdict, only %(percent)s of the data are there.") % {
            "day": day, "percent": words.percent(row["coverage"])
        }  # fmt: skip
    tongue = Tongue.of(words.language)
    value, band = figure.written(row["value"], tongue), usual(row["low"], row["high"], figure, tongue)
    if not_judged:
        said = {"day": day, "value": value, "why": words.say(NOT_JUDGED) % {"why": not_judged}}
        return gettext("%(day)s: %(value)s; %(why)s.") % said
    if not band:
        return gettext("%(day)s: %(value)s; still learning what is usual.") % {"day": day, "value": value}
    return gettext("%(day)s: %(value)s; usually %(usual)s.") % {"day": day, "value": value, "usual": band}
