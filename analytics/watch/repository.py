"""What analytics stores of silences, and when it looks for them."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.frames import instant, micros
from analytics.repository import Home
from analytics.silence.link import WeakLink
from analytics.silence.reconcile import Told
from analytics.silence.verdict import Cause, Silence, Subject, Verdict
from core.statements import Statements

SQL = Statements.beside(__file__)


def told_silences(connection: Connection[DictRow], homes: Sequence[int], start: datetime) -> dict[int, list[Told]]:
    """Return what is told of the silences of each home that were not over at `start`, in order of time."""
    found: dict[int, list[Told]] = {home_id: [] for home_id in homes}
    for row in connection.execute(SQL["silences"], {"homes": list(homes), "start": start}):
        found[row["home_id"]].append(_told(row))
    return found


def _told(row: DictRow) -> Told:
    verdict = Verdict(
        Subject(row["subject_kind"], row["subject_id"]),
        Silence(row["class"]),
        Cause(row["cause"]),
        micros(row["since"]),
        None if row["ended_at"] is None else micros(row["ended_at"]),
        row["confidence"],
        row["battery"],
        tuple(row["systems"]),
        tuple(row["devices"]),
    )
    return Told(row["silence_id"], verdict, micros(row["started_at"]), micros(row["known_at"]))


def told_links(connection: Connection[DictRow], homes: Sequence[int], kind: str) -> dict[int, dict[int, WeakLink]]:
    """Return what was told last of the weak link of each device of homes, by home and the device's id."""
    found: dict[int, dict[int, WeakLink]] = {home_id: {} for home_id in homes}
    for row in connection.execute(SQL["told_links"], {"homes": list(homes), "kind": kind}):
        until = None if row["until"] is None else micros(row["until"])
        found[row["home_id"]][row["device_id"]] = WeakLink(micros(row["started_at"]), until, row["share"])
    return found


def put_silence(connection: Connection[DictRow], home: Home, started_at: int, verdict: Verdict, now: datetime) -> bool:
    """Store a silence under its name, or what is known of it now; tell whether it is new or different."""
    row = {
        "organisation_id": home.organisation_id,
        "home_id": home.home_id,
        "subject_kind": verdict.subject.kind,
        "subject_id": verdict.subject.id,
        "class": verdict.silence,
        "cause": verdict.cause,
        "started_at": instant(started_at),
        "since": instant(verdict.since),
        "ended_at": None if verdict.until is None else instant(verdict.until),
        "confidence": verdict.confidence,
        "battery": verdict.battery,
        "systems": list(verdict.systems),
        "devices": list(verdict.devices),
        "now": now,
    }
    return connection.execute(SQL["put_silence"], row).fetchone() is not None


def withdraw_silence(connection: Connection[DictRow], silence_id: int, now: datetime) -> None:
    """Say of a silence that it was none."""
    connection.execute(SQL["withdraw_silence"], {"silence_id": silence_id, "now": now})


def homes_with_open_silence(connection: Connection[DictRow]) -> set[int]:
    """Return the homes of which a gateway is told to be silent."""
    return {row["home_id"] for row in connection.execute(SQL["homes_with_open_silence"])}


def look_at_homes(connection: Connection[DictRow], homes: Sequence[int], due_at: datetime) -> None:
    """Put homes among those whose devices are looked at, first at `due_at`."""
    connection.execute(SQL["homes_to_look_at"], {"homes": list(homes), "due_at": due_at})


def looks_due(connection: Connection[DictRow], homes: Sequence[int], now: datetime) -> list[int]:
    """Return the homes among some whose devices are to be looked at now."""
    rows = connection.execute(SQL["looks_due"], {"homes": list(homes), "now": now})
    return [row["home_id"] for row in rows]


def look_again(connection: Connection[DictRow], homes: Sequence[int], due_at: datetime) -> None:
    """Say when the devices of homes are next looked at."""
    connection.execute(SQL["look_again_at"], {"homes": list(homes), "due_at": due_at})
