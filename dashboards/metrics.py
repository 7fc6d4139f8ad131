"""The figures of the pages: what was asked for, how it was answered, how long that took, and how many pages are open.

Addresses hold keys of alerts and persons: only the template of a route is told.
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.clock import Clock
from core.metrics import AtScrape, Figure, Sample, make_counter, make_histogram
from core.retention import REMOVED
from dashboards.live import Hub

REQUESTS = Figure(
    "vicino_dashboards_requests_total", "Requests answered, by template of the address.", ("route", "method", "status")
)
SECONDS = Figure("vicino_dashboards_request_seconds", "From a request to the beginning of its answer.", ("route",))
OPEN_PAGES = Figure("vicino_dashboards_live_connections", "Open pages that are told of changes.")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BY_PROVIDER = Figure(
    "vicino_provider_sign_ins_total",
    "Sign-ins through identity providers, and what came of them.",
    ("source", "result"),
)
NO_ROUTE = "none"
NO_ANSWER = "0"
FAILED = "500"


class RequestMetrics:
    """Counts the requests of all pages."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = make_counter(registry, REQUESTS)
        self._seconds = make_histogram(registry, SECONDS, BUCKETS)
        self._removed = make_counter(registry, REMOVED)
        self._by_provider = make_counter(registry, BY_PROVIDER)

    def removed(self, source: str, rows: int) -> None:
        """Note that so many rows of a class were removed because their time was over."""
        self._removed.labels(source).inc(rows)

    def by_provider(self, source: str, result: str) -> None:
        """Note what came of a sign-in through an identity provider."""
        self._by_provider.labels(source, result).inc()

    def answered(self, route: str, method: str, status: str, seconds: float) -> None:
        """Note that the answer to a request has begun after so many seconds."""
        # Anybody may send anything as a method.
        self._requests.labels(route, method if method in METHODS else "other", status).inc()
        self._seconds.labels(route).observe(seconds)


class CountRequests:
    """Tells every request to the metrics."""

    def __init__(self, app: ASGIApp, *, metrics: RequestMetrics, clock: Clock) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock.monotonic()
        status, seconds = NO_ANSWER, None

        async def noting(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                # A stream of live updates lasts for hours: what counts is when it begins.
                status, seconds = str(message["status"]), self._clock.monotonic() - began
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:
            # The page that says so is made outside of here.
            status = FAILED
            raise
        finally:
            taken = self._clock.monotonic() - began if seconds is None else seconds
            self._metrics.answered(_template(scope), scope["method"], status, taken)


def page_figures(hub: Hub) -> AtScrape:
    """Return the figures that are read when somebody asks."""

    def read() -> Iterator[Sample]:
        yield Sample(OPEN_PAGES, hub.listeners)

    return AtScrape((OPEN_PAGES,), read)


def _template(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path", None)
    # A part of the application that is mounted knows its own addresses only from there on.
    return NO_ROUTE if path is None else f"{scope.get('root_path', '')}{path}"
