"""What the days before tell of one day, digested: small enough to be read every few minutes while the day goes on.

It says the same as what it was made of (`analytics.memory`, and the temperatures of two weeks), and is made again when
one of those days changes.
"""

from collections.abc import Mapping
from datetime import date

import msgspec
import numpy as np

from analytics.home_day import Before, HomeDay
from analytics.profiles.profile import Hours
from analytics.reports import Heard


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    """A digest as it is stored; an hour of which no temperature is known is None."""

    limits: list[int]
    patience: dict[int, int]
    last_at: int | None
    heard: dict[int, tuple[int, int | None]]
    temperatures_from: date
    temperatures: dict[date, dict[int, list[float | None]]]


class Digest:
    """What the days before `day` tell; `temperatures` are those of rooms by day, from `temperatures_from` on."""

    def __init__(
        self,
        day: date,
        before: Before,
        temperatures_from: date,
        temperatures: Mapping[date, Mapping[int, Hours]],
    ) -> None:
        self.day = day
        self.temperatures_from = temperatures_from
        self.temperatures = temperatures
        self._before = before

    def before(self, day: date) -> Before:
        """Return what is known from the days before its day: it knows of no other one."""
        assert day == self.day, day
        return self._before

    def keep_day(self, computed: HomeDay) -> None:
        """Let the day enter into what is known of later ones: there are none that it is asked for."""


def encoded(digest: Digest) -> str:
    """Return a digest as it is stored."""
    before = digest.before(digest.day)
    return msgspec.json.encode(
        _Stored(
            before.limits.tolist(),
            dict(before.patience),
            before.last_at,
            {device_id: (heard.last_at, heard.limit) for device_id, heard in before.heard.items()},
            digest.temperatures_from,
            {
                day: {room: [None if np.isnan(one) else float(one) for one in hours] for room, hours in rooms.items()}
                for day, rooms in digest.temperatures.items()
            },
        )
    ).decode()


def decoded(day: date, text: str) -> Digest:
    """Return the digest that `encoded` made that of a day."""
    stored = _DECODER.decode(text)
    heard = {device_id: Heard(*one) for device_id, one in stored.heard.items()}
    return Digest(
        day,
        Before(np.array(stored.limits, dtype=np.int64), stored.patience, stored.last_at, heard),
        stored.temperatures_from,
        {
            known: {room: np.array(hours, dtype=np.float64) for room, hours in rooms.items()}
            for known, rooms in stored.temperatures.items()
        },
    )


_DECODER = msgspec.json.Decoder(_Stored)
