"""What was observed of a home around one day, as far as a rule looks at it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.activity import signs_in
from analytics.episodes import outing
from analytics.frames import Columns, Episode, Signs, Span, columns, span
from analytics.layout import Layout
from analytics.measuring import Sight
from analytics.observed import Track, tracks
from core.localtime import local_day


class Scene(NamedTuple):
    """A home from a day before `day` until `window.end`: signs of somebody, outings, and measured values.

    `doors` are the devices at doors to the outside, `watching` those that tell of movement. `sight` tells which part of
    a time they were alive for; without it, as for a first look that is confirmed afterwards, all of it counts as known.
    """

    day: date
    zone: ZoneInfo
    window: Span
    signs: Signs
    outings: Sequence[Episode]
    tracks: Sequence[Track]
    doors: tuple[int, ...]
    watching: tuple[int, ...]
    sight: Sight | None = None

    @property
    def own(self) -> Span:
        """The local day."""
        return span(local_day(self.day, self.zone))

    def known(self, window: Span, devices: tuple[int, ...]) -> float:
        """Return which share of `window` is known of some devices, 0 to 1."""
        return 1.0 if self.sight is None else self.sight.share(window, devices)


def scene(
    day: date,
    zone: ZoneInfo,
    home: Layout,
    window: Span,
    observed: tuple[Signs, Sequence[Episode], Sequence[Track]],
    sight: Sight | None,
) -> Scene:
    """Return the scene of a day from the signs, outings and measured values of a window around it."""
    doors = tuple(sorted(set(home.devices_at(home.moving[home.door]).tolist())))
    return Scene(day, zone, window, *observed, doors, tuple(sorted(home.watching)), sight)


def glance(day: date, zone: ZoneInfo, home: Layout, readings: pd.DataFrame, window: Span) -> Scene:
    """Return the scene of a day without asking which sensors lived: for a first look."""
    seen: Columns = home.reported(columns(readings).within(window))
    signs = signs_in(seen, home)
    return scene(
        day, zone, home, window, (signs, outing.outings(signs, window.end), tracks(seen, home.measuring)), None
    )
