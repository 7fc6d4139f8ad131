"""What happens to the person by night: nights differ from each other, so each draws by a chance of its own."""

from datetime import date, datetime, time, timedelta
from random import Random

from core.localtime import local_instant
from simulator import chance
from simulator.events.event import Event
from simulator.habits import MINUTE_MS, Intentions, Person, Rising

ONE_DAY = timedelta(days=1)
DEEP = time(3)  # everybody is in bed
FALLEN_ASLEEP_MS, BEFORE_WAKING_MS = 45 * MINUTE_MS, 40 * MINUTE_MS


def insomnia(home: str, bed: datetime, wake: datetime, awake_min: float) -> Event:
    """Return: nights in each of which about so many minutes of sleep are lost, lying awake or up in another room."""
    return Event("insomnia", home, bed, wake, {"awake_min": awake_min})


def day_night_reversal(home: str, start: datetime, end: datetime, night_min: float, day_min: float) -> Event:
    """Return: days and nights with so many minutes up by night and asleep in bed by day."""
    return Event("day_night_reversal", home, start, end, {"night_min": night_min, "day_min": day_min})


def night_wandering(home: str, bed: datetime, wake: datetime, walks: int, minutes: float) -> Event:
    """Return: nights with so many walks through the home, of so many minutes each, that end at the front door."""
    return Event("night_wandering", home, bed, wake, {"walks": walks, "minutes": minutes})


def leaving_at_night(home: str, start: datetime, end: datetime) -> Event:
    """Return: the person gets up, leaves the home by night, and comes back."""
    return Event("leaving_at_night", home, start, end, {})


def sleepless(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Let the person lie awake for part of what is lost, and be up for the rest, once to three times."""
    if not _in_night(event, person, intentions.day):
        return intentions
    rng = _chance(event, person, intentions.day)
    lost = float(event.changed["awake_min"]) * rng.uniform(0.75, 1.25)
    lies_awake = lost * rng.uniform(0.2, 0.45)
    up = _risings(intentions, rng, lost - lies_awake, rng.randint(1, 3), "sits", after=lies_awake)
    return intentions._replace(lies_awake=round(lies_awake * MINUTE_MS), risings=(*intentions.risings, *up))


def turned(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Let the person be up by night, walking about or sitting, and sleep by day instead of going out."""
    rng = _chance(event, person, intentions.day)
    if _in_night(event, person, intentions.day):
        night = float(event.changed["night_min"]) * rng.uniform(0.75, 1.25)
        share = rng.uniform(0.3, 0.7)
        about = _risings(intentions, rng, night * share, rng.randint(1, 2), "wanders")
        seated = _risings(intentions, rng, night * (1 - share), 1, "sits")
        intentions = intentions._replace(risings=(*intentions.risings, *about, *seated))
    if event.start <= local_instant(intentions.day, time(12), person.zone) < event.end:
        asleep = float(event.changed["day_min"]) * rng.uniform(0.75, 1.25) * MINUTE_MS
        first = rng.uniform(0.4, 0.6)
        morning = intentions.wake + round(rng.uniform(90, 150) * MINUTE_MS)
        afternoon = intentions.lunch + round(rng.uniform(50, 90) * MINUTE_MS)
        sleeps = ((morning, round(asleep * first)), (afternoon, round(asleep * (1 - first))))
        intentions = intentions._replace(day_sleeps=sleeps, nap=0, outings=())
    return intentions


def wanders(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Let the person walk about at night, and open the front door on each walk."""
    if not _in_night(event, person, intentions.day):
        return intentions
    rng, walks = _chance(event, person, intentions.day), int(event.changed["walks"])
    minutes = walks * float(event.changed["minutes"]) * rng.uniform(0.75, 1.25)
    about = _risings(intentions, rng, minutes, walks, "wanders", doors=1)
    return intentions._replace(risings=(*intentions.risings, *about))


def goes_out(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Let the person leave the home in the night of the event."""
    if not _in_night(event, person, intentions.day, at=event.start):
        return intentions
    at = round(event.start.timestamp() * 1000)
    lasts = round((event.end - event.start) / timedelta(milliseconds=1))
    return intentions._replace(risings=(*intentions.risings, Rising(at, lasts, "leaves")))


def _risings(
    intentions: Intentions, rng: Random, minutes: float, count: int, manner: str, *, doors: int = 0, after: float = 0.0
) -> tuple[Rising, ...]:
    """Return so many risings of together so many minutes, spread over the night `after` so many minutes of it."""
    earliest = intentions.bed + round(after * MINUTE_MS) + FALLEN_ASLEEP_MS
    latest = intentions.next_wake - BEFORE_WAKING_MS - round(minutes / count * MINUTE_MS)
    slot = max(0, latest - earliest) / count
    return tuple(
        Rising(
            round(earliest + (index + rng.uniform(0.1, 0.9)) * slot),
            round(minutes / count * rng.uniform(0.7, 1.3) * MINUTE_MS),
            manner,  # type: ignore[arg-type]
            doors,
        )
        for index in range(count)
    )


def _in_night(event: Event, person: Person, day: date, *, at: datetime | None = None) -> bool:
    """Tell whether the night that begins on `day` is one of the event's; with `at`, whether that lies in it."""
    if at is not None:
        return local_instant(day, time(18), person.zone) <= at < local_instant(day + ONE_DAY, time(12), person.zone)
    return event.start <= local_instant(day + ONE_DAY, DEEP, person.zone) < event.end


def _chance(event: Event, person: Person, day: date) -> Random:
    return chance.stream(person.seed, person.home, event.name, event.start, day)
