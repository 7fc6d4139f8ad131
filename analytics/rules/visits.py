"""A visit that was expected and did not take place, as the sensors tell.

The front door tells of somebody else where the person was at home before it was moved and somebody is seen inside
afterwards without its being moved again: a visitor has come, or has left and the person stayed. Not so where the person
goes out (nobody is seen until the door is moved again) or comes back (nobody was seen since it was moved). Who is seen
farther inside than at the door is not somebody who is just leaving, so that a visit of minutes counts as well. It does
not tell who: another visitor at that time hides that the expected one did not come. While nobody is at home, nothing is
told; nor while nobody was seen since the door was moved, because the carer may have left a person who sits down, or the
person may have gone out; nor where the door was not moved at all from the visit before to the end of this one: its
sensor may be stuck, and that it is moved later does not say that it lived. Where no visit was expected since the day
before, a door that is moved later counts. Where there is as much going from room to room as if more than one were in
the home, and the door tells of nobody, it waits until the door is moved again and so its sensor lives. It is a matter
of care, not an emergency: whoever reads it calls the service that was to come.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from analytics.coverage import LIMIT
from analytics.episodes import outing
from analytics.frames import HOUR, MINUTE, ROOMS, SECOND, Instants, Signs, Span, instant, span, together
from analytics.rules import wording
from analytics.rules.protocol import Met, Mode, Past, Settings
from analytics.rules.scene import Scene
from analytics.rules.timetable import ExpectedVisit
from core.places import RoomKind

NAME = "visit_missed"
SEVERITY = 0.5
SAME_DOOR = 2 * MINUTE
PASSING = 45 * SECOND  # how close to a use of the door somebody farther inside may be on the way to it or from it
ONE_DAY = timedelta(days=1)
ASLEEP = 12 * HOUR  # within which somebody at home has given a sign
# How often anybody goes to another room while a carer is there: more often than `BUSY` in nearly all visits, but in a
# quarter of the same times without one, too. Not counting the hall, more often than `CROWDED` only with somebody else.
BUSY, CROWDED = 6 * MINUTE, 7 * MINUTE
BY_THE_DOOR = (ROOMS[RoomKind.ENTRANCE], ROOMS[RoomKind.HALL])


class _Use(NamedTuple):
    """A use of the door, from when to when, and whether somebody was seen inside since the one before, and after it."""

    first: int
    last: int
    seen_before: bool
    seen_after: bool


class VisitSettings(Settings, frozen=True):
    """How many minutes before and after the time that was said a visit may come: `early`, and `grace` after its end."""

    early: Annotated[int, msgspec.Meta(ge=0, le=240)] = 45
    grace: Annotated[int, msgspec.Meta(ge=0, le=480)] = 45


class Visits:
    """The rule."""

    name = NAME
    kinds = (NAME,)
    settings = VisitSettings
    mode = Mode.ACTIVE
    lasting = False
    awaits = True

    def span(self, scene: Scene) -> Span:
        """Return in which time that begins what `judge` finds: on the day."""
        return scene.own

    def judge(self, scene: Scene, past: Past, settings: VisitSettings) -> list[Met]:
        """Return the visits of the day that did not take place by the end of their time and some grace."""
        found = []
        for visit in past.visits:
            expected = visit.on(scene.day, scene.zone)
            if expected is None:
                continue
            grace = settings.grace if visit.grace is None else visit.grace
            its = span(expected)
            wide = Span(its.start - settings.early * MINUTE, its.end + grace * MINUTE)
            before = _visit_before(its, past.visits, scene)
            lived = Span(scene.window.start, scene.window.end)
            if before is not None:
                lived = Span(before - settings.early * MINUTE, wide.end)
            if scene.window.end < wide.end or not _door_lives(scene, lived):
                continue
            if _may_be_unheard(scene, its, wide):
                continue
            coverage = min(scene.known(wide, devices) for devices in (scene.doors, scene.watching))
            if coverage >= LIMIT and _at_home(scene, its) and not _somebody_came(scene, wide):
                found.append(_met(visit, its, wide, coverage, scene))
        return found


def _visit_before(its: Span, visits: Sequence[ExpectedVisit], scene: Scene) -> int | None:
    """Return when the visit before was expected to begin; None where there was none since the day before."""
    days = (scene.day, scene.day - ONE_DAY)
    expected = [span(one) for each in visits for day in days if (one := each.on(day, scene.zone)) is not None]
    return max((one.start for one in expected if one.end <= its.start), default=None)


def _door_lives(scene: Scene, within: Span) -> bool:
    """Tell whether the door was moved in some time: one that never is may not be told of any more."""
    return bool(scene.doors) and bool(np.any(scene.signs.within(within).door))


def _may_be_unheard(scene: Scene, its: Span, wide: Span) -> bool:
    """Tell whether somebody may have come though the door tells of nobody, by how much there is going about.

    Less of it is refuted by a door that is moved afterwards, and so lives; what only two people do is not.
    """
    if _door_lives(scene, wide):
        return False
    signs = scene.signs.where(~scene.signs.left)
    if _door_lives(scene, Span(wide.end, scene.window.end)):
        moved = _moves(_farther(signs).within(its))
        return len(moved) * CROWDED >= its.length
    moved = _moves(signs.inside().within(wide))
    within = np.searchsorted(moved, moved + its.length) - np.arange(len(moved))
    return int(within.max(initial=0)) * BUSY >= its.length


def of_somebody_else(scene: Scene, within: Span) -> Instants:
    """Return when the door to the outside was moved, within a span, by somebody who is not the person of the home."""
    found = [use.first for use in _uses(scene, within) if use.seen_before and use.seen_after]
    return np.array(found, dtype=np.int64)


def _somebody_came(scene: Scene, within: Span) -> bool:
    """Tell whether somebody else has come, or may have: of the last use of the door nobody knows yet whose it was."""
    uses = _uses(scene, within)
    is_open = bool(uses) and not uses[-1].seen_after and not _moved_after(scene, uses[-1].last)
    return is_open or any(use.seen_before and use.seen_after for use in uses)


def _uses(scene: Scene, within: Span) -> list[_Use]:
    """Return the uses of the door to the outside that begin within a span, in order."""
    signs = scene.signs.where(~scene.signs.left)
    moved, inside = signs.at[signs.door], signs.inside().at
    farther = _farther(signs).at
    uses = [(int(moved[first]), int(moved[last])) for first, last in together(moved, SAME_DOOR)]
    starts = [scene.window.start - outing.LEAVING, *(last for _, last in uses)]
    ends = [*(first for first, _ in uses), scene.window.end + outing.LEAVING]

    def seen(index: int) -> bool:
        """Tell whether somebody was inside between a use of the door and the one before it."""
        start, end = starts[index], ends[index]
        return _any(inside, start + outing.LEAVING, end - outing.LEAVING) or _any(
            farther, start + PASSING, end - PASSING
        )

    return [
        _Use(first, last, seen(index), seen(index + 1))
        for index, (first, last) in enumerate(uses)
        if within.start <= first < within.end
    ]


def _farther(signs: Signs) -> Signs:
    """Return the signs of somebody in rooms other than the door's, the entrance and the hall."""
    inside = signs.inside()
    by_the_door = np.isin(inside.room_id, signs.room_id[signs.door]) | np.isin(inside.room_kind, BY_THE_DOOR)
    return inside.where(~by_the_door)


def _moves(signs: Signs) -> Instants:
    """Return when somebody was seen in another room than before."""
    moved: Instants = signs.at[1:][np.diff(signs.room_id) != 0]
    return moved


def _moved_after(scene: Scene, at: int) -> bool:
    """Tell whether the door was moved after an instant."""
    return bool(np.any(scene.signs.door & (scene.signs.at > at)))


def _any(inside: Instants, start: int, end: int) -> bool:
    return bool(np.searchsorted(inside, end) > np.searchsorted(inside, start))


def _at_home(scene: Scene, its: Span) -> bool:
    """Tell whether the person was at home when the visit was expected: seen then, or last seen inside and not leaving.

    Whoever is not seen again after the door was moved is away, however long ago that was.
    """
    signs = scene.signs.where(~scene.signs.left)
    inside = signs.inside().at
    if _any(inside, its.start, its.end):
        return True
    last = int(np.searchsorted(inside, its.start)) - 1
    if last < 0 or inside[last] < its.start - ASLEEP:
        return False
    doors = signs.at[signs.door]
    before = int(np.searchsorted(doors, its.end)) - 1
    return before < 0 or bool(inside[last] > doors[before] + outing.LEAVING)


def _met(visit: ExpectedVisit, its: Span, wide: Span, coverage: float, scene: Scene) -> Met:
    start, end = (instant(each).astimezone(scene.zone) for each in its)
    return Met(
        NAME,
        Span(its.start, wide.end),
        wide.end,
        SEVERITY,
        round(coverage, 4),
        wording.visit_missed(visit.who, start, end, instant(wide.end).astimezone(scene.zone), coverage),
        {
            "visit_id": visit.visit_id,
            "from": instant(its.start).isoformat(),
            "to": instant(its.end).isoformat(),
            "looked_until": instant(wide.end).isoformat(),
        },
        subject=f"visit {visit.visit_id}",
    )
