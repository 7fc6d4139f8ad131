from datetime import UTC, datetime
from typing import Any

import pytest

from core.clock import SimulatedClock
from core.database import View
from core.viewer import Viewer
from dashboards import repository
from dashboards.audit import ONE_LOOK, REMEMBERED, Audit

MINUTE = 60.0


def test_only_looks_that_may_still_be_open_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered holds the number of everybody on a board: it must not grow through a day."""
    noted: list[Any] = []
    monkeypatch.setattr(repository, "note_look", lambda *given: noted.append(given))
    clock = SimulatedClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    audit, connection = Audit(clock), Any
    for _ in range(200):
        audit.note(View(Viewer(1), connection, {1, 2}, {3}))  # type: ignore[arg-type]
        clock.advance(5 * MINUTE)
    assert len(noted) == 200
    assert len(audit._looks[1]) == ONE_LOOK.total_seconds() / (5 * MINUTE) < REMEMBERED


def test_those_who_see_the_same_board_are_remembered_with_one_set_of_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "note_look", lambda *_: None)
    audit = Audit(SimulatedClock(datetime(2026, 11, 20, 9, tzinfo=UTC)))
    for account in range(1, 201):
        audit.note(View(Viewer(account), Any, set(range(1000)), {account % 2}))  # type: ignore[arg-type]
    assert len({id(look.persons) for (look,) in audit._looks.values()}) == 1
    assert len({id(look.homes) for (look,) in audit._looks.values()}) == 2
    assert {look.homes for (look,) in audit._looks.values()} == {frozenset({0}), frozenset({1})}
