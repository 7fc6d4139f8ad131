"""The figures of `devices`: gateways that may connect, and those that do not follow what they are told."""

from collections.abc import Callable, Iterator

from core.metrics import DATABASE_ANSWERS, AtScrape, Figure, Sample, from_database
from devices.gateways.reads import GatewayFigures

PUBLISHED = Figure("vicino_devices_configs_published_total", "Configurations that the broker has taken.")
ENROLLED = Figure("vicino_devices_gateways_enrolled", "Gateways that may connect.")
REVOKED = Figure("vicino_devices_gateways_revoked", "Gateways whose credentials were revoked.")
UNCONFIRMED = Figure(
    "vicino_devices_configs_unconfirmed",
    "Gateways that have not followed their configuration in time.",
)
FIGURES = (PUBLISHED, ENROLLED, REVOKED, UNCONFIRMED, DATABASE_ANSWERS)


def devices_figures(published: Callable[[], int], ask: Callable[[], GatewayFigures]) -> AtScrape:
    """Return the figures of the process; `ask` asks the database."""

    def stored() -> Iterator[Sample]:
        found = ask()
        yield Sample(ENROLLED, found.enrolled)
        yield Sample(REVOKED, found.revoked)
        yield Sample(UNCONFIRMED, found.unconfirmed)

    def read() -> Iterator[Sample]:
        yield Sample(PUBLISHED, published())
        yield from from_database(stored)

    return AtScrape(FIGURES, read)
