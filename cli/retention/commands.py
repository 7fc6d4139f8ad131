"""`vicino retention`: the classes of data, how long they are kept, and what is due."""

import json
import os
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import typer
from psycopg import Connection
from rich.table import Table

from alerts.settings import AlertSettings
from analytics.settings import AnalyticsSettings
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.retention import repository
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.database import Row
from core.retention import kept_from
from dashboards.settings import DashboardSettings
from ingest.settings import IngestSettings
from ingest.upkeep.reads import latest_touched

HOURS_A_DAY = 24


class Class(NamedTuple):
    """A class of data: what it is, which setting says how long it is kept, and whether its rows are counted."""

    name: str
    what: str
    settings: type[Any]
    setting: str
    counted: bool = True


CLASSES = (
    Class("event", "movement, doors, beds, calls", IngestSettings, "retention_event_days", counted=False),
    Class("level", "temperature, light, power", IngestSettings, "retention_level_days", counted=False),
    Class("vital", "weight, blood pressure", IngestSettings, "retention_vital_days", counted=False),
    Class("technical", "batteries, radio", IngestSettings, "retention_technical_days", counted=False),
    Class("figures", "hourly and daily figures of readings", IngestSettings, "retention_rollup_days", counted=False),
    Class("rejects", "messages that could not be stored", IngestSettings, "reject_days"),
    Class("analysis", "episodes, indicators, how days stood", AnalyticsSettings, "retention_analysis_days"),
    Class("findings", "findings, outcomes, contexts, silences", AnalyticsSettings, "retention_finding_days"),
    Class("alerts", "closed alerts with notes and messages", AlertSettings, "retention_alert_days"),
    Class("audit", "who looked", DashboardSettings, "retention_audit_days"),
    Class("sessions", "sign-ins, in hours", DashboardSettings, "session_h", counted=False),
)


class Line(NamedTuple):
    """What is told of a class; `due` is how many rows are to go, None where whole parts go instead."""

    name: str
    what: str
    setting: str
    kept: float
    kept_from: datetime | None
    oldest: datetime | None
    due: int | None


def retention(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Tell how long each class of data is kept, since when there is some, and how much is due to go."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        lines = look(connection, SystemClock().now())
    if as_json:
        print(json.dumps([line._asdict() for line in lines], indent=2, default=str))
        return
    table = Table("class", "what", "days", "setting", "nothing before", "oldest", "due")
    for line in lines:
        days = f"{line.kept:g}" if line.kept else "for ever"
        table.add_row(
            line.name, line.what, days, line.setting, _day(line.kept_from), _day(line.oldest),
            "" if line.due is None else f"{line.due:,}",
        )  # fmt: skip
    results.print(table)
    results.print("Settings are those of this terminal: services have their own environment.", style="dim")


def look(connection: Connection[Row], now: datetime) -> list[Line]:
    """Return what is to be told of each class."""
    done, latest = repository.gone_through(connection), latest_touched(connection)
    lines = []
    for each in CLASSES:
        kept = _setting(each)
        before = kept_from(now, latest, round(kept)) if each.name != "sessions" else None
        found = repository.due(connection, each.name, before) if each.counted else repository.Due(None, 0)
        since = done.get(each.name, repository.GoneThrough()).kept_from
        name = f"VICINO_{each.setting.upper()}"
        due = found.due if each.counted else None
        lines.append(Line(each.name, each.what, name, kept, since, found.oldest, due))
    return lines


def _setting(each: Class) -> float:
    """Return what this terminal's environment says, else the default: other settings of a service may be missing."""
    given = os.environ.get(f"VICINO_{each.setting.upper()}")
    return float(given or each.settings.model_fields[each.setting].default)


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d}"
