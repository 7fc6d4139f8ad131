"""All episodes of a home around one day, each kind by its own module."""

from collections.abc import Collection, Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from analytics.episodes import bathroom, company, in_bed, kitchen, night_walk, presence, sleep, stillness
from analytics.frames import Episode, Signs, Span, micros, overlap, span
from analytics.observed import Passages, Track
from core.localtime import local_instant, local_night

ONE_DAY = timedelta(days=1)
DARK = (time(23), time(5))
LATE = (time(20), time(10))


def of_life(
    day: date, zone: ZoneInfo, window: Span, signs: Signs, passages: Passages, tracks: Sequence[Track],
    watched: Collection[str], outings: Sequence[Episode], unknown: Sequence[Span],
) -> list[Episode]:  # fmt: skip
    """Return how somebody lived: bed, sleep, kitchen, walking about and the door at night, company.

    `window` is what was read, from before `day` to the noon after it: both nights that touch the day lie in it.
    `watched` are the things that the sensors of the home are fixed to.
    """
    nights = [
        (Span(max(noon.start, window.start), min(noon.end, window.end)), _between(night, LATE, zone))
        for night in (day - ONE_DAY, day)
        for noon in (span(local_night(night, zone)),)
    ]
    dark = [_between(night, DARK, zone) for night in (day - ONE_DAY, day)]
    beds = in_bed.stretches(signs, tracks, outings, unknown, window.end)
    return [
        *beds,
        *sleep.nights(beds, signs.at[~signs.left], nights),
        *kitchen.uses(signs, tracks, watched),
        *kitchen.hot_drinks(tracks),
        *kitchen.food_uses(signs, tracks),
        *night_walk.walks(passages, dark),
        *night_walk.doors(signs, dark),
        *company.together_in_rooms(passages),
    ]


def of_watch(
    signs: Signs, outings: Sequence[Episode], unknown: Sequence[Span], window: Span, confirmed: int
) -> list[Episode]:
    """Return what is watched while it happens: stays in rooms, visits to the bathroom, stillnesses."""
    return [
        *presence.stays(signs, outings, window.end),
        *bathroom.visits(signs),
        *stillness.stillnesses(signs, outings, unknown, window.end, confirmed),
    ]


def of_day(episodes: Sequence[Episode], day: Span) -> list[Episode]:
    """Return the episodes that begin on the day, in order; stays in rooms are cut at its midnights."""
    cut = [
        e._replace(start=max(e.start, day.start), end=min(e.end, day.end)) if e.kind == presence.KIND else e
        for e in episodes
        if e.kind != presence.KIND or overlap(Span(e.start, e.end), day)
    ]
    return sorted(e for e in cut if day.start <= e.start < day.end)


def _between(night: date, times: tuple[time, time], zone: ZoneInfo) -> Span:
    """Return the time of a night from one time in the evening to one in the morning."""
    return Span(micros(local_instant(night, times[0], zone)), micros(local_instant(night + ONE_DAY, times[1], zone)))
