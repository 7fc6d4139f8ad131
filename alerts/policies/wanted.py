"""A policy that is to hold, and what it may name."""

from typing import NamedTuple

from alerts.lifecycle import Family
from alerts.policies.plan import Plan


class Wanted(NamedTuple):
    """A policy that is to hold."""

    organisation: str
    family: Family
    kind: str
    plan: Plan


class Known(NamedTuple):
    """What a policy may name."""

    organisations: frozenset[str]
    associations: frozenset[str]
    logins: frozenset[str]
    rotas: frozenset[str]
