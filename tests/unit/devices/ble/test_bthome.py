"""The bytes of BTHome v2, by the examples of its specification and by whatever else may come."""

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.ble import bthome
from devices.decoders.ble.bthome import Advertised
from devices.decoders.ble.bthome_objects import BUTTON, OBJECTS, SAID_LENGTH
from devices.decoders.decoded import Measurement, Refusal

ADDRESS = "5448e68f80a5"
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
needs_cryptography = pytest.mark.skipif(
    importlib.util.find_spec("cryptography") is None, reason="the package cryptography is not installed"
)


def read(data: str, model: str = "") -> Advertised:
    found = bthome.decode(bytes.fromhex(data), ADDRESS, KEY, model)
    assert isinstance(found, Advertised), found
    return found


def values(data: str) -> dict[str, float]:
    return {f"{each.quantity}/{each.channel}".rstrip("/"): each.value for each in read(data).measurements}


@pytest.mark.parametrize(
    ("data", "measured"),
    [
        ("4002ca0903bf13", {"temperature": 25.06, "humidity": 50.55}),
        ("400161", {"battery": 97}),
        ("4004138a01", {"pressure": 1008.83}),
        ("4005138a14", {"illuminance": 13460.67}),
        ("40065e1f", {"body_weight": 80.3}),
        ("40073e1d", {"body_weight": 33.956}),
        ("400a138a14", {"energy": 1346.067}),
        ("400b021b00", {"power": 69.14}),
        ("405c02fbffff", {"power": -12.78}),
        ("400c020c", {"voltage": 3.074}),
        ("4012e204", {"carbon_dioxide": 1250}),
        ("404cf61dfa00", {"gas_volume": 16391.67}),
        ("404511015801", {"temperature": 27.3, "temperature/2": 0.35}),
        ("40020a00024600", {"temperature": 0.1, "temperature/2": 0.7}),
        ("401a01", {"contact": 0}), ("401a00", {"contact": 1}), ("402d00", {"contact": 1}), ("401101", {"contact": 0}),
        ("402001", {"water_leak": 1}), ("402901", {"smoke": 1}), ("401c00", {"gas": 0}),
        ("401701", {"carbon_monoxide": 1}),
        ("402101", {"occupancy": 1}), ("402501", {"presence": 1}), ("402c01", {"vibration": 1}), ("402c00", {}),
        ("401501", {"battery_low": 1}), ("402b01", {"tamper": 1}), ("402e2c", {"humidity": 44}),
    ],
)  # fmt: skip
def test_objects_are_read_as_the_specification_says(data: str, measured: dict[str, float]) -> None:
    assert values(data) == pytest.approx(measured)


def test_a_packet_names_the_report_and_what_is_not_mapped_is_handed_back() -> None:
    found = read("4400110164055c2600" + "2d01" + "3f9601")
    assert found.identity == "packet 17"
    assert found.others == {"rotation": 40.6}
    assert found.measurements == (
        Measurement("battery", 100.0), Measurement("illuminance", 98.2), Measurement("contact", 0.0),
    )  # fmt: skip


def test_text_and_raw_bytes_are_as_long_as_they_say() -> None:
    assert read("40530548656c6c6f" + "5402abcd" + "0150").others == {"text": "Hello", "raw": "abcd"}
    assert values("40530548656c6c6f0150") == {"battery": 80}


def test_a_light_mass_is_nobody() -> None:
    assert read("40068813").others == {}
    assert read("4006e803").others == {"mass_kg": 10.0}


@pytest.mark.parametrize(
    ("data", "model", "called", "others"),
    [
        ("443a04", "", True, {"action": "long_press"}),
        ("443afe", "", True, {"action": "hold_press"}),
        ("443a01", "", False, {"action": "press"}),
        ("443a00", "", False, {}),
        ("443a043a00", "", False, {"action_1": "long_press"}),
        ("443a04450a01", "", False, {"action": "long_press"}),
        ("4401643a04", "", True, {"action": "long_press"}),
        ("443a07", "", False, {"action": "press_7"}),
    ],
)
def test_a_device_that_is_one_button_calls_for_help_when_it_is_held(
    data: str, model: str, called: bool, others: dict[str, str]
) -> None:
    found = read(data, model)
    assert (Measurement("sos_button", 1.0) in found.measurements) is called
    assert found.others == others


def test_an_object_that_is_newer_than_we_leaves_the_others_as_they_are() -> None:
    found = read("400164" + "ee01")
    assert found.measurements == (Measurement("battery", 100.0),)
    assert "0xee" in found.others["undecoded"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "length"),
        ("2002ca09", "version"),
        ("60", "version"),
        ("40ee01", "object"),
        ("4002ca", "length"),
        ("41a472", "length"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data: str, reason: str) -> None:
    found = bthome.decode(bytes.fromhex(data), ADDRESS, KEY)
    assert isinstance(found, Refusal)
    assert found.reason == reason


ENCRYPTED = "41a47266c95f730011223378237214"


@needs_cryptography
def test_the_specification_s_encrypted_example_is_read_with_its_key() -> None:
    found = read(ENCRYPTED)
    assert found.measurements == (Measurement("temperature", 25.06), Measurement("humidity", 50.55))
    assert found.identity == "counter 00112233"


@needs_cryptography
@pytest.mark.parametrize("position", range(1, 15))
def test_one_bit_that_is_changed_makes_it_unreadable(position: int) -> None:
    data = bytearray.fromhex(ENCRYPTED)
    data[position] ^= 1
    found = bthome.decode(bytes(data), ADDRESS, KEY)
    assert isinstance(found, Refusal)
    assert found.reason == "key"


def test_without_a_key_it_is_refused() -> None:
    found = bthome.decode(bytes.fromhex(ENCRYPTED), ADDRESS)
    assert isinstance(found, Refusal)
    assert found.reason == "encrypted"


@given(st.binary(max_size=60))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    assert isinstance(bthome.decode(data, ADDRESS, KEY), Advertised | Refusal)


FIXED = {number: each for number, each in OBJECTS.items() if each.length != SAID_LENGTH and each.name != BUTTON}


@given(st.lists(st.sampled_from(sorted(FIXED)), min_size=1, max_size=12), st.data())
def test_every_object_is_found_wherever_it_stands(ids: list[int], data: st.DataObject) -> None:
    body = b""
    for number in ids:
        length = FIXED[number].length
        body += bytes([number]) + data.draw(st.binary(min_size=length, max_size=length))
    found = bthome.decode(b"\x40" + body)
    assert isinstance(found, Advertised)
    packets = sum(FIXED[number].name == "packet" for number in ids)
    assert len(found.measurements) + len(found.others) + packets == len(ids)
    assert len({each[::2] for each in found.measurements}) == len(found.measurements)
