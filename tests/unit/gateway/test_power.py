"""What the gateway runs on, by what the kernel lists."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.power import PowerState, PowerWatch, source_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def supply(tmp_path):
    def make(name, kind, online=None):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "type").write_text(f"{kind}\n")
        if online is not None:
            (folder / "online").write_text(f"{online}\n")

    return make


def test_a_machine_with_a_battery_says_whether_mains_are_there(tmp_path, supply):
    supply("AC", "Mains", 1)
    supply("BAT0", "Battery")
    assert source_of(tmp_path) == "mains"
    supply("AC", "Mains", 0)
    assert source_of(tmp_path) == "battery"
    supply("usb", "USB", 1)
    assert source_of(tmp_path) == "mains"


def test_without_a_battery_or_without_any_word_nothing_is_known(tmp_path, supply):
    assert source_of(tmp_path / "not there") == "unknown"
    assert source_of(tmp_path) == "unknown"
    supply("AC", "Mains", 1)
    assert source_of(tmp_path) == "unknown"
    supply("mouse", "Battery")
    (tmp_path / "AC" / "online").write_bytes(b"\xff")
    assert source_of(tmp_path) == "unknown"


def test_it_remembers_when_mains_failed_and_came_back():
    course = iter(["mains", "mains", "battery", "battery", "mains", "mains", "battery"])
    watch = PowerWatch(lambda: next(course))
    at = [NOW + timedelta(minutes=n) for n in range(7)]
    seen = [watch.state(each) for each in at]
    assert seen[1] == PowerState("mains")
    assert seen[3] == PowerState("battery", at[2], None)
    assert seen[5] == PowerState("mains", at[2], at[4])
    assert seen[6] == PowerState("battery", at[6], None)
