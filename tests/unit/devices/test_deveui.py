"""What stands on the label of a LoRaWAN device, read."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import deveui

EUI = "24e124136b502217"


@pytest.mark.parametrize(
    "said",
    [
        "24E124136B502217",
        " 24e124136b502217\n",
        "24:E1:24:13:6B:50:22:17",
        "24-E1-24-13-6B-50-22-17",
        "24E1 2413 6B50 2217",
        "LW:D0:70B3D57ED0000010:24E124136B502217:000AF8BE",
        "lw:d0:70b3d57ed0000010:24e124136b502217:000af8be",
        "LW:D0:70B3D57ED0000010:24E124136B502217:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C",
        "DevEUI 24E124136B502217, SN 6136B5022170",
    ],
)
def test_it_is_read_however_it_is_written(said):
    assert deveui.read(said) == EUI


@pytest.mark.parametrize(
    "said",
    [
        "", "24E124136B50221", "24E124136B5022177", "LW:D0:70B3D57ED0000010::000AF8BE", "LW:D0:70B3D57ED0000010",
        "24E124136B502217 70B3D57ED0000010", "0000000000000000", "FF:FF:FF:FF:FF:FF:FF:FF", "0x00158d0001a2b3c4z",
    ],
)  # fmt: skip
def test_what_is_none_or_could_be_two_is_refused(said):
    with pytest.raises(ValueError, match="DevEUI"):
        deveui.read(said)


@given(st.text(max_size=400))
def test_whatever_is_typed_is_read_or_refused(said):
    with suppress(ValueError):
        assert len(deveui.read(said)) == 16
