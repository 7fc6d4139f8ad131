"""`vicino policies`: who is told of which alerts, and when."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import Connection
from psycopg.rows import DictRow
from pydantic import SecretStr
from rich.table import Table

import registry.reads
from alerts.lifecycle import Family
from alerts.policies import document, repository
from alerts.policies.recipients import Place
from alerts.policies.trial import Moment, moments
from alerts.policies.wording import sentences
from alerts.policy import Found, Rules, standard
from alerts.settings import AlertSettings
from alerts.surroundings import home_facts
from alerts.wording import TITLES
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError
from core.languages import LANGUAGES

app = typer.Typer(help="Policies: who is told of which alerts, and when.", no_args_is_help=True)
MOMENT = "%Y-%m-%dT%H:%M"


@app.command("load")
def load_policies(
    file: Annotated[Path, typer.Argument(help="The YAML file; docs/examples/policies.yaml is an example.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Make the policies of the organisations that a file names what it says. Alerts that are open keep theirs."""
    clock = SystemClock()
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        wanted = document.load(file, repository.known(connection))
        changed = repository.load(connection, wanted, clock.now())
    for each in changed:
        what = " ".join(part for part in (each.organisation, each.family, each.kind) if part)
        said = f"version {each.version} holds from now on" if each.version else "has ended; the next above holds"
        results.print(f"{what}: {said}.", highlight=False)
    if not changed:
        results.print("Nothing was changed.")


@app.command("show")
def show_policies(
    home: Annotated[str | None, typer.Option(help="What holds for one home, by its key.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Show the policies that hold, with a sentence for each step, in Italian and English."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        lines = _of_home(connection, home) if home else _of_all(connection)
    if as_json:
        print(json.dumps(lines, indent=2, ensure_ascii=False))
        return
    for line in lines:
        whose = f"{line['organisation']}, version {line['version']}" if line["version"] else "standard"
        kind = f" ({line['kind']})" if line["kind"] else ""
        results.print(f"[bold]{line['family']}{kind}[/bold]: {line['name']} ({whose})", highlight=False)
        for language in LANGUAGES:
            for sentence in line["sentences"][language]:
                results.print(f"  {language}  {sentence}", highlight=False, soft_wrap=True)


@app.command("try")
def try_policy(
    home: Annotated[str, typer.Option(help="The home's key, as in the registry.")],
    family: Annotated[Family, typer.Option(help="Of which family the alert would be.")],
    at: Annotated[datetime, typer.Option(formats=[MOMENT], help="When it would open, on the home's clock.")],
    kind: Annotated[str, typer.Option(help="Of which kind it would be, as sos_button.")] = "",
    severity: Annotated[float, typer.Option(help="How severe it would be, from 0 to 1.", min=0, max=1)] = 0.5,
    most: Annotated[int, typer.Option(help="At most so many moments.", min=1, max=1000)] = 20,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Tell who would be told, and when, of an alert that nobody takes. Nothing is written and nobody is told."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        if kind and kind not in TITLES:
            raise VicinoError(f"There is no kind of alert {kind!r}.", advice=f"use one of: {', '.join(sorted(TITLES))}")
        found = _home(connection, home)
        opens = at.replace(tzinfo=found.zone)
        plan = repository.nearest(connection, found.organisation_id, family, kind) or _rules()
        only = home_facts(connection, found.home_id).only_person
        place = Place(found.organisation_id, found.home_id, only, family)
        said = list(moments(connection, plan, family, place, found.zone, opens, severity, most))
    if as_json:
        print(json.dumps([_moment(each, opens) for each in said], indent=2, ensure_ascii=False))
        return
    table = Table("when", "after", "step", "who is told")
    for each in said:
        table.add_row(
            f"{each.at.astimezone(found.zone):%Y-%m-%d %H:%M:%S}", str(each.at - opens), str(each.number), _told(each)
        )
    results.print(table)


def _of_all(connection: Connection[DictRow]) -> list[dict[str, Any]]:
    held = repository.in_force(connection)
    lines = [_line(each.family, each.kind, Found(each.plan, each.organisation, each.version)) for each in held]
    return lines + [_line(family, "", Found(standard(family, _rules()))) for family in Family]


def _of_home(connection: Connection[DictRow], key: str) -> list[dict[str, Any]]:
    home = _home(connection, key)
    held = repository.in_force(connection, home.organisation_id)
    lines = []
    for family in Family:
        kinds = sorted({each.kind for each in held if each.family is family and each.kind})
        for kind in ["", *kinds]:
            found = repository.nearest(connection, home.organisation_id, family, kind)
            lines.append(_line(family, kind, found or Found(standard(family, _rules()))))
    return lines


def _line(family: Family, kind: str, found: Found) -> dict[str, Any]:
    return {
        "family": str(family),
        "kind": kind,
        "organisation": found.organisation,
        "version": found.version,
        "name": found.plan.name,
        "sentences": {language: sentences(found.plan, family, language) for language in LANGUAGES},
    }


def _moment(moment: Moment, opens: datetime) -> dict[str, Any]:
    return {
        "at": moment.at.isoformat(),
        "after_s": (moment.at - opens) / timedelta(seconds=1),
        "step": moment.number,
        "people": [reached.name for reached in moment.people],
        "channels": [reached.channel for reached in moment.people],
        "passed_over": list(moment.passed_over),
        "unanswered": moment.unanswered,
        "last_resort": moment.last_resort,
    }


def _told(moment: Moment) -> str:
    parts = [
        *(f"(step {step + 1}: nobody there, passed on at once)" for step in moment.passed_over),
        "NOBODY TOOK CHARGE." if moment.unanswered else "",
        ", ".join(f"{reached.name} ({reached.channel})" for reached in moment.people)
        or "nobody: it stands on the board",
    ]
    return " ".join(part for part in parts if part)


def _home(connection: Connection[DictRow], key: str) -> registry.reads.Home:
    found = next((each for each in registry.reads.homes(connection) if each.key == key), None)
    if found is None:
        raise VicinoError(f"There is no home {key!r}.", advice="see the homes with: vicino registry show")
    return found


def _rules() -> Rules:
    """Return what the settings around this terminal say of standard policies, as the service reads its own."""
    settings = AlertSettings(database_url=SecretStr(""))  # type: ignore[call-arg]  # the others come from the environment
    return Rules(settings.safety_repeat_s, settings.safety_times, settings.safety_then_every_s)
