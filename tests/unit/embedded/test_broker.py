import tomllib
from pathlib import Path

from embedded.broker import MAXIMUM_PACKET_BYTES, iotcore_configuration, mosquitto_configuration


def test_mosquitto_listens_on_loopback_only_and_queues_by_bytes():
    lines = mosquitto_configuration(20_001, Path("/usr/lib/plugin.so")).splitlines()
    assert "listener 20001 127.0.0.1" in lines
    assert "max_queued_messages 0" in lines
    assert any(line.startswith("max_queued_bytes ") for line in lines)
    assert len(lines) == len(set(lines))


def test_mosquitto_lets_nobody_in_without_an_account():
    lines = mosquitto_configuration(20_001, Path("/usr/lib/plugin.so")).splitlines()
    assert "allow_anonymous false" in lines
    assert "plugin /usr/lib/plugin.so" in lines


def test_iotcore_listens_on_loopback_only_with_mqtt_5_and_large_payloads():
    settings = tomllib.loads(iotcore_configuration(20_002))
    assert settings["v5"]["1"]["listen"] == "127.0.0.1:20002"
    assert settings["v5"]["1"]["connections"]["max_payload_size"] == MAXIMUM_PACKET_BYTES
    assert "v4" not in settings
