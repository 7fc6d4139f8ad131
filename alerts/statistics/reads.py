"""What is known of the alerts of a period, by organisation."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec
import psycopg

from alerts.lifecycle import Family, Outcome
from alerts.reasons.catalogue import Reason
from alerts.shifts.calendar import Rota, shifts_at
from alerts.statistics.figures import Figures, Happened, OnDuty, Period, Sent, by_organisation, figures
from core.database import Row
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


def figures_of(
    connection: psycopg.Connection[Row], organisations: Sequence[int], first: date, last: date, now: datetime
) -> tuple[dict[int, Figures], Figures]:
    """Return the figures of the alerts that opened from `first` to before `last`, by the clocks of their homes.

    Of each of `organisations` that has homes or alerts, and of all together. On a connection of a `View` nothing is
    counted that its viewer may not see. Homes are counted as they are now.
    """
    asked = {"organisations": list(organisations), "first": first, "last": last}
    rotas = [_rota(row) for row in connection.execute(STATEMENTS["rotas"], asked)]
    happened = [_happened(row, rotas) for row in connection.execute(STATEMENTS["happened"], asked)]
    sent = [Sent(**row) for row in connection.execute(STATEMENTS["sent"], asked)]
    homes = {row["organisation_id"]: row["homes"] for row in connection.execute(STATEMENTS["homes"], asked)}
    period = Period((last - first).days, now)
    return by_organisation(happened, sent, homes, period), figures(happened, sent, sum(homes.values()), period)


class _Rota(NamedTuple):
    """A rota as it held for the homes of an organisation from an instant until another, None if it still does."""

    organisation_id: int
    rota: Rota
    since: datetime
    until: datetime | None


def _rota(row: Row) -> _Rota:
    return _Rota(row["organisation_id"], msgspec.convert(row["calendar"], Rota), row["since"], row["until"])


def _happened(row: Row, rotas: Sequence[_Rota]) -> Happened:
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    reason = None if row["reason"] is None else Reason(row["reason"])
    shifts = tuple(_shifts(row["organisation_id"], row["opened_at"], rotas))
    return Happened(**row | {"family": Family(row["family"]), "outcome": outcome, "reason": reason, "shifts": shifts})


def _shifts(organisation_id: int, at: datetime, rotas: Sequence[_Rota]) -> Iterator[OnDuty]:
    """Yield the shifts that were on duty for an organisation at an instant; of a rota that has a gap then, the gap."""
    for held in rotas:
        if held.organisation_id == organisation_id and held.since <= at and (held.until is None or at < held.until):
            there = dict.fromkeys(OnDuty(held.rota.name, each.begins, each.ends) for each in shifts_at(held.rota, at))
            yield from there or (OnDuty(held.rota.name),)
