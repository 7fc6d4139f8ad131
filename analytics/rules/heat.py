"""Heat: a home that is hot, by day and by night, within the first hot day.

No threshold is agreed for heat indoors: 26 °C by night and 28 to 30 °C by day are in use, and it must fit the person
and the house (PMC6422495). So from these limits on it counts if the home is also warmer than it usually is at that
hour. A house that is always warm in summer is told from 32 °C by day on, the limit of WHO/Europe, and from 30 °C by
night: the 24 °C that they advise are passed in most Italian homes for weeks. By day rooms must agree, for one
thermometer may be in the sun or by the stove; by night neither is there, and the bedroom counts alone.
"""

from typing import Annotated

import msgspec
import numpy as np

from analytics.frames import Span
from analytics.rules import wording
from analytics.rules.protocol import Met, Mode, Past, Settings
from analytics.rules.scene import Scene
from analytics.rules.temperatures import room_values
from analytics.rules.warmth import Counted, Lasting, OwnTemperature, Run, Warmth, last_largest, lasting
from core.places import RoomKind

NAME = "heat"
DAY_FROM, DAY_TO = 8, 22
QUIET_H = 24
SERIOUS_K = 6.0  # above its limit at which heat is as severe as it gets
Degrees = Annotated[float, msgspec.Meta(ge=-20, le=60)]


class HeatSettings(Settings, frozen=True):
    """From when on heat counts.

    `day_limit` and `night_limit` (°C, PMC6422495) count where it is `warmer` (K) than usual at that hour, `day_always`
    and `night_always` in any case, each for `hours` in a row.
    """

    day_limit: Degrees = 28.0
    night_limit: Degrees = 26.0
    warmer: Annotated[float, msgspec.Meta(ge=0, le=20)] = 2.0
    day_always: Degrees = 32.0
    night_always: Degrees = 30.0
    hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 3


class Heat:
    """The rule."""

    name = NAME
    kinds = (NAME,)
    settings = HeatSettings
    mode = Mode.ACTIVE
    lasting = True
    awaits = False

    def span(self, scene: Scene) -> Span:
        """Return in which time that begins what `judge` finds: on the day."""
        return scene.own

    def judge(self, scene: Scene, past: Past, settings: HeatSettings) -> list[Met]:
        """Return the heat that touches the day: as one that lasts, from its first hour on."""
        least = min(settings.day_limit, settings.night_limit)
        if not any(np.any(value >= least) for value in room_values(scene)):
            return []
        found = lasting(scene, past, lambda seen: _counts(seen, settings), settings.hours, QUIET_H)
        return [] if found is None else [_met(run, found, settings, scene) for run in found.runs]


def _counts(seen: Warmth, settings: HeatSettings) -> Counted:
    by_day = (seen.clock >= DAY_FROM) & (seen.clock < DAY_TO)
    warmer = seen.value - seen.usual >= settings.warmer
    beds = [column for column, kind in enumerate(seen.kinds) if kind == RoomKind.BEDROOM]
    there = np.where(np.isnan(seen.value), -np.inf, seen.value)
    asleep = np.max(there[:, beds], axis=1) if beds else seen.mean
    bed = np.where(np.isfinite(asleep), asleep, seen.mean)
    warmer_bed = np.any(warmer[:, beds], axis=1) if beds else seen.agree(warmer)
    day = ((seen.mean >= settings.day_limit) & seen.agree(warmer)) | seen.agree(seen.value >= settings.day_always)
    night = ((bed >= settings.night_limit) & warmer_bed) | (bed >= settings.night_always)
    value = np.where(by_day, seen.mean, bed)
    limit = np.where(by_day, settings.day_limit, settings.night_limit)
    return Counted(value, limit, np.where(by_day, day, night), value >= limit)


def _met(run: Run, found: Lasting, settings: HeatSettings, scene: Scene) -> Met:
    seen, counted = found.seen, found.counted
    excess = np.where(np.isnan(counted.value), -np.inf, counted.value - counted.limit)[run.first : run.last + 1]
    worst = run.first + last_largest(excess)
    room = int(np.nanargmax(seen.value[worst]))
    said = wording.felt(run, found, worst, room, OwnTemperature(1, settings.warmer), scene.zone)
    limit, by_day = float(counted.limit[worst]), DAY_FROM <= int(seen.clock[worst]) < DAY_TO
    published = HeatSettings().day_limit if by_day else HeatSettings().night_limit
    return Met(
        NAME,
        Span(int(seen.begins[run.first]), int(seen.ends[run.last])),
        int(seen.ends[run.met]),
        float(np.clip(0.4 + 0.6 * excess.max() / SERIOUS_K, 0.4, 1.0)),
        round(said.coverage, 4),
        wording.heat(said, limit, by_day=by_day, published=limit == published),
        wording.measured(seen, worst) | {"limit": limit, "unit": "Cel"},
    )
