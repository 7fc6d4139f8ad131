"""What is remembered of a home's sensors while its days are computed one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from analytics import coverage
from analytics.frames import HOUR, SECOND
from analytics.home_day import HomeDay, Past, Rhythm
from analytics.reports import DeviceDay, Heard

REACH = timedelta(days=coverage.DAYS)


@dataclass(slots=True)
class Memory:
    """Rhythms of the days before, from which each day's `Past` is taken: the same, however the days are cut."""

    last_at: int | None = None
    rhythms: dict[date, Rhythm] = field(default_factory=dict)
    devices: dict[date, dict[int, DeviceDay]] = field(default_factory=dict)

    def keep(self, rhythms: Iterable[Rhythm], devices: Iterable[tuple[date, int, DeviceDay]]) -> None:
        """Remember rhythms of the home and when its devices spoke."""
        for rhythm in rhythms:
            self.rhythms[rhythm.day] = rhythm
        for day, device_id, one in devices:
            self.devices.setdefault(day, {})[device_id] = one

    def keep_day(self, computed: HomeDay) -> None:
        """Remember what was computed of a day, in place of what was known of it."""
        self.devices.pop(computed.day, None)
        self.keep([computed.rhythm], [(computed.day, device, one) for device, one in computed.devices.items()])

    def before(self, day: date) -> Past:
        """Return what is known from the days before `day`; days on which the home said nothing teach nothing."""
        spoke = [
            rhythm
            for _, rhythm in sorted(self.rhythms.items())
            if day - REACH <= rhythm.day < day and rhythm.readings > 0
        ]
        devices: dict[int, list[float]] = {}
        days: dict[int, list[tuple[date, DeviceDay]]] = {}
        for known, of_day in sorted(self.devices.items()):
            if known >= day:
                break
            for device_id, one in of_day.items():
                days.setdefault(device_id, []).append((known, one))
                if known >= day - REACH and one.usual_gap_s is not None:
                    devices.setdefault(device_id, []).append(one.usual_gap_s)
        last = [rhythm.last_at for rhythm in self.rhythms.values() if rhythm.day < day and rhythm.last_at is not None]
        earlier = [] if self.last_at is None else [self.last_at]
        return Past(
            np.array([rhythm.longest_gap_s for rhythm in spoke], dtype=np.float64).reshape(-1, 24),
            devices,
            max(last + earlier, default=None),
            {device_id: self._heard(known, day) for device_id, known in days.items()},
        )

    def _heard(self, days: Sequence[tuple[date, DeviceDay]], day: date) -> Heard:
        """Return when a device last spoke and for how long it may be silent from then on.

        Its habit is that of the days up to when it last spoke; days on which the home said nothing add to its patience.
        """
        last_day, last = days[-1]
        habit = [one for known, one in days if known > last_day - REACH]
        before = [one.last_at for known, one in days if known > last_day - REACH]
        across = [0.0, *((one.first_at - end) / SECOND for one, end in zip(habit[1:], before, strict=False))]
        limit = coverage.silence_limit([max(one.longest_gap_s, gap) for one, gap in zip(habit, across, strict=True)])
        mute = sum(last_day < one.day < day and not one.readings for one in self.rhythms.values())
        return Heard(last.last_at, None if limit is None else limit + mute * 24 * HOUR)
