"""The past of a home from memory, while its days are gone through one after the other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from analytics.episodes import outing
from analytics.frames import Episode, Span
from analytics.rules.protocol import Past, RoomHours
from analytics.rules.scene import Scene
from analytics.rules.temperatures import temperatures
from analytics.rules.timetable import ExpectedVisit

ONE_DAY = timedelta(days=1)
KINDS = frozenset({outing.KIND, outing.QUIET})


class Remembered:
    """What rules ask of earlier days, kept by day; a day that is kept again replaces what was known of it."""

    def __init__(
        self, values: Callable[[str, date, date], Mapping[date, float]], visits: Sequence[ExpectedVisit]
    ) -> None:
        self._values = values
        self._visits = visits
        self._temperatures: dict[date, RoomHours] = {}
        self._episodes: dict[date, list[Episode]] = {}

    def keep(self, scene: Scene, episodes: Sequence[Episode]) -> None:
        """Remember the temperatures and the episodes of a day."""
        self._temperatures[scene.day] = temperatures(scene.tracks, scene.day, scene.zone, scene.window.end)
        self._episodes[scene.day] = [each for each in episodes if each.kind in KINDS]

    @property
    def past(self) -> Past:
        """What is known by now."""
        return Past(self._temperatures_of, self._episodes_of, self._values, self._visits)

    def _temperatures_of(self, first: date, last: date) -> Mapping[date, RoomHours]:
        return {day: hours for day, hours in self._temperatures.items() if first <= day <= last}

    def _episodes_of(self, kinds: Sequence[str], span: Span) -> Sequence[Episode]:
        return [
            each
            for each in chain.from_iterable(self._episodes.values())
            if each.kind in kinds and each.start < span.end and each.end >= span.start
        ]
