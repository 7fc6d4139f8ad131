"""What happens to the person's days: meals that fall out, no going out, a slow decline."""

from datetime import date, datetime, time

from core.localtime import local_instant
from simulator import chance
from simulator.events.event import Event
from simulator.habits import KITCHEN_SHARE, MINUTE_MS, Intentions, Person, spread_visits

MEALS = ("breakfast", "lunch", "dinner")
NOON = time(12)


def missed_meals(home: str, start: datetime, end: datetime, meals: int, kitchen_left: float) -> Event:
    """Return: days on which so many of three meals fall out, and the kitchen is used so much less between them."""
    return Event("missed_meals", home, start, end, {"meals": meals, "kitchen_left": kitchen_left})


def not_going_out(home: str, start: datetime, end: datetime) -> Event:
    """Return: days on which the person does not leave the home."""
    return Event("not_going_out", home, start, end, {})


def slow_decline(home: str, start: datetime, end: datetime, full: datetime, **by: float) -> Event:
    """Return: a decline that grows evenly from `start` until it is `full`, and stays.

    `by`: the shares by which at the end the person walks slower (`speed`), goes out less often (`outings`), moves less
    while seated (`moves`) and goes to the kitchen less (`kitchen`); how many minutes later the person gets up (`rise`);
    how many visits to the bathroom a night come to those of before (`visits`).
    """
    most = {"speed": 0.25, "outings": 0.7, "moves": 0.25, "kitchen": 0.4, "rise": 50.0, "visits": 0.8} | by
    return Event("slow_decline", home, start, end, {"full": full.timestamp(), **most})


def eats_less(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Let meals fall out on the days of the event."""
    if not _on(event, person, intentions.day):
        return intentions
    rng = chance.stream(person.seed, person.home, event.name, intentions.day)
    skipped = frozenset(rng.sample(MEALS, int(event.changed["meals"])))
    share = KITCHEN_SHARE * float(event.changed["kitchen_left"])
    return intentions._replace(skipped=intentions.skipped | skipped, kitchen_share=share)


def stays_at_home(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Let the person stay at home on the days of the event."""
    return intentions._replace(outings=()) if _on(event, person, intentions.day) else intentions


def declines(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Let the person be so much slower, later and less active as the day lies in the event."""
    by = {name: float(value) for name, value in event.changed.items()}
    progress, tomorrow = (_progress(event, at) for at in (intentions.wake, intentions.next_wake))
    rng = chance.stream(person.seed, person.home, event.name, intentions.day)
    more = chance.poisson(rng, by["visits"] * progress)
    # Neighbouring days must agree on when the person gets up, so both ends follow the same rule.
    wake = intentions.wake + round(by["rise"] * progress * MINUTE_MS)
    next_wake = intentions.next_wake + round(by["rise"] * tomorrow * MINUTE_MS)
    outings = tuple(outing for outing in intentions.outings if rng.random() >= by["outings"] * progress)
    visits = len(intentions.night_visits) + more
    return intentions._replace(
        wake=wake,
        next_wake=next_wake,
        outings=outings,
        night_visits=spread_visits(person, intentions.day, intentions.bed, next_wake, visits)
        if more
        else intentions.night_visits,
        restlessness=intentions.restlessness * (1 - by["moves"] * progress),
        walking_speed=intentions.walking_speed * (1 - by["speed"] * progress),
        kitchen_share=intentions.kitchen_share * (1 - by["kitchen"] * progress),
        hot_drink_probability=intentions.hot_drink_probability * (1 - by["kitchen"] * progress),
    )


def _progress(event: Event, at_ms: int) -> float:
    """Return how far a decline has come at an instant, 0 to 1; nothing of it before it begins and after it ends."""
    begin, end, full = event.start.timestamp(), event.end.timestamp(), float(event.changed["full"])
    at = at_ms / 1000
    return min(1.0, (at - begin) / (full - begin)) if begin <= at < end else 0.0


def _on(event: Event, person: Person, day: date) -> bool:
    return event.start <= local_instant(day, NOON, person.zone) < event.end
