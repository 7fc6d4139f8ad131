"""Every query of every dashboard, as Grafana runs it: it has rows of the right shape, and reads no big table whole."""

import json
import re
from datetime import timedelta

import psycopg
import pytest

from dashboards.grafana.boards import models
from dashboards.grafana.sources import POSTGRES
from dashboards.grafana.statements import names, statement
from tests.integration.dashboards.grafana.conftest import NOW
from tests.integration.dashboards.grafana.macros import Asked, expand

BIG_ROWS = 5_000
RANGES = {"now-14d": timedelta(days=14), "now-30d": timedelta(days=30), "now-90d": timedelta(days=90)}


def panels(model):
    for panel in model["panels"]:
        yield from panel["panels"] if panel["type"] == "row" else (panel,)


def queries():
    for board, model in models("it").items():
        for variable in model["templating"]["list"]:
            if variable["type"] == "query":
                yield pytest.param(model, None, variable["query"], id=f"{board}: ${variable['name']}")
        for mark in model["annotations"]["list"]:
            yield pytest.param(model, None, mark["target"]["rawSql"], id=f"{board}: {mark['name']}")
        for panel in panels(model):
            for target in panel["targets"]:
                if target["datasource"]["type"] == POSTGRES:
                    yield pytest.param(model, (panel, target), target["rawSql"], id=f"{board}: {panel['title']}")


@pytest.fixture(scope="session")
def chosen(logins):
    """What is chosen above every dashboard: all organisations and families, one home that has had everything."""
    grafana = logins[None]
    found = grafana.execute(
        "SELECT home FROM grafana.gateway WHERE online AND organisation = 'Comune 1' ORDER BY home LIMIT 1"
    ).fetchone()
    assert found
    return {
        "organisation": [
            row["organisation"] for row in grafana.execute("SELECT organisation FROM grafana.organisation")
        ],
        "home": [found["home"]],
        "family": ["safety", "wellbeing", "technical"],
    }


def asked(model, chosen):
    return Asked(NOW - RANGES[model["time"]["from"]], NOW, "1h", chosen)


@pytest.mark.parametrize(("model", "shown", "query"), list(queries()))
def test_a_query_has_rows_of_the_shape_that_its_panel_needs(grafana, chosen, model, shown, query):
    rows = grafana.execute(expand(query, asked(model, chosen))).fetchall()
    assert rows
    assert any(value is not None for row in rows for name, value in row.items() if name != "time")
    if shown is None:
        return
    panel, target = shown
    columns = set(rows[0])
    if target["format"] == "time_series":
        times = [row["time"] for row in rows]
        assert times == sorted(times)
        values = columns - {"time", "metric"}
        assert values
        assert len(values) == 1 or "metric" not in columns
        drawn = {str(row["metric"]) for row in rows} if "metric" in columns else values
    else:
        drawn = columns
    if panel["type"] == "table":
        return
    # What is named or coloured by its name is there by that name, and what is drawn has one in the language.
    by_name = {each["matcher"]["options"] for each in panel["fieldConfig"]["overrides"]}
    assert "metric" in columns or by_name <= drawn
    assert drawn - by_name - {"time"} <= {"state", "online", "heard", "waits", "told", "temperature", "outcome"}


@pytest.mark.parametrize(("model", "shown", "query"), list(queries()))
def test_a_query_reads_no_big_table_whole(grafana, filled_url, chosen, model, shown, query):
    with psycopg.connect(filled_url) as administrator:
        big = {
            name
            for (name,) in administrator.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s"
                " AND relnamespace::regnamespace::text IN ('registry', 'devices', 'ingest', 'analytics', 'alerts')",
                (BIG_ROWS,),
            )
        }
    assert {
        "indicator",
        "baseline",
        "wellbeing_day",
        "episode",
        "alert",
        "history",
        "hourly_event",
        "hourly_level",
    } <= big
    plan = grafana.execute("EXPLAIN (FORMAT JSON) " + expand(query, asked(model, chosen))).fetchone()["QUERY PLAN"][0][
        "Plan"
    ]
    whole = read_whole(plan) & big
    assert not whole, json.dumps(plan, indent=1)[:3000]


def planned(grafana, query):
    return grafana.execute(f"EXPLAIN (FORMAT JSON) {query}").fetchone()["QUERY PLAN"][0]["Plan"]


def read_whole(node):
    own = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
    return own.union(*(read_whole(below) for below in node.get("Plans", ())))


def test_what_reads_a_big_table_whole_is_found(grafana):
    assert "indicator" in read_whole(planned(grafana, "SELECT avg(value) FROM grafana.indicator"))


def test_every_statement_is_asked_by_somebody():
    asked_for = " ".join(re.sub(r"\s+", " ", query.values[2]) for query in queries())
    for name in names():
        text = re.sub(r"\s+", " ", statement(name, movement="?", temperature="?", kind="?"))
        # Up to the first place that is filled, and from the last one on.
        first, *_, last = text.split("'?'") if "'?'" in text else (text, text)
        assert first in asked_for, name
        assert last in asked_for, name
