"""What is counted of calls must be able to fail: a person who was never told, one told twice, one told late."""

import math

from tests.chaos.told import Handed, Message, Round, recovery_s, row, under_way

PEOPLE = ("a@example.org", "b@example.org", "c@example.org")


def messages(gateway, *, uncertain=False):
    return [Message(f"{gateway}/{address}", gateway, address, uncertain) for address in PEOPLE]


def handed(gateway, *times):
    return [Handed(f"{gateway}/{address}", at_s) for address, at_s in zip(PEOPLE, times, strict=False)]


PLAYED = Round({"early": 10.0, "late": 13.0}, struck_s=12.0)
MESSAGES = [*messages("early"), *messages("late")]
GOOD = [*handed("early", 11.0, 12.5, 14.0), *handed("late", 20.0, 20.0, 20.0)]


def test_everybody_told_once_is_right_and_what_was_published_later_is_no_recovery():
    assert row("x", [PLAYED], GOOD, MESSAGES, 6) == ("x", 6, 6, 0, 0, 0, 2.0)


def test_somebody_who_was_never_told_is_lost_and_there_is_no_end_of_the_recovery():
    found = row("x", [PLAYED], GOOD[1:], MESSAGES, 6)
    assert (found.lost, found.recovery_s) == (1, math.inf)
    assert row("x", [PLAYED], GOOD[:-1], MESSAGES, 6).lost == 1


def test_a_message_again_counts_twice_unless_it_is_called_uncertain():
    again = [*GOOD, Handed(GOOD[0].public_id, 15.0)]
    assert row("x", [PLAYED], again, MESSAGES, 6).duplicated == 1
    uncertain = [*messages("early", uncertain=True), *messages("late")]
    assert row("x", [PLAYED], again, uncertain, 6).duplicated == 0
    # Nor may the same person get two messages.
    other = [*uncertain, Message("another", "early", PEOPLE[0], uncertain=True)]
    assert row("x", [PLAYED], [*GOOD, Handed("another", 15.0)], other, 6).duplicated == 1


def test_the_first_message_to_a_person_is_what_counts():
    assert recovery_s(PLAYED, [Handed(GOOD[0].public_id, 30.0), *GOOD], MESSAGES) == 2.0
    assert recovery_s(Round({"late": 13.0}, 12.0), [], MESSAGES) == 0.0


def test_it_is_told_whether_anything_was_under_way():
    assert under_way(PLAYED, GOOD, MESSAGES) == 2
    assert under_way(Round(PLAYED.published, 30.0), GOOD, MESSAGES) == 0
    assert under_way(Round({"late": 13.0}, 12.0), GOOD, messages("late")) == 0
