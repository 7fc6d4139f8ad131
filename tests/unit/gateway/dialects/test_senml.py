"""Devices of one's own that speak SenML: names, units, times before now, and what is refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Measurement, Refusal
from gateway.dialects.dialect import Said
from gateway.dialects.senml import Senml
from gateway.interpretation import Interpreter

NOW_MS = 1_772_366_400_000


def read(pack: Any, device: str = "scale-1") -> list[Said | Refusal]:
    return list(Senml("senml").read(f"senml/{device}", json.dumps(pack).encode()))


def reason(pack: Any) -> str:
    (refused,) = read(pack)
    assert isinstance(refused, Refusal)
    return refused.reason


def test_a_pack_is_of_the_device_of_its_topic_and_of_those_it_names() -> None:
    found = read([{"bn": "", "n": "body_weight", "u": "kg", "v": 71.5}, {"n": "battery", "u": "%EL", "v": 88},
                  {"n": "probe/temperature", "v": 21.5}, {"n": "power/2", "u": "kW", "v": 1.5}])  # fmt: skip
    assert found == [
        Said("probe", (Measurement("temperature", 21.5),)),
        Said(
            "scale-1",
            (Measurement("body_weight", 71.5), Measurement("battery", 88.0), Measurement("power", 1500.0, "2")),
        ),
    ]


@pytest.mark.parametrize(
    ("quantity", "unit", "value", "ours"),
    [
        ("temperature", "K", 294.65, 21.5), ("temperature", "Cel", 21.5, 21.5), ("humidity", "%RH", 40, 40),
        ("humidity", "/", 0.4, 40), ("pressure", "Pa", 101_325, 1013.25), ("energy", "J", 3_600_000, 1),
        ("heart_rate", "beat/min", 66, 66), ("signal_strength", "dBm", -60, -60), ("carbon_dioxide", "ppm", 735, 735),
        ("voltage", "mV", 2950, 2.95), ("body_weight", "g", 71_500, 71.5),
    ],
)  # fmt: skip
def test_units(quantity: str, unit: str, value: float, ours: float) -> None:
    (said,) = read([{"n": quantity, "u": unit, "v": value}])
    assert isinstance(said, Said)
    assert said.measurements == (Measurement(quantity, pytest.approx(ours)),)


def test_times_may_be_absolute_or_before_now() -> None:
    found = read([{"bt": 1_772_366_000, "n": "contact", "vb": False}, {"n": "contact", "vb": True, "t": 5}])
    assert [each.at for each in found if isinstance(each, Said)] == [
        datetime.fromtimestamp(1_772_366_000, UTC), datetime.fromtimestamp(1_772_366_005, UTC),
    ]  # fmt: skip
    interpreter = Interpreter(Senml("senml"), lambda _: None)
    pack = json.dumps([{"n": "contact", "vb": True}, {"n": "contact", "vb": False, "t": -90.5}]).encode()
    readings = interpreter.take("senml/door", pack, NOW_MS, restated=False)
    assert [(each.value, each.at_ms) for each in readings] == [(0.0, NOW_MS - 90_500), (1.0, None)]


def test_a_name_that_begins_with_a_model_says_which_it_is() -> None:
    dialect = Senml("senml")
    for name in ("ua-651ble-00091f800123", "scale-1", "x" * 300):
        dialect.read(f"senml/{name}", b'[{"n": "battery", "v": 88}]')
    assert [device.model for device in dialect.devices()] == ["ua-651ble", "", ""]


def test_what_is_no_name_of_a_channel_is_shown() -> None:
    (said,) = read([{"n": "scale-1/temperature/" + "x" * 50, "v": 20}, {"n": "scale-1/temperature/a b", "v": 20}])
    assert isinstance(said, Said)
    assert (said.measurements, len(said.others)) == ((), 2)


def test_what_is_not_ours_is_shown() -> None:
    (said,) = read([{"n": "scale-1/impedance", "u": "Ohm", "v": 503}, {"n": "scale-1/state", "vs": "stable"}])
    assert said == Said("scale-1", (), None, {"impedance": 503.0, "state": "stable"})


@pytest.mark.parametrize(
    ("pack", "why"),
    [
        ([{"n": "temperature", "u": "m", "v": 1}], "unit"), ([{"n": "temperature"}], "value"), ({"n": "x"}, "syntax"),
        ([{"n": "contact", "vb": True, "t": 3600}], "time"), ([{"n": "contact", "vb": True, "t": -1e9}], "time"),
        ([{"bver": 11, "n": "contact", "vb": True}], "version"), ([{"n": "contact", "vb": True}] * 501, "oversized"),
    ],
)  # fmt: skip
def test_what_is_no_use_is_refused_with_a_reason(pack: Any, why: str) -> None:
    assert reason(pack) == why


def test_a_device_says_whether_it_is_there() -> None:
    dialect = Senml("senml")
    assert dialect.read("senml/Scale 1/availability", b"offline") == (
        Said("scale-1", (Measurement("reachable", 0.0),)),
    )
    (refused,) = dialect.read("senml/Scale 1/availability", b"maybe")
    assert isinstance(refused, Refusal)
    assert [device.name for device in dialect.devices()] == ["Scale 1"]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["n", "v", "vb", "vs", "u", "t", "bn", "bt", "bu", "bv"]),
            st.sampled_from(["contact", "temperature/1", "a/b/c/d", "K", "", 1, -5.5, 1e300, 2**40, True]),
        ),
        max_size=5,
    )
)
def test_whatever_a_device_says_is_read_or_refused(pack: list[dict[str, Any]]) -> None:
    assert all(isinstance(each, Said | Refusal) for each in read(pack))
