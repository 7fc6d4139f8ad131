"""`vicino alerts messages`: what became of the messages about alerts."""

import json
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from alerts.receipts.reads import Message, latest_messages
from alerts.summaries.about import Purpose
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results


def messages(
    alert: Annotated[UUID | None, typer.Option(help="One alert, by the name in the address of its page.")] = None,
    last: Annotated[int, typer.Option(help="How many, the latest first.", min=1, max=1000)] = 20,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Tell what became of messages: on their way, accepted, delivered, read or failed, and by which channel."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = latest_messages(connection, last, alert)
    if as_json:
        print(json.dumps([_line(each) for each in found], indent=2))
        return
    table = Table("at", "who", "channel", "state", "delivered", "read", "why not")
    for column in table.columns[:3]:
        column.no_wrap = True
    for each in found:
        said = [each.state, *(["uncertain"] if each.uncertain else [])]
        said += [] if each.purpose == Purpose.CALL else [each.purpose]
        table.add_row(
            f"{each.at.astimezone():%Y-%m-%d %H:%M:%S}", each.who, each.channel, ", ".join(said),
            _clock(each.delivered_at), _clock(each.read_at), each.last_error,
        )  # fmt: skip
    results.print(table)


def _line(message: Message) -> dict[str, str | int | bool | None]:
    """Return a message as JSON; instants in UTC."""
    return {
        "message": str(message.public_id),
        "alert": str(message.alert),
        "who": message.who,
        "channel": message.channel,
        "purpose": message.purpose,
        "state": message.state,
        "at": _instant(message.at),
        "attempts": message.attempts,
        "uncertain": message.uncertain,
        "delivered_at": _instant(message.delivered_at),
        "read_at": _instant(message.read_at),
        "why": message.last_error,
    }


def _instant(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _clock(instant: datetime | None) -> str:
    return f"{instant.astimezone():%H:%M:%S}" if instant else ""
