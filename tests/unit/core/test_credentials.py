import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import topics
from core.credentials import Credentials, CredentialsError, from_link, from_toml
from core.errors import VicinoError

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
made = st.builds(
    Credentials,
    gateway=st.from_regex(topics.KEY, fullmatch=True),
    broker=st.sampled_from(["mqtt://127.0.0.1:1883", "mqtts://broker.example.org", "mqtts://[::1]:8883"]),
    password=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=64),
    ca=st.sampled_from(["", PEM]),
)


@given(made)
def test_the_file_says_what_was_made(credentials):
    assert from_toml(credentials.to_toml()) == credentials


@given(made)
def test_the_link_says_what_was_made_and_names_the_certificate(credentials):
    assert from_link(credentials.to_link(), credentials.ca) == credentials
    with pytest.raises(CredentialsError):
        from_link(credentials.to_link(), "another" if credentials.ca else PEM)


@given(made)
def test_the_address_signs_in_as_the_gateway(credentials):
    address = credentials.address
    assert (address.user, address.password) == (credentials.gateway, credentials.password)
    assert address.tls == credentials.broker.startswith("mqtts")
    assert address.ca == (credentials.ca or None)


def test_a_password_does_not_stand_in_a_log():
    assert "secret" not in repr(Credentials("gw-1", "mqtt://127.0.0.1", "secret"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        'gateway = "gw-1"\nbroker = "mqtt://h"',
        'gateway = "GW/1"\nbroker = "mqtt://h"\npassword = "x"',
        'gateway = "gw-1"\nbroker = "http://h"\npassword = "x"',
        'gateway = "gw-1"\nbroker = "mqtt://h:99999"\npassword = "x"',
        'gateway = "gw-1"\nbroker = "mqtt://h"\npassword = 5',
        'gateway = "gw-1"\nbroker = "mqtt://h"\npassword = "x"\nmore = "y"',
    ],
)
def test_what_is_no_file_of_credentials_is_refused_in_words(text):
    with pytest.raises(VicinoError, match="What to do"):
        from_toml(text)


@pytest.mark.parametrize(
    "link", ["", "https://example.org", "vicino://gateway/gw-1", "vicino://other/gw-1?broker=mqtt://h&password=x"]
)
def test_what_is_no_link_is_refused(link):
    with pytest.raises(CredentialsError):
        from_link(link)
