"""What happens to the person."""

from datetime import datetime

from simulator.events.event import Event, overlaps
from simulator.habits import MINUTE_MS, Intentions, Person, milliseconds, spread_visits
from simulator.plan import OUTSIDE
from simulator.resident import LivedDay, Posture, Stay, Thing, Use


def night_bathroom(home: str, bed: datetime, wake: datetime, visits: int) -> Event:
    """Return: so many visits to the bathroom in the night between going to bed and getting up."""
    return Event("night_bathroom", home, bed, wake, {"visits": visits})


def fall(home: str, at: datetime, found: datetime, room: str) -> Event:
    """Return: the person lies in a room without moving until somebody comes."""
    return Event("fall", home, at, found, {"room": room})


def still(home: str, start: datetime, end: datetime, room: str, *, in_bed: bool) -> Event:
    """Return: the person, ill, stays in one place without moving; nobody comes, and then life goes on."""
    return Event("still", home, start, end, {"room": room, "in_bed": int(in_bed)})


def away(home: str, start: datetime, end: datetime) -> Event:
    """Return: the person leaves by the door and comes back by it, after hours or days."""
    return Event("away", home, start, end, {})


def hospital_stay(home: str, start: datetime, end: datetime, *, entered: bool) -> Event:
    """Return: the person is fetched to hospital and comes back after days; the stay was `entered` or nobody did."""
    return Event("hospital_stay", home, start, end, {"entered": int(entered)})


def more_visits(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Change how often the person means to get up at night."""
    if not overlaps(event, intentions.bed, intentions.next_wake):
        return intentions
    visits = spread_visits(person, intentions.day, intentions.bed, intentions.next_wake, int(event.changed["visits"]))
    return intentions._replace(night_visits=visits)


def lies_still(event: Event, day: LivedDay) -> LivedDay:
    """Keep the person where the event says; who has fallen is found by somebody who comes in by the door."""
    in_bed = bool(event.changed.get("in_bed", 0))
    ended = milliseconds(event.end) < day.end
    found = (Use(milliseconds(event.end), Thing.DOOR),) if ended and event.name == "fall" else ()
    return _replaced(event, day, str(event.changed["room"]), Posture.FALLEN, found, in_bed=in_bed)


def leaves(event: Event, day: LivedDay) -> LivedDay:
    """Let the person go out by the door at the beginning and come in by it at the end."""
    start, end = milliseconds(event.start), milliseconds(event.end)
    used = [Use(at + 1500, Thing.DOOR) for at in (start, end) if day.start <= at < day.end]
    absent = _replaced(event, day, OUTSIDE, Posture.AWAY, tuple(used))
    stays: list[Stay] = []
    for stay in absent.stays:
        if stay.posture is Posture.AWAY and stay.start == start and stays:
            stays[-1:] = _with_end_at_the_door(stays[-1])
        if stay.start == end and stays and stays[-1].posture is Posture.AWAY:
            at_the_door = min(stay.end, end + MINUTE_MS)
            stays.append(Stay(end, at_the_door, "entrance", Posture.ACTIVE))
            stay = stay._replace(start=at_the_door)  # noqa: PLW2901 - what is left of it
        if stay.end > stay.start:
            stays.append(stay)
    return absent._replace(stays=tuple(stays))


def _with_end_at_the_door(stay: Stay) -> list[Stay]:
    leaving = max(stay.start, stay.end - MINUTE_MS)
    at_the_door = Stay(leaving, stay.end, "entrance", Posture.ACTIVE)
    return [at_the_door] if leaving == stay.start else [stay._replace(end=leaving), at_the_door]


def _replaced(
    event: Event, day: LivedDay, room: str, posture: Posture, used: tuple[Use, ...], *, in_bed: bool = False
) -> LivedDay:
    start, end = max(milliseconds(event.start), day.start), min(milliseconds(event.end), day.end)
    before = [stay._replace(end=min(stay.end, start)) for stay in day.stays if stay.start < start]
    after = [stay._replace(start=max(stay.start, end)) for stay in day.stays if stay.end > end]
    uses = [use for use in day.uses if not start <= use.at < end]
    return day._replace(
        stays=(*before, Stay(start, end, room, posture, in_bed), *after),
        uses=tuple(sorted([*uses, *used], key=lambda use: use.at)),
    )
