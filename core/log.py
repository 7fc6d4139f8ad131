"""Logging without personal data.

Every log line is an event name and fields. Only the fields listed in `LOGGABLE` are written; the value of any
other becomes `[withheld]`, so that a name, an address or a reading cannot slip into a log by accident.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

# Fields that can never identify a person or tell how somebody lives.
LOGGABLE: frozenset[str] = frozenset(
    {
        "event", "level", "timestamp", "service", "logger", "exception", "exc_info", "stack", "stack_info",
        "reason", "error", "attempt", "attempts", "seconds", "count", "lane", "leaf", "port", "host", "pid", "signal",
        "exit_code", "name", "folder", "version", "variant", "state", "status", "method", "route", "duration_ms",
        "batches", "readings", "stored", "duplicates", "rejected", "conflicts", "queued", "bytes", "restarts",
        "gateway_id", "home_id", "series_id", "alert_id", "finding_id", "notification_id", "channel", "job",
        "quantity", "reason_code", "source", "sequence", "days", "homes", "code", "seal",
    }
)  # fmt: skip

Format = Literal["console", "json"]


def withhold(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every field that is not declared loggable."""
    for field in event:
        if field not in LOGGABLE:
            event[field] = "[withheld]"
    return event


def configure(service: str, form: Format = "console", level: int = logging.INFO) -> None:
    """Send log lines of `service` to standard error, as text for people or as JSON."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            withhold,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def logger() -> Any:
    """Return the logger of the process."""
    return structlog.get_logger()
