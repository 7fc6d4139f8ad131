"""What an edge agent tells of its gateways, all together."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest

from core.clock import SimulatedClock
from gateway.metrics import Standing, gateway_figures
from tests.unit.core.test_metrics import samples

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)


def page(*standings):
    registry = CollectorRegistry()
    registry.register(gateway_figures([lambda each=each: each for each in standings], SimulatedClock(NOW)))
    return samples(generate_latest(registry).decode())


def test_figures_are_sums_and_the_oldest_is_the_oldest_of_all():
    found = page(
        Standing(connected=True, queued=3, oldest_ms=NOW_MS - 5_000, thinned=1, sent=10, resent=2),
        Standing(connected=False, queued=40, oldest_ms=NOW_MS - 90_000, thinned=0, sent=5, resent=0),
        Standing(connected=True, queued=0, oldest_ms=None, thinned=0, sent=0, resent=0),
    )
    assert found == {
        ("vicino_gateway_agents",): 3,
        ("vicino_gateway_connected",): 2,
        ("vicino_gateway_queued_readings",): 43,
        ("vicino_gateway_oldest_unsent_seconds",): 90,
        ("vicino_gateway_thinned_readings_total",): 1,
        ("vicino_gateway_batches_sent_total",): 15,
        ("vicino_gateway_batches_resent_total",): 2,
    }


def test_where_nothing_waits_nothing_is_old():
    standing = Standing(connected=True, queued=0, oldest_ms=None, thinned=0, sent=0, resent=0)
    assert page(standing)["vicino_gateway_oldest_unsent_seconds",] == 0
