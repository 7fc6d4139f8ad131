"""What a contact is told once a day, in words that were agreed: never that all is well where that is not known.

The first of these that holds is said:

1. Something is open: that the operators know, and nothing of what it is.
2. The home cannot be seen now, or too little was seen of the last day: that nothing can be said.
3. Something is going on for which days are not judged as usual: that it is so, and not what.
4. The last day was not quite as usual, though nothing is open: that.
5. Else that all is well.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from analytics.wellbeing.state import Because, DayState, State
from core.translation import mark, translator

# As for the state of a day: below, nothing is judged (docs/reference/wellbeing.md).
LEAST_COVERAGE = 0.8


class Verdict(StrEnum):
    """What is said."""

    OPEN = "open"
    NOT_KNOWN = "not known"
    PAUSED = "paused"
    UNUSUAL = "unusual"
    ALL_WELL = "all well"


class Sight(NamedTuple):
    """What is known of a home at the moment; `last` is how its last day stands, None where no day is known."""

    is_open: bool
    is_seen: bool
    is_paused: bool
    last: DayState | None


SAID: dict[Verdict, tuple[str, str]] = {
    Verdict.OPEN: (
        mark("Something is open in the home for which you are a contact."),
        mark("The operators of the service know of it. What was agreed with you is told to you separately."),
    ),
    Verdict.NOT_KNOWN: (
        mark("Today we cannot say whether all is well in the home for which you are a contact."),
        mark(
            "Too little came from the sensors. That does not mean that something has happened. If in doubt, telephone."
        ),
    ),
    Verdict.PAUSED: (
        mark("These days are not as usual in the home for which you are a contact, for a reason that is known."),
        mark("Therefore they are not judged, and we do not say whether all is well. Calls for help work as ever."),
    ),
    Verdict.UNUSUAL: (
        mark("The last day was not quite as usual in the home for which you are a contact."),
        mark("It was not so much that anybody was called. The operators of the service can see it."),
    ),
    Verdict.ALL_WELL: (
        mark("All well: the last day was as usual in the home for which you are a contact."),
        mark("Nothing is open, and the home is heard."),
    ),
}


def verdict(sight: Sight, today: date) -> Verdict:
    """Return what is to be said of a home on the local day `today`."""
    last = sight.last
    if sight.is_open:
        return Verdict.OPEN
    if not sight.is_seen or last is None or last.day < today - timedelta(days=1):
        return Verdict.NOT_KNOWN
    if sight.is_paused or last.because is Because.CONTEXT:
        return Verdict.PAUSED
    if last.state in (State.YELLOW, State.RED):
        return Verdict.UNUSUAL
    if last.state is State.GREEN and last.coverage >= LEAST_COVERAGE:
        return Verdict.ALL_WELL
    return Verdict.NOT_KNOWN


def said(found: Verdict, language: str) -> list[str]:
    """Return the sentences."""
    gettext = translator(language).gettext
    return [gettext(sentence) for sentence in SAID[found]]
