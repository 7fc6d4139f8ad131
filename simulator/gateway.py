"""What the gateway of a simulated home says about itself, and when the service hears what it took in.

A gateway speaks once a minute. Only the words at which something changes are told one by one; each says when the word
before it was heard, which was a minute ago unless the line was cut. The figures of a lost connection are those of the
edge agent's defaults: the broker misses it after one to one and a half times 30 seconds and waits 10 more for it to
come back; one that ends by itself is missed at once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from core.messages import GatewayStatus
from simulator import chance
from simulator.events.event import Event
from simulator.events.gateway import is_off

MINUTE = timedelta(minutes=1)
KEEPALIVE_S = 30.0
WILL_DELAY_S = 10.0
FAMILIES = frozenset({"power_cut", "line_cut", "gateway_offline"})


class Said(NamedTuple):
    """A word of a gateway, as the service hears it; `heard_before` is when it heard the last one (None: never)."""

    received_at: datetime
    heard_before: datetime | None
    status: GatewayStatus


class SimulatedGateway:
    """The gateway of `home`: on since `since`, with a battery or without, with its events."""

    def __init__(self, home: str, since: datetime, *, battery: bool, events: Sequence[Event]) -> None:
        self._home = home
        self._since = since
        self._battery = battery
        self._events = sorted((e for e in events if e.name in FAMILIES), key=lambda event: event.start)
        self._rng = chance.stream(home, since, "gateway")
        # A machine that has been running for weeks when the service first hears of it.
        self._started = since - timedelta(seconds=self._rng.uniform(86_400, 90 * 86_400))
        self._boot = 0
        self._lost: datetime | None = None
        self._back: datetime | None = None
        self._heard: datetime | None = None
        self._there = False

    def words(self) -> Iterator[Said]:
        """Yield what the service hears, in order of time; call it once."""
        yield self._say(self._since)
        for event in self._events:
            yield from self._during(event)

    def heard_at(self, at: datetime) -> datetime | None:
        """Return when the service hears what the bridge gets at `at`; None if it never does."""
        for event in self._events:
            if not event.start <= at < event.end:
                continue
            if is_off(event, at):
                return None
            if event.name == "line_cut" or self._without_line(event) or event.changed.get("form") == "crash":
                return event.end + timedelta(seconds=8)
        return at + timedelta(seconds=1)

    def _during(self, event: Event) -> Iterator[Said]:
        form = event.changed.get("form", event.name)
        if form == "radio":
            return
        if form == "power_cut":
            yield from self._power_cut(event)
            return
        if form == "shutdown":
            yield self._orderly(event.start)
        else:
            yield self._will(event.start, at_once=form == "crash")
        if form in ("shutdown", "gone"):
            self._restart(event.end)
        if form == "crash":
            self._boot += 1
        yield self._say(event.end + timedelta(seconds=self._rng.uniform(1, 6)))

    def _power_cut(self, event: Event) -> Iterator[Said]:
        dies = event.start + timedelta(seconds=float(event.changed["battery_s"]))
        survives = dies >= event.end
        without_line = self._without_line(event)
        if self._battery:
            self._lost, self._back = event.start, None
            if not without_line:
                yield self._say(event.start + timedelta(seconds=1))
        if without_line or not survives:
            yield self._will(event.start if without_line else dies, at_once=False)
        if survives:
            self._back = event.end
        else:
            self._restart(event.end)
        # A router takes its time to start.
        yield self._say(event.end + timedelta(seconds=self._rng.uniform(40, 150) if without_line else 1))

    def _without_line(self, event: Event) -> bool:
        return event.name == "power_cut" and bool(event.changed["router"])

    def _restart(self, at: datetime) -> None:
        self._boot += 1
        self._started = at
        self._lost = self._back = None

    def _say(self, at: datetime) -> Said:
        at = max(at, self._started + timedelta(seconds=35))  # a machine takes its time to start
        before = self._last_word(at) if self._there else self._heard
        said = Said(at, before, self._status(at, online=True))
        self._heard, self._there = at, True
        return said

    def _will(self, lost: datetime, *, at_once: bool) -> Said:
        missed_s = 0.0 if at_once else KEEPALIVE_S * self._rng.uniform(1.0, 1.5)
        received_at = lost + timedelta(seconds=missed_s + WILL_DELAY_S)
        said = Said(received_at, self._last_word(lost), GatewayStatus(online=False, boot=self._boot_id()))
        self._heard, self._there = received_at, False
        return said

    def _orderly(self, at: datetime) -> Said:
        said = Said(at, self._last_word(at), self._status(at, online=False))
        self._heard, self._there = at, False
        return said

    def _last_word(self, at: datetime) -> datetime:
        """Return when a gateway that speaks every minute last spoke before `at`."""
        assert self._heard is not None
        return max(self._heard, at - MINUTE * self._rng.random())

    def _status(self, at: datetime, *, online: bool) -> GatewayStatus:
        on_battery = self._lost is not None and self._back is None
        return GatewayStatus(
            online=online,
            boot=self._boot_id(),
            at=at,
            uptime_s=(at - self._started).total_seconds(),
            power="unknown" if not self._battery else "battery" if on_battery else "mains",
            mains_lost=self._lost,
            mains_back=self._back,
        )

    def _boot_id(self) -> str:
        return f"{chance.number(self._home, self._boot, 'boot'):016x}"
