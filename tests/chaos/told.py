"""Who was told of which call, and when, against who should have been. Pure: lists go in, counts come out."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.chaos.ledger import Row

PEOPLE = 3  # who are told of each call


class Handed(NamedTuple):
    """A mail as the server accepted it: which message, and when on the monotonic clock."""

    public_id: str
    at_s: float


class Round(NamedTuple):
    """What was published when, and when the worker was struck, on the monotonic clock."""

    published: Mapping[str, float]
    struck_s: float


class Message(NamedTuple):
    """A notification as the database has it; `uncertain` says that it may have gone out more than once."""

    public_id: str
    gateway_key: str
    address: str
    uncertain: bool


def row(name: str, rounds: Sequence[Round], handed: Sequence[Handed], messages: Sequence[Message], wanted: int) -> Row:
    """Return the outcome of a scenario. A message that was accepted again must be called uncertain."""
    known = {message.public_id: message for message in messages}
    times = Counter(each.public_id for each in handed if each.public_id in known)
    told = Counter((known[public_id].gateway_key, known[public_id].address) for public_id in times)
    again = sum(count - 1 for public_id, count in times.items() if not known[public_id].uncertain)
    return Row(
        name,
        published=wanted,
        stored=len(told),
        thinned=0,
        lost=wanted - len(told),
        duplicated=again + sum(told.values()) - len(told),
        recovery_s=max((recovery_s(each, handed, messages) for each in rounds), default=0.0),
    )


def recovery_s(played: Round, handed: Sequence[Handed], messages: Sequence[Message]) -> float:
    """Return how long after the strike the last person was told of a call of before; infinite if one never was."""
    first: dict[tuple[str, str], float] = {}
    known = {message.public_id: (message.gateway_key, message.address) for message in messages}
    for each in sorted(handed, key=lambda each: each.at_s):
        if each.public_id in known:
            first.setdefault(known[each.public_id], each.at_s)
    before = {gateway for gateway, at_s in played.published.items() if at_s <= played.struck_s}
    told = Counter(gateway for gateway, _ in first)
    if any(told[gateway] < PEOPLE for gateway in before):
        return math.inf
    last = max((at_s for (gateway, _), at_s in first.items() if gateway in before), default=played.struck_s)
    return round(max(0.0, last - played.struck_s), 2)


def under_way(played: Round, handed: Sequence[Handed], messages: Sequence[Message]) -> int:
    """Return of how many messages about calls of before the strike no server had accepted one by then."""
    known = {message.public_id: message.gateway_key for message in messages}
    done = {each.public_id for each in handed if each.at_s <= played.struck_s}
    before = {gateway for gateway, at_s in played.published.items() if at_s <= played.struck_s}
    return sum(gateway in before and public_id not in done for public_id, gateway in known.items())
