"""What days mean is remembered for one version of them, of so many homes at most."""

from datetime import date

from analytics.wellbeing.attention import Known
from analytics.wellbeing.known import Held, Memory
from analytics.wellbeing.state import DayState, State

FIRST = date(2026, 2, 20)


def held(home: int, version: str = "a", first: date = FIRST) -> Held:
    return Held(home, version, first)


def known() -> Known:
    return Known(DayState(FIRST, State.GREEN, -1.0, 1.0, None, (), (), (), {}, 3.0), [])


def test_what_was_kept_is_found_by_home_version_and_first_day_alone() -> None:
    memory, one = Memory(), known()
    memory.keep({held(1): one, held(2): None})
    wanted = {held(1), held(2), held(3), held(1, "b"), held(1, first=date(2026, 2, 21))}
    assert memory.of(wanted) == {held(1): one, held(2): None}


def test_the_oldest_is_forgotten_first_and_what_is_kept_again_is_no_older_than_it_was() -> None:
    memory = Memory(most=2)
    for home in (1, 2, 3):
        memory.keep({held(home): known()})
    assert len(memory) == 2
    assert set(memory.of([held(home) for home in (1, 2, 3)])) == {held(2), held(3)}
    memory.keep({held(2): None})
    assert len(memory) == 2
