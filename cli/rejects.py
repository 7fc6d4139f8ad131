"""`vicino rejects`: what could not be stored and why, message by message, and trying it again."""

import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

import ingest.repository
from cli.installation import Installation
from cli.replay import progress_bar
from cli.screen import messages, results
from core.clock import Clock
from core.database import Database
from core.errors import VicinoError
from core.service import stop_on_signals
from core.vocabulary import Retention
from devices.reads import series_of_gateways
from ingest.rejects import reads, repository
from ingest.rejects.payloads import written
from ingest.rejects.reads import Group, Line, Reject, Wanted
from ingest.rejects.replaying import CHANGEABLE, Report, would_store
from ingest.rejects.replaying import replay as replay_rejects
from ingest.rejects.wording import WORDINGS
from ingest.series import Directory
from ingest.settings import IngestSettings, limits_of
from ingest.validate import Limits, Reason

TURN_S = 0.5

Service = Connection[DictRow]


def show_list(
    installation: Installation,
    clock: Clock,
    *,
    reason: str | None,
    gateway: str | None,
    replayable: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Print what is not stored: grouped by reason and gateway, then the latest messages."""
    wanted = Wanted(frozenset({_reason(reason)}) if reason else None, gateway)
    with installation.database() as database, _connection(database) as connection:
        ready = _ready(connection, reads.groups(connection, wanted), clock, _limits(installation))
        if replayable:
            ready = {group: now for group, now in ready.items() if now}
        shown = {(group.gateway_key, group.reason) for group in ready}
        wanted = wanted._replace(reasons=frozenset(each for _, each in shown))
        latest = reads.lines(connection, wanted, maximum=limit)
        lines = [line for line in latest if (line.gateway_key, line.reason) in shown]
        gone = [] if replayable else reads.gone(connection)
    if as_json:
        found = {
            "groups": [{**group._asdict(), "replayable": now} for group, now in ready.items()],
            "messages": [line._asdict() for line in lines],
            "only_counted": [each._asdict() for each in gone],
        }
        print(json.dumps(found, indent=2, default=_as_json))
        return
    if not ready:
        results.print("Nothing of this kind waits: all that came was stored.", highlight=False)
    else:
        _print_groups(ready)
        _print_lines(lines)
    for each in gone:
        results.print(
            f"Only counted, no longer kept: {each.times:,} messages of {each.source or 'unregistered senders'}"
            f" ({each.reason}).",
            highlight=False,
            soft_wrap=True,
        )


def show_one(installation: Installation, reject_id: int, *, raw: bool) -> None:
    """Print one message with the reason for which it was rejected, or only its bytes."""
    with installation.database() as database, database.transaction() as connection:
        found = reads.reject(connection, reject_id)
    if found is None:
        raise _no_such(reject_id)
    if raw:
        sys.stdout.buffer.write(found.payload)
        return
    wording = WORDINGS[found.reason]
    table = Table("", "", show_header=False, box=None)
    for name, value in (
        ("Reason", f"{found.reason}: {wording.meaning}"),
        ("Detail", found.detail),
        ("What to do", wording.advice),
        ("Gateway", found.gateway_key or "none"),
        ("Topic", found.topic),
        ("First came", _instant(found.first_at)),
        ("Last came", _instant(found.last_at)),
        ("How often", f"{found.times:,}"),
        ("Readings", f"{found.records:,}"),
        ("Stored since", _instant(found.replayed_at) if found.replayed_at else "no"),
        ("Properties", ", ".join(f"{name}={value}" for name, value in found.properties) or "none"),
        ("Bytes", _size(found)),
    ):
        table.add_row(Text(name, "bold"), _plain(value))
    results.print(table)
    results.print()
    results.print(_plain(written(found.payload)), soft_wrap=True)


def replay(
    installation: Installation,
    clock: Clock,
    ids: Sequence[int],
    *,
    reason: str | None,
    gateway: str | None,
    everything: bool,
) -> Report:
    """Try rejects again, and print what came of it."""
    if not (ids or reason or gateway or everything):
        raise VicinoError(
            "It is not said which rejects to try again.",
            kept="all of them as they were",
            advice="name their numbers, a --reason, a --gateway, or --all; `vicino rejects list` shows them",
        )
    reasons = {_reason(reason)} if reason else None if ids else CHANGEABLE
    stop = stop_on_signals()
    with installation.database() as database, _turn(database, clock, stop) as connection:
        found = repository.selected(connection, ids=ids or None, reasons=reasons, gateway=gateway)
        missing = set(ids) - {each.reject_id for each in found}
        if missing and not (reason or gateway):
            raise _no_such(min(missing))
        with progress_bar() as progress:
            task = progress.add_task("Tried again", total=None)
            report = replay_rejects(
                connection,
                [each.reject_id for each in found if not each.cut],
                load=series_of_gateways,
                limits=_limits(installation),
                clock=clock,
                worker="command line",
                progress=lambda done, total: progress.update(task, completed=done, total=total),
                stop=stop,
            )
    report = report._replace(cut=sum(each.cut for each in found))
    for sentence in told(report):
        results.print(sentence, highlight=False, soft_wrap=True)
    return report


def told(report: Report) -> Iterator[str]:
    """Yield what a replay brought, in sentences."""
    yield (
        f"{_counted(report.messages, 'message')} tried again: {_counted(report.stored, 'reading')} stored"
        f" with their own time, {report.already:,} there already."
    )
    for reason, records in sorted(report.refused.items()):
        yield f"Still refused: {records:,} ({reason}). {WORDINGS[Reason(reason)].advice}"
    if report.cut:
        yield (
            f"Not tried: {_counted(report.cut, 'message')}, too large to be kept whole. What is not here cannot be"
            " stored from here: the gateway must send it again."
        )


def _print_groups(ready: dict[Group, bool]) -> None:
    table = Table(box=SIMPLE_HEAD, title="Not stored", title_justify="left", padding=(0, 1, 0, 0))
    table.add_column("reason and gateway", overflow="fold")
    for name in ("messages", "came", "readings"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("first and last", "again?"):
        table.add_column(name, no_wrap=True)
    for group, now in ready.items():
        table.add_row(
            f"{group.reason}\n{group.gateway_key or 'no gateway'}",
            f"{group.messages:,}",
            f"{group.times:,}",
            f"{group.records:,}",
            f"{_short(group.first_at)}\n{_short(group.last_at)}",
            "yes" if now else "no",
        )
    results.print(table)
    for reason in sorted({group.reason for group in ready}):
        results.print(
            Text.assemble((str(reason), "bold"), f": {WORDINGS[reason].meaning} {WORDINGS[reason].advice}"),
        )
    results.print()


def _print_lines(lines: Sequence[Line]) -> None:
    table = Table(box=SIMPLE_HEAD, title="The latest messages", title_justify="left", padding=(0, 1, 0, 0))
    table.add_column("number", justify="right", no_wrap=True)
    table.add_column("last", no_wrap=True)
    table.add_column("bytes", justify="right", no_wrap=True)
    table.add_column("reason, gateway, detail", overflow="fold")
    for line in lines:
        size = f"{line.payload_bytes:,}" + (" (cut)" if line.kept_bytes < line.payload_bytes else "")
        told = f"{line.reason}, {line.gateway_key or 'no gateway'}\n{line.detail}"
        table.add_row(str(line.reject_id), _short(line.last_at), size, _plain(told))
    results.print(table)


def _ready(connection: Service, groups: Sequence[Group], clock: Clock, limits: Limits) -> dict[Group, bool]:
    """Return for each group whether its newest message would be stored now, at least in part."""
    directory = Directory(clock)
    directory.refresh(lambda keys: series_of_gateways(connection, keys))
    now_ms = round(clock.now().timestamp() * 1000)

    def is_ready(group: Group) -> bool:
        if group.reason not in CHANGEABLE or group.cut == group.messages:
            return False
        return any(
            would_store(message, directory, now_ms, limits)
            for message in repository.messages(connection, [group.newest])
        )

    return {group: is_ready(group) for group in groups}


def _limits(installation: Installation) -> Limits:
    # Where nothing else is said, an installation of one machine keeps everything (cli.machine).
    days = {
        f"retention_{each}_days": 0 for each in Retention if f"VICINO_RETENTION_{each.upper()}_DAYS" not in os.environ
    }
    return limits_of(IngestSettings(database_url=installation.service_url, **days))  # type: ignore[arg-type]


@contextmanager
def _connection(database: Database) -> Iterator[Service]:
    with database.connect() as connection:
        yield connection


@contextmanager
def _turn(database: Database, clock: Clock, stop: threading.Event) -> Iterator[Service]:
    """Give a connection that is the only one to try rejects again, when whoever does so now is through."""
    with _connection(database) as connection:
        ingest.repository.prepare(connection)
        with messages.status("Waiting until the service has tried again what it is at"):
            while not repository.take_turn(connection):
                if clock.wait(stop, TURN_S):
                    raise VicinoError("Interrupted before anything was tried again.", kept="all rejects as they were")
        yield connection


def _reason(text: str) -> Reason:
    try:
        return Reason(text)
    except ValueError:
        raise VicinoError(
            f"{text!r} is no reason.", advice=f"choose one of: {', '.join(repr(str(each)) for each in Reason)}"
        ) from None


def _no_such(reject_id: int) -> VicinoError:
    return VicinoError(
        f"There is no reject with the number {reject_id}.",
        advice="`vicino rejects list` shows the numbers of the latest; very old ones are only counted",
    )


def _size(found: Reject) -> str:
    if found.is_cut:
        return f"{found.payload_bytes:,}, of which only the first {len(found.payload):,} were kept"
    return f"{found.payload_bytes:,}"


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _short(instant: datetime) -> str:
    return f"{instant:%y-%m-%d %H:%M}"


def _plain(text: str) -> Text:
    """Return text that came over the network without what could command a terminal."""
    return Text("".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text))


def _as_json(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
