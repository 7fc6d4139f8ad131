"""What is stored of the changes of a home's days."""

import math
from collections.abc import Collection, Sequence
from datetime import date

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow, tuple_row

from analytics.change.day import DomainDay, Joint, Sign
from analytics.change.domains import DOMAINS, Domain, Pace
from analytics.repository import Home
from analytics.version import CODE_VERSION
from core.statements import Statements

SQL = Statements.beside(__file__)
# Two months of them are read at a time: decoded at once, not by way of lists.
_DOMAINS, _PACES = {str(one): one for one in Domain}, {str(one): one for one in Pace}
_SIGNS, _JOINT = msgspec.json.Decoder(tuple[Sign, ...]), msgspec.json.Decoder(Joint)


def days_of(
    connection: Connection[DictRow],
    home_id: int,
    first: date,
    last: date,
    *,
    least: float = -math.inf,
    all_from: date = date.max,
    domains: Collection[Domain] = DOMAINS,
) -> list[DomainDay]:
    """Return what the days of a home came to in each strand, `first` and `last` included, in the order of days.

    Those before `all_from` only where they are at least as rare as `least`: of the months before, few are. Of other
    domains than `domains`, none are.
    """
    given = {"home_id": home_id, "first": first, "last": last, "least": least, "all_from": all_from}
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(SQL["change_days"], given | {"domains": [str(one) for one in domains]}).fetchall()
    return [
        DomainDay(
            _DOMAINS[domain],
            day,
            _SIGNS.decode(signs),
            _PACES[pace],
            rarity,
            None if joint is None else _JOINT.decode(joint),
            shift,
        )
        for domain, pace, day, rarity, signs, joint, shift in rows
    ]


def put_days(
    connection: Connection[DictRow],
    home: Home,
    days: Sequence[DomainDay],
    first: date,
    last: date,
    domains: Collection[Domain] = DOMAINS,
) -> None:
    """Store what days come to, in place of all that was stored of some domains from `first` to `last`.

    Equal rows stay untouched.
    """
    connection.execute(
        SQL["put_change_days"],
        {
            "organisation_id": home.organisation_id,
            "home_id": home.home_id,
            "code_version": CODE_VERSION,
            "first": first,
            "last": last,
            "judged": [str(one) for one in domains],
            "domains": [str(one.domain) for one in days],
            "paces": [str(one.pace) for one in days],
            "days": [one.day for one in days],
            "rarities": [one.rarity for one in days],
            "shifts": [one.shift for one in days],
            "joints": [one.joint and _text(one.joint) for one in days],
            "signs": [_text(one.signs) for one in days],
        },
    )


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
