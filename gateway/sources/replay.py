"""Plays a recording through the real gateway code: an outbox and a publisher per home, all homes in one process.

Readings keep the times they were recorded at. A recording played twice is stored once, for its keys are the same.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from core.clock import Clock
from core.errors import VicinoError
from core.mqtt import BrokerAddress
from core.senml import Measurement
from gateway.outbox import Outbox, Reading, outbox_path
from gateway.publisher import Pace, Publisher
from gateway.recordings.recording import RecordedHome, Recording

_PACE = Pace(linger_s=0.0, will_delay_s=0, reconnect_max_s=2)
_MOST_QUEUED_BATCHES = 16
_CHUNK = 1_000
_STEP_S = 0.2


class Summary(NamedTuple):
    """What became of a recording.

    `rows` were found in its files, of which `identical` repeat another and `refused` are not taken. They make
    `readings`, of which `sent` went into the outboxes; `confirmed` were called stored by the service (among them
    what an earlier, interrupted run had left). `seconds` is how long it took.
    """

    rows: int
    identical: int
    refused: int
    readings: int
    sent: int
    confirmed: int
    seconds: float

    @property
    def finished(self) -> bool:
        """Whether every reading of the recording was sent and confirmed."""
        return self.sent == self.readings and self.confirmed >= self.sent


class ReplayStalledError(VicinoError):
    """The service has confirmed nothing for a while."""


def run(
    recording: Recording,
    *,
    broker_for: Callable[[str], BrokerAddress],
    data_dir: Path,
    speed: float | None,
    homes_limit: int | None,
    clock: Clock,
    stop: threading.Event,
    progress: Callable[[int, int], None],
    patience_s: float = 60.0,
    says_status: bool = True,
) -> Summary:
    """Play `recording` until all of it is confirmed, or `stop` is set; `broker_for` says where a gateway signs in.

    A `speed` of 60 plays an hour in a minute, None plays as fast as the service stores. At most `homes_limit` homes
    take part. `progress` is told how many readings are confirmed, and of how many. Without `says_status` nothing is
    said of how the gateways are: the homes go on with others of the same names. Raises `ReplayStalledError` if nothing
    was confirmed for `patience_s` seconds although something was sent; everything sent is in the outboxes then.
    """
    homes = recording.recorded[:homes_limit]
    total = sum(len(home.track) for home in homes)
    began = clock.monotonic()
    start_ms = min((next(iter(home.track)).at_ms for home in homes if len(home.track)), default=0)
    wake = threading.Event()
    players: list[_Player] = []
    try:
        for home in homes:
            players.append(_Player(home, broker_for(home.gateway), data_dir, clock, wake, says_status=says_status))  # noqa: PERF401 - those opened are closed
        for player in players:
            player.publisher.start()
        _play(
            players, _Horizon(start_ms, began, speed), clock, stop, wake, lambda done: progress(done, total), patience_s
        )
    finally:
        _end(players)
    return Summary(
        rows=recording.rows,
        identical=recording.identical,
        refused=len(recording.refused),
        readings=total,
        sent=sum(player.sent for player in players),
        confirmed=sum(player.confirmed for player in players),
        seconds=clock.monotonic() - began,
    )


class _Horizon(NamedTuple):
    """Up to when the recording has been played at a moment of the clock."""

    start_ms: int
    began: float
    speed: float | None

    def at(self, now: float) -> float:
        if self.speed is None:
            return float("inf")
        return self.start_ms + (now - self.began) * 1000 * self.speed


class _Player:
    """One home on its way."""

    def __init__(
        self,
        home: RecordedHome,
        broker: BrokerAddress,
        data_dir: Path,
        clock: Clock,
        wake: threading.Event,
        *,
        says_status: bool,
    ) -> None:
        self.sent = 0
        self.confirmed = 0
        self.outbox = Outbox(outbox_path(data_dir, home.gateway), clock, uuid.uuid4().hex, durable=False)
        self.outbox.forget_series()
        self.publisher = Publisher(
            home.gateway,
            self.outbox,
            broker,
            clock,
            pace=_PACE,
            wake=wake,
            on_stored=self._note_stored,
            says_status=says_status,
        )
        self._readings = iter(home.track)
        self._next = next(self._readings, None)

    @property
    def exhausted(self) -> bool:
        return self._next is None

    @property
    def done(self) -> bool:
        return self.exhausted and not self.outbox.queued

    def feed(self, horizon_ms: float) -> bool:
        """Put in what is due, as long as the outbox stays short; tell whether there may be more at once."""
        if self.exhausted or self.outbox.queued >= _MOST_QUEUED_BATCHES * _PACE.batch_readings:
            return False
        chunk = [
            Reading(name, value, unit, at_ms) for name, at_ms, value, unit in islice(self._due(horizon_ms), _CHUNK)
        ]
        self.outbox.add(chunk)
        self.sent += len(chunk)
        return len(chunk) == _CHUNK

    def _due(self, horizon_ms: float) -> Iterator[Measurement]:
        while self._next is not None and self._next.at_ms <= horizon_ms:
            due, self._next = self._next, next(self._readings, None)
            yield due

    def _note_stored(self, _: int, readings: int) -> None:
        self.confirmed += readings


def _play(
    players: list[_Player],
    horizon: _Horizon,
    clock: Clock,
    stop: threading.Event,
    wake: threading.Event,
    progress: Callable[[int], None],
    patience_s: float,
) -> None:
    confirmed, changed_at = -1, clock.monotonic()
    while not stop.is_set():
        wake.clear()
        now = clock.monotonic()
        delay = _STEP_S
        for player in players:
            if player.feed(horizon.at(now)):
                delay = 0.0
            delay = min(delay, player.publisher.turn())
        total = sum(player.confirmed for player in players)
        if total != confirmed or not any(player.outbox.queued for player in players):
            confirmed, changed_at = total, now
        progress(confirmed)
        if all(player.done for player in players):
            return
        if now - changed_at > patience_s:
            raise _stalled(players, patience_s)
        clock.wait(wake, delay)


def _stalled(players: list[_Player], patience_s: float) -> ReplayStalledError:
    queued = sum(player.outbox.queued for player in players)
    homes = sum(player.outbox.queued > 0 for player in players)
    unsent = sum(not player.exhausted for player in players)
    return ReplayStalledError(
        f"The service has confirmed nothing for {patience_s:.0f} s: {queued} readings of {homes} homes are not stored"
        f" yet, and the recordings of {unsent} homes are not at their end.",
        kept="what is not stored is in the outboxes of the homes",
        advice="see that the broker and ingest run (vicino status), then play the recording again: it goes on",
    )


def _end(players: list[_Player]) -> None:
    """Take leave for all homes at once: a broker that does not answer is not waited for home by home."""
    if not players:
        return
    with ThreadPoolExecutor(max_workers=len(players)) as pool:
        list(pool.map(lambda player: player.publisher.end(), players))
    for player in players:
        player.outbox.close()
