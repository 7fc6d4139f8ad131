"""What happens by itself while a visitor watches the demonstration."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from core.localtime import night_of
from simulator import scenario
from simulator.home import ONE_DAY, SimulatedHome
from simulator.scenario import Event

SOS_AFTER = timedelta(seconds=40)
SILENT_AFTER = timedelta(seconds=70)
SILENT_FOR = timedelta(hours=2)
NIGHT_VISITS = 5
LATEST_BREAKFAST = time(10)


def story(start: datetime, homes: Sequence[SimulatedHome]) -> list[Event]:
    """Return the events of a demonstration that starts at `start` (UTC).

    The first home's SOS button is pressed after 40 s, the second's gateway goes silent after 70 s, and the
    third had five visits to the bathroom last night. Last night is the last one that was over by noon; in
    the two hours before noon also the one that has just ended. Fewer homes make a shorter story.
    """
    events: list[Event] = []
    if homes:
        events.append(scenario.sos(homes[0].key, start + SOS_AFTER))
    if len(homes) > 1:
        silent = start + SILENT_AFTER
        events.append(scenario.gateway_silent(homes[1].key, silent, silent + SILENT_FOR))
    for home in homes[2:3]:
        tonight = night_of(start, home.zone)
        nights = [tonight - ONE_DAY]
        if LATEST_BREAKFAST <= start.astimezone(home.zone).time() < time(12):
            nights.append(tonight)
        for night in nights:
            bed, wake = home.in_bed(night)
            events.append(scenario.night_bathroom(home.key, bed, wake, NIGHT_VISITS))
    return events
