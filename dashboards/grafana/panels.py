"""From descriptions of dashboards to Grafana's JSON model.

Source of the model: the dashboard JSON model and the panel schemas of Grafana's documentation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.grafana.sources import POSTGRES, PROMETHEUS, REFERENCES, Model
from dashboards.grafana.statements import statement

SCHEMA_VERSION = 39  # of Grafana 10 and 11; later versions bring older models up to theirs
COLUMNS = 24
GREEN, YELLOW, ORANGE, RED, BLUE, GREY = "green", "yellow", "orange", "red", "blue", "text"


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of a panel: SQL, or an expression for Prometheus with the name of its lines."""

    text: str
    source: str = POSTGRES
    table: bool = False
    legend: str = ""

    def model(self, number: int) -> Model:
        """Return it as the target of a panel."""
        base: Model = {"refId": "ABCDEFGH"[number], "datasource": REFERENCES[self.source]}
        if self.source == PROMETHEUS:
            return base | {"expr": self.text, "legendFormat": self.legend, "range": True, "editorMode": "code"}
        shape = "table" if self.table else "time_series"
        return base | {"rawSql": self.text, "rawQuery": True, "format": shape, "editorMode": "code"}


def sql(name: str, **values: str | int | tuple[int, ...]) -> tuple[Asked, ...]:
    """Ask the database for lines over time by a statement."""
    return (Asked(statement(name, **values)),)


def rows(name: str, **values: str | int | tuple[int, ...]) -> tuple[Asked, ...]:
    """Ask the database for a table by a statement."""
    return (Asked(statement(name, **values), table=True),)


def figure(expression: str, legend: str = "") -> Asked:
    """Ask Prometheus."""
    return Asked(expression, PROMETHEUS, legend=legend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel.

    `unit` is one of Grafana's. `steps` are thresholds: from which value on which colour. `names` are what series or
    columns are called, `colours` theirs, `units` those of single columns, `values` what a value is called and its
    colour. `custom` is for the kind of panel, `least` the shortest interval that `$__interval` may become.
    """

    kind: str
    title: str
    asked: tuple[Asked, ...]
    width: int = 12
    height: int = 8
    about: str = ""
    unit: str = "short"
    steps: Sequence[tuple[float, str]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    overrides: tuple[Model, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    least: str = ""

    def model(self, number: int, x: int, y: int) -> Model:
        """Return it as Grafana has it, at a place of the grid."""
        found: Model = {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.about,
            "datasource": self.asked[0].model(0)["datasource"],
            "gridPos": {"h": self.height, "w": self.width, "x": x, "y": y},
            "targets": [asked.model(index) for index, asked in enumerate(self.asked)],
            "fieldConfig": {"defaults": self._defaults(), "overrides": [*self._overrides(), *self.overrides]},
            "options": dict(self.options),
        }
        return found | ({"interval": self.least} if self.least else {})

    def _defaults(self) -> Model:
        found: Model = {
            "unit": self.unit,
            "color": {"mode": "thresholds" if self.steps or self.values else "palette-classic"},
            "thresholds": {
                "mode": "absolute",
                "steps": [
                    {"color": colour, "value": None if index == 0 else value}
                    for index, (value, colour) in enumerate(self.steps or ((0, GREEN),))
                ],
            },
            "mappings": [_mapping(self.values)] if self.values else [],
            "custom": dict(self.custom),
        }
        ends = {"min": self.minimum, "max": self.maximum}
        return found | {name: value for name, value in ends.items() if value is not None}

    def _overrides(self) -> Iterator[Model]:
        for name in dict.fromkeys([*self.names, *self.colours, *self.units]):
            properties: list[Model] = []
            if name in self.names:
                properties.append({"id": "displayName", "value": self.names[name]})
            if name in self.colours:
                properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": self.colours[name]}})
            if name in self.units:
                properties.append({"id": "unit", "value": self.units[name]})
            yield {"matcher": {"id": "byName", "options": name}, "properties": properties}


def lines(title: str, *asked: Asked, **more: Any) -> Panel:
    """Return lines over time; where nothing is known there is a gap, never a line."""
    custom = {"lineWidth": 2, "fillOpacity": 8, "showPoints": "auto", "spanNulls": False, **more.pop("custom", {})}
    return Panel(kind="timeseries", title=title, asked=asked, custom=custom, options=_LEGEND, **more)


def bars(title: str, *asked: Asked, **more: Any) -> Panel:
    """Return stacked bars over time."""
    custom = {"drawStyle": "bars", "fillOpacity": 70, "lineWidth": 1, "stacking": {"mode": "normal", "group": "A"}}
    return Panel(kind="timeseries", title=title, asked=asked, custom=custom, options=_LEGEND, **more)


def number(title: str, *asked: Asked, **more: Any) -> Panel:
    """Return single numbers, each with its name."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value", "graphMode": "none", "textMode": "auto", "orientation": "auto",
    }  # fmt: skip
    return Panel(kind="stat", title=title, asked=asked, options=options, **{"height": 5, **more})


def table(title: str, *asked: Asked, **more: Any) -> Panel:
    """Return a table."""
    return Panel(kind="table", title=title, asked=asked, options={"showHeader": True, "cellHeight": "sm"}, **more)


def states(title: str, *asked: Asked, **more: Any) -> Panel:
    """Return a band of states over time."""
    options = {"mergeValues": True, "showValue": "auto", "rowHeight": 0.9, "alignValue": "left", **_LEGEND}
    custom = {"fillOpacity": 80, "lineWidth": 0}
    return Panel(kind="state-timeline", title=title, asked=asked, options=options, custom=custom, **more)


_LEGEND: Model = {
    "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
    "tooltip": {"mode": "multi", "sort": "desc"},
}


def _mapping(values: Mapping[str, tuple[str, str]]) -> Model:
    return {
        "type": "value",
        "options": {
            value: {"text": text, "index": index} | ({"color": colour} if colour else {})
            for index, (value, (text, colour)) in enumerate(values.items())
        },
    }


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading; folded ones ask nothing until they are opened."""

    title: str
    panels: tuple[Panel, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """What can be chosen above a dashboard: answers to a statement, or values with their names."""

    name: str
    label: str
    statement: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    several: bool = False

    def model(self, everything: str) -> Model:
        """Return it as Grafana has it; `everything` is the word for all values."""
        chosen: Model = {"text": [everything], "value": ["$__all"], "selected": True} if self.several else {}
        base: Model = {
            "name": self.name, "label": self.label, "multi": self.several, "includeAll": self.several,
            "current": chosen, "options": [], "hide": 0, "skipUrlSync": False,
        }  # fmt: skip
        if self.statement:
            asked = statement(self.statement)
            return base | {
                "type": "query", "datasource": REFERENCES[POSTGRES], "query": asked, "definition": asked,
                "refresh": 1, "regex": "", "sort": 0,
            }  # fmt: skip
        pairs = (f"{text} : {value}" for value, text in self.values.items())
        return base | {"type": "custom", "query": ",".join(pair.replace(",", r"\,") for pair in pairs)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One dashboard. `marks` names the statement whose answers are drawn over the pictures."""

    uid: str
    title: str
    about: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-30d"
    refresh: str = ""
    marks: tuple[str, str] = ("", "")

    def model(self, everything: str) -> Model:
        """Return Grafana's JSON model, with neither id nor version: those are Grafana's own.

        `everything` is the word for all values of a variable.
        """
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.about,
            "tags": ["vicino"],
            "timezone": "browser",
            "weekStart": "monday",
            "schemaVersion": SCHEMA_VERSION,
            "editable": True,
            "graphTooltip": 1,
            "refresh": self.refresh,
            "time": {"from": self.since, "to": "now"},
            "templating": {"list": [variable.model(everything) for variable in self.variables]},
            "annotations": {"list": list(self._marks())},
            "links": [
                {
                    "type": "dashboards", "title": "Vicino", "tags": ["vicino"], "asDropdown": True,
                    "includeVars": True, "keepTime": False, "icon": "external link", "targetBlank": False,
                }
            ],
            "panels": list(_placed(self.rows)),
        }  # fmt: skip

    def _marks(self) -> Iterator[Model]:
        name, label = self.marks
        if name:
            yield {
                "name": label, "enable": True, "iconColor": BLUE, "datasource": REFERENCES[POSTGRES],
                "target": Asked(statement(name), table=True).model(0),
            }  # fmt: skip


def _placed(found: Iterable[Row]) -> Iterator[Model]:
    """Place rows below each other, and their panels from left to right."""
    number, y = 1, 0
    for row in found:
        head = {
            "id": number, "type": "row", "title": row.title, "collapsed": row.folded, "panels": [],
            "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y},
        }  # fmt: skip
        number, y, x, high = number + 1, y + 1, 0, 0
        models = []
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y, high = 0, y + high, 0
            models.append(panel.model(number, x, y))
            number, x, high = number + 1, x + panel.width, max(high, panel.height)
        y += high
        if row.folded:
            yield head | {"panels": models}
        else:
            yield head
            yield from models
