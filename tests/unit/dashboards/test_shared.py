from datetime import UTC, datetime

from core.clock import SimulatedClock
from dashboards.shared import LASTS_S, MOST, Shared

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Maker:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        return f"made {self.made}"


def test_two_pages_of_one_account_get_one_and_the_same_and_another_account_never_does() -> None:
    shared, make = Shared(SimulatedClock(NOW)), Maker()
    assert [shared.text(1, "now", lambda: 7, make) for _ in range(3)] == ["made 1"] * 3
    assert shared.text(2, "now", lambda: 7, make) == "made 2"
    assert shared.text(1, "now, in English", lambda: 7, make) == "made 3"
    assert shared.text(1, "now", lambda: 7, make) == "made 1"


def test_nothing_is_given_that_was_made_before_the_last_alert_or_longer_than_a_moment_ago() -> None:
    clock, make = SimulatedClock(NOW), Maker()
    shared = Shared(clock)
    assert shared.text(1, "now", lambda: 7, make) == "made 1"
    assert shared.text(1, "now", lambda: 8, make) == "made 2"
    clock.advance(LASTS_S - 0.1)
    assert shared.text(1, "now", lambda: 8, make) == "made 2"
    clock.advance(0.1)
    assert shared.text(1, "now", lambda: 8, make) == "made 3"


def test_what_changes_while_it_is_made_makes_another_one() -> None:
    shared, revision = Shared(SimulatedClock(NOW)), 7

    def make() -> str:
        nonlocal revision
        revision += 1
        return f"of {revision}"

    assert shared.text(1, "now", lambda: revision, make) == "of 8"
    assert shared.text(1, "now", lambda: revision, make) == "of 9"


def test_it_keeps_no_more_than_so_many() -> None:
    shared, make = Shared(SimulatedClock(NOW)), Maker()
    for account in range(3 * MOST):
        shared.text(account, "now", lambda: 1, make)
    assert len(shared) == MOST
    assert shared.text(3 * MOST - 1, "now", lambda: 1, make) == f"made {3 * MOST}"
