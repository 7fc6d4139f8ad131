"""Cursors come back as the keys they were made of, and any other text is told to be none of ours."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.api import cursors
from dashboards.api.problems import ApiError, Kind

READERS: list[Callable[[str | None], object]] = [
    cursors.after_uuid,
    cursors.after_number,
    cursors.after_reading,
    cursors.after_alert,
]
INSTANTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the zone comes beside it
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001 - the zone comes beside it
    timezones=st.just(UTC) | st.just(timezone(timedelta(hours=2))),
)


@given(st.uuids(), INSTANTS, st.integers(-1, cursors.LARGEST))
def test_a_cursor_is_its_key(public_id: UUID, at: datetime, number: int) -> None:
    assert cursors.after_uuid(cursors.encode(public_id)) == public_id
    assert cursors.after_number(cursors.encode(number)) == number
    assert cursors.after_reading(cursors.encode(at, number)) == (at, number)
    assert cursors.after_alert(cursors.encode(at, public_id)) == (at, public_id)


@given(st.text(max_size=80) | st.binary(max_size=12).map(lambda some: cursors.encode(some.hex())))
def test_any_other_text_is_none_of_ours(text: str) -> None:
    for read in READERS:
        with pytest.raises(ApiError) as told:
            read(text)
        assert told.value.kind is Kind.CURSOR


def test_a_list_begins_without_one() -> None:
    assert [read(None) for read in READERS] == [None] * 4
