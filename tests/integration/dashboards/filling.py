"""A small neighbourhood for the tests of the pages: homes of every concern, a week of life, two organisations."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.types.json import Jsonb

from alerts.lifecycle import Family
from alerts.policy import Rules, as_json, decide
from analytics.change.domains import Domain
from analytics.contexts.kinds import ContextKind
from analytics.repository import Home as AnalysedHome
from analytics.wellbeing.fusing import Evidence, fuse
from analytics.wellbeing.repository import put_days
from analytics.wellbeing.state import Sight
from core.vocabulary import BY_NAME
from registry.accounts import set_password
from tests.unit.analytics.wellbeing.stated import CALM, all_parts, part, shown
from tests.unit.analytics.wellbeing.stated import LIMIT as THRESHOLD

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "una passeggiata lunga"
LOGIN = "anna"
STRANGER = "ugo"

ROOMS = (("camera", "bedroom"), ("bagno", "bathroom"), ("cucina", "kitchen"), ("soggiorno", "living"))
PEOPLE = (
    ("maria", "Maria Rossi", "Castel del Rio", "female", 1938),
    ("giuseppe", "Giuseppe Bianchi", "Fontanelice", "male", 1941),
    ("lucia", "Lucia Ferrari", "Mordano", "female", 1935),
    ("luigi", "Luigi Neri", "Casalfiumanese", "male", 1944),
    ("carla", "Carla Gallo", "Dozza", "female", 1939),
    ("pietro", "Pietro Conti", "Mordano", "male", 1937),
    ("rosa", "Rosa Marino", "Borgo Tossignano", "female", 1946),
)
FOREIGN = ("ines", "Ines Fuori", "Altrove", "female", 1940)


class Home(NamedTuple):
    """One home that was made."""

    organisation_id: int
    home_id: int
    gateway_id: int
    person_id: int
    person: UUID
    rooms: dict[str, int]


class Neighbourhood(NamedTuple):
    """What was made."""

    accounts: dict[str, int]
    homes: dict[str, Home]


def one(connection: Connection[Any], statement: str, *values: object) -> Any:
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return next(iter(row.values())) if isinstance(row, dict) else row[0]


def fill(connection: Connection[Any], now: datetime, *, life: bool = True) -> Neighbourhood:
    """Fill an empty database; `connection` belongs to a superuser and is in autocommit."""
    union = organisation(connection, "unione", "union")
    service = organisation(connection, "servizio-sociale", "service", union)
    foreign = organisation(connection, "altrove", "municipality")
    accounts = {
        LOGIN: account(connection, LOGIN, "Anna Lodi", union),
        "bruno": account(connection, "bruno", "Bruno Sarti", service),
        STRANGER: account(connection, STRANGER, "Ugo Lontano", foreign),
    }
    homes = {}
    if life:
        connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (now - timedelta(days=40), now))
    for number, who in enumerate(PEOPLE):
        homes[who[0]] = home(connection, service, who, now, seed=number if life else None)
    homes[FOREIGN[0]] = home(connection, foreign, FOREIGN, now, seed=None)
    # Alerts are worked on, whatever time the test goes on to.
    connection.execute("INSERT INTO alerts.heartbeat VALUES ('alerts', %s)", (now + timedelta(days=365),))
    return Neighbourhood(accounts, homes)


def organisation(connection: Connection[Any], key: str, kind: str, parent: int | None = None) -> int:
    found: int = one(
        connection,
        "INSERT INTO registry.organisation (key, name, kind, parent_id)"
        " VALUES (%s, %s, %s, %s) RETURNING organisation_id",
        key, key.capitalize(), kind, parent,
    )  # fmt: skip
    return found


_hashes: list[str] = []


def _hash(connection: Connection[Any], login: str) -> str:
    """Return a hash of the password, made once: it is slow on purpose."""
    if not _hashes:
        set_password(connection, login, PASSWORD, LONG_AGO)
        _hashes.append(one(connection, "SELECT password_hash FROM registry.account WHERE login = %s", login))
    return _hashes[0]


def account(connection: Connection[Any], login: str, name: str, organisation_id: int) -> int:
    found: int = one(
        connection, "INSERT INTO registry.account (login, name) VALUES (%s, %s) RETURNING account_id", login, name
    )
    connection.execute("INSERT INTO registry.membership VALUES (%s, %s, 'operator')", (found, organisation_id))
    connection.execute(
        "UPDATE registry.account SET password_hash = %s WHERE login = %s", (_hash(connection, login), login)
    )
    return found


def home(
    connection: Connection[Any],
    organisation_id: int,
    who: tuple[str, str, str, str, int],
    now: datetime,
    seed: int | None,
) -> Home:
    key, name, municipality, sex, year = who
    home_id = one(
        connection,
        "INSERT INTO registry.home (organisation_id, key, name, municipality, address, access_notes)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING home_id",
        organisation_id, f"casa-{key}", f"Casa {name}", municipality, "Via Roma 12", "Chiave dalla vicina, piano 2",
    )  # fmt: skip
    rooms = {
        kind: one(
            connection,
            "INSERT INTO registry.room (organisation_id, home_id, key, kind) VALUES (%s, %s, %s, %s) RETURNING room_id",
            organisation_id, home_id, room, kind,
        )
        for room, kind in ROOMS
    }  # fmt: skip
    row = connection.execute(
        "INSERT INTO registry.person (organisation_id, home_id, key, name, birth_year, sex, phone)"
        " VALUES (%s, %s, %s, %s, %s, %s, '+39 0542 555 012') RETURNING person_id, public_id",
        (organisation_id, home_id, key, name, year, sex),
    ).fetchone()
    person_id, person = row.values() if isinstance(row, dict) else row
    connection.execute(
        "INSERT INTO registry.contact (organisation_id, person_id, key, name, relation, phone)"
        " VALUES (%s, %s, 'figlia', 'Elena', 'figlia', '+39 333 555 0199')",
        (organisation_id, person_id),
    )
    gateway_id = one(
        connection,
        "INSERT INTO devices.gateway (organisation_id, home_id, key) VALUES (%s, %s, %s) RETURNING gateway_id",
        organisation_id, home_id, f"gw-{key}",
    )  # fmt: skip
    made = Home(organisation_id, home_id, gateway_id, person_id, person, rooms)
    if seed is not None:
        status(connection, made, now, online=True)
        _live(connection, made, now, random.Random(seed))
    return made


def status(connection: Connection[Any], made: Home, now: datetime, *, online: bool) -> None:
    connection.execute(
        "INSERT INTO ingest.gateway_status (gateway_id, organisation_id, online, changed_at, received_at, boot, queued,"
        " thinned, clock, version, uptime_s, power) VALUES (%s, %s, %s, %s, %s, 'b', 0, 0, 'synced', '1', 1, 'mains')"
        " ON CONFLICT (gateway_id) DO UPDATE SET online = excluded.online, changed_at = excluded.changed_at,"
        " received_at = excluded.received_at",
        (made.gateway_id, made.organisation_id, online, now, now),
    )


def _live(connection: Connection[Any], made: Home, now: datetime, chance: random.Random) -> None:
    """Let somebody live there for a week, and learn what is usual for a month."""
    series = {}
    for kind, room_id in made.rooms.items():
        device = one(
            connection,
            "INSERT INTO devices.device (organisation_id, home_id, gateway_id, room_id, key)"
            " VALUES (%s, %s, %s, %s, %s) RETURNING device_id",
            made.organisation_id, made.home_id, made.gateway_id, room_id, f"pir-{kind}",
        )  # fmt: skip
        for quantity in ("occupancy", "temperature"):
            series[kind, quantity] = one(
                connection,
                "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
                " VALUES (%s, %s, %s, %s, %s, %s) RETURNING series_id",
                made.organisation_id, made.home_id, made.gateway_id, device, f"{kind}-{quantity}", BY_NAME[quantity].id,
            )  # fmt: skip
    start = (now - timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    hidden = (start + timedelta(days=3, hours=9), start + timedelta(days=3, hours=17))
    levels, events, stays = [], [], []
    at = start
    while at < now - timedelta(minutes=1):
        if not hidden[0] < at < hidden[1]:
            levels += [(at, 20.5, series[kind, "temperature"]) for kind in made.rooms]
        at += timedelta(minutes=30)
    at = start
    while at < now - timedelta(minutes=3):
        kind, minutes = _next_stay(at, chance)
        end = min(at + timedelta(minutes=minutes), now - timedelta(minutes=2))
        if not (at < hidden[1] and end > hidden[0]):
            stays.append((made.organisation_id, made.home_id, made.rooms[kind], "presence", at, end, 3, "1"))
            events += [(at, 1, series[kind, "occupancy"]), (end, 0, series[kind, "occupancy"])]
            events.append((end - timedelta(seconds=20), 1, series[kind, "occupancy"]))
        at = end + timedelta(minutes=chance.choice([1, 1, 2, 4, 15]))
    with connection.cursor() as cursor:
        insert = "INSERT INTO ingest.{} (ts, value, series_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
        cursor.executemany(insert.format("reading_level"), levels)
        cursor.executemany(insert.format("reading_event"), events)
        cursor.executemany(
            "INSERT INTO analytics.episode (organisation_id, home_id, room_id, kind, started_at, ended_at,"
            " readings, code_version)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            stays,
        )
    for back in range(1, 7):
        hour_by_hour(connection, made, (now - timedelta(days=back)).date(), hidden)
    for back in range(1, 15):
        day = (now - timedelta(days=back)).date()
        hole = back == 4
        indicator(
            connection,
            made,
            "night_bathroom_visits",
            day,
            None if hole else float(chance.choice([0, 1, 1, 1, 2])),
            "1",
            now,
        )
        indicator(
            connection, made, "longest_stillness", day, None if hole else round(chance.uniform(1.2, 2.4), 2), "h", now
        )


def hour_by_hour(
    connection: Connection[Any], made: Home, day: date, hidden: tuple[datetime, datetime] | None = None
) -> None:
    """Say of each hour of a day that somebody moved, by day more, and of the hidden ones that nothing is known."""
    begins = [datetime.combine(day, time(hour), tzinfo=ZoneInfo("Europe/Rome")) for hour in range(24)]
    value = [
        None
        if hidden is not None and hidden[0] - timedelta(hours=1) < at < hidden[1]
        else float(at.hour % 5 * (at.hour > 6))
        for at in begins
    ]
    connection.execute(
        "INSERT INTO analytics.hourly (organisation_id, home_id, kind, day, value, code_version)"
        " VALUES (%s, %s, 'activity', %s, %s, '1')",
        (made.organisation_id, made.home_id, day, value),
    )


def _next_stay(at: datetime, chance: random.Random) -> tuple[str, int]:
    hour = at.hour
    if hour >= 22 or hour < 6:
        return ("bathroom", 8) if chance.random() < 0.3 else ("bedroom", chance.randint(80, 160))
    if hour in {7, 12, 19}:
        return "kitchen", chance.randint(20, 50)
    return chance.choice([("living", 60), ("living", 35), ("kitchen", 12), ("bathroom", 7), ("bedroom", 15)])


def indicator(
    connection: Connection[Any], made: Home, kind: str, day: Any, value: float | None, unit: str, now: datetime
) -> None:
    low, high = (0.0, 2.0) if unit == "1" else (1.0, 2.5)
    connection.execute(
        "INSERT INTO analytics.indicator (organisation_id, home_id, kind, day, value, unit, coverage, readings,"
        " code_version, computed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, 300, '1', %s)"
        " ON CONFLICT (home_id, kind, day) DO UPDATE SET value = excluded.value",
        (made.organisation_id, made.home_id, kind, day, value, unit, 0.97 if value is not None else 0.4, now),
    )
    connection.execute(
        "INSERT INTO analytics.baseline (organisation_id, home_id, kind, day, median, spread, low, high, days)"
        " VALUES (%s, %s, %s, %s, %s, 0.75, %s, %s, 28) ON CONFLICT DO NOTHING",
        (made.organisation_id, made.home_id, kind, day, (low + high) / 2, low, high),
    )


def alert(connection: Connection[Any], made: Home, now: datetime, **changes: Any) -> UUID:
    """Open an alert of a home: an SOS, unless `changes` say otherwise."""
    values = {
        "organisation_id": made.organisation_id,
        "home_id": made.home_id,
        "person_id": made.person_id,
        "family": "safety",
        "kind": "sos_button",
        "severity": 1.0,
        "happened_at": now,
        "opened_at": now,
        "updated_at": now,
        "explanation_it": "Pulsante SOS premuto alle 03:12.",
        "explanation_en": "SOS button pressed at 03:12.",
        "evidence": Jsonb(changes.pop("evidence", {})),
        "policy": as_json(decide(Family(changes.get("family", "safety")), now, ZoneInfo("Europe/Rome"), Rules())),
    } | changes
    names = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    row = connection.execute(
        f"INSERT INTO alerts.alert ({names}) VALUES ({places}) RETURNING alert_id, public_id",  # noqa: S608 - our own names
        values,
    ).fetchone()
    alert_id, public_id = row.values() if isinstance(row, dict) else row
    connection.execute(
        "INSERT INTO alerts.history (organisation_id, alert_id, at, action, to_state)"
        " VALUES (%s, %s, %s, 'opened', 'new')",
        (made.organisation_id, alert_id, values["opened_at"]),
    )
    return public_id


def proposal(
    connection: Connection[Any], made: Home, kind: str, start: datetime, why: str, end: datetime | None = None
) -> UUID:
    """Let the system propose a context of a home, sure enough to act."""
    found: UUID = one(
        connection,
        "INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, ended_at, standing, detector,"
        " confidence, why_it, why_en, made_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, 'proposed', 'absence', 0.85, %s, %s, %s, %s) RETURNING public_id",
        made.organisation_id, made.home_id, kind, start, end, why, why, start, start,
    )  # fmt: skip
    return found


def stands(connection: Connection[Any], made: Home, days: Mapping[date, Evidence], now: datetime) -> None:
    """State how some days of a home stand, from what is known of them."""
    home = AnalysedHome(made.home_id, made.organisation_id, made.person_id, ZoneInfo("Europe/Rome"))
    put_days(connection, home, [fuse(day, evidence, THRESHOLD) for day, evidence in days.items()], now)


def four_weeks(last: date) -> dict[date, Evidence]:
    """Four weeks: learned, calm, a visit, a day that was not seen, a bad night, and a grave one at the end."""
    days = [last - timedelta(days=back) for back in reversed(range(28))]
    found = dict.fromkeys(days, CALM)
    for number, day in enumerate(days[:6]):
        parts = [part(domain, Sight.LEARNING)._replace(known=8 + number) for domain in Domain]
        found[day] = CALM._replace(parts=parts, shows=())
    found[days[14]] = CALM._replace(parts=(part(Domain.NIGHT, Sight.CONTEXT, ContextKind.VISIT), *all_parts()[1:]))
    found[days[18]] = CALM._replace(coverage=0.41)
    found[days[24]] = CALM._replace(shows=[shown(Domain.NIGHT, 4.6), shown(Domain.MOVING, 3.9)])
    found[days[27]] = CALM._replace(
        shows=[shown(Domain.NIGHT, 7.2), shown(Domain.KITCHEN, 6.6)],
        parts=(*all_parts()[:3], part(Domain.OUT, Sight.NO_SENSOR), part(Domain.RHYTHM, Sight.LEARNING)),
    )
    return found


def trouble(connection: Connection[Any], place: Neighbourhood, now: datetime) -> dict[str, UUID]:
    """Let something happen in some homes: one of every concern."""
    night = now.replace(hour=1, minute=10) - timedelta(days=1 if now.hour < 6 else 0)
    bathroom = {
        "value": 5.0,
        "usual": {"median": 1.0, "spread": 0.75, "low": 0.0, "high": 2.0, "days": 28},
        "episodes": [
            {"kind": "bathroom_visit", "start": (night + timedelta(minutes=70 * n)).isoformat(),
             "end": (night + timedelta(minutes=70 * n + 8)).isoformat()}
            for n in range(5)
        ],
    }  # fmt: skip
    words = {
        "explanation_it": "5 visite in bagno nella notte tra sabato 21 e domenica 22 novembre (22:00-6:00);"
        " di solito da 0 a 2. Si basa sul 97 % dei dati.",
        "explanation_en": "5 visits to the bathroom in the night between Saturday 21 and Sunday 22 Nov (22:00-6:00);"
        " usually 0 to 2. Based on 97 % of the data.",
    }
    wellbeing = {
        "family": "wellbeing",
        "kind": "night_bathroom_visits",
        "severity": 0.5,
        "coverage": 0.97,
        "evidence": bathroom,
    }
    found = {
        "maria": alert(
            connection, place.homes["maria"], now - timedelta(minutes=4),
            evidence={"received_at": (now - timedelta(minutes=4)).isoformat()},
        ),
        "giuseppe": alert(connection, place.homes["giuseppe"], now - timedelta(hours=2), **wellbeing, **words),
        "lucia": alert(
            connection, place.homes["lucia"], now - timedelta(hours=5), **wellbeing, **words,
            state="in_charge", taken_by=place.accounts["bruno"], taken_by_name="Bruno Sarti",
            taken_at=now - timedelta(hours=4),
        ),
    }  # fmt: skip
    status(connection, place.homes["luigi"], now - timedelta(hours=3), online=False)
    return found
