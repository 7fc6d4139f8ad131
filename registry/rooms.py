"""What whoever installs the sensors of a home does with its rooms. The database decides who may."""

from uuid import UUID

from core.database import View
from core.errors import VicinoError
from core.places import RoomKind
from core.translation import mark, translator
from registry import repository

LONGEST_NAME = 40


class RoomError(VicinoError):
    """Base: a room was not added or named. `message` is the English text, the key of its translations."""

    message = mark("The room could not be changed.")

    def __init__(self, **values: str | int) -> None:
        self.values = values
        super().__init__(self.message % values)

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message) % self.values


class RoomNotFoundError(RoomError):
    """There is no such room or home among those that the viewer is in charge of."""

    message = mark("This room or home is not there, or you are not in charge of it.")


class RoomNameTooLongError(RoomError):
    """The name of a room is longer than can be shown."""

    message = mark("The name of the room is too long: at most %(most)d characters.")


def add(view: View, home_public_id: UUID, kind: RoomKind, name: str = "") -> int:
    """Add a room to a home, or find the one of this kind and name; return its id.

    Raises `RoomNotFoundError` or `RoomNameTooLongError`.
    """
    return _done(repository.add_room(view.connection, home_public_id, kind, _checked(name)))


def rename(view: View, room_id: int, name: str) -> None:
    """Give a room another name. Raises `RoomNotFoundError` or `RoomNameTooLongError`."""
    _done(repository.rename_room(view.connection, room_id, _checked(name)))


def _checked(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise RoomNameTooLongError(most=LONGEST_NAME)
    return name.strip()


def _done(room_id: int | None) -> int:
    if room_id is None:
        raise RoomNotFoundError
    return room_id
