"""The figures of several services on one page."""

from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from prometheus_client.parser import text_string_to_metric_families

from cli.metrics import lag_s, merged, told
from core.metrics import LAG, AtScrape, Figure, Sample, exposed, make_counter, make_registry
from embedded.ports import LOOPBACK, free_port
from embedded.runfile import Run, RunService

SEEN = Figure("vicino_test_seen_total", "What was seen.")


def run_of(*services):
    return Run(
        pid=1,
        born=0.0,
        started_at=datetime(2026, 3, 1, tzinfo=UTC),
        http_port=1,
        broker_port=1,
        secrets_dir="secrets",
        services=services,
    )


def registry_of(service, seen, **lags):
    registry = make_registry(service)
    make_counter(registry, SEEN).inc(seen)
    registry.register(AtScrape([LAG], lambda: [Sample(LAG, value, (stage,)) for stage, value in lags.items()]))
    return registry


def test_figures_of_all_services_are_one_page_and_silence_is_said():
    one, two, silent = (free_port() for _ in range(3))
    run = run_of(
        RunService("postgres", 1),
        RunService("gateway", 2, kind="gateway", metrics_port=one),
        RunService("gw-casa-01", 3, kind="gateway", metrics_port=two),
        RunService("ingest", 4, kind="ingest", metrics_port=silent),
    )
    with (
        exposed(registry_of("gateway", 3, ingest=2.0), LOOPBACK, one),
        exposed(registry_of("gateway", 4, ingest=5.0, analysis=1.0), LOOPBACK, two),
    ):
        found = told(run)
    page = merged(found)
    values = {
        (sample.name, sample.labels["instance"]): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
    at_one, at_two, at_silent = (f"{LOOPBACK}:{port}" for port in (one, two, silent))
    assert values["vicino_test_seen_total", at_one] == 3
    assert values["vicino_test_seen_total", at_two] == 4
    assert [values["vicino_service_up", at] for at in (at_one, at_two, at_silent)] == [1, 1, 0]
    # Each figure is described once, and a process that is called like its gateway does not give its name away.
    assert page.count("# TYPE vicino_test_seen_total counter") == 1
    assert "gw-casa-01" not in page
    assert lag_s(found, "ingest") == 5.0
    assert lag_s(found, "analysis") == 1.0
    assert lag_s(found, "rollup") is None


def test_what_is_no_page_of_figures_is_no_answer():
    class Other(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>\xff</html>")

        def log_message(self, *_):
            pass

    with HTTPServer((LOOPBACK, free_port()), Other) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        (found,) = told(run_of(RunService("ingest", 1, kind="ingest", metrics_port=server.server_port)))
        thread.join()
    assert found.families is None
