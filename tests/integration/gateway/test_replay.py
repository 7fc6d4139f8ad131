"""Recordings through the real gateway code over a real broker."""

import gzip
import threading
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.errors import VicinoError
from core.mqtt import BrokerAddress
from gateway.recordings import formats
from gateway.recordings.recording import Recording
from gateway.sources.replay import ReplayStalledError, Summary, run


def play(recording: Recording, address: BrokerAddress, folder: Path, **options: Any) -> Summary:
    wanted: dict[str, Any] = {
        "speed": None, "homes_limit": None, "clock": SystemClock(), "stop": threading.Event(),
        "progress": lambda _, __: None, **options,
    }  # fmt: skip
    return run(recording, broker_for=lambda _: address, data_dir=folder, **wanted)


def test_a_recording_played_twice_is_stored_once(
    own_broker: Any, service_of: Any, tmp_path: Path, shared_data: Path
) -> None:
    recording = formats.read(shared_data / "kasteren", "kasteren")
    seen: list[tuple[int, int]] = []
    with service_of(own_broker.address) as service:
        first = play(recording, own_broker.address, tmp_path, progress=lambda *numbers: seen.append(numbers))
        assert first.finished
        assert service.keys == first.readings == first.sent == first.confirmed
        assert seen[-1] == (first.readings, first.readings)
        second = play(recording, own_broker.address, tmp_path)
        assert second.finished
        assert second.sent == first.sent
        assert service.keys == first.readings
        assert service.conflicts == 0
    assert {gateway for gateway, _, _ in service.stored} == {"gw-kasteren-a", "gw-kasteren-b"}


def test_some_of_tihm(own_broker: Any, service_of: Any, tmp_path: Path, shared_data: Path) -> None:
    with gzip.open(shared_data / "tihm" / "Activity.csv.gz", "rt") as whole:
        (tmp_path / "Activity.csv").write_text("".join(islice(whole, 15_001)))
    recording = formats.read(tmp_path, "tihm")
    with service_of(own_broker.address) as service:
        summary = play(recording, own_broker.address, tmp_path / "data")
    expected = {
        (home["gateway"], name, at_ms): value
        for home in recording.homes()
        for name, at_ms, value, _ in recording.readings(home["key"])
    }
    assert len(expected) == summary.rows == 15_000
    assert service.stored == expected
    assert summary.finished


def test_paced_only_what_is_due_is_played(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    (tmp_path / "gw-a.jsonl").write_text(
        '[{"n":"d/motion","v":1,"t":1700000000}]\n[{"n":"d/motion","v":1,"t":1700000060}]\n'
        '[{"n":"d/motion","v":1,"t":1700086400}]\n'
    )
    recording = formats.read(tmp_path, "senml")
    stop = threading.Event()
    with service_of(own_broker.address) as service:

        def look(confirmed: int, _: int) -> None:
            if confirmed == 2:
                stop.set()

        summary = play(recording, own_broker.address, tmp_path / "data", speed=60.0, stop=stop, progress=look)
        assert (summary.readings, summary.sent, summary.confirmed) == (3, 2, 2)
        assert not summary.finished
        assert sorted(at_ms for _, _, at_ms in service.stored) == [1_700_000_000_000, 1_700_000_060_000]


def test_without_a_service_it_says_what_is_kept_and_goes_on_later(
    own_broker: Any, service_of: Any, tmp_path: Path, shared_data: Path
) -> None:
    recording = formats.read(shared_data / "ordonez", "ordonez")
    with pytest.raises(ReplayStalledError, match="are not stored") as raised:
        play(recording, own_broker.address, tmp_path, patience_s=0.5)
    assert "in the outboxes" in str(raised.value)
    with service_of(own_broker.address) as service:
        summary = play(recording, own_broker.address, tmp_path)
        assert service.keys == summary.readings
        assert service.conflicts == 0


def test_without_a_broker_it_says_so(tmp_path: Path, shared_data: Path) -> None:
    recording = formats.read(shared_data / "ordonez", "ordonez")
    nowhere = BrokerAddress("127.0.0.1", 9, None, None, tls=False)
    with pytest.raises(VicinoError, match="confirmed nothing"):
        play(recording, nowhere, tmp_path, patience_s=0.2)
