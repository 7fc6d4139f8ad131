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
