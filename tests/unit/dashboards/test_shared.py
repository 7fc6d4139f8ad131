from datetime import UTC, datetime

import pytest

from core.clock import SimulatedClock
from dashboards.shared import LASTS_S, MOST, Part, Shared

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Maker:
    """Makes parts in one sight, each another one."""

    def __init__(self, sight: str = "same") -> None:
        self.made, self.sight = 0, sight

    def __call__(self) -> Part:
        self.made += 1
        return Part(f"made {self.made}", self.sight, frozenset({self.made}), frozenset())


def text(shared: Shared, make: Maker, about: str = "now", revision: int = 7, sight: str | None = None) -> str:
    return shared.part(sight or make.sight, about, lambda: revision, make).text


def test_two_pages_of_one_sight_get_one_and_the_same_and_another_sight_never_does() -> None:
    shared, make, other = Shared(SimulatedClock(NOW)), Maker(), Maker("other")
    assert [text(shared, make) for _ in range(3)] == ["made 1"] * 3
    assert text(shared, other) == "made 1"
    assert other.made == 1
    assert text(shared, make, "now, in English") == "made 2"
    assert text(shared, make) == "made 1"


def test_nothing_is_given_that_was_made_before_the_last_alert_or_longer_than_a_moment_ago() -> None:
    clock, make = SimulatedClock(NOW), Maker()
    shared = Shared(clock)
    assert text(shared, make) == "made 1"
    assert text(shared, make, revision=8) == "made 2"
    clock.advance(LASTS_S - 0.1)
    assert text(shared, make, revision=8) == "made 2"
    clock.advance(0.1)
    assert text(shared, make, revision=8) == "made 3"


def test_what_changes_while_it_is_made_makes_another_one() -> None:
    shared, revision = Shared(SimulatedClock(NOW)), 7

    def make() -> Part:
        nonlocal revision
        revision += 1
        return Part(f"of {revision}", "same", frozenset(), frozenset())

    assert shared.part("same", "now", lambda: revision, make).text == "of 8"
    assert shared.part("same", "now", lambda: revision, make).text == "of 9"


def test_what_was_read_in_another_sight_than_was_asked_for_is_kept_for_nobody() -> None:
    """Somebody was given a role, or lost one, between the sign-in and what was read."""
    shared, changed = Shared(SimulatedClock(NOW)), Maker("more")
    assert text(shared, changed, sight="less") == "made 1"
    assert text(shared, Maker("less")) == "made 1"
    assert text(shared, changed) == "made 2"


def test_it_keeps_no_more_than_so_many_and_nothing_of_what_was_not_made() -> None:
    shared = Shared(SimulatedClock(NOW))
    for number in range(3 * MOST):
        text(shared, Maker(str(number)))
    assert len(shared) == MOST
    latest = Maker(str(3 * MOST - 1))
    assert text(shared, latest) == "made 1"
    assert latest.made == 0

    def fail() -> Part:
        raise ValueError("not made")

    for number in range(3 * MOST):
        with pytest.raises(ValueError, match="not made"):
            shared.part("none", number, lambda: 7, fail)
    assert len(shared._making) == MOST
