"""Devices of which much is lost on the air."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.frames import HOUR, MINUTE, Span, micros
from analytics.silence.evidence import NO_VALUES, NOTHING, Series
from analytics.silence.link import LOST, WeakLink, days_heard, weak_link

ROME = ZoneInfo("Europe/Rome")
DAY = 24 * HOUR
FIRST = micros(datetime(2026, 2, 9, 23, tzinfo=UTC))  # midnight in Rome
BAD, FINE = 0.4, 0.05


def life(*shares, every=20 * MINUTE):
    """Return the days of a device of which these shares of its frames are lost, evenly through each day."""
    at = np.arange(FIRST, FIRST + len(shares) * DAY, every)
    given = np.repeat(shares, DAY // every)
    owed, missed, heard, losses = 0.0, 0, [], []
    for instant, share in zip(at, given, strict=True):
        owed += share
        if owed >= 1:
            owed, missed = owed - 1, missed + 1
        else:
            heard.append(instant)
            losses.append(missed)
            missed = 0
    told = np.array(losses) > 0
    reports = np.array(heard, dtype=np.int64)
    return Series(LOST, reports[told], np.array(losses, dtype=np.float64)[told]), reports


def days(*shares, not_heard=(), interval=None):
    lost, reports = life(*shares)
    return days_heard(lost, reports, not_heard, interval, ROME, FIRST + len(shares) * DAY + HOUR)


def at(day):
    return FIRST + day * DAY


def test_the_frames_of_a_day_are_those_heard_and_those_lost():
    found = days(BAD, FINE)
    assert [(day.sent, day.share) for day in found] == [
        (72, pytest.approx(BAD, abs=0.02)),
        (72, pytest.approx(FINE, abs=0.02)),
    ]
    assert [day.is_weak for day in found] == [True, False]


def test_it_is_told_after_four_bad_days_of_a_week_and_not_before():
    assert weak_link(days(BAD, BAD, BAD), None) is None
    assert weak_link(days(FINE, BAD, FINE, BAD, BAD, FINE, BAD), None) == WeakLink(
        at(1), None, pytest.approx(0.25, abs=0.02)
    )
    assert weak_link(days(BAD, FINE, FINE, BAD, FINE, FINE, FINE, BAD, BAD), None) is None


def test_what_every_network_loses_is_not_told_for_however_long():
    assert weak_link(days(*[0.12] * 14), None) is None


def test_a_few_frames_of_a_device_that_seldom_speaks_are_chance():
    lost, reports = life(*[0.5] * 10, every=4 * HOUR)
    assert weak_link(days_heard(lost, reports, (), None, ROME, at(10) + HOUR), None) is None


def test_it_goes_on_until_three_good_days_in_a_row_and_ended_with_the_last_bad_one():
    told = WeakLink(at(0), None, 0.4)
    assert weak_link(days(*[BAD] * 5, FINE, FINE), told).until is None
    assert weak_link(days(*[BAD] * 5, FINE, 0.2, FINE, FINE), told).until is None
    assert weak_link(days(*[BAD] * 5, FINE, FINE, FINE), told) == WeakLink(at(0), at(5), 0.4)


def test_what_is_over_is_told_again_only_for_new_bad_days():
    over = WeakLink(at(0), at(4), 0.4)
    assert weak_link(days(BAD, BAD, BAD, BAD, FINE, FINE, FINE, BAD), over) is None
    assert weak_link(days(*[BAD] * 4, *[FINE] * 3, *[BAD] * 4), over).since == at(7)


def test_what_is_lost_while_nobody_listened_is_not_the_links_fault():
    away = [Span(at(day) - 10 * MINUTE, at(day) + 20 * HOUR) for day in range(7)]
    _, reports = life(*[FINE] * 7)
    heard = reports[[not any(span.start <= one < span.end for span in away) for one in reports]]
    gaps = np.diff(np.searchsorted(reports, heard), prepend=-1) - 1
    told = Series(LOST, heard[gaps > 0], gaps[gaps > 0].astype(np.float64))
    assert weak_link(days_heard(told, heard, (), None, ROME, at(7) + HOUR), None) is not None
    assert weak_link(days_heard(told, heard, away, None, ROME, at(7) + HOUR), None) is None


def test_frames_that_say_nothing_new_are_counted_by_the_interval():
    # Of 144 a day a tenth is lost, and only each sixth is worth storing.
    lost, reports = life(*[0.37] * 7, every=60 * MINUTE)
    told = days_heard(lost, reports, (), None, ROME, at(7) + HOUR)
    assert weak_link(told, None) is not None
    told = days_heard(lost, reports, (), 10 * MINUTE, ROME, at(7) + HOUR)
    assert {day.sent for day in told} == {144}
    assert weak_link(told, None) is None


def test_of_what_was_never_heard_nothing_is_said():
    assert days_heard(Series(LOST, NOTHING, NO_VALUES), NOTHING, (), None, ROME, at(1)) == []
    assert weak_link([], None) is None
    assert weak_link([], WeakLink(at(0), None, 0.4)) == WeakLink(at(0), None, 0.4)
