import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import topics
from core.access import emqx, mosquitto
from core.access.accounts import DEVICES, INGEST, SERVICES, gateway_account, is_gateway
from core.access.mosquitto import Login
from core.access.passwords import Hashed, hashed, new_password
from core.topics import TRAFFIC, Leaf, Party

keys = st.from_regex(topics.KEY, fullmatch=True)


def test_every_topic_has_one_who_publishes_it_and_somebody_who_reads_it():
    assert set(TRAFFIC) == set(Leaf)
    assert all(traffic.readers and traffic.publisher not in traffic.readers for traffic in TRAFFIC.values())


@given(keys)
def test_a_gateway_reaches_topics_of_its_own_only(key):
    account = gateway_account(key)
    parsed = {topics.parse(each) for each in (*account.publishes, *account.reads) if each != topics.LISTENING}
    assert {each.gateway for each in parsed} == {key}
    assert {each.leaf for each in parsed} == {
        leaf for leaf, traffic in TRAFFIC.items() if Party.GATEWAY in {traffic.publisher, *traffic.readers}
    }
    assert not account.shares
    assert account.client_id == topics.client_id(key)


def test_no_gateway_can_be_called_like_a_service():
    assert not any(is_gateway(account.name) for account in SERVICES)
    with pytest.raises(ValueError, match="not a gateway key"):
        gateway_account(INGEST.name)


def test_ingest_shares_readings_and_reads_alone_what_is_retained():
    assert INGEST.shares == tuple(topics.subscription(leaf) for leaf in topics.LANES)
    assert set(INGEST.reads) == {topics.subscription(Leaf.STATUS), topics.subscription(Leaf.INVENTORY)}
    assert DEVICES.publishes == (topics.subscription(Leaf.CONFIG),)


def test_a_hash_is_read_as_it_was_written_and_knows_its_password_only():
    password = new_password()
    found = hashed(password)
    again = Hashed.parse(str(found))
    assert again == found
    assert again.matches(password)
    assert not again.matches(password + "x")
    assert password not in str(found)
    assert hashed(password) != found
    assert len(found.salt) == 12
    with pytest.raises(ValueError, match="no password hash"):
        Hashed.parse("$6$x$y$z")


def test_passwords_are_long_and_never_the_same():
    assert len({new_password() for _ in range(100)}) == 100
    assert len(new_password()) == 32


def test_the_plugins_file_denies_what_it_does_not_name():
    login = Login(gateway_account("gw-1"), hashed("x"))
    found = mosquitto.document([login, Login(INGEST, None)])
    assert found["defaultACLAccess"] == {
        "publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True
    }  # fmt: skip
    gateway, ingest = found["clients"]
    assert gateway["clientid"] == "vicino-gateway-gw-1"
    assert "clientid" not in ingest
    assert "password" not in ingest
    assert all(right["allow"] for role in found["roles"] for right in role["acls"])


def test_rules_for_emqx_put_the_asking_name_into_the_topics_and_end_with_no():
    text = emqx.rules()
    assert '"vicino/v1/gw/${username}/urgent"' in text
    assert "/gateway/" not in text
    assert text.endswith("{deny, all}.\n")
    assert '{allow, {username, "_ingest"}, publish, ["vicino/v1/gw/+/stored", "vicino/v1/ingest/listening"]}.' in text


def test_accounts_for_emqx_hold_hashes_and_no_account_without_one():
    password = hashed("x")
    text = emqx.accounts([Login(gateway_account("gw-1"), password), Login(INGEST, None)])
    assert password.digest.hex() in text
    assert password.salt.decode() in text
    assert "_ingest" not in text
