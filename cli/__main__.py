"""The `vicino` command."""

import getpass
import json
import logging
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import devices.reads
import registry.file
import registry.reads
import registry.show
from cli import analyse as analysing
from cli import api, homes, indicators, metrics, screen, settings
from cli import backtest as backtesting
from cli import demo as demonstration
from cli import rejects as rejecting
from cli import replay as replaying
from cli import status as standing
from cli.addresses import app as addresses_app
from cli.alert_messages import messages as alert_messages
from cli.alert_statistics import app as alerts_app
from cli.audit import app as audit_app
from cli.backup.commands import app as backup_app
from cli.backup.commands import restore
from cli.bench.commands import app as bench_app
from cli.ca.commands import app as ca_app
from cli.canary import app as canary_app
from cli.channels import app as channels_app
from cli.contexts import app as contexts_app
from cli.deploy.commands import app as deploy_app
from cli.device_commands import app as devices_app
from cli.digest import app as digest_app
from cli.doctor.commands import doctor
from cli.evaluate.commands import app as evaluate_app
from cli.gateways import app as gateway_app
from cli.grafana.commands import app as grafana_app
from cli.installation import Installation
from cli.migrate import bring_up
from cli.persons.commands import app as person_app
from cli.policies import app as policies_app
from cli.precision import show_precision
from cli.push import enter_apprise, push_key
from cli.release_commands import app as release_app
from cli.research.commands import app as research_app
from cli.rules import app as rules_app
from cli.shifts import app as shifts_app
from cli.standing import homes as list_homes
from cli.test_alarm import ask_for_test
from cli.tokens import app as tokens_app
from cli.up import up as run_up
from cli.visits import app as visits_app
from core import log
from core.clock import SystemClock
from core.errors import VicinoError
from gateway.recordings.formats import FORMATS
from registry import accounts, second_factor
from registry.changes import Changes
from registry.rules import ROLES

app = typer.Typer(
    name="vicino",
    help="Vicino: home-care monitoring of fragile elderly people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
registry_app = typer.Typer(help="Who lives where, and what is installed there.", no_args_is_help=True)
account_app = typer.Typer(help="Accounts of people who sign in.", no_args_is_help=True)
app.add_typer(registry_app, name="registry")
app.add_typer(account_app, name="account")
findings_app = typer.Typer(help="What analysis has found, and how often it was right.")
findings_app.command("precision")(show_precision)
app.add_typer(findings_app, name="findings")
rejects_app = typer.Typer(help="What could not be stored, and trying it again.", no_args_is_help=True)
app.add_typer(rejects_app, name="rejects")
app.add_typer(alerts_app, name="alerts")
app.add_typer(backup_app, name="backup")
app.add_typer(bench_app, name="bench")
app.add_typer(ca_app, name="ca")
app.add_typer(deploy_app, name="deploy")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(release_app, name="release")
app.add_typer(research_app, name="research")
app.add_typer(devices_app, name="devices")
app.add_typer(contexts_app, name="contexts")
app.add_typer(canary_app, name="canary")
app.add_typer(gateway_app, name="gateway")
app.add_typer(grafana_app, name="grafana")
app.add_typer(rules_app, name="rules")
app.add_typer(visits_app, name="visits")
app.add_typer(addresses_app, name="addresses")
app.add_typer(tokens_app, name="token")
app.add_typer(audit_app, name="audit")
app.add_typer(person_app, name="person")
app.add_typer(policies_app, name="policies")
app.add_typer(shifts_app, name="shifts")
app.add_typer(channels_app, name="channels")
app.add_typer(digest_app, name="digest")
gateway_app.command("test-alarm")(ask_for_test)
alerts_app.command("messages")(alert_messages)
app.command("push-key")(push_key)
addresses_app.command("apprise")(enter_apprise)
app.command("homes")(list_homes)
app.command("restore")(restore)
app.command("doctor")(doctor)
app.command("migrate")(bring_up)

Data = Annotated[Path, typer.Option("--data", envvar="VICINO_DATA", help="Folder of the installation.")]
DEFAULT_DATA = Path("data/vicino")
# By whom, in what an account is told of itself.
BY_COMMAND = "vicino account recovery"
DEFAULT_DEMO_DATA = Path("data/demo")
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Day = datetime


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    port: Annotated[
        int | None, typer.Option(help="Port of the pages; a free one if not given.", min=0, max=65535)
    ] = None,
    simulator: Annotated[bool, typer.Option("--simulator", help="Also run simulated homes.")] = False,
    homes_: Annotated[int, typer.Option("--homes", help="How many simulated homes.", min=1, max=99)] = 3,
) -> None:
    """Run all services of one machine in the foreground, until Ctrl-C."""
    run_up(Installation(data), SystemClock(), port=port, simulated_homes=homes_ if simulator else 0)


@app.command()
def demo(
    data: Data = DEFAULT_DEMO_DATA,
    port: Annotated[
        int | None, typer.Option(help="Port of the pages; a free one if not given.", min=0, max=65535)
    ] = None,
) -> None:
    """Run a demonstration: twelve simulated homes, two months of history, and a story that unfolds by itself."""
    demonstration.demo(data, SystemClock(), port=port)


@app.command()
def status(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Tell what runs, how far behind it is, and how many readings are stored, rejected and pending.

    The exit code is 1 if nothing runs.
    """
    found = standing.status(Installation(data), SystemClock())
    standing.show(found, as_json=as_json)
    raise typer.Exit(0 if found["running"] else 1)


@app.command("metrics")
def metrics_page(data: Data = DEFAULT_DATA) -> None:
    """Print the figures of all services, as Prometheus reads them."""
    print(metrics.page(Installation(data)), end="")


@app.command()
def replay(
    path: Annotated[Path, typer.Argument(help="The recording: a folder or a file.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")],
    speed: Annotated[
        str, typer.Option(help="'max', or how many seconds pass in one: 60 plays an hour a minute.")
    ] = "max",
    homes_limit: Annotated[int | None, typer.Option("--homes", help="At most so many homes.", min=1)] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send a recording through the gateway's own code, over MQTT, into a running installation."""
    whole = replaying.replay(
        Installation(data), path, form, speed=_speed(speed), homes_limit=homes_limit, clock=SystemClock()
    )
    raise typer.Exit(0 if whole else 1)


@app.command()
def analyse(
    first: Annotated[Day, typer.Option("--from", formats=["%Y-%m-%d"], help="First local day.")],
    last: Annotated[Day, typer.Option("--to", formats=["%Y-%m-%d"], help="Last local day.")],
    data: Data = DEFAULT_DATA,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler whose workers compute them, as tcp://10.0.0.5:8786."),
    ] = None,
) -> None:
    """Compute stored days again, walk-forward: each day sees only what could have been seen then."""
    analysing.analyse(Installation(data), first.date(), last.date(), SystemClock(), scheduler)


@findings_app.callback(invoke_without_command=True)
def findings(
    context: typer.Context,
    first: Annotated[Day | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of a finding.")] = None,
    last: Annotated[Day | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of a finding.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """List what analysis has found."""
    if context.invoked_subcommand is None:
        analysing.findings(Installation(data), first and first.date(), last and last.date(), as_json=as_json)


@app.command()
def backtest(
    rule: Annotated[str, typer.Argument(help="A rule (see vicino rules list), or an indicator for its detector.")],
    days: Annotated[int, typer.Option(help="How many days, up to yesterday.", min=1, max=366)] = 60,
    home: Annotated[str | None, typer.Option(help="One home by its key; all homes if not given.")] = None,
    changed: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE: judge by this instead of what is set.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Tell what a rule or detector would have raised over stored days, beside what was raised; nothing is stored."""
    backtesting.run(Installation(data), SystemClock(), rule, days, home, changed or [], as_json=as_json)


@app.command("indicators")
def indicators_page() -> None:
    """Print every indicator, how it is computed and what it rests on, in Markdown."""
    print(indicators.page())


@app.command("api")
def api_page() -> None:
    """Print every address of the REST API, in Markdown."""
    print(api.page())


@app.command("settings")
def settings_page() -> None:
    """Print every setting of every service, in Markdown."""
    print(settings.page())


@registry_app.command("apply")
def registry_apply(
    file: Annotated[Path, typer.Argument(help="The YAML file; docs/examples/registry.yaml is an example.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Make the registry what a file says. Nothing is deleted; the same file again changes nothing."""
    document = registry.file.load(file)
    with Installation(data).database() as database:
        _tell_changes(homes.apply(database, document))


@registry_app.command("show")
def registry_show(data: Data = DEFAULT_DATA) -> None:
    """Show organisations, homes, rooms, persons and devices as a tree."""
    with Installation(data).database() as database, database.transaction() as connection:
        screen.results.print(registry.show.show(connection, devices.reads.devices(connection)))


@account_app.command("add")
def account_add(
    login: Annotated[str, typer.Argument(help="Lower-case letters, digits, '.', '_' and '-'.")],
    organisation: Annotated[str, typer.Option(help="Key of an organisation that exists.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "operator",
    name: Annotated[str, typer.Option(help="The person's name; the login if not given.")] = "",
    email: Annotated[str, typer.Option(help="Where notifications go.")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make an account, or give one another role; nothing is taken away. Set its password afterwards."""
    with Installation(data).database() as database:
        known = homes.organisations(database)
        if organisation not in {each.key for each in known}:
            raise VicinoError(
                f"There is no organisation {organisation!r}.",
                advice=f"choose one of: {', '.join(each.key for each in known)}",
            )
        _tell_changes(
            homes.apply(database, homes.account_document(known, login, name or login, email, organisation, role))
        )


@account_app.command("password")
def account_password(
    login: Annotated[str, typer.Argument(help="The login, as in the registry file.")],
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Set the password of an account."""
    with Installation(data).database() as database:
        password = sys.stdin.readline().rstrip("\n") if from_stdin else _ask_password()
        with database.transaction() as connection:
            accounts.set_password(connection, login, password, SystemClock().now())
    screen.results.print(f"The password of {login} is set.")


@account_app.command("recovery")
def account_recovery(
    login: Annotated[str, typer.Argument(help="The login.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Hand out a code for whoever has lost the second factor; it is shown this once. Their sign-ins are ended."""
    with Installation(data).database() as database, database.transaction() as connection:
        issued = second_factor.hand_out(connection, login, BY_COMMAND, SystemClock().now())
    print(issued.code)
    screen.messages.print(
        f"With it and the password {login} signs in once, until {issued.expires_at:%Y-%m-%d %H:%M} UTC, and sets up"
        " one-time codes anew. Hand it over in person: it is kept nowhere.",
        highlight=False,
    )


@account_app.command("close")
def account_close(
    login: Annotated[str, typer.Argument(help="The login.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Close an account: nobody can sign in with it, and whoever is signed in is out at once. What it did stays."""
    _open_or_close(data, login, active=False)
    screen.results.print(f"The account {login} is closed.")


@account_app.command("open")
def account_open(
    login: Annotated[str, typer.Argument(help="The login.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Open a closed account again."""
    _open_or_close(data, login, active=True)
    screen.results.print(f"The account {login} is open.")


@account_app.command("remove-role")
def account_remove_role(
    login: Annotated[str, typer.Argument(help="The login.")],
    organisation: Annotated[str, typer.Option(help="Key of the organisation.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Take a role away, from the next request on."""
    with Installation(data).database() as database, database.transaction() as connection:
        accounts.remove_role(connection, login, organisation, role)
    screen.results.print(f"{login} is no longer {role} of {organisation}.")


@account_app.command("list")
def account_list(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """List the accounts and their roles."""
    with Installation(data).database() as database, database.transaction() as connection:
        lines = registry.reads.accounts(connection)
    if as_json:
        print(json.dumps([line._asdict() for line in lines], indent=2, default=str))
        return
    table = Table(*(name.replace("_", " ") for name in lines[0]._fields)) if lines else None
    if table is None:
        screen.results.print("There are no accounts yet: describe them in a file and apply it.")
        return
    for line in lines:
        table.add_row(*(str(value) for value in line))
    screen.results.print(table)


@rejects_app.command("list")
def rejects_list(
    reason: Annotated[str | None, typer.Option(help="Only what was rejected for this reason.")] = None,
    gateway: Annotated[str | None, typer.Option(help="Only what this gateway sent.")] = None,
    replayable: Annotated[bool, typer.Option("--replayable", help="Only what would be stored now.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many messages.", min=1, max=10_000)] = 20,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Show what could not be stored, by reason and gateway, and the latest messages."""
    rejecting.show_list(
        Installation(data),
        SystemClock(),
        reason=reason,
        gateway=gateway,
        replayable=replayable,
        limit=limit,
        as_json=as_json,
    )


@rejects_app.command("show")
def rejects_show(
    number: Annotated[int, typer.Argument(help="The number, as `vicino rejects list` shows it.")],
    raw: Annotated[bool, typer.Option("--raw", help="Write the bytes as they came, and nothing else.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show one message that could not be stored: why, what to do, and what it says."""
    rejecting.show_one(Installation(data), number, raw=raw)


@rejects_app.command("replay")
def rejects_replay(
    numbers: Annotated[list[int] | None, typer.Argument(help="Their numbers.")] = None,
    reason: Annotated[str | None, typer.Option(help="All that was rejected for this reason.")] = None,
    gateway: Annotated[str | None, typer.Option(help="All of this gateway that may be stored now.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that may be stored now.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Try again what could not be stored. What can be is stored with its own time, and never twice."""
    rejecting.replay(
        Installation(data), SystemClock(), numbers or (), reason=reason, gateway=gateway, everything=everything
    )


def _open_or_close(data: Path, login: str, *, active: bool) -> None:
    with Installation(data).database() as database, database.transaction() as connection:
        accounts.open_or_close(connection, login, SystemClock().now(), active=active)


def _ask_password() -> str:
    password = getpass.getpass("New password: ")
    if getpass.getpass("The same again: ") != password:
        raise VicinoError("The two passwords are not the same.", kept="the password as it was")
    return password


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise VicinoError(f"{text!r} is no speed.", advice="say 'max', or a number such as 60")
    return speed


def _tell_changes(changes: Changes) -> None:
    table = Table("", "made", "changed", "unchanged")
    for kind, count in changes.counts.items():
        table.add_row(kind, *(f"{number:,}" for number in count))
    screen.results.print(table)
    for kind, keys in changes.missing.items():
        if keys:
            shown = ", ".join(keys[:10]) + (" …" if len(keys) > 10 else "")  # noqa: PLR2004 - a line's worth
            screen.messages.print(f"Kept, although the file no longer describes them: {kind} {shown}", highlight=False)


def main() -> None:
    """Run the command."""
    log.configure("vicino", level=logging.WARNING)
    with screen.errors_in_words():
        app()


if __name__ == "__main__":
    main()
