"""Contacts are told in their order; who cannot be reached holds up nobody and is tried again."""

from hypothesis import given
from hypothesis import strategies as st

from core.gateway_config import ToldContact
from gateway.rules.calls import Call
from gateway.rules.errands import GIVE_UP_S, LONGEST_WAIT_S, Errands

ANNA, BRUNO = ToldContact("http", "+39333111111"), ToldContact("webhook", "https://example.org/x", "en")
CALL = Call(1, "button/sos_button", 0)


def test_in_their_order_and_a_failure_holds_up_nobody() -> None:
    errands = Errands()
    errands.add(CALL, [ANNA, BRUNO], 0)
    first = errands.next(0)
    assert first is not None
    assert (first.contact, first.number) == (ANNA, 1)
    errands.failed(first, 0, permanent=False)
    second = errands.next(0)
    assert second is not None
    assert second.contact == BRUNO
    errands.done(second, 1)
    assert errands.next(9) is None
    assert errands.next_at() == 10
    again = errands.next(10)
    assert again is not None
    assert (again.contact, again.attempts) == (ANNA, 1)
    assert errands.sequences == {1}
    errands.done(again, 10)
    assert (len(errands), errands.sequences) == (0, set())


def test_once_the_service_has_it_nobody_else_is_told() -> None:
    errands = Errands()
    errands.add(CALL, [ANNA, BRUNO], 0)
    first = errands.next(0)
    assert first is not None
    errands.stored(1)
    errands.done(first, 0)
    assert errands.next(1000) is None


def test_who_was_told_of_an_sos_is_told_that_it_was_withdrawn() -> None:
    errands = Errands()
    errands.add(CALL, [ANNA, BRUNO], 0)
    first = errands.next(0)
    assert first is not None
    errands.done(first, 0)
    errands.withdrawn("sos_button", 5)
    said = errands.next(5)
    assert said is not None
    assert (said.contact, said.withdrawn) == (ANNA, True)
    errands.stored(1)
    errands.done(said, 5)
    assert errands.next(6) is None


@given(st.integers(1, 40))
def test_back_off_grows_up_to_its_limit_and_ends_after_a_day(failures: int) -> None:
    errands = Errands()
    errands.add(CALL, [ANNA], 0)
    now, waits = 0.0, []
    for _ in range(failures):
        errand = errands.next(now)
        assert errand is not None
        errands.failed(errand, now, permanent=False)
        following = errands.next_at()
        assert following is not None
        waits.append(following - now)
        now = following
    assert waits == sorted(waits)
    assert max(waits) <= LONGEST_WAIT_S
    assert errands.next(GIVE_UP_S) is None
    assert errands.next_at() is None


def test_what_will_never_succeed_is_given_up() -> None:
    errands = Errands()
    errands.add(CALL, [ANNA], 0)
    errand = errands.next(0)
    assert errand is not None
    errands.failed(errand, 0, permanent=True)
    assert errands.next(10_000) is None
