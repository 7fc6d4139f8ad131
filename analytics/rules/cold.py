"""Cold: a home that cools down, while it does; and one that is cold.

WHO advises at least 18 °C indoors (Housing and health guidelines, 2018), and 20 °C where older people live (1987). A
heating that fails is noticed long before that limit: the rooms are colder than they usually are at that hour, for two
hours in a row, as airing a room is over sooner. A house that is always cold is told from `always` on only, so that a
person who likes 17 °C is not told of all winter; a service may set it to 18.
"""

from typing import Annotated

import msgspec
import numpy as np

from analytics.frames import Span
from analytics.rules import wording
from analytics.rules.heat import Degrees
from analytics.rules.protocol import Met, Mode, Past, Settings
from analytics.rules.scene import Scene
from analytics.rules.temperatures import room_values
from analytics.rules.warmth import Counted, Lasting, OwnTemperature, Run, Warmth, last_largest, lasting

NAME = "cold"
QUIET_H = 12
BACK_K = 1.0  # nearer than this to the usual and the home is warm again
SERIOUS_K = 8.0


class ColdSettings(Settings, frozen=True):
    """From when on cold counts.

    A home is watched below `watched_below` (°C, WHO 1987 for older people); it counts where it is `colder` (K) than
    usual at that hour, or below `always` (°C) in any case, for `hours` in a row. `advised` (°C, WHO 2018) is named, and
    cold lasts until it is reached again.
    """

    watched_below: Degrees = 20.0
    colder: Annotated[float, msgspec.Meta(ge=0, le=20)] = 2.0
    always: Degrees = 16.0
    advised: Degrees = 18.0
    hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 2


class Cold:
    """The rule."""

    name = NAME
    kinds = (NAME,)
    settings = ColdSettings
    mode = Mode.ACTIVE
    lasting = True
    awaits = False

    def span(self, scene: Scene) -> Span:
        """Return in which time that begins what `judge` finds: on the day."""
        return scene.own

    def judge(self, scene: Scene, past: Past, settings: ColdSettings) -> list[Met]:
        """Return the cold that touches the day: as one that lasts, from its first hour on."""
        watched = max(settings.watched_below, settings.always)
        if not any(np.any(value <= watched) for value in room_values(scene)):
            return []
        found = lasting(scene, past, lambda seen: _counts(seen, settings), settings.hours, QUIET_H)
        return [] if found is None else [_met(run, found, settings, scene) for run in found.runs]


def _counts(seen: Warmth, settings: ColdSettings) -> Counted:
    mean, below = seen.mean, seen.usual - seen.value
    fallen = (mean <= settings.watched_below) & seen.agree(below >= settings.colder)
    holds = ((mean < settings.advised) & seen.agree(~(below < BACK_K))) | seen.agree(below >= BACK_K)
    always = seen.agree(seen.value < settings.always)
    return Counted(mean, np.full(len(mean), settings.watched_below), fallen | always, holds & ~np.isnan(mean))


def _met(run: Run, found: Lasting, settings: ColdSettings, scene: Scene) -> Met:
    seen, counted = found.seen, found.counted
    lacking = np.where(np.isnan(counted.value), -np.inf, counted.limit - counted.value)[run.first : run.last + 1]
    worst = run.first + last_largest(lacking)
    room = int(np.nanargmin(seen.value[worst]))
    said = wording.felt(run, found, worst, room, OwnTemperature(-1, settings.colder), scene.zone)
    return Met(
        NAME,
        Span(int(seen.begins[run.first]), int(seen.ends[run.last])),
        int(seen.ends[run.met]),
        float(np.clip(0.4 + 0.6 * lacking.max() / SERIOUS_K, 0.4, 1.0)),
        round(said.coverage, 4),
        wording.cold(said, settings.advised, published=settings.advised == ColdSettings().advised),
        wording.measured(seen, worst) | {"limit": settings.advised, "unit": "Cel"},
    )
