"""Flood protection: what a gateway or a device sends beyond its allowance is put aside, so that nobody else feels it.

Token buckets. The usual case costs one look for each gateway and commit: as long as all that a gateway sends fits into
half of what one of its devices may send, no device can be flooding, whichever it is. Beyond that its devices are told
apart until all is quiet again: each has a bucket of its own, out of which has been taken what went through unseen, as
if that had all been of this device. So no device ever gets more than its burst and its rate allow, and none that stays
within half the burst and the rate is put aside for what another one sends. Calls for help are never put aside.

What a whole gateway sends beyond its allowance is at the expense of the devices that send most: an equal share of that
allowance is each device's own and passes even when the others have used up all of it. The shares together are the
allowance once more, so that a gateway gets at most twice its burst, and in the long run no more than its rate.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf
from typing import NamedTuple

from core.clock import Clock
from ingest.reading import Reading
from ingest.series import SAFETY_ROUTE, Series
from ingest.validate import Reason, Registered, Rejection, Verdict

FORGET_S = 60.0
ALL_TOGETHER = ""  # in place of the key of a device
_MINUTE_S = 60.0


class Allowance(NamedTuple):
    """How many readings may come a minute in the long run, and how many at once; without limit if `per_minute` is 0."""

    per_minute: float
    burst: float


class Bucket:
    """A token bucket that begins full, but for what is `used`. Times are in seconds and never go back."""

    __slots__ = ("_at_s", "_per_s", "_size", "_used")

    def __init__(self, allowance: Allowance, now_s: float, used: float = 0.0) -> None:
        self._per_s = allowance.per_minute / _MINUTE_S
        self._size = allowance.burst if allowance.per_minute else inf
        self._used = used
        self._at_s = now_s

    def room(self, now_s: float) -> float:
        """Return how much may be taken now."""
        self._used = max(0.0, self._used - (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        return self._size - self._used

    def takes(self, count: int, now_s: float) -> bool:
        """Take so much if there is room for all of it; tell whether it was taken."""
        # As `take` in a `room`, in one call: this runs for every gateway in every commit.
        used = self._used - (now_s - self._at_s) * self._per_s
        self._at_s = now_s
        self._used = used = max(0.0, used)
        if used + count > self._size:
            return False
        self._used = used + count
        return True

    def used(self, now_s: float) -> float:
        """Return how much is missing now."""
        self.room(now_s)
        return self._used

    def take(self, count: int) -> None:
        """Take what there was room for."""
        self._used += count

    def give_back(self, count: int) -> None:
        """Undo having taken so much."""
        self._used = max(0.0, self._used - count)

    def is_full(self, now_s: float) -> bool:
        """Tell whether it is as it was in the beginning, as far as anybody could notice."""
        return self.room(now_s) == self._size

    def spent_s(self) -> float:
        """Return how long it takes, from the last look on, until it is full."""
        return self._used / self._per_s if self._per_s else 0.0


class Admitted(NamedTuple):
    """What may be stored, and how many readings were put aside, by gateway and device ('' for all of them together)."""

    verdicts: Sequence[Verdict]
    parked: Mapping[tuple[str, str], int]


class _Gateway:
    """What one gateway has sent: all together, and each device for itself until `apart_until_s`."""

    __slots__ = ("all", "apart_until_s", "devices", "shares", "watch")

    def __init__(self, gateway: Allowance, device: Allowance, now_s: float) -> None:
        self.all = Bucket(gateway, now_s)
        self.watch = Bucket(device._replace(burst=device.burst / 2), now_s)
        self.devices: dict[str, Bucket] = {}
        self.shares: dict[str, Bucket] = {}
        self.apart_until_s = now_s

    def takes(self, count: int, now_s: float, charges: "_Charges") -> bool:
        """Take `count` readings unseen if none of the devices can be flooding; tell whether they were taken."""
        if now_s < self.apart_until_s or not self.watch.takes(count, now_s):
            return False
        if not self.all.takes(count, now_s):
            self.watch.give_back(count)
            return False
        charges += ((self.watch, count), (self.all, count))
        return True


class Flood:
    """What has come by one lane of one process. Threads may share it.

    `gateway` is what a gateway may send, `device` what each of its devices may. It knows gateways that have sent
    something acceptable only, that is registered ones, and forgets those whose buckets are full.
    """

    def __init__(self, gateway: Allowance, device: Allowance, clock: Clock) -> None:
        self._allowed = gateway
        self._allowed_device = device
        self._clock = clock
        self._gateways: dict[str, _Gateway] = {}
        self._forgot_at_s = clock.monotonic()
        self._lock = threading.Lock()

    @contextmanager
    def admitting(self, verdicts: Sequence[Verdict], registered: Registered) -> Iterator[Admitted]:
        """Give the messages without the readings that are too many; nothing was taken if the block raises."""
        charges: _Charges = []
        admitted = self._admit(verdicts, registered, charges)
        try:
            yield admitted
        except BaseException:
            with self._lock:
                for bucket, count in charges:
                    bucket.give_back(count)
            raise

    def __len__(self) -> int:
        return len(self._gateways)

    def _admit(self, verdicts: Sequence[Verdict], registered: Registered, charges: "_Charges") -> Admitted:
        counts: dict[str, int] = {}
        for verdict in verdicts:
            if verdict.readings and verdict.gateway is not None:
                counts[verdict.gateway] = counts.get(verdict.gateway, 0) + len(verdict.readings)
        with self._lock:
            now_s = self._clock.monotonic()
            self._forget(now_s)
            looks = {
                key: _Look(found, registered.of_gateway(key) or {}, self._allowed, self._allowed_device, now_s)
                for key, count in counts.items()
                if not (found := self._of(key, now_s)).takes(count, now_s, charges)
            }
            if not looks:
                return Admitted(verdicts, {})
            left = [
                self._without_excess(verdict, look) if (look := looks.get(verdict.gateway or "")) else verdict
                for verdict in verdicts
            ]
            for look in looks.values():
                charges += look.charges()
        parked = {(key, device): count for key, look in looks.items() for device, count in look.parked.items()}
        return Admitted(left, parked)

    def _of(self, key: str, now_s: float) -> _Gateway:
        found = self._gateways.get(key)
        if found is None:
            found = self._gateways[key] = _Gateway(self._allowed, self._allowed_device, now_s)
        return found

    def _without_excess(self, verdict: Verdict, look: "_Look") -> Verdict:
        readings, parked = look.sorted_out(verdict.readings)
        if not parked:
            return verdict
        device = next(iter(parked))
        name, allowed = (device, self._allowed_device) if device else ("all devices together", self._allowed)
        detail = f"{name}: more than {allowed.per_minute:g} readings a minute."
        excess = Rejection(Reason.FLOOD, detail, parked.total())
        return verdict._replace(readings=readings, rejections=(*verdict.rejections, excess))

    def _forget(self, now_s: float) -> None:
        if now_s - self._forgot_at_s < FORGET_S:
            return
        self._forgot_at_s = now_s
        self._gateways = {
            key: each
            for key, each in self._gateways.items()
            if now_s < each.apart_until_s or not (each.all.is_full(now_s) and each.watch.is_full(now_s))
        }


class _Look:
    """A closer look at what one gateway sends in one commit, each device for itself."""

    def __init__(
        self, gateway: _Gateway, series: Mapping[str, Series], together: Allowance, allowed: Allowance, now_s: float
    ) -> None:
        if now_s >= gateway.apart_until_s:
            gateway.devices.clear()
            gateway.shares.clear()
        gateway.all.room(now_s)  # what was used up until now, before anything is taken
        self._gateway = gateway
        self._device_of = {each.series_id: name.partition("/")[0] for name, each in series.items()}
        number = len(set(self._device_of.values())) or 1
        self._share = Allowance(together.per_minute / number, together.burst / number)
        self._allowed = allowed
        self._now_s = now_s
        self._taken: Counter[str] = Counter()
        self._taken_of_share: Counter[str] = Counter()
        self.parked: Counter[str] = Counter()

    def sorted_out(self, readings: Sequence[Reading]) -> tuple[list[Reading], Counter[str]]:
        """Return the readings that are not too much, having taken them, and how many are too much of which device."""
        left: list[Reading] = []
        parked: Counter[str] = Counter()
        for reading in readings:
            excess_of = None if reading.route == SAFETY_ROUTE else self._excess_of(reading)
            if excess_of is None:
                left.append(reading)
            else:
                parked[excess_of] += 1
        self.parked += parked
        return left, parked

    def _excess_of(self, reading: Reading) -> str | None:
        """Take a reading; if it is too much, tell of which device ('' of all together) instead."""
        device = self._device_of.get(reading.series_id, "")
        bucket = self._gateway.devices.get(device)
        if bucket is None:
            bucket = self._gateway.devices[device] = Bucket(
                self._allowed, self._now_s, self._gateway.watch.used(self._now_s)
            )
            # Full whatever went unseen: a device that did not send it must not lose its share for it.
            self._gateway.shares[device] = Bucket(self._share, self._now_s)
        if bucket.room(self._now_s) < 1:
            return device
        # Also what there is room for in any case uses up the share, so that who sends most is the first to have none.
        if self._gateway.shares[device].takes(1, self._now_s):
            self._taken_of_share[device] += 1
        elif self._gateway.all.room(self._now_s) < 1:
            return ALL_TOGETHER
        bucket.take(1)
        self._gateway.all.take(1)
        self._taken[device] += 1
        return None

    def charges(self) -> "_Charges":
        """Return what was taken, and keep the devices apart until nothing of it, nor of what went unseen, is left."""
        devices, shares = self._gateway.devices, self._gateway.shares
        spent_s = max(bucket.spent_s() for bucket in (self._gateway.all, self._gateway.watch, *devices.values()))
        self._gateway.apart_until_s = max(self._gateway.apart_until_s, self._now_s + spent_s)
        taken = [(devices[device], count) for device, count in self._taken.items()]
        taken += [(shares[device], count) for device, count in self._taken_of_share.items()]
        return [*taken, (self._gateway.all, self._taken.total())]


_Charges = list[tuple[Bucket, int]]
