"""`vicino grafana`."""

import json
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import typer

from cli.database_server import SETTING, administrator_url
from cli.grafana.client import Grafana
from cli.grafana.provisioning import TO_DO, Item, Standing, bring, look
from cli.grafana.repository import admit
from cli.installation import GRAFANA_LOGIN, Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, messages, results
from core.clock import SystemClock
from core.errors import VicinoError
from dashboards.grafana.boards import models
from dashboards.grafana.sources import Source, postgres, prometheus
from embedded.privatefile import write_private

app = typer.Typer(help="Dashboards, data sources and logins of Grafana.", no_args_is_help=True)


class Language(StrEnum):
    """The languages that dashboards are made in."""

    it = "it"
    en = "en"


LanguageOption = Annotated[Language, typer.Option("--language", help="Of titles and texts.")]


@app.command("provision")
def provision(
    url: Annotated[str, typer.Option("--url", help="Where Grafana is, as https://grafana.example:3000.")],
    token_file: Annotated[Path, typer.Option("--token-file", help="File with the token of a service account.")],
    database: Annotated[
        Path | None,
        typer.Option("--database", help="File with the address by which Grafana reaches the database; see `login`."),
    ] = None,
    database_ca: Annotated[
        str | None, typer.Option("--database-ca", help="Path, where Grafana runs, of the database's authority.")
    ] = None,
    timescale: Annotated[bool, typer.Option("--timescale", help="The database has TimescaleDB.")] = False,
    prometheus_url: Annotated[
        str | None, typer.Option("--prometheus", help="Address by which Grafana reaches Prometheus.")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", help="Certificate of the authority that speaks for Grafana.")
    ] = None,
    language: LanguageOption = Language.it,
    password: Annotated[
        bool, typer.Option("--password", help="Send the database's password although one is set.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change, as a diff.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Bring folder, data sources and dashboards to Grafana; safe to repeat. No alert rule is made or touched."""
    with errors_in_words():
        grafana = _grafana(url, token_file, ca)
        sources = _sources(database, database_ca, prometheus_url, timescale=timescale)
        items = look(grafana, sources, list(models(language).values()), anew=password)
        if not dry_run:
            done = []
            for item in bring(grafana, items):
                done.append(item)
                messages.print(f"{item.what}: {_DONE[item.standing]}", highlight=False, soft_wrap=True)
    if as_json:
        print(
            json.dumps(
                [{"what": each.what, "standing": each.standing, "diff": each.diff()} for each in items], indent=2
            )
        )
        return
    _tell(items, dry_run=dry_run)


_DONE = {
    Standing.MISSING: "made",
    Standing.DIFFERENT: "brought up to date",
    Standing.BY_HAND: "brought back; what was changed by hand is in its versions",
}


def _tell(items: list[Item], *, dry_run: bool) -> None:
    for item in items:
        if dry_run:
            for line in item.diff():
                print(line)
        if item.standing in {Standing.BY_FILE, Standing.OTHER}:
            messages.print(f"{item.what}: {item.standing}, and kept as it is.", highlight=False, soft_wrap=True)
    to_do = sum(item.standing in TO_DO for item in items)
    same = sum(item.standing is Standing.SAME for item in items)
    said = "would be changed" if dry_run else "changed"
    results.print(f"{to_do} {said}, {same} as they should be.", highlight=False)


def _grafana(url: str, token_file: Path, ca: Path | None) -> Grafana:
    try:
        return Grafana(url, _read(token_file, "the token of a service account of Grafana"), ca)
    except OSError as error:
        raise VicinoError(f"The certificate {ca} cannot be used ({error}).", advice="give one in PEM") from None


def _sources(
    database: Path | None, database_ca: str | None, prometheus_url: str | None, *, timescale: bool
) -> list[Source]:
    """Return the data sources that were named; those that were not are left to Grafana as they are."""
    found = []
    if database is not None:
        found.append(postgres(_read(database, "the address of the database"), timescale=timescale, ca=database_ca))
    if prometheus_url is not None:
        found.append(prometheus(prometheus_url))
    return found


def _read(path: Path, what: str) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise VicinoError(
            f"The file {path} cannot be read ({type(error).__name__}).",
            kept="Grafana as it was",
            advice=f"put {what} into it",
        ) from None
    if not text or len(text.splitlines()) > 1:
        raise VicinoError(
            f"The file {path} is not one line.",
            kept="Grafana as it was",
            advice=f"put {what} into it, and nothing else",
        )
    return text


@app.command("boards")
def boards(
    to: Annotated[Path, typer.Option("--to", help="Folder for the files, one for each dashboard; others are kept.")],
    language: LanguageOption = Language.it,
) -> None:
    """Write the dashboards as files, for a Grafana that reads them from a folder."""
    with errors_in_words():
        to.mkdir(parents=True, exist_ok=True)
        made = models(language)
        for name, model in made.items():
            (to / f"{name}.json").write_text(as_text(model), encoding="utf-8")
    results.print(f"{len(made)} dashboards are in {to}.", highlight=False)


def as_text(model: dict[str, object]) -> str:
    """Return a model as a file holds it."""
    return json.dumps(model, indent=1, ensure_ascii=False) + "\n"


@app.command("login")
def login(
    to: Annotated[Path, typer.Option("--to", help="New file for the address, readable for its owner only.")],
    host: Annotated[str, typer.Option("--host", help="HOST:PORT by which Grafana reaches the database.")],
    organisation: Annotated[
        str | None,
        typer.Option("--organisation", help="It sees only this one (its key) and those below; all if not given."),
    ] = None,
    name: Annotated[
        str, typer.Option("--login", help="Its name; each organisation needs one of its own.")
    ] = GRAFANA_LOGIN,
    sslmode: Annotated[
        str, typer.Option("--sslmode", help="As libpq has it; `disable` only on one machine.")
    ] = "verify-full",
    data: Data = DEFAULT_DATA,
    database_url: Annotated[
        str | None, typer.Option("--database-url", envvar=SETTING, show_envvar=True, help="An administrator's address.")
    ] = None,
) -> None:
    """Make the login by which Grafana reads the pseudonymous views, with a new password, and write down its address."""
    with errors_in_words():
        if to.exists():
            raise VicinoError(f"{to} is there already.", kept="it, and the login as it was", advice="name a new file")
        with administrator_url(Installation(data), database_url, SystemClock()) as url:
            secret = secrets.token_urlsafe(32)
            address = f"{quote(name)}:{quote(secret)}@{host}"
            # First: a password that is written down nowhere would shut Grafana out.
            write_private(
                to, urlunsplit(("postgresql", address, urlsplit(url).path, f"sslmode={quote(sslmode)}", "")) + "\n"
            )
            try:
                with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
                    admit(connection, name, secret, organisation)
            except BaseException:
                to.unlink()
                raise
    results.print(f"{name} sees {organisation or 'all organisations'}; its address is in {to}.", highlight=False)
