"""The authority of one's own."""

import ssl
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from cli.ca.authority import Authority
from core.credentials import Credentials, from_link, from_toml
from core.errors import VicinoError
from core.tls import ServedCertificate

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path):
    made = Authority(tmp_path / "ca")
    made.make("Unione", NOW)
    return made


def test_openssl_agrees_that_a_certificate_is_the_authoritys_and_for_servers_only(authority):
    authority.issue("broker", ["broker.example", "10.0.0.1"], NOW)
    verify = [
        "openssl",
        "verify",
        "-x509_strict",
        "-attime",
        str(int(NOW.timestamp())),
        "-CAfile",
        authority.certificate,
    ]
    good = subprocess.run(
        [*verify, "-purpose", "sslserver", "-verify_hostname", "broker.example", authority.certificate_of("broker")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert good.returncode == 0, good.stderr
    for more in (["-purpose", "sslclient"], ["-verify_hostname", "other.example"]):
        bad = subprocess.run([*verify, *more, authority.certificate_of("broker")], capture_output=True, check=False)
        assert bad.returncode != 0


def test_keys_are_for_their_owner_alone(authority):
    authority.issue("broker", ["broker.example"], NOW)
    for name in ("ca", "broker"):
        assert authority.key_of(name).stat().st_mode & 0o777 == 0o600
        assert authority.key_of(name).parent.stat().st_mode & 0o777 == 0o700
    assert authority.certificate_of("broker").stat().st_mode & 0o777 == 0o644
    assert b"PRIVATE" not in authority.certificate_of("broker").read_bytes()


def test_what_ends_soon_is_renewed_for_the_same_names(authority):
    authority.issue("broker", ["broker.example", "10.0.0.1"], NOW)
    authority.issue("pages", ["vicino.example"], NOW + timedelta(days=200))
    assert authority.renew(NOW + timedelta(days=200)) == []
    before = authority.key_of("broker").read_bytes()
    (renewed,) = authority.renew(NOW + timedelta(days=250))
    assert (renewed.name, renewed.hosts) == ("broker", ("broker.example", "10.0.0.1"))
    assert renewed.ends == NOW + timedelta(days=250 + 365)
    assert authority.key_of("broker").read_bytes() != before
    assert [each.name for each in authority.renew(NOW, every=True)] == ["broker", "pages"]


def test_nothing_outlives_the_authority(authority):
    issued = authority.issue("broker", ["broker.example"], NOW + timedelta(days=3600))
    assert issued.ends == NOW + timedelta(days=3650)
    with pytest.raises(VicinoError, match="is over since"):
        authority.issue("broker", ["broker.example"], NOW + timedelta(days=3651))


def test_it_is_made_once(authority):
    before = authority.certificate.read_bytes()
    with pytest.raises(VicinoError, match="already"):
        authority.make("Another", NOW)
    assert authority.certificate.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "hosts"),
    [("ca", ["a.example"]), ("../x", ["a.example"]), ("", ["a.example"]), ("x", []), ("x", ["a b"]), ("x", ["a..b"])],
)
def test_names_that_are_none(authority, name, hosts):
    with pytest.raises(VicinoError):
        authority.issue(name, hosts, NOW)


def test_without_an_authority_nothing_is_issued(tmp_path):
    with pytest.raises(VicinoError, match="vicino ca init"):
        Authority(tmp_path).issue("x", ["a.example"], NOW)


def test_a_pair_that_does_not_match_is_not_taken(authority, tmp_path):
    now = datetime.now(UTC)
    other = Authority(tmp_path / "other")
    other.make("Other", now)
    authority.issue("x", ["a.example"], now)
    other.issue("x", ["a.example"], now)
    with pytest.raises(VicinoError, match="cannot be used with the key"):
        ServedCertificate(authority.certificate_of("x"), other.key_of("x"))
    served = ServedCertificate(authority.certificate_of("x"), authority.key_of("x"))
    assert isinstance(served.context, ssl.SSLContext)
    assert not served.look()
    authority.certificate_of("x").write_bytes(other.certificate_of("x").read_bytes())
    assert not served.look()
    authority.key_of("x").write_bytes(other.key_of("x").read_bytes())
    assert served.look()
    assert x509.load_pem_x509_certificate(authority.certificate_of("x").read_bytes())


def test_while_there_are_two_authorities_both_are_trusted_from_one_file(tmp_path, authority):
    other = Authority(tmp_path / "other")
    other.make("Unione, anew", NOW)
    both = authority.certificate.read_text() + other.certificate.read_text()
    told = Credentials("gw-casa-01", "mqtts://broker.example", "x", both)
    # A gateway gets them by its file, or by a picture with their sum and the file of the authorities.
    for read in (from_toml(told.to_toml()), from_link(told.to_link(), both)):
        assert read == told
        assert len(read.address.tls_context().get_ca_certs()) == 2
