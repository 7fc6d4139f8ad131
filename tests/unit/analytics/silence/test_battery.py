"""How batteries go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.frames import HOUR
from analytics.silence.battery import Forecast, ended_by_battery, forecast, low_since
from analytics.silence.evidence import Series

DAY = 24 * HOUR


def series(values, quantity="battery", every=DAY):
    at = np.arange(len(values), dtype=np.int64) * every
    return Series(quantity, at, np.array(values, dtype=np.float64))


def told(values, now=None):
    one = series(values)
    return forecast(one.times, one.values, (len(values) - 1) * DAY if now is None else now)


def test_an_even_fall_goes_on():
    found = told([63 - n for n in range(30)])
    assert found.percent == 34
    assert found.days == pytest.approx(31)
    assert (found.earliest, found.latest) == (pytest.approx(31), pytest.approx(31))
    later = told([63 - n for n in range(30)], now=39 * DAY)
    assert later.days == pytest.approx(21)


def test_wild_values_move_the_forecast_little():
    values = [63 - n for n in range(30)]
    values[7], values[18], values[25] = 0, 100, 15
    found = told(values)
    assert found.days == pytest.approx(31, abs=4)
    assert found.earliest <= found.days <= found.latest


def test_where_nothing_falls_or_too_little_is_known_nobody_can_tell():
    assert told([88] * 60) == Forecast(88, None, None, None)
    assert told([88, 80, 72]) == Forecast(72, None, None, None)
    assert told([]) == Forecast(None, None, None, None)


def test_a_new_battery_begins_anew():
    found = told([40 - n for n in range(30)] + [100 - n for n in range(20)])
    assert found.days == pytest.approx((81 - 3) / 1, rel=0.05)


@given(st.lists(st.floats(0, 100), max_size=60))
def test_a_forecast_lies_in_its_interval_and_is_never_negative(values):
    found = told(values)
    if found.days is not None:
        assert found.earliest is not None
        assert found.latest is not None
        assert 0 <= found.earliest <= found.days <= found.latest


def test_low_is_what_is_told_twice_or_flagged():
    assert low_since([series([30, 20, 12, 9])]) == 3 * DAY
    assert low_since([series([80, 79, 1])]) is None, "one wild value"
    assert low_since([series([80, 79, 1, 1])]) == 2 * DAY
    assert low_since([series([0, 0, 1, 1], "battery_low")]) == 2 * DAY
    assert low_since([series([0, 1, 1, 0], "battery_low")]) is None
    assert low_since([series([5, 4, 100, 99])]) is None, "it was changed"


def test_why_a_device_fell_silent():
    assert ended_by_battery([series([60, 50, 40, 30, 20, 12])], 6 * DAY)
    assert ended_by_battery([series([75, 75, 50, 50, 25, 25])], 6 * DAY), "a coarse gauge that fell fast"
    assert not ended_by_battery([series([48, 48, 47, 47, 47, 47])], 6 * DAY)
    assert not ended_by_battery([series([19] * 6)], 6 * DAY), "old, but steady"
    assert not ended_by_battery([], 6 * DAY)


def test_the_noise_from_day_to_day_does_not_make_a_battery_look_nearly_empty():
    noise = np.random.default_rng(7).integers(-3, 4, 60)
    found = told([40 - 0.1 * day + noise[day] for day in range(60)])
    assert found.days == pytest.approx(310, rel=0.35)
    assert found.earliest > 90
