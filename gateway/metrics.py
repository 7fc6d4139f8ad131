"""The figures of an edge agent: what waits and what went out, of all its gateways together. No gateway is named."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from core.clock import Clock
from core.metrics import AtScrape, Figure, Sample

AGENTS = Figure("vicino_gateway_agents", "Gateways in this process.")
CONNECTED = Figure("vicino_gateway_connected", "Gateways that have a connection to the service's broker.")
QUEUED = Figure("vicino_gateway_queued_readings", "Readings that the service has not yet called stored.")
OLDEST = Figure("vicino_gateway_oldest_unsent_seconds", "Age of the oldest of them; 0 where there is none.")
THINNED = Figure("vicino_gateway_thinned_readings_total", "Level readings given up because an outbox was full.")
SENT = Figure("vicino_gateway_batches_sent_total", "Batches handed to the broker, those sent again included.")
RESENT = Figure("vicino_gateway_batches_resent_total", "Batches handed to the broker once more.")
FIGURES = (AGENTS, CONNECTED, QUEUED, OLDEST, THINNED, SENT, RESENT)


class Standing(NamedTuple):
    """How one gateway stands. `oldest_ms`: the time of its oldest reading that is not stored, in Unix milliseconds.

    `sent`, `resent` and `stored` count batches since the start.
    """

    connected: bool
    queued: int
    oldest_ms: int | None
    thinned: int
    sent: int
    resent: int
    stored: int = 0


def gateway_figures(gateways: Sequence[Callable[[], Standing]], clock: Clock) -> AtScrape:
    """Return the figures of `gateways`, each of which tells how it stands."""

    def read() -> Iterator[Sample]:
        found = [standing() for standing in gateways]
        oldest_ms = min((each.oldest_ms for each in found if each.oldest_ms is not None), default=None)
        age_s = 0.0 if oldest_ms is None else max(0.0, clock.now().timestamp() - oldest_ms / 1000)
        yield Sample(AGENTS, len(found))
        yield Sample(CONNECTED, sum(each.connected for each in found))
        yield Sample(QUEUED, sum(each.queued for each in found))
        yield Sample(OLDEST, age_s)
        yield Sample(THINNED, sum(each.thinned for each in found))
        yield Sample(SENT, sum(each.sent for each in found))
        yield Sample(RESENT, sum(each.resent for each in found))

    return AtScrape(FIGURES, read)
