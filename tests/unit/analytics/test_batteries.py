"""The charge that a voltage tells, by the battery that the catalogue names."""

import pytest

from analytics.batteries import percent_of


def test_the_voltage_of_a_lithium_cell_is_its_charge():
    assert percent_of(3.0, "SNZB-03") == 100
    assert percent_of(2.4, "SNZB-03") == 0
    assert percent_of(2.7, "SNZB-03") == pytest.approx(50)


def test_what_cannot_be_a_battery_s_or_is_not_described_tells_nothing():
    assert percent_of(230, "SNZB-03") is None
    assert percent_of(3.0, "no such model") is None
    assert percent_of(3.0, "TS011F_plug_1") is None
