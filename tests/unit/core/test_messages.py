import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import BatchProperties

properties = st.builds(
    BatchProperties,
    boot=st.text("0123456789abcdef", min_size=1, max_size=64),
    sequence=st.integers(0, 2**62 - 1),
    monotonic_s=st.integers(0, 10**9).map(float),
    clock=st.sampled_from(["synced", "unsynced"]),
)


@given(properties)
def test_properties_survive_the_journey(sent: BatchProperties) -> None:
    assert BatchProperties.from_user_properties(sent.as_user_properties()) == sent


@given(st.lists(st.tuples(st.sampled_from(["schema", "boot", "seq", "mono", "clock", "x"]), st.text(max_size=5))))
def test_any_properties_are_read_or_refused_with_a_value_error(pairs: list[tuple[str, str]]) -> None:
    try:
        read = BatchProperties.from_user_properties([("schema", "1"), *pairs])
    except ValueError:
        return
    assert read.clock in {"synced", "unsynced"}


def test_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema '2'"):
        BatchProperties.from_user_properties([("schema", "2")])
