"""The rules on the way through a simulated life: asked when their answer can change, by the code of the services.

That is at every full hour, when a door was moved at night and nobody was seen afterwards or somebody was, and when the
grace of a visit that is expected ends. A first look goes without asking which sensors lived; what it finds is asked
again with all that the services know.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np

from analytics.findings import Finding
from analytics.frames import HOUR, MINUTE, Instants, instant, micros
from analytics.home_day import HomeDay, reading_window
from analytics.rules.judging import judged
from analytics.rules.leaving import LeavingSettings
from analytics.rules.remembered import Remembered
from analytics.rules.scene import Scene, glance
from analytics.rules.standing import standings
from analytics.rules.timetable import ExpectedVisit
from analytics.rules.visits import VisitSettings
from cli.evaluate.observation import Observation
from cli.evaluate.simulated import moments
from core.localtime import day_of, local_day

STANDINGS = standings(())
AGAIN = 15 * MINUTE  # while somebody who left is not back
AT_MOST = 6 * HOUR


class RulesOfHome:
    """What the rules know and say of one home."""

    def __init__(
        self,
        observation: Observation,
        values: Callable[[str, date, date], Mapping[date, float]],
        visits: Sequence[ExpectedVisit],
    ) -> None:
        self._seen = observation
        self._zone = observation.home.zone
        self._visits = visits
        self._remembered = Remembered(values, visits)

    def looks(self, day: date, signs: Instants, doors: Instants) -> list[datetime]:
        """Return the looks of a local day; `signs` are those of somebody, `doors` when a door to the outside moved."""
        start, end = local_day(day, self._zone)
        found = {start + n * timedelta(hours=1) for n in range(1, (end - start) // timedelta(hours=1))}
        found |= set(self._after_doors(micros(start), micros(end), signs, doors))
        for visit in self._visits:
            expected = visit.on(day, self._zone)
            if expected is not None:
                grace = VisitSettings().grace if visit.grace is None else visit.grace
                found.add(moments.tick(expected.end + timedelta(minutes=grace)))
        return sorted(at for at in found if start <= at < end)

    def _after_doors(self, start: int, end: int, signs: Instants, doors: Instants) -> list[datetime]:
        """Return the looks after the doors of a night at which somebody may be missed, or was seen again."""
        found = []
        night = LeavingSettings()
        for door in doors[slice(*np.searchsorted(doors, (start - AT_MOST, end)))].tolist():
            hour = instant(door).astimezone(self._zone).hour
            if night.to_hour <= hour < night.from_hour:
                continue
            around = signs[slice(*np.searchsorted(signs, (door, door + AT_MOST)))]
            for sign, following in zip(around, [*around[1:], door + AT_MOST], strict=True):
                found.append(moments.tick(instant(int(sign))))
                found += [moments.tick(instant(int(at))) for at in range(int(sign) + AGAIN, int(following), AGAIN)]
        return found

    def first_look(self, now: datetime) -> list[Finding]:
        """Return what may be out of the ordinary on the present day."""
        day = day_of(now, self._zone)
        window = reading_window(day, self._zone, now)
        readings = self._seen.readings(now, instant(window.start))
        return self._judged(glance(day, self._zone, self._seen.home.layout, readings, window), heard=True)

    def judged(self, computed: HomeDay, *, heard: bool) -> list[Finding]:
        """Return what is out of the ordinary on a computed day; of one that goes on, if the home is `heard`."""
        over = computed.scene.window.end >= computed.scene.own.end
        return self._judged(computed.scene, heard=heard or over)

    def keep(self, computed: HomeDay) -> None:
        """Remember what is asked of a day later."""
        self._remembered.keep(computed.scene, computed.episodes)

    def _judged(self, scene: Scene, *, heard: bool) -> list[Finding]:
        return [
            finding
            for _, __, found in judged(scene, self._remembered.past, STANDINGS, heard=heard)
            for finding in found
        ]
