"""What the service would know of a simulated home at any instant: decoded by the gateway's own code."""

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.frames import MILLISECOND, Instants, micros
from analytics.silence.catalogue import traits_of
from analytics.silence.evidence import Evidence, Gateway, Home, Traits, home_of
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.interpretation import Interpreter
from ingest.transitions import Transition, Word, transition
from simulator.gateway import Said, SimulatedGateway
from simulator.home import SimulatedHome
from simulator.zigbee2mqtt import RawMessage

GATEWAY_ID = 1


class Heard(NamedTuple):
    """Readings as columns: when they were measured, when the service had them (microseconds), series and value."""

    measured: Instants
    heard: Instants
    series_id: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]

    def in_order(self) -> "Heard":
        """Return the same readings, ordered by when they were measured."""
        return joined(self)


class Installed(NamedTuple):
    """A simulated home as it is registered: its `sensors` table, series by name, devices by key."""

    sensors: pd.DataFrame
    series: dict[str, int]
    devices: dict[str, int]
    traits: dict[int, Traits]

    def of(self, zone: ZoneInfo) -> Home:
        """Return the home as the classifier takes it."""
        return home_of(zone, self.sensors, self.traits)


def installed(home: SimulatedHome) -> Installed:
    """Return a home's registration."""
    return registered(home.registry_entry())


def registered(entry: Mapping[str, Any]) -> Installed:
    """Return what an entry of the registry file registers; what is in no room has room 0."""
    rooms = {room["key"]: (number, room["kind"]) for number, room in enumerate(entry["rooms"], start=1)}
    rooms[""] = (0, "")
    devices = {device["key"]: number for number, device in enumerate(entry["devices"], start=1)}
    rows = [
        (f"{device['key']}/{quantity}", devices[device["key"]], quantity, *rooms[device["room"]], device["place"])
        for device in entry["devices"]
        for quantity in device["quantities"]
    ]
    frame = pd.DataFrame(
        [row[1:] for row in rows],
        columns=["device_id", "quantity", "room_id", "room_kind", "place"],
        index=pd.Index(np.arange(1, len(rows) + 1, dtype=np.int64), name="series_id"),
    )
    frame = frame.astype({"quantity": object, "room_kind": object, "place": object})
    traits = {devices[device["key"]]: traits_of(device["model"], device["quantities"]) for device in entry["devices"]}
    return Installed(frame, {row[0]: number for number, row in enumerate(rows, start=1)}, devices, traits)


class Listener:
    """The bridge's messages of one home on their way to the service."""

    def __init__(self, home: SimulatedHome, registered: Installed, since: datetime) -> None:
        self._series = registered.series
        self._interpreter = Interpreter(Zigbee2Mqtt(home.base), lambda _: None)
        for message in home.announcement(since):
            self._interpreter.take(message.topic, message.payload, micros(since) // MILLISECOND, restated=True)

    def fork(self) -> "Listener":
        """Return another one that remembers what this one has heard."""
        return copy.deepcopy(self)

    def hear(self, messages: Iterable[RawMessage], gateway: SimulatedGateway) -> Heard:
        """Return the readings of messages that the gateway passes on."""
        rows: list[tuple[int, int, int, float]] = []
        for message in messages:
            heard = gateway.heard_at(message.at)
            now_ms = micros(message.at) // MILLISECOND
            for reading in self._interpreter.take(message.topic, message.payload, now_ms, restated=False):
                series_id = self._series.get(reading.name)
                if series_id is not None and heard is not None:
                    at_ms = now_ms if reading.at_ms is None else reading.at_ms
                    rows.append((at_ms * MILLISECOND, micros(heard), series_id, reading.value))
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        whole = table[:, :3].astype(np.int64)
        return Heard(whole[:, 0], whole[:, 1], whole[:, 2], table[:, 3])


def joined(*parts: Heard) -> Heard:
    """Return all readings, ordered by when they were measured."""
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Heard(*(column[order] for column in columns))


class Observation:
    """A home with its readings and what its gateway said, to look at from any instant."""

    def __init__(self, zone: ZoneInfo, registered: Installed, heard: Heard, said: Iterable[Said]) -> None:
        self._registered = registered
        self.home = registered.of(zone)
        self._heard = heard
        self._said = list(said)
        self._transitions = list(_transitions(self._said))

    def at(self, now: datetime, since: datetime | None = None) -> Evidence:
        """Return what is known at `now`, of what was measured from `since` on."""
        devices = frozenset(self._registered.devices.values())
        transitions = [change for change in self._transitions if change.at <= now]
        earlier = [change for change in transitions if since is not None and change.at < since]
        transitions = transitions[max(0, len(earlier) - 1) :]
        gateway = Gateway(GATEWAY_ID, devices, transitions, micros(self.heard_at(now)))
        return Evidence(micros(now), self.home, self.readings(now, since), [gateway])

    def readings(self, now: datetime, since: datetime | None = None) -> pd.DataFrame:
        """Return the readings that the service has at `now`, of those measured from `since` on."""
        first = 0 if since is None else int(np.searchsorted(self._heard.measured, micros(since)))
        known = first + np.flatnonzero(self._heard.heard[first:] <= micros(now))
        return pd.DataFrame(
            {
                "at": self._heard.measured[known],
                "series_id": self._heard.series_id[known],
                "value": self._heard.value[known],
            }
        )

    def late(self, after: datetime, until: datetime, before: datetime) -> Instants:
        """Return when readings were measured, `before` an instant, that came in from `after` until another one."""
        first = int(np.searchsorted(self._heard.measured, micros(before)))
        heard = self._heard.heard[:first]
        return self._heard.measured[:first][(heard > micros(after)) & (heard <= micros(until))]

    def words(self) -> list[datetime]:
        """Return when the gateway said something new."""
        return [said.received_at for said in self._said]

    def heard_at(self, now: datetime) -> datetime:
        """Return when the gateway was last heard, by `now`: it speaks every minute while it can."""
        following = next((said for said in self._said if said.received_at > now), None)
        last = [said for said in self._said if said.received_at <= now][-1]
        if not last.status.online:
            return last.received_at
        if following is None or following.heard_before is None:
            return now
        return min(now, max(last.received_at, following.heard_before)) if not following.status.online else now


def _transitions(said: Iterable[Said]) -> Iterable[Transition]:
    before: Word | None = None
    for word in said:
        status = word.status
        if before is not None and word.heard_before is not None:
            before = before._replace(received_at=word.heard_before)
        change = transition(before, status, word.received_at)
        if change is not None:
            yield change
            before = Word(
                word.received_at, status.online, status.boot, change.power, change.mains_lost, change.mains_back
            )
