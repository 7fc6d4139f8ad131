"""`vicino deploy`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.ca.authority import Authority
from cli.deploy.secrets import prepare, refresh
from cli.screen import messages, results
from core.clock import SystemClock

DEFAULT = Path("deploy/secrets")

app = typer.Typer(help="Secrets and certificates of a deployment in containers.", no_args_is_help=True)
Folder = Annotated[Path, typer.Option("--to", help="Their folder, which docker-compose.yml names.")]


@app.command("prepare")
def prepare_(
    host: Annotated[str, typer.Option("--host", help="Name by which people and gateways reach this machine.")],
    to: Folder = DEFAULT,
) -> None:
    """Make what is missing: passwords, keys, accounts of the broker, certificates. What is there stays."""
    made = prepare(to, host, SystemClock().now())
    results.print(f"{len(made)} files were made in {to}." if made else "Everything is there.", highlight=False)
    if "smtp_url" in made:
        messages.print(
            f"Write the address of your mail server into {to}/smtp_url (smtp+starttls://user:password@host),"
            f" and that of whoever watches from outside into {to}/deadman_url.",
            highlight=False,
            soft_wrap=True,
        )


@app.command("renew")
def renew(to: Folder = DEFAULT) -> None:
    """Issue anew the certificates that end within four months, and put them where containers find them."""
    Authority(to / "ca").renew(SystemClock().now())
    changed = refresh(to)
    if not changed:
        results.print("Nothing ends soon.")
        return
    results.print(f"New: {', '.join(changed)}. The pages take theirs by themselves; tell the others:", highlight=False)
    results.print("docker compose kill -s HUP broker && docker compose exec -T database /deploy/database.sh reload")
