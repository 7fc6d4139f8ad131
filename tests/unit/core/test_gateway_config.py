import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gateway_config import (
    MAXIMUM_BYTES,
    CancelButton,
    ConfigError,
    ConfiguredDevice,
    Siren,
    ToldContact,
    versioned,
)
from core.messages import GatewayConfig, GatewayStatus, decode_config, decode_status, encode
from core.vocabulary import CALLS, QUANTITIES

SAFETY = sorted(CALLS)
OTHERS = [quantity.name for quantity in QUANTITIES if not quantity.safety]
names = st.text(max_size=20)
keys = st.text("0123456789abcdefx_.- ", min_size=1, max_size=20)
devices = st.builds(
    ConfiguredDevice,
    key=keys,
    name=names,
    model=names,
    room=names,
    room_kind=names,
    quantities=st.lists(st.sampled_from(SAFETY + OTHERS), max_size=5),
    report_every_s=st.none() | st.floats(1, 86_400),
    refractory_s=st.dictionaries(st.sampled_from(OTHERS), st.floats(0, 3600), max_size=3),
)
sirens = st.builds(
    Siren,
    target=keys,
    on=st.just('{"warning": {"mode": "emergency"}}'),
    off=st.just('{"warning": {"mode": "stop"}}'),
    quantities=st.lists(st.sampled_from(SAFETY), min_size=1, max_size=5),
    topic=st.sampled_from(["set", "l1/set"]),
    seconds=st.integers(1, 900),
)
contacts = st.sampled_from(
    [
        ToldContact("sms_modem", "+393331234567"),
        ToldContact("http", "+393331234567", "en"),
        ToldContact("webhook", "https://sos.example.org/vicino?x=1"),
    ]
)
buttons = st.builds(CancelButton, device=keys, action=st.just("double"), within_s=st.integers(10, 3600))
configs = st.builds(
    GatewayConfig,
    version=st.just("1"),
    timezone=st.sampled_from(["Europe/Rome", "Europe/Lisbon", "UTC"]),
    devices=st.lists(devices, max_size=4, unique_by=lambda device: device.key),
    retired=st.lists(keys, max_size=3),
    sirens=st.lists(sirens, max_size=3, unique_by=lambda siren: (siren.target, siren.topic)),
    contacts=st.lists(contacts, max_size=3),
    cancel_buttons=st.lists(buttons, max_size=2),
    siren_after_s=st.floats(1, 120),
    tell_after_s=st.floats(5, 600),
    test_alarm_days=st.none() | st.integers(1, 366),
)


@given(configs)
def test_a_configuration_survives_the_journey(config: GatewayConfig) -> None:
    assert decode_config(encode(config)) == config


@given(configs)
def test_the_version_names_the_content(config: GatewayConfig) -> None:
    named = versioned(config)
    assert versioned(named) == named
    assert versioned(decode_config(encode(named))).version == named.version
    other = msgspec.structs.replace(config, tell_after_s=config.tell_after_s / 2 + 5.5)
    assert (versioned(other).version == named.version) == (other == config)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    try:
        config = decode_config(payload)
    except ConfigError:
        return
    assert config.version


@given(configs, st.dictionaries(st.text(min_size=1, max_size=8).map("x-".__add__), st.integers(), max_size=3))
def test_what_a_newer_service_says_besides_is_ignored(config: GatewayConfig, more: dict[str, int]) -> None:
    said = json.loads(encode(config))
    said |= more
    said["devices"] = [device | more for device in said.get("devices", [])]
    assert decode_config(json.dumps(said).encode()) == config


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({}, "version"),
        ({"version": ""}, "version"),
        ({"version": "1", "timezone": "Europe/Nowhere"}, "no time zone"),
        ({"version": "1", "timezone": "../../etc/passwd"}, "no time zone"),
        ({"version": "1", "timezone": ""}, "timezone"),
        ({"version": "1", "devices": [{"key": "a"}, {"key": "a"}]}, "device a is there twice"),
        ({"version": "1", "devices": [{"key": "a/b"}]}, r"devices\[0\].key"),
        ({"version": "1", "devices": [{"key": "a", "refractory_s": {"smoke": 5}}]}, "smoke is about safety"),
        ({"version": "1", "devices": [{"key": "a", "refractory_s": {"water_leak": 5}}]}, "water_leak is about safety"),
        ({"version": "1", "devices": [{"key": "a", "refractory_s": {"motion": 1e9}}]}, "refractory_s"),
        ({"version": "1", "devices": [{"key": "a", "report_every_s": 0}]}, "report_every_s"),
        ({"version": "1", "sirens": [{"target": "a", "on": "1", "off": "0", "quantities": []}]}, "quantities"),
        ({"version": "1", "sirens": [{"target": "a", "on": "1", "off": "0", "quantities": ["motion"]}]}, "no safety"),
        ({"version": "1", "sirens": [{"target": "a", "on": "1", "quantities": ["smoke"]}]}, "off"),
        ({"version": "1", "sirens": [{"target": "a", "on": "1", "off": "1", "quantities": ["smoke"]}]}, "switched off"),
        ({"version": "1", "sirens": [{"target": "#", "on": "1", "off": "0", "quantities": ["smoke"]}]}, "target"),
        ({"version": "1", "contacts": [{"channel": "http", "address": "0331 1"}]}, "country code"),
        ({"version": "1", "contacts": [{"channel": "sms_modem", "address": "+39333\r123456"}]}, "country code"),
        ({"version": "1", "contacts": [{"channel": "webhook", "address": "file:///etc/passwd"}]}, "http"),
        ({"version": "1", "contacts": [{"channel": "pigeon", "address": "+39333123456"}]}, "channel"),
        ({"version": "1", "cancel_buttons": [{"device": "a"}]}, "either an action or a quantity"),
        ({"version": "1", "cancel_buttons": [{"device": "a", "quantity": "sos_button"}]}, "itself a call for help"),
        ({"version": "1", "tell_after_s": 1e300}, "tell_after_s"),
        ([], "object"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(wrong: object, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        decode_config(json.dumps(wrong).encode())


def test_a_configuration_has_its_bounds() -> None:
    with pytest.raises(ConfigError, match="bytes"):
        decode_config(b" " * (MAXIMUM_BYTES + 1))
    with pytest.raises(ConfigError, match="devices"):
        decode_config(json.dumps({"version": "1", "devices": [{"key": str(n)} for n in range(501)]}).encode())
    with pytest.raises(ConfigError):
        decode_config(b"[" * 100_000)


def test_a_status_confirms_a_configuration() -> None:
    status = GatewayStatus(True, "b", config="0123", config_trouble="refused")
    assert decode_status(encode(status)) == status
    assert decode_status(b'{"online": true, "boot": "b"}').config == ""
