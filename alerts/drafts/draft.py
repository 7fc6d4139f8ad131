"""Of what a draft is, and what it is tried for."""

from typing import NamedTuple

import msgspec

from alerts.lifecycle import Family

DAYS, MOST = 30, 500  # how far back a draft is tried, and on how many alerts at most


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """People who would have been told `after` seconds from when the alert opened, by accounts; contacts are counted."""

    after: int
    accounts: tuple[int, ...]
    contacts: int
    passed_over: int
    unanswered: bool
    last_resort: bool


class Policy(NamedTuple):
    """Whose policy it is: of an organisation (its number), for a family, or for one kind of it."""

    organisation_id: int
    family: Family
    kind: str
