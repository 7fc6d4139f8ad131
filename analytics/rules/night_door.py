"""The front door at night, opened by somebody who stays at home: a night wanderer who looks for the way out.

Whoever leaves is told of by `leaving`. Here somebody is seen inside again soon after the door was moved, in a night and
a home in which the door is hardly ever moved.
"""

from typing import Annotated

import msgspec
import numpy as np

from analytics.coverage import LIMIT
from analytics.frames import MINUTE, Span, instant, together
from analytics.rules import wording
from analytics.rules.leaving import BEFORE_MIDNIGHT, KNOWN_BY, LEAST_NIGHTS, NIGHTS, ONE_DAY, is_night
from analytics.rules.protocol import Met, Mode, Past, Settings
from analytics.rules.scene import Scene
from core.localtime import night_of

NAME = "night_door_opened"
MERGED = 30 * MINUTE
BACK_WITHIN = 15 * MINUTE
SEVERITY, AGAIN = 0.45, 0.1


class NightDoorSettings(Settings, frozen=True):
    """When a night is, and in which share of the nights the door may be moved without a word."""

    from_hour: Annotated[int, msgspec.Meta(ge=18, le=23)] = 23
    to_hour: Annotated[int, msgspec.Meta(ge=1, le=9)] = 5
    usual_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1


class NightDoor:
    """The rule."""

    name = NAME
    kinds = (NAME,)
    settings = NightDoorSettings
    mode = Mode.SHADOW
    lasting = False
    awaits = False

    def span(self, scene: Scene) -> Span:
        """Return in which time that begins what `judge` finds: on the day, or late in the evening before it."""
        return Span(scene.own.start - BEFORE_MIDNIGHT, scene.own.end)

    def judge(self, scene: Scene, past: Past, settings: NightDoorSettings) -> list[Met]:
        """Return the nights' uses of the door after which somebody is seen inside; of each night the first."""
        signs = scene.signs.where(~scene.signs.left)
        within = self.span(scene)
        at_door = signs.within(within).where(signs.within(within).door).at.tolist()
        by_night = [at for at in at_door if is_night(at, scene, settings.from_hour, settings.to_hour)]
        moved = np.array(by_night, dtype=np.int64)
        inside = signs.inside().at
        found: list[Met] = []
        for first, last in together(moved, MERGED):
            start, end = int(moved[first]), int(moved[last])
            back = int(np.searchsorted(inside, end, side="right"))
            if back == len(inside) or inside[back] - end > BACK_WITHIN:
                continue
            one = self._judged(Span(start, int(inside[back])), last - first + 1, scene, past, settings)
            if one is not None and not any(_same_night(one, other, scene) for other in found):
                found.append(one)
        return found

    def _judged(self, about: Span, moves: int, scene: Scene, past: Past, settings: NightDoorSettings) -> Met | None:
        night = night_of(instant(about.start), scene.zone)
        values = past.values(KNOWN_BY, night - NIGHTS * ONE_DAY, night - ONE_DAY)
        nights = [value for value in values.values() if not np.isnan(value)]
        with_door = sum(value > 0 for value in nights)
        if len(nights) < LEAST_NIGHTS or with_door > settings.usual_share * len(nights):
            return None
        coverage = scene.known(Span(about.start - 60 * MINUTE, about.end), scene.doors)
        if coverage < LIMIT:
            return None
        at = instant(about.start).astimezone(scene.zone)
        return Met(
            NAME,
            about,
            about.end,
            SEVERITY if with_door else SEVERITY + AGAIN,
            round(coverage, 4),
            wording.door_at_night(at, with_door, len(nights), coverage),
            {
                "opened_at": instant(about.start).isoformat(),
                "moves": moves,
                "nights": len(nights),
                "with_door": with_door,
            },
        )


def _same_night(one: Met, other: Met, scene: Scene) -> bool:
    return night_of(one.interval.start, scene.zone) == night_of(other.interval.start, scene.zone)
