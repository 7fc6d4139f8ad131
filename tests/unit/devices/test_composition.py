import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gateway_config import ConfigError, decode_config
from core.messages import encode
from devices.composition import Expected, Installed, Rules, Source, compose, rules_of

MOTION = Installed("0x01", "hall motion", "RTCGQ11LM", "Hall", "hall", ["occupancy", "battery"])
HOME = Source(1, "gw-1", "Europe/Rome", Rules(), [MOTION], "")


def test_a_gateway_is_told_what_is_installed_where_and_what_is_expected_of_it():
    config = compose(HOME, {"RTCGQ11LM": Expected(3600.0, {"motion": 5.0})}.__getitem__)
    (device,) = config.devices
    assert (device.key, device.name, device.room, device.room_kind) == ("0x01", "hall motion", "Hall", "hall")
    assert device.quantities == ["occupancy", "battery"]
    assert (device.report_every_s, device.refractory_s) == (3600, {"motion": 5})
    assert compose(HOME).devices[0].report_every_s is None


def test_a_gateway_is_told_of_what_was_taken_away_that_it_is_still_its_own():
    gone = HOME._replace(retired=["0x02"])
    assert compose(gone).retired == ["0x02"]
    assert compose(gone).version != compose(HOME).version


def test_what_a_device_measures_is_told_with_its_channels():
    measured = [
        "contact/left",
        "contact/right",
        "contact",
        "warp",
        f"occupancy/{'x' * 60}",
        *(f"power/{n}" for n in range(90)),
    ]
    (device,) = compose(HOME._replace(devices=[MOTION._replace(measured=measured)])).devices
    assert device.quantities[:5] == ["contact/left", "contact/right", "contact", "occupancy", "power/0"]
    assert len(device.quantities) == 64


def test_the_same_home_has_the_same_version_and_another_home_another():
    assert compose(HOME) == compose(HOME._replace(version="whatever"))
    moved = HOME._replace(devices=[MOTION._replace(room="Kitchen")])
    assert compose(moved).version != compose(HOME).version


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["Europe/Rome", "nowhere", ""]))
def test_a_gateway_would_accept_what_is_made_or_it_is_not_made(key, name, timezone):
    source = HOME._replace(timezone=timezone, devices=[MOTION._replace(key=key, name=name)])
    try:
        config = compose(source)
    except ConfigError:
        return
    assert decode_config(encode(config)) == config


def test_rules_are_passed_on_and_those_that_no_gateway_could_work_by_are_refused():
    described = {"contacts": [{"channel": "sms_modem", "address": "+390550100002"}], "test_alarm_days": 30}
    config = compose(HOME._replace(rules=rules_of(described)))
    assert config.contacts[0].address == "+390550100002"
    assert config.test_alarm_days == 30
    for wrong in (
        {"contacts": [{"channel": "sms_modem", "address": "0550"}]},
        {"test_alarm_days": 0},
        {"sirens": [{"target": "siren", "on": "x", "off": "y", "quantities": ["temperature"]}]},
        {"unknown": 1},
    ):
        with pytest.raises(ConfigError):
            rules_of(wrong)
