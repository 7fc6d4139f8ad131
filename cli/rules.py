"""`vicino rules`: what rules and detectors are set to, and setting them."""

import json
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

import analytics.rules.repository as stored
import registry.reads
from analytics.rules.catalogue import RULES
from analytics.rules.protocol import Mode
from analytics.rules.standing import CHANGES, LEARNED, QUIET_TIMES, Setting, default, settings_of, with_fields
from cli.backtest import fields_of
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.database import Database
from core.errors import VicinoError

app = typer.Typer(help="Rules and detectors: active, on trial or off, and their limits.", no_args_is_help=True)


@app.command("list")
def list_rules(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the rules with what they are set to by default, and what was set for organisations and homes."""
    with errors_in_words(), Installation(data).database() as database:
        defaults, was_set = _defaults(), _set(database)
    if as_json:
        print(json.dumps({"defaults": defaults, "set": was_set}, indent=2))
        return
    table = Table("rule", "where", "mode", "settings", "since")
    for rule, standing in defaults.items():
        table.add_row(rule, "everywhere", standing["mode"], json.dumps(standing["settings"]), "")
    for row in was_set:
        where = row["home"] or row["organisation"]
        table.add_row(row["rule"], where, row["mode"] or "", json.dumps(row["fields"]), row["set_at"][:16])
    results.print(table)


@app.command("set")
def set_rule(
    rule: Annotated[str, typer.Argument(help="A rule, or an indicator whose detector is meant.")],
    organisation: Annotated[str | None, typer.Option(help="For its homes and those of all below it.")] = None,
    home: Annotated[str | None, typer.Option(help="For one home.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="Whether it alerts, is on trial, or is off.")] = None,
    changed: Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE, as --set least=20.")] = None,
    reason: Annotated[str, typer.Option("--why", help="Why, for those who look later.")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Set a rule for an organisation or one home, from the next computation on, in place of what was set there."""
    with errors_in_words(), Installation(data).database() as database:
        fields = fields_of(changed or [])
        with_fields(rule, settings_of(rule)(), fields)
        scope = _scope(database, organisation, home)
        with database.transaction() as connection:
            stored.put_setting(connection, scope, Setting(rule, mode, fields), None, SystemClock().now(), reason)
    results.print(f"Set {rule} for {home or organisation}.")


def _defaults() -> dict[str, Any]:
    return {
        rule: {"mode": str(default(rule).mode), "settings": msgspec.to_builtins(default(rule).settings)}
        for rule in (*RULES, *QUIET_TIMES, CHANGES, LEARNED)
    }


def _set(database: Database) -> list[dict[str, Any]]:
    with database.transaction() as connection:
        organisations = {each.organisation_id: each.key for each in registry.reads.organisations(connection)}
        homes = {each.home_id: each.key for each in registry.reads.homes(connection)}
        rows = stored.settings_of_all(connection)
    return [
        {
            "rule": row["rule"],
            "organisation": organisations[row["organisation_id"]],
            "home": homes.get(row["home_id"]),
            "mode": row["mode"],
            "fields": row["fields"],
            "why": row["reason"],
            "set_by": row["set_by"],
            "set_at": row["set_at"].isoformat(),
        }
        for row in rows
    ]


def _scope(database: Database, organisation: str | None, home: str | None) -> stored.Scope:
    if (organisation is None) == (home is None):
        raise VicinoError("Say for whom: --organisation or --home, one of the two.", kept="Nothing was set.")
    with database.transaction() as connection:
        if home is not None:
            found = next((each for each in registry.reads.homes(connection) if each.key == home), None)
            if found is not None:
                return stored.Scope(found.organisation_id, found.home_id)
        else:
            for each in registry.reads.organisations(connection):
                if each.key == organisation:
                    return stored.Scope(each.organisation_id)
    raise VicinoError(
        f"There is no {'home' if home else 'organisation'} {home or organisation!r}.",
        kept="Nothing was set.",
        advice="see what there is with: vicino registry show",
    )
