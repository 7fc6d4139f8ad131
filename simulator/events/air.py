"""What happens on the air, and to the clock: nothing that anybody should be called for."""

from datetime import datetime, timedelta

import msgspec

from simulator import chance
from simulator.events.event import Event, Passage
from simulator.plan import Sensor
from simulator.zigbee2mqtt import RawMessage


def packet_loss(home: str, start: datetime, end: datetime, share: float) -> Event:
    """Return: a share of all messages is lost."""
    return Event("packet_loss", home, start, end, {"share": share})


def dropout(home: str, sensor: Sensor, start: datetime, end: datetime) -> Event:
    """Return: one sensor is out of reach for a while."""
    return Event("dropout", home, start, end, {"sensor": sensor.key})


def clock_drift(home: str, start: datetime, end: datetime, seconds: float) -> Event:
    """Return: the home's clock is ahead by so many seconds at `start` and right again at `end`."""
    return Event("clock_drift", home, start, end, {"seconds": seconds})


def lossy(event: Event, _: str, __: tuple[Sensor, ...]) -> Passage:
    """Return how messages pass where some are lost."""
    limit = int(float(event.changed["share"]) * 2**64)

    def passage(message: RawMessage) -> RawMessage | None:
        if not event.start <= message.at < event.end or message.retain:
            return message
        return None if chance.number(event.home, message.topic, message.at, "lost") < limit else message

    return passage


def drifting(event: Event, _: str, __: tuple[Sensor, ...]) -> Passage:
    """Return how messages pass where the clock is wrong: they say so themselves."""
    lasts = (event.end - event.start) / timedelta(seconds=1)

    def passage(message: RawMessage) -> RawMessage | None:
        if not event.start <= message.at < event.end or message.retain:
            return message
        left = 1 - (message.at - event.start).total_seconds() / lasts
        said = message.at + timedelta(seconds=float(event.changed["seconds"]) * left)
        state = msgspec.json.decode(message.payload)
        state["last_seen"] = said.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return message._replace(payload=msgspec.json.encode(state))

    return passage
