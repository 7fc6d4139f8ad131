"""`vicino alerts statistics`: how soon alerts are answered, how often rightly, and how people are told."""

import json
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

import registry.reads
from alerts.statistics.figures import Figures, Hour, OfFamily, OfKind, OfShift, Sent
from alerts.statistics.reads import figures_of
from alerts.statistics.times import Times
from cli.alert_messages import messages
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError
from registry.reads import Organisation, below

app = typer.Typer(help="How alerts are answered.", no_args_is_help=True)
app.command("messages")(messages)

DAYS = 28


@app.command()
def statistics(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, by the clocks of the homes.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; today if not given.")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="An organisation by its key, with those below it; all if not given.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Tell how soon people were told of alerts, took charge and closed them, and what became of it."""
    now = SystemClock().now()
    until = last.date() if last else now.date()
    since = first.date() if first else until - timedelta(days=DAYS - 1)
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        if since > until:
            raise VicinoError("The first day is after the last.", advice="give --from a day that is not after --to")
        chosen = _chosen(organisation, registry.reads.organisations(connection))
        found, together = figures_of(connection, [each.organisation_id for each in chosen], since, _after(until), now)
    if not as_json:
        _show(together)
        return
    names = {each.organisation_id: each for each in chosen}
    said = {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "as_of": now.isoformat(),
        "organisations": [
            {"key": names[key].key, "name": names[key].name, **report(each)} for key, each in found.items()
        ],
        "all": report(together),
    }
    print(json.dumps(said, indent=2))


def _chosen(key: str | None, organisations: list[Organisation]) -> list[Organisation]:
    """Return the organisation `key` and those below it, or all; raises `VicinoError` where there is none."""
    found = organisations if key is None else below(key, organisations)
    if key is not None and not found:
        raise VicinoError(f"There is no organisation {key!r}.", advice="see them with: vicino registry show")
    return found


def report(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON has them: times in seconds, shares from 0 to 1, null for what nobody can tell."""
    return {
        "homes": figures.homes,
        "alerts": figures.alerts,
        "families": [_family(each) for each in figures.families],
        "kinds": [_kind(each) for each in figures.kinds],
        "channels": [_channel(each) for each in figures.channels],
    }


def _family(found: OfFamily) -> dict[str, Any]:
    return {
        "family": str(found.family),
        "alerts": found.alerts,
        "per_home_week": None if found.per_home_week is None else round(found.per_home_week, 4),
        "nobody_took_charge": found.unanswered,
        "nobody_took_charge_share": None if found.unanswered_share is None else round(found.unanswered_share, 4),
        "told": _times(found.told),
        "taken": _times(found.taken),
        "closed": _times(found.closed),
        "hours": [_hour(hour) for hour in found.hours if hour.alerts],
        "shifts": [_shift(shift) for shift in found.shifts],
    }


def _shift(found: OfShift) -> dict[str, Any]:
    rota, *ends = found.shift
    begins, until = (None if end is None else f"{end:%H:%M}" for end in ends)
    return {
        "rota": rota,
        "begins": begins,
        "ends": until,
        "alerts": found.alerts,
        "nobody_took_charge": found.unanswered,
        "told": _times(found.told),
        "taken": _times(found.taken),
        "closed": _times(found.closed),
    }


def _hour(hour: Hour) -> dict[str, Any]:
    return {
        "hour": hour.hour,
        "alerts": hour.alerts,
        "nobody_took_charge": hour.unanswered,
        "taken": _times(hour.taken),
    }


def _kind(found: OfKind) -> dict[str, Any]:
    precision, interval = found.counts.precision, found.counts.interval
    return {
        "family": str(found.family),
        "kind": found.kind,
        "alerts": found.alerts,
        **found.counts._asdict(),
        "precision": None if precision is None else round(precision, 4),
        "interval": None if interval is None else [round(end, 4) for end in interval],
        "reasons": dict(found.reasons),
    }


def _channel(found: Sent) -> dict[str, Any]:
    return {name: value for name, value in found._asdict().items() if name != "organisation_id"}


def _times(found: Times) -> dict[str, Any]:
    return found._asdict()


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _show(figures: Figures) -> None:
    table = Table("family", "alerts", "a home and week", "nobody in time", "told", "taken", "closed")
    for each in figures.families:
        per = "" if each.per_home_week is None else f"{each.per_home_week:.2f}"
        times = [_in_words(found) for found in (each.told, each.taken, each.closed)]
        table.add_row(str(each.family), str(each.alerts), per, str(each.unanswered), *times)
    results.print(table)
    shifts = Table("family", "rota", "shift", "alerts", "nobody in time", "told", "taken", "closed")
    for each in figures.families:
        for of in each.shifts:
            times = [_in_words(found) for found in (of.told, of.taken, of.closed)]
            during = "none" if of.shift.begins is None else f"{of.shift.begins:%H:%M}-{of.shift.ends:%H:%M}"
            shifts.add_row(str(each.family), of.shift.rota, during, str(of.alerts), str(of.unanswered), *times)
    if shifts.row_count:
        results.print(shifts)
    kinds = Table("kind", "alerts", "true", "false", "explained", "unclear")
    for kind in figures.kinds:
        kinds.add_row(kind.kind, str(kind.alerts), *(str(count) for count in kind.counts))
    results.print(kinds)
    channels = Table("channel", *Sent._fields[2:])
    for channel in figures.channels:
        channels.add_row(channel.channel, *(str(count) for count in channel[2:]))
    results.print(channels)


def _in_words(found: Times) -> str:
    """Return the middle and nine tenths in seconds, and how many are not over: they count with the time so far."""
    ends = ["?" if value is None else f"{value:,.0f}" for value in (found.median_s, found.p90_s)]
    return f"{ends[0]} s, 90 %: {ends[1]} s" + (f" ({found.not_over} not over)" if found.not_over else "")
