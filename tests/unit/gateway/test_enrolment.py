import pytest

from core.credentials import Credentials, CredentialsError
from gateway.enrolment import brokers
from gateway.settings import GatewaySettings


def put(folder, *keys):
    for key in keys:
        made = Credentials(key, "mqtts://broker.example.org:8884", f"password of {key}")
        path = folder / made.file_name
        path.write_text(made.to_toml())
        path.chmod(0o600)
    return folder


def test_one_file_says_who_the_gateway_is_and_where_the_broker_is(tmp_path):
    ((key, address),) = brokers(GatewaySettings(enrolment=put(tmp_path, "gw-1") / "gw-1.toml")).items()
    assert key == "gw-1"
    assert (address.host, address.port, address.user, address.password) == (
        "broker.example.org", 8884, "gw-1", "password of gw-1"
    )  # fmt: skip


def test_a_folder_holds_those_of_several_of_which_the_settings_may_choose(tmp_path):
    put(tmp_path, "gw-1", "gw-2", "gw-3")
    assert list(brokers(GatewaySettings(enrolment=tmp_path))) == ["gw-1", "gw-2", "gw-3"]
    chosen = brokers(GatewaySettings(enrolment=tmp_path, gateways="gw-{2..3}"))
    assert {key: address.password for key, address in chosen.items()} == {
        "gw-2": "password of gw-2", "gw-3": "password of gw-3"
    }  # fmt: skip


def test_a_gateway_without_credentials_does_not_start_with_those_of_another(tmp_path):
    with pytest.raises(CredentialsError, match="gw-2"):
        brokers(GatewaySettings(enrolment=put(tmp_path, "gw-1"), gateways="gw-1,gw-2"))


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_nothing_to_read_is_said_with_what_to_do(tmp_path, name):
    with pytest.raises(CredentialsError, match="vicino gateway enrol"):
        brokers(GatewaySettings(enrolment=tmp_path / name))


def test_without_credentials_all_use_the_settings_address():
    found = brokers(GatewaySettings(gateways="gw-1,gw-2", broker_url="mqtt://someone:secret@localhost"))
    assert {address.user for address in found.values()} == {"someone"}


def test_a_file_that_others_can_read_is_mentioned(tmp_path, capsys):
    file = put(tmp_path, "gw-1") / "gw-1.toml"
    file.chmod(0o644)
    brokers(GatewaySettings(enrolment=file))
    assert "others can read" in capsys.readouterr().out
