"""Figures of a process for whoever watches it, in the format of Prometheus.

No figure says anything about anybody: a label names a part of the program, never a home, a gateway or a person. Only
the labels listed in `LABELS` can be given, so that none slips in by accident.

Names follow the conventions of Prometheus: `vicino_` first, the unit last, `_total` for what only grows. Every figure
is described in `docs/operations/metrics.md`.
"""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    MetricsHandler,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from core.log import logger

# Labels that can never identify a person, a home or a gateway. Their values are words of the program.
LABELS: frozenset[str] = frozenset(
    {
        "channel", "family", "instance", "lane", "method", "result", "route", "service", "since", "source", "stage",
        "state", "status", "version",
    }
)  # fmt: skip
COUNTER_SUFFIX = "_total"
PATIENCE_S = 10.0  # for a client that asks and does not take the answer


class Figure(NamedTuple):
    """What a figure is called and means. One whose name ends in `_total` only grows, any other goes up and down."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()


class Sample(NamedTuple):
    """The value of a figure for one set of labels, in the order of the figure's."""

    figure: Figure
    value: float
    labels: tuple[str, ...] = ()


SERVICE_INFO = Figure("vicino_service_info", "Always 1; says which service this is.", ("service", "version"))
DATABASE_ANSWERS = Figure("vicino_database_answers", "1 where the database answered when it was asked, else 0.")
LAG = Figure("vicino_lag_seconds", "How far a stage is behind; absent where that is not known.", ("stage",))


def make_registry(service: str) -> CollectorRegistry:
    """Return the figures of a process: who it is, its memory, processor time and open files, and what is added."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    info = Gauge(SERVICE_INFO.name, SERVICE_INFO.meaning, SERVICE_INFO.labels, registry=registry)
    info.labels(service, own_version()).set(1)
    return registry


def own_version() -> str:
    """Return the version of the installed package; empty where it is not installed."""
    try:
        return version("vicino")
    except PackageNotFoundError:
        return ""


def make_counter(registry: CollectorRegistry, figure: Figure) -> Counter:
    """Return a counter to add to. Raises `ValueError` if a label is not one of `LABELS`."""
    return Counter(figure.name, figure.meaning, _harmless(figure), registry=registry)


def make_histogram(registry: CollectorRegistry, figure: Figure, buckets: Sequence[float]) -> Histogram:
    """Return a histogram with these upper bounds. Raises `ValueError` if a label is not one of `LABELS`."""
    return Histogram(figure.name, figure.meaning, _harmless(figure), buckets=buckets, registry=registry)


class AtScrape(Collector):
    """Figures that are read when somebody asks for them.

    What has been read before something cannot be read is told all the same; the rest is then absent.
    """

    def __init__(self, figures: Sequence[Figure], read: Callable[[], Iterable[Sample]]) -> None:
        """Prepare to read; raises `ValueError` if a label is not one of `LABELS`."""
        for figure in figures:
            _harmless(figure)
        self._figures = tuple(figures)
        self._read = read
        self._failing = False

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """Return the figures with their present values."""
        families = self.describe()
        by_name = dict(zip((figure.name for figure in self._figures), families, strict=True))
        try:
            for sample in self._read():
                by_name[sample.figure.name].add_metric(sample.labels, sample.value)
        except Exception as error:  # noqa: BLE001 - a figure that cannot be read must not hide all others
            if not self._failing:
                logger().warning("some figures cannot be read", reason=type(error).__name__)
            self._failing = True
        else:
            self._failing = False
        return families

    def describe(self) -> list[CounterMetricFamily | GaugeMetricFamily]:
        """Return the figures without values."""
        return [_family(figure) for figure in self._figures]


def from_database(ask: Callable[[], Iterable[Sample]]) -> Iterator[Sample]:
    """Give what the database says when it is asked, and whether it answered; raises what `ask` raises."""
    try:
        samples = list(ask())
    except Exception:
        yield Sample(DATABASE_ANSWERS, 0)
        raise
    yield from samples
    yield Sample(DATABASE_ANSWERS, 1)


@contextmanager
def exposed(registry: CollectorRegistry, host: str, port: int) -> Iterator[None]:
    """Answer whoever asks for the figures over HTTP, until the end of the context; never with port 0.

    Where the port cannot be used that is said, and the service works without: figures are not worth a reading.
    """
    server = _listening(registry, host, port) if port else None
    if server is None:
        yield
        return
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(socketserver.ThreadingTCPServer):
    # Not HTTPServer: that asks the name service who it is, and may wait long for the answer.
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away."""


def _listening(registry: CollectorRegistry, host: str, port: int) -> _Server | None:
    handler = type("Handler", (MetricsHandler,), {"registry": registry, "timeout": PATIENCE_S})
    kind = type("Server", (_Server,), {"address_family": socket.AF_INET6 if ":" in host else socket.AF_INET})
    try:
        server: _Server = kind((host, port), handler)
    except OSError as error:
        logger().error(
            "figures cannot be served; the service works without", host=host, port=port, reason=error.strerror
        )
        return None
    return server


def _harmless(figure: Figure) -> tuple[str, ...]:
    unknown = set(figure.labels) - LABELS
    if unknown:
        raise ValueError(f"{figure.name} has labels that are not known to be harmless: {', '.join(sorted(unknown))}.")
    return figure.labels


def _family(figure: Figure) -> CounterMetricFamily | GaugeMetricFamily:
    if figure.name.endswith(COUNTER_SUFFIX):
        return CounterMetricFamily(figure.name, figure.meaning, labels=figure.labels)
    return GaugeMetricFamily(figure.name, figure.meaning, labels=figure.labels)
