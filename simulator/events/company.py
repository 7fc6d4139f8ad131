"""Who comes, who does not, and who lives there for a while."""

from datetime import datetime

from simulator import company
from simulator.company import Setting
from simulator.events.event import Event, overlaps
from simulator.habits import MINUTE_MS, Intentions, Person, milliseconds
from simulator.household import CARER, GUEST
from simulator.resident import Company, LivedDay

RESCUE_MS = 15 * MINUTE_MS


def visitors(home: str, start: datetime, end: datetime, people: int) -> Event:
    """Return: so many people come to visit at once."""
    return Event("visitors", home, start, end, {"people": people})


def carer_absent(home: str, start: datetime, end: datetime) -> Event:
    """Return: no carer comes between `start` and `end`, though one was expected."""
    return Event("carer_absent", home, start, end, {})


def second_resident(home: str, start: datetime, end: datetime) -> Event:
    """Return: another person lives in the home, with habits of their own."""
    return Event("second_resident", home, start, end, {"people": 1})


def pet(home: str, start: datetime, end: datetime, liveliness: float) -> Event:
    """Return: an animal lives in the home that motion sensors notice so much more often than once in half an hour."""
    return Event("pet", home, start, end, {"liveliness": liveliness})


def receives(event: Event, _: Person, intentions: Intentions) -> Intentions:
    """Let the person be at home when visitors come."""
    return intentions._replace(
        outings=tuple(
            (start, lasts) for start, lasts in intentions.outings if not overlaps(event, start - 1, start + lasts + 1)
        )
    )


def visited(event: Event, setting: Setting, day: LivedDay) -> LivedDay:
    """Let visitors come; the first of them opens the door."""
    start, end = milliseconds(event.start), milliseconds(event.end)
    there = [
        company.visit(setting, GUEST, f"guest {number}", start, end, opens=number == 0)
        for number in range(int(event.changed["people"]))
    ]
    return _joined(event, day, there)


def not_visited(event: Event, _: Setting, day: LivedDay) -> LivedDay:
    """Leave out the carers who would have come."""
    start, end = milliseconds(event.start), milliseconds(event.end)
    stays_away = [
        one for one in day.company if one.who == CARER and one.stays[0].start < end and one.stays[-1].end > start
    ]
    return day._replace(company=tuple(one for one in day.company if one not in stays_away))


def fetched(event: Event, setting: Setting, day: LivedDay) -> LivedDay:
    """Let rescuers fetch the person, and neither carers nor guests come until the person is back."""
    start, end = milliseconds(event.start), milliseconds(event.end)
    left = [one for one in day.company if one.who in (CARER, GUEST)]
    kept = [one for one in day.company if one not in left]
    kept += [*company.within(left, day.start, start), *company.within(left, end, day.end)]
    there = [
        company.visit(setting, "rescuer", f"rescuer {number}", start - RESCUE_MS, start, opens=number == 0)
        for number in range(2)
    ]
    return day._replace(company=(*kept, *company.within(there, day.start, day.end)))


def shared(event: Event, setting: Setting, day: LivedDay) -> LivedDay:
    """Let another person live there."""
    return _joined(event, day, [company.second_resident(setting, "second", day)])


def with_animal(event: Event, setting: Setting, day: LivedDay) -> LivedDay:
    """Let an animal live there."""
    return _joined(event, day, [company.animal(setting, "animal", day, float(event.changed["liveliness"]))])


def _joined(event: Event, day: LivedDay, there: list[Company]) -> LivedDay:
    start, end = max(milliseconds(event.start), day.start), min(milliseconds(event.end), day.end)
    return day._replace(company=(*day.company, *company.within(there, start, end)))
