"""Requests are counted by the template of their address, never by the address."""

from datetime import UTC, datetime

from fastapi import FastAPI, HTTPException
from prometheus_client import CollectorRegistry, generate_latest
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from dashboards.metrics import CountRequests, RequestMetrics
from tests.unit.core.test_metrics import samples


def test_requests_are_counted_by_template_method_and_status():
    clock, registry = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC)), CollectorRegistry()
    app = FastAPI()
    app.add_middleware(CountRequests, metrics=RequestMetrics(registry), clock=clock)

    @app.get("/persons/{person}")
    def person(person: str) -> str:
        clock.advance(0.2)
        if person == "nobody":
            raise HTTPException(404)
        if person == "broken":
            raise RuntimeError
        return person

    with TestClient(app, raise_server_exceptions=False) as client:
        for path in ("/persons/rosa", "/persons/rosa", "/persons/nobody", "/persons/broken", "/wp-login/rosa"):
            client.get(path)
        client.request("ROSA", "/persons/rosa")
    page = generate_latest(registry).decode()
    counts = {key[1:]: value for key, value in samples(page).items() if key[0] == "vicino_dashboards_requests_total"}
    assert counts == {
        ("GET", "/persons/{person}", "200"): 2,
        ("GET", "/persons/{person}", "404"): 1,
        ("GET", "/persons/{person}", "500"): 1,
        ("GET", "none", "404"): 1,
        ("other", "/persons/{person}", "405"): 1,
    }
    assert samples(page)["vicino_dashboards_request_seconds_sum", "/persons/{person}"] > 0.79
    assert "rosa" not in page.lower()
