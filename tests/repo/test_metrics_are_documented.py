"""Every figure stands in docs/operations/metrics.md with its type and labels, and nothing else does."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

import cli.metrics
from alerts.metrics import AlertMetrics, alert_figures
from alerts.watchdog.metrics import WatchdogMetrics, watchdog_figures
from analytics.metrics import AnalyticsMetrics, analytics_figures
from core.clock import SimulatedClock
from core.metrics import LABELS, AtScrape, make_registry
from dashboards.metrics import RequestMetrics, page_figures
from devices.metrics import devices_figures
from gateway.metrics import gateway_figures
from ingest.counters import Counters
from ingest.delays import Delays
from ingest.metrics import ingest_figures

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations" / "metrics.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(vicino_\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy" / "alert-rules.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
RESERVED = {"le", "quantile"}


def away():
    raise ConnectionError


def registries() -> dict[str, CollectorRegistry]:
    """Return the figures of each service as its process makes them, before anything that they are about."""
    clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
    made = {
        service: make_registry(service)
        for service in ("ingest", "devices", "analytics", "alerts", "watchdog", "dashboards", "gateway")
    }
    made["ingest"].register(ingest_figures(Counters(), Delays(made["ingest"], clock), away))
    made["devices"].register(devices_figures(lambda: 0, away))
    AnalyticsMetrics(made["analytics"])
    made["analytics"].register(analytics_figures(away, clock))
    made["alerts"].register(alert_figures(AlertMetrics(made["alerts"], clock), away, clock))
    WatchdogMetrics(made["watchdog"])
    made["watchdog"].register(watchdog_figures(away, clock))
    RequestMetrics(made["dashboards"])
    made["dashboards"].register(page_figures(None))  # type: ignore[arg-type]
    made["gateway"].register(gateway_figures([], clock))
    return made


def told() -> dict[str, tuple[str, frozenset[str]]]:
    """Return the type and the labels of each figure by its name."""
    found = {cli.metrics.UP.name: ("gauge", frozenset(cli.metrics.UP.labels))}
    for registry in registries().values():
        for collector in registry._collector_to_names:
            if isinstance(collector, AtScrape):
                found |= {
                    figure.name: ("counter" if figure.name.endswith("_total") else "gauge", frozenset(figure.labels))
                    for figure in collector._figures
                }
            elif isinstance(collector, MetricWrapperBase):
                suffix = "_total" if collector._type == "counter" else ""
                found[collector._name + suffix] = (collector._type, frozenset(collector._labelnames))
    return found


def described() -> dict[str, tuple[str, frozenset[str]]]:
    return {name: (kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in ROW.findall(PAGE)}


def test_the_page_describes_what_is_told_and_nothing_else() -> None:
    assert described() == told()


def test_each_is_described_once() -> None:
    names = [name for name, _, _ in ROW.findall(PAGE)]
    assert len(names) == len(set(names))


def test_no_label_could_name_somebody() -> None:
    assert set().union(*(labels for _, labels in told().values())) - RESERVED <= LABELS
    assert LABELS.isdisjoint({"gateway", "home", "person", "series", "organisation", "account", "address", "device"})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_the_rules_ask_for_figures_and_labels_that_there_are(rule: dict[str, Any]) -> None:
    for name in re.findall(r"\bvicino_[a-z_]+", rule["expr"]):
        assert name.removesuffix("_bucket") in described()
    for name, labels in re.findall(r"(\bvicino_[a-z_]+)\{([^}]*)\}", rule["expr"]):
        known = described()[name.removesuffix("_bucket")][1]
        assert set(re.findall(r"(\w+)=", labels)) <= known
    promql_parser.parse(rule["expr"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_each_rule_says_for_whom_it_is_what_it_means_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert rule["annotations"].keys() == {"summary", "advice"}
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))


def test_the_page_lists_the_rules_and_nothing_else() -> None:
    listed = re.findall(r"^\| `([A-Z]\w+)` \|", PAGE.partition("## Rules")[2], re.MULTILINE)
    assert listed == [rule["alert"] for rule in RULES]
    assert len(set(listed)) == len(listed)


def test_the_example_can_be_read() -> None:
    (scraping,) = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    assert scraping["scrape_configs"][0]["static_configs"]


def test_the_names_follow_the_conventions_of_prometheus() -> None:
    for name, (kind, _) in told().items():
        assert re.fullmatch(r"vicino(_[a-z]+)+", name)
        assert name.endswith("_total") == (kind == "counter"), name
        assert kind != "histogram" or name.endswith("_seconds"), name
