"""Where a list goes on: the key of the last entry, as text that is handed back unchanged."""

import base64
import binascii
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from dashboards.api.problems import ApiError, Kind

LARGEST = 2**31 - 1  # of a key in the database

T = TypeVar("T")


def encode(*key: str | int | datetime | UUID) -> str:
    """Return a cursor of a key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def after_uuid(cursor: str | None) -> UUID | None:
    """Return the public id after which a list goes on; None at its beginning. Raises `ApiError` for any other text."""
    return None if cursor is None else _decode(cursor, tuple[UUID])[0]


def after_number(cursor: str | None) -> int | None:
    """Return the number after which a list goes on. Raises `ApiError` for any other text."""
    return None if cursor is None else _number(_decode(cursor, tuple[int])[0])


def after_reading(cursor: str | None) -> tuple[datetime, int] | None:
    """Return the instant and the series after which readings go on. Raises `ApiError` for any other text."""
    if cursor is None:
        return None
    at, number = _decode(cursor, tuple[datetime, int])
    return _instant(at), _number(number)


def after_alert(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the instant and the public id after which alerts go on. Raises `ApiError` for any other text."""
    if cursor is None:
        return None
    at, public_id = _decode(cursor, tuple[datetime, UUID])
    return _instant(at), public_id


def _decode(cursor: str, shape: type[T]) -> T:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(text, type=shape)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise ApiError(Kind.CURSOR) from error


def _number(given: int) -> int:
    if not -1 <= given <= LARGEST:
        raise ApiError(Kind.CURSOR)
    return given


def _instant(given: datetime) -> datetime:
    try:
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except OverflowError as error:
        raise ApiError(Kind.CURSOR) from error
    raise ApiError(Kind.CURSOR)
