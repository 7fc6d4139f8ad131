"""What is read for quiet times."""

from datetime import date
from typing import Any, cast

import pytest

from analytics.contexts.traces import Traces
from analytics.repository import Home
from analytics.stillness import of_home
from analytics.stillness.of_home import _doubted
from tests.unit.analytics.made import ROME
from tests.unit.analytics.stillness.persons import LIVING, ROOMS_OF_HOME
from tests.unit.analytics.stillness.test_unvisited import BLIND_SINCE_NINE, TODAY, quiet, traces, weeks

HOME = Home(7, 1, None, ROME)


def test_the_days_before_are_read_once_for_all_times_of_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    today = traces(TODAY, BLIND_SINCE_NINE)
    read: list[tuple[int, date, date]] = []

    def stored(_: object, home_id: int, first: date, last: date) -> dict[date, Traces]:
        read.append((home_id, first, last))
        return {day: one for day, one in weeks(today, 28).items() if first <= day < last}

    monkeypatch.setattr(of_home, "traces_of", stored)
    doubted = _doubted(cast("Any", None), HOME, {TODAY: today}, ROOMS_OF_HOME)
    assert read == []
    assert [doubted(quiet(begun)) for begun in ("13:10", "13:20", "13:30")] == [(LIVING,)] * 3
    assert len(read) == 1
