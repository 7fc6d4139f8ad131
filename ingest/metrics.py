"""The figures of ingest: what came in, what waits, and how far behind the stages up to the database are."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from core.metrics import DATABASE_ANSWERS, LAG, AtScrape, Figure, Sample, from_database
from ingest.counters import Counters
from ingest.delays import Delays
from ingest.reads import GatewaysBehind

COUNTED = {
    "messages": Figure("vicino_ingest_messages_total", "Messages settled: stored or rejected, committed.", ("lane",)),
    "stored": Figure("vicino_ingest_readings_stored_total", "Readings stored.", ("lane",)),
    "duplicates": Figure("vicino_ingest_duplicates_total", "Readings that were there already.", ("lane",)),
    "rejected": Figure("vicino_ingest_rejected_total", "Readings rejected; a message not readable is one.", ("lane",)),
    "parked": Figure("vicino_ingest_parked_readings_total", "Readings put aside as too many.", ("lane",)),
    "commits": Figure("vicino_ingest_commits_total", "Transactions committed.", ("lane",)),
    "retries": Figure(
        "vicino_ingest_database_retries_total", "Attempts that the database did not take and that are made again.",
        ("lane",),
    ),
}  # fmt: skip
INBOX_MESSAGES = Figure("vicino_ingest_inbox_messages", "Messages waiting to be taken.", ("lane",))
INBOX_BYTES = Figure("vicino_ingest_inbox_bytes", "Bytes of payload waiting to be taken.", ("lane",))
GATEWAYS = Figure("vicino_gateways", "Gateways registered.")
ONLINE = Figure("vicino_gateways_online", "Gateways that are online.")
HELD = Figure("vicino_gateways_held_readings", "Readings that gateways hold and have not been told are stored.")
THINNED = Figure("vicino_gateways_thinned_readings", "Level readings given up by gateways whose store was full.")
FIGURES = (
    *COUNTED.values(), INBOX_MESSAGES, INBOX_BYTES, GATEWAYS, ONLINE, HELD, THINNED, LAG, DATABASE_ANSWERS,
)  # fmt: skip


class Behind(NamedTuple):
    """What the database knows of the stages around ingest."""

    gateways: GatewaysBehind
    rollup_lag_s: float


def ingest_figures(counters: Counters, delays: Delays, behind: Callable[[], Behind]) -> AtScrape:
    """Return the figures; `behind` asks the database, and may raise."""

    def read() -> Iterator[Sample]:
        held = delays.held()
        counts = counters.snapshot()
        for lane, each in held.items():
            yield Sample(INBOX_MESSAGES, each.messages, (lane,))
            yield Sample(INBOX_BYTES, each.payload_bytes, (lane,))
            for name, figure in COUNTED.items():
                yield Sample(figure, counts.get((lane, name), 0), (lane,))
        yield Sample(LAG, delays.lag_s(), ("ingest",))
        yield from from_database(lambda: _samples(behind()))

    return AtScrape(FIGURES, read)


def _samples(behind: Behind) -> Iterator[Sample]:
    found = behind.gateways
    yield Sample(GATEWAYS, found.gateways)
    yield Sample(ONLINE, found.online)
    yield Sample(HELD, found.queued)
    yield Sample(THINNED, found.thinned)
    if found.lag_s is not None:
        yield Sample(LAG, found.lag_s, ("gateway",))
    yield Sample(LAG, behind.rollup_lag_s, ("rollup",))
