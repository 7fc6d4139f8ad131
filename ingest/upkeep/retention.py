"""Drops what is older than it may be kept, and what nobody needs any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.vocabulary import Retention
from ingest.upkeep import repository
from ingest.upkeep.repository import Dictionaries

# What was accepted at the last moment is stored and in the figures before its partition goes.
MARGIN = timedelta(days=1)
# Whoever computes from touched hours may be away for so long.
NEEDED = timedelta(days=14)
# Outages of gateways are told apart, and restated, for so long.
OUTAGES = timedelta(days=730)
# What a gateway no longer finds and nobody installed is a neighbour's or was thrown away; what is used by the season
# only, or comes back from a repair, is known again for so long.
FOUND = timedelta(days=180)
# Figures are compressed when readings so late are seldom.
SETTLED = timedelta(days=60)


def retire(
    connection: Dictionaries, today: datetime, days: Mapping[Retention, int], figure_days: int, *, timescale: bool
) -> int:
    """Drop partitions of readings and figures that are older than their days; return how many partitions.

    Days are counted back from `today`; 0 keeps for ever. Raises `psycopg.Error`.
    """
    dropped = 0
    if calls := days.get(Retention.EVENT):
        # Calls for help stand beside the readings, for whoever is called; they tell as much, and go with them.
        repository.prune_urgent(connection, today - timedelta(days=calls) - MARGIN)
    for retention, kept in days.items():
        if kept:
            dropped += repository.drop_readings(connection, retention, today - timedelta(days=kept) - MARGIN)
        if figure_days:
            before = today - timedelta(days=figure_days)
            repository.drop_figures(connection, retention, before, timescale=timescale)
    return dropped


def tidy(connection: Dictionaries, today: datetime, *, timescale: bool) -> int:
    """Delete rows that tell when readings came, how gateways were and what they found, and that nobody needs any more.

    Returns how many rows. With TimescaleDB, old figures are compressed. Raises `psycopg.Error`.
    """
    if timescale:
        repository.compress_figures(connection, today - SETTLED)
    return (
        repository.prune(connection, today - NEEDED)
        + repository.prune_transitions(connection, today - OUTAGES)
        + repository.prune_found_devices(connection, today - FOUND)
    )
