"""A siren is told again and again while it has to sound, and surely silenced afterwards, over a radio that loses."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.gateway_config import Siren
from gateway.rules.switching import OFF_TIMES, Command, Lit, Switching

SIREN = Siren("hall", "ON", "OFF", ["smoke"])
OTHER = Siren("bath", "1", "0", ["smoke"], topic="l1/set")


def published(switching: Switching, wanted: list[Siren], now: float) -> list[Command]:
    commands = switching.commands(wanted, now)
    for command in commands:
        switching.published(command, now)
    return commands


def test_on_is_repeated_and_off_said_several_times() -> None:
    switching = Switching()
    assert published(switching, [SIREN], 0) == [Command("hall/set", "ON")]
    assert published(switching, [SIREN], 19) == []
    assert published(switching, [SIREN], 20) == [Command("hall/set", "ON")]
    said = [command for now in range(21, 200) for command in published(switching, [], now)]
    assert said == [Command("hall/set", "OFF")] * OFF_TIMES
    assert (switching.lit, switching.next_at()) == ([], None)


def test_a_new_call_while_it_is_being_silenced_sounds_at_once() -> None:
    switching = Switching()
    published(switching, [SIREN], 0)
    published(switching, [], 1)
    assert published(switching, [SIREN, OTHER], 2) == [Command("hall/set", "ON"), Command("bath/l1/set", "1")]


def test_what_was_left_on_by_a_crash_is_silenced() -> None:
    switching = Switching([Lit("hall/set", "OFF")])
    assert published(switching, [], 0) == [Command("hall/set", "OFF")]
    assert Switching([Lit("hall/set", "OFF")]).commands([SIREN], 0) == [Command("hall/set", "ON")]


def test_a_command_that_did_not_go_is_due_still() -> None:
    switching = Switching()
    assert switching.commands([SIREN], 0) == switching.commands([SIREN], 0) == [Command("hall/set", "ON")]
    published(switching, [SIREN], 0)
    assert switching.commands([], 1) == switching.commands([], 1) == [Command("hall/set", "OFF")]


@given(st.lists(st.tuples(st.floats(0.1, 30), st.sets(st.sampled_from(["hall", "bath"])), st.booleans()), max_size=30))
def test_in_the_end_the_last_word_is_the_right_one(steps: list[tuple[float, set[str], bool]]) -> None:
    sirens = {"hall": SIREN, "bath": OTHER}
    switching = Switching()
    heard: dict[str, str] = {}
    lost_in_a_row: Counter[str] = Counter()
    now = 0.0
    for seconds, names, lost in [*steps, *[(200.0, set(), False)] * (OFF_TIMES + 1)]:
        now += seconds
        for command in switching.commands([sirens[name] for name in sorted(names)], now):
            switching.published(command, now)
            if lost and lost_in_a_row[command.topic] < OFF_TIMES - 1:
                lost_in_a_row[command.topic] += 1
            else:
                heard[command.topic] = command.payload
                lost_in_a_row[command.topic] = 0
    assert set(heard.values()) <= {"OFF", "0"}
    assert switching.lit == []
