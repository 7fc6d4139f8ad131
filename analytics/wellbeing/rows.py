"""How a day that is stated becomes a row, and a row a day."""

from typing import Any

import msgspec
from msgspec.json import Decoder
from psycopg.types.json import Jsonb

from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.state import Because, Contribution, DayState, Part, State
from core.database import Row

# They are read a thousand at a time for the board: text, straight to what it stands for.
_CONTRIBUTIONS = Decoder(tuple[Contribution, ...])
_PARTS = Decoder(tuple[Part, ...])
_KEPT_BACK = Decoder(dict[str, ContextKind])


def as_row(one: DayState) -> dict[str, Any]:
    """Return the columns of a day."""
    return {
        "day": one.day,
        "state": str(one.state),
        "score": one.score,
        "coverage": one.coverage,
        "because": one.because and str(one.because),
        "contexts": [str(each) for each in one.contexts],
        "contributions": Jsonb(msgspec.to_builtins(one.contributions)),
        "parts": Jsonb(msgspec.to_builtins(one.parts)),
        "kept_back": Jsonb(msgspec.to_builtins(dict(one.kept_back))),
        "threshold": one.threshold,
    }


def of_row(row: Row) -> DayState:
    """Return the day that a row holds, its JSON columns as text."""
    return DayState(
        row["day"],
        State(row["state"]),
        row["score"],
        row["coverage"],
        row["because"] and Because(row["because"]),
        tuple(ContextKind(each) for each in row["contexts"]),
        _CONTRIBUTIONS.decode(row["contributions"]),
        _PARTS.decode(row["parts"]),
        _KEPT_BACK.decode(row["kept_back"]),
        row["threshold"],
    )
