"""`vicino metrics`: the figures of all services of one machine on one page, as Prometheus reads them."""

import math
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPException
from typing import NamedTuple
from urllib.request import urlopen

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from cli.installation import Installation
from core.metrics import LAG, Figure
from embedded.ports import LOOPBACK
from embedded.runfile import Run, RunService

WITHIN_S = 3.0
UP = Figure("vicino_service_up", "1 where a service tells its figures, else 0.", ("service", "instance"))


class Told(NamedTuple):
    """What one service tells; None where it does not answer."""

    service: str
    instance: str
    families: tuple[Metric, ...] | None


def address(service: RunService) -> str | None:
    """Return where a service tells its figures; None if nowhere."""
    return None if service.metrics_port is None else f"http://{LOOPBACK}:{service.metrics_port}/metrics"


def told(run: Run) -> list[Told]:
    """Ask every service of a run that tells figures."""
    return [
        Told(service.kind or service.name, f"{LOOPBACK}:{service.metrics_port}", _families(url))
        for service in run.services
        if (url := address(service)) is not None
    ]


def lag_s(found: Iterable[Told], stage: str) -> float | None:
    """Return the longest lag of a stage that services tell, in seconds; None if none does."""
    values = [
        sample.value
        for each in found
        for family in each.families or ()
        for sample in family.samples
        if sample.name == LAG.name and sample.labels == {"stage": stage} and not math.isnan(sample.value)
    ]
    return max(values, default=None)


def page(installation: Installation) -> str:
    """Return the figures of all services, each with the labels `service` and `instance` besides its own.

    Raises `VicinoError` if nothing runs on the folder.
    """
    return merged(told(installation.run()))


def merged(found: Iterable[Told]) -> str:
    """Return what services tell as one page."""
    registry = CollectorRegistry()
    registry.register(_Merged(list(found)))
    return generate_latest(registry).decode()


class _Merged(Collector):
    def __init__(self, found: list[Told]) -> None:
        self._found = found

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily(UP.name, UP.meaning, labels=UP.labels)
        families: dict[str, Metric] = {}
        for each in self._found:
            origin = {"service": each.service, "instance": each.instance}
            up.add_metric((each.service, each.instance), each.families is not None)
            for family in each.families or ():
                kept = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                _add(kept, family, origin)
        yield up
        yield from families.values()


def _add(kept: Metric, family: Metric, origin: Mapping[str, str]) -> None:
    for sample in family.samples:
        kept.add_sample(sample.name, {**sample.labels, **origin}, sample.value)


def _families(url: str) -> tuple[Metric, ...] | None:
    try:
        with urlopen(url, timeout=WITHIN_S) as answer:  # noqa: S310 - our own address
            return tuple(text_string_to_metric_families(answer.read().decode()))
    except (OSError, HTTPException, ValueError):
        return None
