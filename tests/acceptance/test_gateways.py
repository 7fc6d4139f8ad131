"""A gateway's credentials from its enrolment to its end, through the command line."""

import json
import stat
from pathlib import Path

import pytest

from core import topics
from core.credentials import from_link, from_toml
from core.topics import Leaf
from devices import qr
from embedded.broker import find_mosquitto
from tests.acceptance.installation import ROOT, Installed, up
from tests.integration.devices.clients import WITHIN_S, Client

EXAMPLE = ROOT / "docs" / "examples" / "registry.yaml"
HOME, GATEWAY = "casa-01", "gw-casa-01"

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)")


def test_a_gateway_is_enrolled_renewed_and_revoked(tmp_path: Path) -> None:
    with up(tmp_path / "data") as vicino:
        vicino.vicino("registry", "apply", str(EXAMPLE))
        first, picture = tmp_path / "first.toml", tmp_path / "first.svg"
        shown = vicino.vicino("gateway", "enrol", HOME, "--file", str(first), "--qr", str(picture))
        credentials = from_toml(first.read_text())
        assert stat.S_IMODE(first.stat().st_mode) == 0o600
        assert stat.S_IMODE(picture.stat().st_mode) == 0o600
        assert picture.read_text() == qr.svg(credentials.to_link())
        assert qr.terminal(credentials.to_link()).strip() in shown
        assert from_link(credentials.to_link()) == credentials
        assert len(credentials.password) >= 32
        assert state_of(vicino) == "enrolled"
        assert_the_password_is_nowhere(vicino, credentials.password)

        with Client(credentials.address, topics.client_id(GATEWAY)) as gateway:
            assert gateway.refused is None
            assert gateway.may_publish(topics.topic(GATEWAY, Leaf.READINGS))
            second = tmp_path / "second.toml"
            vicino.vicino("gateway", "renew", GATEWAY, "--file", str(second))
            assert gateway.ended.wait(WITHIN_S)
        with Client(credentials.address, topics.client_id(GATEWAY)) as gateway:
            assert gateway.refused == "Not authorized"

        renewed = from_toml(second.read_text())
        with Client(renewed.address, topics.client_id(GATEWAY)) as gateway:
            assert gateway.refused is None
            vicino.vicino("gateway", "revoke", GATEWAY)
            assert gateway.ended.wait(WITHIN_S)
        with Client(renewed.address, topics.client_id(GATEWAY)) as gateway:
            assert gateway.refused == "Not authorized"
        assert state_of(vicino) == "revoked"

        rules = tmp_path / "rules.toml"
        rules.write_text('test_alarm_days = 30\ncontacts = [{channel = "sms_modem", address = "+390550100002"}]\n')
        vicino.vicino("gateway", "rules", HOME, str(rules))


def state_of(vicino: Installed) -> str:
    found = json.loads(vicino.vicino("gateway", "list", "--json"))
    return next(str(each["state"]) for each in found if each["gateway"] == GATEWAY)


def assert_the_password_is_nowhere(vicino: Installed, password: str) -> None:
    for path in vicino.data.rglob("*"):
        if path.is_file():
            assert password.encode() not in path.read_bytes(), path
