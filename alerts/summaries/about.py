"""What a message is for, and what one about several alerts is about."""

from enum import StrEnum
from typing import NamedTuple


class Purpose(StrEnum):
    """What a message is for."""

    CALL = "call"
    REMINDER = "reminder"
    MORNING_ROUND = "morning_round"
    OVERFLOW = "overflow"
    HAND_OVER = "hand_over"


SEVERAL = frozenset({Purpose.MORNING_ROUND, Purpose.OVERFLOW, Purpose.HAND_OVER})


class About(NamedTuple):
    """How many alerts of a kind in a state there are; `taken_by_name` is empty where nobody has them."""

    family: str
    kind: str
    state: str
    taken_by_name: str
    alerts: int
