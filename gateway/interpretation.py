"""What a system on a broker says, turned into readings. Pure: messages go in, readings and an inventory come out.

What a message means is told by its dialect, when a value was measured by `gateway.course`, whether it is worth telling
by `gateway.restatement`.
"""

from collections import Counter
from collections.abc import Callable

import msgspec

from core.messages import Inventory
from core.vocabulary import BY_NAME
from devices.decoders.decoded import Measurement, Refusal
from gateway.course import Course, Report
from gateway.dialects.dialect import Dialect, Said
from gateway.reading import Reading
from gateway.repetition import Repetitions
from gateway.restatement import Told, worth_telling
from gateway.stamping import LastReading
from gateway.unexplained import Unexplained
from gateway.withdrawal import CANCELLED

_MOST_UNMAPPED = 100  # properties noted of one device
_MOST_DEVICES = 1_000
# Whoever can speak on a broker or by radio can invent devices: no more series than this are remembered.
_MOST_SERIES = 20_000


class Interpreter:
    """One system. `last` tells what the outbox remembers of a series; `refused` counts by reason what was no use."""

    def __init__(
        self,
        dialect: Dialect,
        last: Callable[[str], LastReading | None],
        *,
        withdraws: Callable[[Said], bool] = lambda _: False,
    ) -> None:
        """Read what `dialect` says. `withdraws` tells what cancels an SOS."""
        self._dialect = dialect
        self._withdraws = withdraws
        self._last = last
        self._courses: dict[str, Course] = {}
        self._told: dict[str, Told] = {}
        self._quantities: dict[str, set[str]] = {}
        self._unmapped = Unexplained(most=_MOST_DEVICES, most_values=_MOST_UNMAPPED)
        self._repetitions = Repetitions()
        self.refused: Counter[str] = Counter()

    def take(self, topic: str, payload: bytes, now_ms: int, *, restated: bool, connection: int = 0) -> list[Reading]:
        """Return the readings of a message that arrived at `now_ms`; `restated` if the broker had kept it.

        `connection` tells the connections to the broker apart: what comes by another one may have waited.
        """
        readings: list[Reading] = []
        for part in self._dialect.read(topic, payload):
            if isinstance(part, Refusal):
                self.refuse(part.reason)
                continue
            said_ms = _said_ms(part, now_ms)
            report = Report(now_ms, said_ms, restated, connection)
            new = self._repetitions.new(part, now_ms)
            found = [self._reading(part.key, measurement, report) for measurement in new]
            readings += [reading for reading in found if reading is not None]
            # What the broker had kept was pressed some time ago.
            if not restated and self._withdraws(part._replace(measurements=new)):
                readings.append(Reading(f"{part.key}/{CANCELLED}", 1.0, BY_NAME[CANCELLED].unit, said_ms))
            if part.others:
                self._unmapped.note(part.key, part.others)
        return readings

    def refuse(self, reason: str) -> None:
        """Count a message that could not be used; `reason` is one of a small list."""
        self.refused[reason] += 1

    def inventory(self) -> Inventory:
        """Return what was found: what the dialect knows of, with what they were seen to report."""
        return Inventory(
            [
                msgspec.structs.replace(
                    device,
                    quantities=sorted({*device.quantities, *self._quantities.get(device.key, ())}),
                    unmapped=device.unmapped | self._unmapped.of(device.key),
                )
                for device in self._dialect.devices()
            ]
        )

    def _reading(self, key: str, measurement: Measurement, report: Report) -> Reading | None:
        quantity, value, channel = measurement
        measured = f"{quantity}/{channel}" if channel else quantity
        name = f"{key}/{measured}"
        course = self._course(name, quantity)
        if course is None:
            self.refuse("full")
            return None
        if name in self._courses:
            self._quantities.setdefault(key, set()).add(measured)
        counted = course.take(value, report)
        if counted is None:
            return None
        measured_ms = report.now_ms if counted.at_ms is None else counted.at_ms
        if not worth_telling(quantity, value, measured_ms, self._told.get(name)):
            return None
        if name in self._courses:
            self._told[name] = Told(measured_ms, value)
        return Reading(name, value, BY_NAME[quantity].unit, counted.at_ms, counted.said_ms)

    def _course(self, name: str, quantity: str) -> Course | None:
        """Return the course of a series; None if there is no room for it. A call for help goes out all the same."""
        course = self._courses.get(name)
        if course is not None:
            return course
        safety = BY_NAME[quantity].safety
        if len(self._courses) >= _MOST_SERIES:
            return Course(None, safety=safety) if safety else None
        last = self._last(name)
        course = self._courses[name] = Course(last, safety=safety)
        if last is not None:
            self._told[name] = Told(last.source_ms, last.value)
        return course


def _said_ms(said: Said, now_ms: int) -> int | None:
    """Return when a report was made by what its system says, None if it says nothing of it."""
    if said.at is not None:
        return round(said.at.timestamp() * 1000)
    return now_ms - round(said.ago_s * 1000) if said.ago_s else None
