"""What the pages read across homes at once: when something was last heard, when somebody last moved."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from core.database import Row, View, ask
from core.statements import Statements
from core.vocabulary import BY_NAME, PRESENCE

SQL = Statements.beside(__file__)
LOOKED_BACK = timedelta(hours=12)
AHEAD = timedelta(minutes=5)  # a gateway's clock may be a little fast
LATELY = timedelta(hours=2)  # a home that has moved since is heard, whatever else its devices have sent
# What says that somebody moves at that instant. States that may last (a bed that is occupied, a door that stands open)
# are told again and again while nothing moves: their devices are watching, but they are no movement.
MOVEMENT = [BY_NAME[name].id for name in sorted(PRESENCE | {"opening", "vibration", "toilet_flush"})]
# What a device must tell to be one that watches whether somebody is there. A plug or a thermometer is none.
WATCHING = [*MOVEMENT, *(BY_NAME[name].id for name in ("contact", "bed_occupancy", "chair_occupancy"))]


class LastSeen(NamedTuple):
    """The last movement in a home: when, and the kind of room ("" where it is not known)."""

    at: datetime
    room_kind: str


class LastSigns(NamedTuple):
    """The last signs of a home: a reading of a device that watches for people, and a movement.

    A reading only if it is not older than `LOOKED_BACK`.
    """

    reading_at: datetime | None
    movement: LastSeen | None


class Look(NamedTuple):
    """Somebody was shown, or has changed, data of a person, by a page of the kind `route`.

    `capacity` is what they are to the person ("": nothing), `organisation` for whom they work.
    """

    at: datetime
    route: str
    name: str
    capacity: str
    organisation: str
    is_viewer: bool


def looks(view: View, public_id: UUID, since: datetime, now: datetime) -> list[Look]:
    """Return who looked at a person since an instant, the latest first; nothing where the viewer does not decide."""
    given = {"public_id": public_id, "since": since, "now": now}
    return [Look(**row) for row in view.connection.execute(SQL["looks"], given)]


def last_signs(
    view: View, home_ids: Iterable[int], now: datetime, only: Sequence[int] | None = None
) -> dict[int, LastSigns]:
    """Return the last signs of homes the viewer may see: of all in `home_ids`, read for those in `only` if given.

    Where all are read, the last reading of a home that moved within `LATELY` is told as the movement.
    """
    return ask_last_signs(view, now, only)(home_ids)


def ask_last_signs(
    view: View, now: datetime, only: Sequence[int] | None = None
) -> Callable[[Iterable[int]], dict[int, LastSigns]]:
    """Ask for the same, without waiting, and return what gives it for some homes."""
    wanted = {
        "homes": None if only is None else list(only),
        "movement": MOVEMENT,
        "watching": WATCHING,
        "since": now - LOOKED_BACK,
        "until": now + AHEAD,
        "fresh": now - LATELY if only is None else now + AHEAD,
    }
    lately = ask(view.connection, SQL["latest_in_homes"], wanted, list)
    return lambda home_ids: _signs(view, lately(), list(home_ids), now)


def _signs(view: View, lately: Iterable[Row], home_ids: Sequence[int], now: datetime) -> dict[int, LastSigns]:
    readings: dict[int, datetime] = {}
    movements: dict[int, LastSeen] = {}
    for row in lately:
        readings[row["home_id"]] = row["reading_at"]
        if row["moved_at"] is not None:
            movements[row["home_id"]] = LastSeen(row["moved_at"], row["room_kind"] or "")
    silent = [home for home in home_ids if home not in movements]
    if silent:
        for row in view.connection.execute(SQL["last_presence"], {"home_ids": silent, "until": now + AHEAD}):
            movements[row["home_id"]] = LastSeen(row["ended_at"], row["room_kind"] or "")
    return {home: LastSigns(readings.get(home), movements.get(home)) for home in home_ids}
