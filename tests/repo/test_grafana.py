"""The dashboards of Grafana: as the code makes them, of figures and views that there are, sound by their own rules."""

import json
import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from core.languages import LANGUAGES
from core.metrics import LABELS
from dashboards.grafana.boards import BOARDS, FOLDER_TITLE, FOLDER_UID, models
from dashboards.grafana.panels import COLUMNS, SCHEMA_VERSION
from dashboards.grafana.sources import POSTGRES, POSTGRES_UID, PROMETHEUS, PROMETHEUS_UID, postgres, prometheus

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "deploy" / "grafana"
KINDS = {"row", "timeseries", "stat", "table", "state-timeline", "barchart"}
# What every Prometheus client tells, and Prometheus itself.
GENERAL = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}


def panels(model: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for each in model["panels"] for panel in (each, *each.get("panels", ()))]


def targets(model: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        target for panel in panels(model) for target in panel.get("targets", ()) if target["datasource"]["type"] == kind
    ]


EVERY = [pytest.param(language, name, id=f"{name}-{language}") for language in LANGUAGES for name in BOARDS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_what_the_command_makes(language: str) -> None:
    advice = f"run: vicino grafana boards --language {language} --to deploy/grafana/dashboards/{language}"
    folder = GRAFANA / "dashboards" / language
    made = models(language)
    assert {path.name for path in folder.iterdir()} == {f"{name}.json" for name in made}, advice
    for name, model in made.items():
        assert json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) == model, advice


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_a_dashboard_keeps_to_the_rules_of_its_model(language: str, name: str) -> None:
    model = models(language)[name]
    assert re.fullmatch(r"[a-z-]{1,40}", model["uid"])
    assert model["schemaVersion"] == SCHEMA_VERSION
    assert "id" not in model
    assert "version" not in model
    every = panels(model)
    assert len({panel["id"] for panel in every}) == len(every)
    assert {panel["type"] for panel in every} <= KINDS
    assert all(panel["title"] for panel in every)
    chosen = {variable["name"] for variable in model["templating"]["list"]}
    for panel in every:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= COLUMNS
        assert "alert" not in panel
        letters = [target["refId"] for target in panel.get("targets", ())]
        assert len(set(letters)) == len(letters)
        steps = panel.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps", [{"value": None}])
        assert steps[0]["value"] is None
        assert [step["value"] for step in steps[1:]] == sorted(step["value"] for step in steps[1:])
    for target in targets(model, POSTGRES):
        assert set(re.findall(r"\$\{(\w+)", target["rawSql"])) <= chosen


@pytest.mark.parametrize("name", BOARDS)
def test_no_two_panels_lie_on_each_other(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in models("it")[name]["panels"]:
        for group in ([panel], panel.get("panels", ())) if panel["type"] == "row" else ([panel],):
            cells = [
                (x, y)
                for each in group
                for x in range(each["gridPos"]["x"], each["gridPos"]["x"] + each["gridPos"]["w"])
                for y in range(each["gridPos"]["y"], each["gridPos"]["y"] + each["gridPos"]["h"])
            ]
            assert len(set(cells)) == len(cells)
            assert not taken & set(cells)
            taken |= set(cells)


@pytest.mark.parametrize("name", BOARDS)
def test_panels_ask_for_figures_that_there_are(name: str) -> None:
    page = (ROOT / "docs" / "operations" / "metrics.md").read_text(encoding="utf-8")
    known = set(re.findall(r"`(vicino_\w+)`", page))
    for target in targets(models("it")[name], PROMETHEUS):
        promql_parser.parse(target["expr"])
        asked = set(re.findall(r"\b(vicino_\w+|process_\w+|up)\b", target["expr"]))
        assert asked
        assert {re.sub("_(bucket|sum|count)$", "", each) for each in asked} <= known | GENERAL
        labels = set(re.findall(r"(\w+)=~?\"", target["expr"])) | {
            label.strip() for group in re.findall(r"by \(([^)]*)\)", target["expr"]) for label in group.split(",")
        }
        assert labels - {"le", "job"} <= set(LABELS)
        assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= labels | {"service", "instance"}


@pytest.mark.parametrize("name", BOARDS)
def test_panels_ask_for_nothing_but_the_views(name: str) -> None:
    model = models("it")[name]
    asked = [target["rawSql"] for target in targets(model, POSTGRES)]
    asked += [variable["query"] for variable in model["templating"]["list"] if variable["type"] == "query"]
    asked += [mark["target"]["rawSql"] for mark in model["annotations"]["list"]]
    for query in asked:
        relations = re.findall(r"(?i)\b(?:FROM|JOIN)\s+(?!LATERAL|\()([\w.]+)", query)
        outside = [each for each in relations if not re.fullmatch(r"grafana\.[a-z_]+", each)]
        # EXTRACT(epoch FROM …) reads no relation.
        assert [each for each in outside if not re.search(rf"(?i)extract\(\w+ FROM {re.escape(each)}\b", query)] == []
        assert not re.search(
            r"(?i)\b(registry|devices|ingest|analytics|alerts|dashboards|pg_catalog|information_schema)\.", query
        )
        assert not re.search(r"\b\w+_id\b", query.replace("quantity_id", ""))


def test_sources_by_file_are_those_that_the_command_makes() -> None:
    def by_file(name: str) -> dict[str, Any]:
        text = (GRAFANA / "provisioning" / "datasources" / f"{name}.yml").read_text(encoding="utf-8")
        (found,) = yaml.safe_load(text)["datasources"]
        assert found.pop("editable") is False
        return dict(found)

    here = by_file("postgresql")
    assert here.pop("secureJsonData") == {"password": "$__file{/run/secrets/database_grafana_password}"}
    url = "postgresql://vicino_app_grafana:x@database:5432/vicino?sslmode=verify-full&sslrootcert=/run/secrets/ca.crt"
    made = postgres(url, timescale=True).model
    assert made.pop("isDefault") is False
    assert here == made
    other = by_file("prometheus")
    assert other.pop("isDefault") is True
    made = prometheus("http://prometheus:9090").model
    made.pop("isDefault")
    assert other == made
    assert (here["uid"], other["uid"]) == (POSTGRES_UID, PROMETHEUS_UID)


def test_the_folder_by_file_is_that_of_the_command() -> None:
    text = (GRAFANA / "provisioning" / "dashboards" / "vicino.yml").read_text(encoding="utf-8")
    (provider,) = yaml.safe_load(text)["providers"]
    assert (provider["folder"], provider["folderUid"]) == (FOLDER_TITLE, FOLDER_UID)
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["grafana"]
    path = provider["options"]["path"].replace(
        "$VICINO_GRAFANA_LANGUAGE", compose["environment"]["VICINO_GRAFANA_LANGUAGE"]
    )
    assert path == "/deploy/grafana/dashboards/${VICINO_GRAFANA_LANGUAGE:-it}"
    assert "./deploy/grafana:/deploy/grafana:ro" in compose["volumes"]
