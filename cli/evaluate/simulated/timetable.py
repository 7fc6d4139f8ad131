"""Who is expected at a simulated home, as an operator would enter it: to the quarter of an hour, carers only."""

from datetime import date, time

from analytics.rules.timetable import ExpectedVisit
from simulator.household import CARER, Household

QUARTER = 15
LAST = 24 * 60 - 1


def expected_visits(household: Household | None, first: date) -> list[ExpectedVisit]:
    """Return the visits of carers that a household expects from a day on."""
    visits = () if household is None else household.visits
    return [
        ExpectedVisit(
            number,
            "Carer",
            visit.weekdays,
            _clock(visit.at),
            _clock(visit.at + visit.minutes),
            None,
            first,
        )
        for number, visit in enumerate(visits, start=1)
        if visit.who == CARER
    ]


def _clock(minutes: float) -> time:
    whole = min(LAST, QUARTER * round(minutes / QUARTER))
    return time(whole // 60, whole % 60)
