"""Figures of a process: harmless labels, honest gaps, and a page over HTTP."""

import gzip
import socket
import urllib.request
from contextlib import closing

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from core.metrics import (
    DATABASE_ANSWERS,
    AtScrape,
    Figure,
    Sample,
    exposed,
    from_database,
    make_counter,
    make_histogram,
    make_registry,
)
from embedded.ports import LOOPBACK, free_port

WAITING = Figure("vicino_test_waiting", "What waits.", ("lane",))
SEEN = Figure("vicino_test_seen_total", "What was seen.")


def samples(page):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def told(collector):
    registry = CollectorRegistry()
    registry.register(collector)
    return samples(generate_latest(registry).decode())


@pytest.mark.parametrize("label", ["gateway", "home", "person", "series", "address"])
def test_a_label_that_could_name_somebody_is_refused(label):
    figure = Figure("vicino_test_total", "A count.", (label,))
    for make in (
        lambda: make_counter(CollectorRegistry(), figure),
        lambda: make_histogram(CollectorRegistry(), figure, (1.0,)),
        lambda: AtScrape([figure], list),
    ):
        with pytest.raises(ValueError, match=label):
            make()


def test_figures_are_read_when_somebody_asks():
    values = iter([1.0, 2.0])
    registry = CollectorRegistry()
    registry.register(AtScrape([SEEN], lambda: [Sample(SEEN, next(values))]))
    pages = [samples(generate_latest(registry).decode()) for _ in range(2)]
    assert pages == [{("vicino_test_seen_total",): 1.0}, {("vicino_test_seen_total",): 2.0}]


def test_what_cannot_be_read_is_absent_and_hides_nothing_else():
    def read():
        yield Sample(WAITING, 3, ("urgent",))
        yield from from_database(lambda: 1 / 0)
        yield Sample(SEEN, 1)

    assert told(AtScrape([WAITING, SEEN, DATABASE_ANSWERS], read)) == {
        ("vicino_test_waiting", "urgent"): 3.0,
        ("vicino_database_answers",): 0.0,
    }


def test_a_database_that_answers_is_said_to():
    collector = AtScrape([SEEN, DATABASE_ANSWERS], lambda: from_database(lambda: [Sample(SEEN, 4)]))
    assert told(collector) == {("vicino_test_seen_total",): 4.0, ("vicino_database_answers",): 1.0}


def test_a_process_tells_over_http_who_it_is_and_what_it_takes():
    registry, port = make_registry("ingest"), free_port()
    make_counter(registry, SEEN).inc(5)
    with exposed(registry, LOOPBACK, port):
        address = f"http://{LOOPBACK}:{port}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            page = samples(answer.read().decode())
        asking = urllib.request.Request(
            address, headers={"Accept": "application/openmetrics-text; version=1.0.0", "Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(asking, timeout=10) as answer:  # noqa: S310 - our own address
            open_metrics = gzip.decompress(answer.read()).decode()
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert page["vicino_test_seen_total",] == 5
    assert page["process_resident_memory_bytes",] > 1_000_000
    assert [name for name in page if name[:2] == ("vicino_service_info", "ingest")]
    assert open_metrics.endswith("# EOF\n")
    with closing(socket.socket()) as probe:
        assert probe.connect_ex((LOOPBACK, port)) != 0


def test_without_a_port_nobody_listens_and_a_taken_one_stops_nobody(capsys):
    registry = make_registry("ingest")
    with exposed(registry, LOOPBACK, 0):
        pass
    port = free_port()
    with socket.create_server((LOOPBACK, port)), exposed(registry, LOOPBACK, port):
        pass
    assert "the service works without" in "".join(capsys.readouterr())
