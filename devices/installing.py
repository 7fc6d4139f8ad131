"""What whoever is in charge of devices does with them. The database decides who may, and notes who did.

A device keeps its series through all of it, and so its history: a new room begins a new part of it, a new battery none,
and a device that takes over from a broken one begins its own in the same place.
"""

from datetime import datetime
from uuid import UUID

from core.database import View
from core.places import Place
from devices import repository
from devices.errors import DeviceNotFoundError, InstalledElsewhereError, NameTooLongError, NothingMeasuredError
from devices.found import Found
from devices.walk import Counted

LONGEST_NAME = 80


# All of these raise `DeviceNotFoundError` where there is no such thing among those the viewer is in charge of.


def install(view: View, found: Found, name: str, room_id: int | None, place: Place | None, now: datetime) -> int:
    """Put a device that was found into a room; return its id. One that was taken away comes back with its history.

    Raises `NameTooLongError`, or `NothingMeasuredError` if it reports nothing known.
    """
    _check(name)
    if not found.series:
        raise NothingMeasuredError
    return _done(repository.install(view.connection, found, name, room_id, place or "", now))


def install_unheard(
    view: View, found: Found, name: str, room_id: int | None, place: Place | None, now: datetime
) -> int:
    """Put a device into a room that nobody has heard yet, known by its key alone; return its id.

    Raises as `install`, and `InstalledElsewhereError` where it is installed in another home.
    """
    if repository.is_elsewhere(view.connection, found.key, found.gateway):
        raise InstalledElsewhereError
    return install(view, found, name, room_id, place, now)


def describe(view: View, device_id: int, name: str, now: datetime) -> None:
    """Give a device another name. Raises `NameTooLongError`."""
    _check(name)
    _done(repository.describe(view.connection, device_id, name, now))


def move(view: View, device_id: int, room_id: int | None, place: Place | None, now: datetime) -> None:
    """Put a device into another room, or at another place in it, from now on."""
    _done(repository.move(view.connection, device_id, room_id, place or "", now))


def retire(view: View, device_id: int, now: datetime) -> None:
    """Take a device away: nobody misses it any more. `restore` takes that back."""
    _done(repository.retire(view.connection, device_id, now))


def restore(view: View, device_id: int, now: datetime) -> None:
    """Bring back a device that was taken away."""
    _done(repository.restore(view.connection, device_id, now))


def change_battery(view: View, device_id: int, now: datetime) -> None:
    """Note that a device has a new battery."""
    _done(repository.change_battery(view.connection, device_id, now))


def replace(view: View, broken_id: int, found: Found, now: datetime) -> int:
    """Put a device that was found in the place of a broken one of the same home; return its id.

    It has the name, the room and the place of the broken one, which is taken away. Raises `NothingMeasuredError`.
    """
    if not found.series:
        raise NothingMeasuredError
    return _done(repository.replace_by(view.connection, broken_id, found, now))


def begin_walk_test(view: View, home_public_id: UUID, now: datetime) -> None:
    """Begin a walk test in a home, or go on with the one that is under way."""
    _done(repository.begin_walk_test(view.connection, home_public_id, now))


def end_walk_test(view: View, home_public_id: UUID, counted: Counted, now: datetime) -> None:
    """End the walk test of a home with what came of it; once is enough."""
    repository.end_walk_test(view.connection, home_public_id, counted, now)


def _check(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise NameTooLongError(most=LONGEST_NAME)


def _done(device_id: int | None) -> int:
    if device_id is None:
        raise DeviceNotFoundError
    return device_id
