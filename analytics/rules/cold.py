"""Cold: a home that cools down, while it does; and one that is cold.

WHO advises at least 18 °C indoors (Housing and health guidelines, 2018), and 20 °C where older people live (1987). A
heating that fails is noticed long before that limit: the rooms are colder than they usually are at that hour, for two
hours in a row, as airing a room is over sooner. A house that is always cold is told from `always` on only, so that a
person who likes 17 °C is not told of all winter; a service may set it to 18.
"""

from typing import Annotated

import msgspec
import numpy as np

from analytics.frames import Flags, Span, instant
from analytics.rules import wording
from analytics.rules.heat import Degrees
from analytics.rules.protocol import Met, Mode, Past, Settings
from analytics.rules.scene import Scene
from analytics.rules.temperatures import room_values
from analytics.rules.warmth import (
    JUDGED,
    LATELY,
    TODAY,
    OwnTemperature,
    Run,
    Warmth,
    begins_within,
    goes_on,
    last_largest,
    runs,
    touching,
    warmth,
)

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
        for judged in (TODAY, LATELY, JUDGED):
            seen = warmth(scene, past, judged)
            if seen is None:
                return []
            strong, holds = _counts(seen, settings)
            if judged == TODAY and not goes_on(strong | holds, seen, scene):
                return []
            if judged > TODAY and begins_within(strong | holds):
                break
        assert seen is not None
        found = runs(strong, holds, ~np.isnan(seen.mean), settings.hours, QUIET_H)
        return [_met(run, seen, settings, scene) for run in touching(found, seen, scene)]


def _counts(seen: Warmth, settings: ColdSettings) -> tuple[Flags, Flags]:
    """Return in which hours it is cold enough to be told, and in which it goes on being cold."""
    mean, below = seen.mean, seen.usual - seen.value
    fallen = (mean <= settings.watched_below) & seen.agree(below >= settings.colder)
    holds = ((mean < settings.advised) & seen.agree(~(below < BACK_K))) | seen.agree(below >= BACK_K)
    return fallen | seen.agree(seen.value < settings.always), holds & ~np.isnan(mean)


def _met(run: Run, seen: Warmth, settings: ColdSettings, scene: Scene) -> Met:
    hours = slice(run.first, run.last + 1)
    mean = np.where(np.isnan(seen.mean), np.inf, seen.mean)
    worst = run.first + last_largest(-mean[hours])
    room = int(np.nanargmin(seen.value[worst]))
    own = OwnTemperature(-1, settings.colder).learn(seen.at_hour(worst, room))
    since, until = int(seen.begins[run.first]), int(seen.ends[run.last])
    coverage = float(np.mean(~np.isnan(seen.value[hours])))
    ended = until < int(seen.ends[np.flatnonzero(np.isfinite(mean))[-1]])
    said = wording.cold(
        wording.Felt(
            float(seen.value[worst, room]),
            seen.kinds[room],
            instant(int(seen.begins[worst])).astimezone(scene.zone),
            instant(since).astimezone(scene.zone),
            instant(until).astimezone(scene.zone) if ended else None,
            own.usual,
            coverage,
        ),
        settings.advised,
        published=settings.advised == ColdSettings().advised,
    )
    lacking = settings.watched_below - float(mean[worst])
    return Met(
        NAME,
        Span(since, until),
        int(seen.ends[run.met]),
        float(np.clip(0.4 + 0.6 * lacking / SERIOUS_K, 0.4, 1.0)),
        round(coverage, 4),
        said,
        wording.measured(seen, worst) | {"limit": settings.advised, "unit": "Cel"},
    )
