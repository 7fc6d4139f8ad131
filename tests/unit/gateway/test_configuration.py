"""Which configuration is in force: the latest good one, also after a restart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SimulatedClock
from core.gateway_config import GatewayConfig
from core.messages import encode
from gateway.configuration import Configuration
from gateway.notes import Notes
from gateway.outbox import Outbox, OutboxError

GOOD = encode(GatewayConfig(version="1", tell_after_s=20.0))
BETTER = encode(GatewayConfig(version="2", tell_after_s=40.0))
BAD = b'{"version": "3", "timezone": "Europe/Nowhere"}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def opened(file: Path) -> Outbox:
    return Outbox(file, SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC)), "boot")


def test_without_any_nothing_is_asked_for(file: Path) -> None:
    with opened(file) as outbox:
        configuration = Configuration(outbox.notes)
        assert (configuration.version, configuration.trouble) == ("", "")
        assert not configuration.current.sirens
        assert not configuration.current.contacts


def test_the_last_good_one_outlives_a_restart_and_a_bad_one(file: Path) -> None:
    with opened(file) as outbox:
        configuration = Configuration(outbox.notes)
        configuration.take(GOOD)
        configuration.take(BETTER)
        configuration.take(BAD)
        configuration.take(b"")
        configuration.save()
        assert configuration.version == "2"
        assert "no time zone" in configuration.trouble
    with opened(file) as outbox:
        configuration = Configuration(outbox.notes)
        assert (configuration.version, configuration.current.tell_after_s) == ("2", 40.0)
        configuration.take(GOOD)
        assert (configuration.version, configuration.trouble) == ("1", "")


def test_what_the_disk_does_not_take_is_in_force_and_saved_later(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(file) as outbox:
        configuration = Configuration(outbox.notes)
        configuration.take(GOOD)

        def full(*_: object) -> None:
            raise OutboxError("disk full")

        with monkeypatch.context() as broken:
            broken.setattr(Notes, "keep", full)
            with pytest.raises(OutboxError):
                configuration.save()
        assert configuration.version == "1"
        configuration.save()
    with opened(file) as outbox:
        assert Configuration(outbox.notes).version == "1"


def test_what_an_older_program_cannot_read_any_more_is_said(file: Path) -> None:
    with opened(file) as outbox:
        outbox.notes.keep("config", BAD)
        configuration = Configuration(outbox.notes)
        assert configuration.version == ""
        assert "no time zone" in configuration.trouble


@given(st.lists(st.sampled_from([GOOD, BETTER, BAD, b"", b"{"]) | st.binary(max_size=20), max_size=8))
def test_in_force_is_always_the_last_good_one(payloads: list[bytes]) -> None:
    class Nowhere(Notes):
        def __init__(self) -> None:
            pass

        def under(self, _: str) -> dict[str, bytes]:
            return {}

    configuration = Configuration(Nowhere())
    for payload in payloads:
        configuration.take(payload)
    good = [payload for payload in payloads if payload in (GOOD, BETTER)]
    assert configuration.version == ("" if not good else {GOOD: "1", BETTER: "2"}[good[-1]])
    said = [payload for payload in payloads if payload]
    assert bool(configuration.trouble) == (bool(said) and said[-1] not in (GOOD, BETTER))
