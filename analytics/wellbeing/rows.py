"""How a day that is stated becomes a row, and a row a day."""

from typing import Any, TypeVar

import msgspec
from msgspec.json import Decoder

from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.state import Because, Contribution, DayState, Part, State
from core.database import Row

# They are read a thousand at a time for the board: text, straight to what it stands for.
_CONTRIBUTIONS = Decoder(tuple[Contribution, ...])
_PARTS = Decoder(tuple[Part, ...])
_KEPT_BACK = Decoder(dict[str, ContextKind])
_CONTEXTS = {str(kind): kind for kind in ContextKind}

T = TypeVar("T")


def as_row(one: DayState) -> dict[str, Any]:
    """Return the columns of a day; lists as text, so that many days go in one statement."""
    return {
        "day": one.day,
        "state": str(one.state),
        "score": one.score,
        "coverage": one.coverage,
        "because": one.because and str(one.because),
        "contexts": " ".join(one.contexts),
        "contributions": msgspec.json.encode(one.contributions).decode(),
        "parts": msgspec.json.encode(one.parts).decode(),
        "kept_back": msgspec.json.encode(dict(one.kept_back)).decode(),
        "threshold": one.threshold,
    }


def of_row(row: Row) -> DayState:
    """Return the day that a row holds, its JSON columns as text.

    What another version of the code wrote and this one has no word for is left out: a board must not fall for it.
    """
    try:
        found = (
            _CONTRIBUTIONS.decode(row["contributions"]),
            _PARTS.decode(row["parts"]),
            _KEPT_BACK.decode(row["kept_back"]),
        )
    except msgspec.ValidationError:
        found = (
            _understood(row["contributions"], Contribution),
            _understood(row["parts"], Part),
            {kind: _CONTEXTS[why] for kind, why in msgspec.json.decode(row["kept_back"]).items() if why in _CONTEXTS},
        )
    return DayState(
        row["day"],
        State(row["state"]),
        row["score"],
        row["coverage"],
        row["because"] and Because(row["because"]),
        tuple(_CONTEXTS[each] for each in row["contexts"] if each in _CONTEXTS),
        *found,
        row["threshold"],
    )


def _understood(text: str, kind: type[T]) -> tuple[T, ...]:
    """Return the entries of a list that can be read."""
    found = []
    for each in msgspec.json.decode(text):
        try:
            found.append(msgspec.convert(each, kind))
        except msgspec.ValidationError:
            continue
    return tuple(found)
