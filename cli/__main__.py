"""The `vicino` command: which commands there are, and where each stands."""

import logging

import typer

from cli import screen
from cli.on_demand import group
from core import log

COMMANDS = {
    "up": "cli.commands.up:up",
    "demo": "cli.commands.demo:demo",
    "status": "cli.commands.status:status",
    "doctor": "cli.doctor.commands:doctor",
    "metrics": "cli.commands.metrics:metrics",
    "homes": "cli.standing:homes",
    "registry": "cli.commands.registry:app",
    "account": "cli.commands.account:app",
    "person": "cli.persons.commands:app",
    "gateway": "cli.gateways:app",
    "devices": "cli.device_commands:app",
    "alerts": "cli.alert_statistics:app",
    "policies": "cli.policies:app",
    "shifts": "cli.shifts:app",
    "addresses": "cli.addresses:app",
    "channels": "cli.channels:app",
    "digest": "cli.digest:app",
    "push-key": "cli.push:push_key",
    "canary": "cli.canary:app",
    "findings": "cli.commands.findings:app",
    "analyse": "cli.commands.analyse:analyse",
    "rules": "cli.rules:app",
    "backtest": "cli.commands.backtest:backtest",
    "contexts": "cli.contexts:app",
    "visits": "cli.visits:app",
    "rejects": "cli.commands.rejects:app",
    "replay": "cli.commands.replay:replay",
    "research": "cli.research.commands:app",
    "evaluate": "cli.evaluate.commands:app",
    "grafana": "cli.grafana.commands:app",
    "token": "cli.tokens:app",
    "audit": "cli.audit:app",
    "backup": "cli.backup.commands:app",
    "restore": "cli.backup.commands:restore",
    "retention": "cli.retention.commands:retention",
    "migrate": "cli.migrate:bring_up",
    "deploy": "cli.deploy.commands:app",
    "ca": "cli.ca.commands:app",
    "release": "cli.release_commands:app",
    "bench": "cli.bench.commands:app",
    "indicators": "cli.indicators:show",
    "settings": "cli.settings:show",
    "api": "cli.api:show",
}

app = typer.Typer(
    name="vicino", cls=group(COMMANDS), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def vicino() -> None:
    """Vicino: home-care monitoring of fragile elderly people."""


def main() -> None:
    """Run the command."""
    log.configure("vicino", level=logging.WARNING)
    with screen.errors_in_words():
        app()


if __name__ == "__main__":
    main()
