"""Looks for what is silent: at gateways whenever one says something new, at the devices of each home every ten minutes.

What is found is stored and told as a technical finding, one for each silence, restated when more is known and closed
when it is over; the days that it changes are computed again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository
from analytics.contexts.judging import rests_of
from analytics.findings import Finding
from analytics.frames import Instants, instant, micros, sensors_frame
from analytics.homes import homes as all_homes
from analytics.recent import REACH, Recent
from analytics.repository import Due, Home
from analytics.resting import is_rest
from analytics.silence import evidence, gateways, systems
from analytics.silence.advice import device_of, said
from analytics.silence.catalogue import traits_of
from analytics.silence.classify import classify, leaves_blind
from analytics.silence.evidence import Evidence, Gateway, Traits, home_of
from analytics.silence.reconcile import Told, reconcile
from analytics.silence.verdict import Cause, Silence, Subject, Verdict
from analytics.together import Together
from analytics.watch import links, troubles
from analytics.watch import repository as store
from core.clock import Clock
from core.database import Database
from core.localtime import Interval, day_of
from devices import reads as devices
from devices.reads import Sensor
from ingest import reads as ingest
from ingest.reads import GatewayHeard

GATEWAY_SILENCE, DEVICE_SILENCE = "gateway_silence", "device_silence"
KINDS = {"gateway": GATEWAY_SILENCE, "systems": GATEWAY_SILENCE, "device": DEVICE_SILENCE}
LOOK_EVERY = timedelta(minutes=10)
LEARNED = REACH
OUTAGES = timedelta(days=3)  # how far back outages of gateways are told again
SEVERITY = {Silence.GATEWAY_OFFLINE: 0.6, Silence.POWER_CUT: 0.6, Silence.LINE_CUT: 0.5, Silence.SENSOR_DEAD: 0.4,
            Silence.SENSOR_STUCK: 0.3, Silence.BATTERY_LOW: 0.3}  # fmt: skip
# What needs readings to be told of a gateway: a look at its words alone says nothing of it.
FROM_READINGS = frozenset({Cause.RADIO, Cause.MAINS_DEVICES})


class _Looked(NamedTuple):
    """What a look has found: the verdicts about some subjects, the reports of devices, and findings that changed."""

    verdicts: list[Verdict]
    about: set[Subject]
    reports: Mapping[int, Instants]
    changed: int


def watch_gateways(database: Database, clock: Clock) -> int:
    """Look at the words of gateways that are away, or were told to be; return how many findings changed."""
    now = clock.now()
    with database.transaction() as connection:
        heard = _unless_we_are_deaf(ingest.gateways_heard(connection), now)
        store.look_at_homes(connection, sorted({one.home_id for one in heard}), now + LOOK_EVERY)
        open_homes = store.homes_with_open_silence(connection)
        changes = ingest.gateway_transitions(connection, [one.gateway_id for one in heard], now - OUTAGES)
        recent = now - LOOK_EVERY
        due = {
            one.home_id
            for one in heard
            if not one.online
            or one.home_id in open_homes
            or now - one.received_at > gateways.UNHEARD
            or any(change.at >= recent for change in changes[one.gateway_id])
        }
        known = all_homes(connection) if due else {}
    return sum(
        _watch(database, known[home_id], [one for one in heard if one.home_id == home_id], now)
        for home_id in sorted(due & set(known))
    )


def look_at_homes(
    connection: Connection[DictRow], homes: Sequence[Home], now: datetime, recent: Recent | None = None
) -> int:
    """Look at everything in homes whose gateways say how they are; return how many findings changed.

    `recent` is what is remembered of their readings, if anything is.
    """
    together = Together(connection, [home.home_id for home in homes])
    store.look_again(connection, [home.home_id for home in homes], now + LOOK_EVERY)
    recent = Recent(room=0) if recent is None else recent
    recent.follow(connection, now)
    return sum(_look_at(together, home, now, recent) for home in homes)


def _look_at(together: Together, home: Home, now: datetime, recent: Recent) -> int:
    connection = together.connection
    of_gateways = together.of(home.home_id, _gateways, now - LEARNED)
    sensors = together.of(home.home_id, devices.sensors_of_homes)
    if not of_gateways or not sensors:
        return 0
    readings = recent.readings(connection, home.home_id, now - LEARNED, now, now)
    known = Evidence(micros(now), _installed(home.zone, tuple(sensors)), readings, of_gateways)
    about = _of_gateways(of_gateways)
    about |= {Subject("device", each) for one in known.gateways for each in one.devices}
    told = together.of(home.home_id, store.told_silences, now - OUTAGES)
    # What was taken away is not silent any more.
    about |= {one.verdict.subject for one in told}
    changed = troubles.tell(connection, home, known.gateways, now)
    changed += links.tell(together, home, known, sensors, now)
    rests = rests_of(together, home, now - OUTAGES)
    spoken = {one.verdict.subject for one in told if one.verdict.until is None}
    verdicts = [one for one in classify(known) if one.subject in spoken or not _is_unrecorded(one, rests, micros(now))]
    return _tell(connection, home, _Looked(verdicts, about, known.reports, changed), told, sensors, now)


def _is_unrecorded(verdict: Verdict, rests: Sequence[Interval], now: int) -> bool:
    """Tell whether a device is silent because nothing of it is recorded."""
    return verdict.subject.kind == "device" and is_rest(verdict.span(now), rests)


def _watch(database: Database, home: Home, heard: Sequence[GatewayHeard], now: datetime) -> int:
    with database.transaction() as connection:
        if not repository.try_home(connection, home.home_id):
            return 0  # whoever computes it looks itself, or the next look comes soon
        at, found = micros(now), []
        of_home = _as_heard(connection, [home.home_id], heard, now - OUTAGES)[home.home_id]
        for one in of_home:
            told = [*gateways.verdicts(one, at), *systems.verdicts(one, at)]
            found += [each for each in told if each.span(at).end >= micros(now - OUTAGES)]
        sensors = devices.sensors_of_home(connection, home.home_id)
        changed = troubles.tell(connection, home, of_home, now)
        known = store.told_silences(connection, [home.home_id], now - OUTAGES)[home.home_id]
        silences = [one for one in known if one.verdict.cause not in FROM_READINGS]
        return _tell(connection, home, _Looked(found, _of_gateways(of_home), {}, changed), silences, sensors, now)


@lru_cache(maxsize=2048)
def _installed(zone: ZoneInfo, sensors: tuple[Sensor, ...]) -> evidence.Home:
    """Return what is installed in a home; it is worked out once as long as that stays the same."""
    return home_of(zone, sensors_frame(sensors), _declared(sensors))


def _declared(sensors: Sequence[Sensor]) -> dict[int, Traits]:
    model = {each.device_id: each.model for each in sensors}
    quantities: dict[int, set[str]] = {}
    for each in sensors:
        quantities.setdefault(each.device_id, set()).add(each.quantity)
    return {device_id: traits_of(model[device_id], quantities[device_id]) for device_id in model}


def _gateways(connection: Connection[DictRow], homes: Sequence[int], since: datetime) -> dict[int, list[Gateway]]:
    """Return the gateways of homes that ever said anything."""
    return _as_heard(connection, homes, ingest.gateways_heard(connection, homes), since)


def _as_heard(
    connection: Connection[DictRow], homes: Sequence[int], heard: Sequence[GatewayHeard], since: datetime
) -> dict[int, list[Gateway]]:
    of_gateway = devices.gateways_of_homes(connection, homes)
    keys = [one.gateway_id for one in heard]
    changes = ingest.gateway_transitions(connection, keys, since)
    found_by = ingest.systems_of_devices(connection, keys)
    found: dict[int, list[Gateway]] = {home_id: [] for home_id in homes}
    for one in heard:
        key = one.gateway_id
        known = of_gateway[one.home_id][key]
        found[one.home_id].append(Gateway(key, known, changes[key], micros(one.received_at), found_by[key]))
    return found


def _of_gateways(heard: Sequence[Gateway]) -> set[Subject]:
    return {Subject(kind, one.gateway_id) for one in heard for kind in ("gateway", "systems")}


def _unless_we_are_deaf(heard: Sequence[GatewayHeard], now: datetime) -> list[GatewayHeard]:
    """Return when gateways were heard; where none of several was heard lately, it is the service that hears nobody."""
    online = [one for one in heard if one.online]
    if len(online) > 1 and all(now - one.received_at > gateways.UNHEARD for one in online):
        return [one._replace(received_at=now) if one.online else one for one in heard]
    return list(heard)


def _tell(
    connection: Connection[DictRow],
    home: Home,
    looked: _Looked,
    told: Sequence[Told],
    sensors: Sequence[Sensor],
    now: datetime,
) -> int:
    """Store what has changed in the silences of a home; those that are not among the `told` ones stay as they are."""
    restated = reconcile(told, looked.verdicts, looked.reports, looked.about, micros(now))
    changed, touched = looked.changed, []
    for started_at, verdict in restated.held:
        if store.put_silence(connection, home, started_at, verdict, now):
            touched.append(verdict)
        finding = _finding(home, started_at, verdict, sensors, now)
        changed += repository.put_findings(connection, home, [finding], now)
    for one in restated.withdrawn:
        store.withdraw_silence(connection, one.silence_id, now)
        kind, subject = KINDS[one.verdict.subject.kind], _name(one.verdict.subject)
        changed += repository.withdraw_subject(connection, home.home_id, kind, subject, instant(one.started_at), now)
        touched.append(one.verdict)
    _compute_again(connection, home, touched, now)
    if changed:
        repository.tell_finding(connection)
    return changed


def _compute_again(connection: Connection[DictRow], home: Home, touched: Sequence[Verdict], now: datetime) -> None:
    """Make the days due that a silence touches, the last of them at most two weeks."""
    days = set()
    for verdict in touched:
        span = verdict.span(micros(now))
        day = day_of(max(instant(span.start), now - LEARNED), home.zone)
        while day <= day_of(instant(span.end), home.zone):
            days.add(day)
            day += timedelta(days=1)
    if days:
        repository.make_due(connection, [Due(home.home_id, day, now) for day in sorted(days)], now)


def _finding(home: Home, started_at: int, verdict: Verdict, sensors: Sequence[Sensor], now: datetime) -> Finding:
    since = instant(verdict.since)
    until = None if verdict.until is None else instant(verdict.until)
    mine = [each for each in sensors if verdict.subject == Subject("device", each.device_id)]
    device = device_of(mine) if verdict.subject.kind == "device" else None
    withheld = leaves_blind(verdict)
    if verdict.subject.kind == "systems":
        # Of whom only some sensors are not heard, something may still be said.
        withheld &= {each.device_id for each in sensors} == set(verdict.devices)
    text = said(verdict, since, until, device, home.zone, withheld=withheld)
    # What goes on reaches to the hour: a finding is not a different one every minute.
    seen = max(since, now.replace(minute=0, second=0, microsecond=0), instant(started_at)) if until is None else until
    return Finding(
        family="technical",
        kind=KINDS[verdict.subject.kind],
        severity=SEVERITY[verdict.silence],
        interval=Interval(instant(started_at), max(instant(started_at), seen)),
        coverage=0.0 if verdict.cause is not Cause.WEAK else 1.0,
        detector="silence",
        detector_version="1",
        explanation_it=text.it,
        explanation_en=text.en,
        evidence={
            "class": verdict.silence.value,
            "cause": verdict.cause.value,
            "since": since.isoformat(),
            "until": None if until is None else until.isoformat(),
            "devices": [verdict.subject.id] if verdict.subject.kind == "device" else list(verdict.devices),
            "systems": list(verdict.systems),
            "rooms": sorted({each.room_kind or "" for each in mine}),
            "battery": verdict.battery,
        },
        subject=_name(verdict.subject),
    )


def _name(subject: Subject) -> str:
    return f"{subject.kind} {subject.id}"
