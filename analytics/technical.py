"""The technical findings that computed days tell of: silences of a home and of its sensors, and floods of readings."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import findings, reports, repository
from analytics.findings import SILENT_HOME, SILENT_SENSOR, Finding
from analytics.frames import Span, instant
from analytics.home_day import HomeDay
from analytics.repository import Home, Told
from analytics.resting import is_rest
from analytics.together import Together
from core.localtime import Interval
from devices import reads as devices
from ingest import reads as ingest

ONE_DAY = timedelta(days=1)


def silences(
    connection: Connection[DictRow],
    home: Home,
    computed: Sequence[HomeDay],
    interval: Interval,
    now: datetime,
    told: Told | None,
    rests: Sequence[Interval] = (),
) -> int:
    """Store the technical findings about the home's silences, each once, whichever days see it; not about `rests`."""
    if _is_untold(told, SILENT_HOME, interval.start - ONE_DAY) and not any(one.silences for one in computed):
        return 0
    known = repository.known_silences(connection, home.home_id, interval.start - ONE_DAY)
    latest = {start: (one.end, one.ended, one.before) for start, one in known.items()}
    seen: set[int] = set()
    for silence in (silence for one in computed for silence in one.silences if not is_rest(silence.span, rests)):
        start, end = silence.span
        before = silence.before
        if start in latest:
            known_end, known_ended, known_before = latest[start]
            before = known_before if before is None else before
            if not silence.ended and known_end > end:
                end, ended = known_end, known_ended
            else:
                ended = silence.ended
        else:
            ended = silence.ended
        latest[start] = (end, ended, before)
        seen.add(start)
    held: list[Finding] = [
        findings.silence(Span(start, latest[start][0]), ended=latest[start][1], before=latest[start][2], zone=home.zone)
        for start in sorted(seen)
    ]
    return repository.put_findings(connection, home, held, now) + repository.withdraw(
        connection, home.home_id, SILENT_HOME, interval, [instant(start) for start in seen], now
    )


def silent_sensors(
    connection: Connection[DictRow],
    home: Home,
    computed: Sequence[HomeDay],
    interval: Interval,
    now: datetime,
    told: Told | None,
    rests: Sequence[Interval] = (),
) -> int:
    """Store the technical findings about silent sensors, each silence once, however many days it lasts.

    What is not recorded (`rests`) is no silence. Sensors that fell silent at the same instant share one. It is
    withdrawn if one of them spoke within it after all.
    """
    if _is_untold(told, SILENT_SENSOR, interval.start - ONE_DAY) and not any(one.silent_sensors for one in computed):
        return 0
    rooms = {sensor.device_id: sensor.room_kind or "" for sensor in devices.sensors_of_home(connection, home.home_id)}
    known = repository.known_sensor_silences(connection, home.home_id, interval.start - ONE_DAY)
    found: dict[int, dict[int, reports.SensorSilence]] = {}
    of_sensors = (silence for one in computed for silence in one.silent_sensors)
    for silence in (silence for silence in of_sensors if not is_rest(silence.span, rests)):
        found.setdefault(silence.span.start, {})[silence.device_id] = silence
    held = []
    for start, of_devices in sorted(found.items()):
        end = min(silence.span.end for silence in of_devices.values())
        ended = any(silence.ended for silence in of_devices.values())
        earlier = known.get(start)
        if earlier is not None and not ended and earlier.end > end:
            end, ended = earlier.end, earlier.ended
        where = {device: rooms[device] for device in of_devices}
        held.append(findings.sensor_silence(Span(start, end), where, ended=ended, zone=home.zone))
    refuted = [
        start
        for start, silence in known.items()
        if start not in found and any(_spoke_within(one, silence.devices, start, silence.end) for one in computed)
    ]
    changed = repository.put_findings(connection, home, held, now)
    for start in refuted:
        about = Interval(instant(start), instant(start + 1))
        changed += repository.withdraw(connection, home.home_id, SILENT_SENSOR, about, [], now)
    return changed


def _is_untold(told: Told | None, kind: str, since: datetime) -> bool:
    """Tell whether it is known that nothing of a kind is told that reaches to an instant or begins after it."""
    return told is not None and not told.lasts_until(kind, since)


def floods(together: Together, home: Home, since: datetime, now: datetime) -> int:
    """Store the technical findings about sensors that send far too much, each flood once, however long it lasts."""
    episodes: dict[datetime, list[DictRow]] = {}
    for row in together.of(home.home_id, ingest.floods_of_homes, since):
        if row["started_at"] <= now:
            episodes.setdefault(row["started_at"], []).append(row)
    if not episodes:
        return 0
    rooms = {sensor.device: sensor.room_kind or "" for sensor in together.of(home.home_id, devices.sensors_of_homes)}
    held = []
    for start, rows in episodes.items():
        last_at = max(row["last_at"] for row in rows)
        held.append(
            findings.flood(
                Interval(start, last_at),
                {row["device"]: rooms.get(row["device"], "") for row in rows if row["device"]},
                sum(row["parked"] for row in rows),
                ended=now - last_at > ingest.FLOOD_PAUSE,
                together=any(not row["device"] for row in rows),
                zone=home.zone,
            )
        )
    return repository.put_findings(together.connection, home, held, now)


def _spoke_within(one: HomeDay, devices: Collection[int], start: int, end: int) -> bool:
    spoke = [at for device in devices if (day := one.devices.get(device)) for at in (day.first_at, day.last_at)]
    return any(start < at < end for at in spoke)
