"""What Zigbee2MQTT says of which sensors it reaches: of a sensor, and not by it.

It asks what is on mains after ten minutes without a word; of what sleeps it waits 25 hours for the next one. Both are
its defaults.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.localtime import Interval
from simulator import chance, scenario
from simulator.events.event import Event
from simulator.plan import Sensor
from simulator.zigbee2mqtt import RawMessage, availability

ASKED_AFTER = timedelta(minutes=10)
WAITED_FOR = timedelta(hours=25)


def messages(base: str, sensors: Sequence[Sensor], events: Sequence[Event]) -> list[RawMessage]:
    """Return what the bridge says, in order of time, as the events take sensors out of its reach."""
    said = [
        availability(base, sensor, at, online=online)
        for sensor in sensors
        for begin, end in _unreached(sensor, events)
        for at, online in ((begin, False), (end, True))
    ]
    return sorted(said, key=lambda message: message.at)


def is_reached(sensor: Sensor, events: Sequence[Event], at: datetime) -> bool:
    """Tell whether the bridge believes at `at` that it reaches a sensor."""
    return not any(begin <= at < end for begin, end in _unreached(sensor, events))


def _unreached(sensor: Sensor, events: Sequence[Event]) -> Iterator[Interval]:
    """Yield from when to when the bridge believes that it does not reach a sensor."""
    gone = sorted(interval for event in events if (interval := scenario.out_of_reach(event, sensor)) is not None)
    while gone:
        begin, end = gone.pop(0)
        while gone and gone[0].start <= end:
            end = max(end, gone.pop(0).end)
        noticed = begin + _patience(sensor, begin)
        if noticed < end:
            yield Interval(noticed, end)


def _patience(sensor: Sensor, gone: datetime) -> timedelta:
    """Return after how long the bridge notices: its time runs from the last word, which came some time before."""
    share = chance.number(sensor.key, gone, "last word") / 2**64
    if sensor.model.mains:
        return ASKED_AFTER * (1 - share)
    return WAITED_FOR - timedelta(seconds=sensor.model.check_in_s * share)
