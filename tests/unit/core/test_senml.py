import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import senml
from core.senml import Measurement

names = st.from_regex(r"[a-z0-9]{1,8}/[a-z_]{1,12}", fullmatch=True)
measurements = st.lists(
    st.builds(
        Measurement,
        name=names,
        at_ms=st.integers(2**28 * 1000, 4_000_000_000_000),
        value=st.floats(allow_nan=False, allow_infinity=False, width=32),
        unit=st.sampled_from(["1", "Cel", "%", "mm[Hg]"]),
    ),
    min_size=1,
    max_size=20,
)


@given(measurements)
def test_what_is_encoded_comes_back(sent: list[Measurement]) -> None:
    received, faults = senml.decode(senml.encode(sent))
    assert not faults
    assert [(name, at_ms, value, unit or "1") for name, at_ms, value, unit in received] == sent


@given(measurements)
def test_the_same_measurements_give_the_same_bytes(sent: list[Measurement]) -> None:
    assert senml.encode(sent) == senml.encode(list(sent))


@given(st.binary(max_size=400))
def test_noise_is_refused_or_read_but_never_raises_anything_else(payload: bytes) -> None:
    try:
        read, faults = senml.decode(payload)
    except senml.SenmlError:
        return
    assert all(math.isfinite(measurement.value) for measurement in read)
    assert all(fault.reason in {"value", "time"} for fault in faults)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
records = st.dictionaries(st.sampled_from(["bn", "bt", "bu", "bv", "n", "u", "v", "vb", "vs", "t", "x"]), json_values)


@given(st.lists(records, max_size=5))
def test_any_array_of_records_is_read_refused_or_reported(pack: list[dict[str, object]]) -> None:
    try:
        read, faults = senml.decode(json.dumps(pack).encode())
    except senml.SenmlError:
        return
    assert len(read) + len(faults) <= len(pack)


def test_base_fields_apply_to_all_that_follows() -> None:
    pack = (
        b'[{"bn":"a/","bt":1700000000,"bu":"Cel","n":"t","v":20},'
        b'{"n":"t","t":60.5,"v":21},{"bn":"b/","n":"h","u":"%","v":3}]'
    )
    read, faults = senml.decode(pack)
    assert not faults
    assert read == [
        Measurement("a/t", 1_700_000_000_000, 20, "Cel"),
        Measurement("a/t", 1_700_000_060_500, 21, "Cel"),
        Measurement("b/h", 1_700_000_000_000, 3, "%"),
    ]


def test_booleans_are_numbers_and_a_record_of_base_fields_alone_is_none() -> None:
    read, faults = senml.decode(
        b'[{"bn":"a/","bt":1700000000},{"n":"occupancy","vb":true},{"n":"occupancy","t":1,"vb":false}]'
    )
    assert not faults
    assert [value for _, _, value, _ in read] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        (b'[{"n":"a/t","v":1}]', "time"),
        (b'[{"n":"a/t","v":1,"t":-5}]', "time"),
        (b'[{"n":"a/t","v":1,"t":1e300}]', "time"),
        (b'[{"n":"a/t","t":1700000000}]', "value"),
        (b'[{"n":"a/t","t":1700000000,"vs":"warm"}]', "value"),
    ],
)
def test_a_record_that_cannot_be_used_says_why(pack: bytes, reason: str) -> None:
    read, faults = senml.decode(pack)
    assert not read
    assert [fault.reason for fault in faults] == [reason]


def test_another_version_is_refused_whole() -> None:
    with pytest.raises(senml.SenmlError, match="version 11"):
        senml.decode(b'[{"bver":11,"n":"a/t","t":1700000000,"v":1}]')
