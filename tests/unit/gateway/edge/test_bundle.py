"""What of an update is believed, and why something is refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import release
from gateway.edge import signing
from gateway.edge.bundle import (
    MANIFEST,
    NOTICE_SUFFIX,
    SIGNATURE,
    WHEELS,
    BundleError,
    Listed,
    Manifest,
    decode_manifest,
    number,
    opened,
    refusal,
    signed,
)
from gateway.edge.signing import SigningError, is_signed

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TARGET = "aarch64-cp311"


class Release:
    """A key, and a bundle signed with it."""

    def __init__(self, folder: Path) -> None:
        self.key = folder / "key.pem"
        self.public = signing.make_key(self.key)
        wheels = folder / "wheels"
        wheels.mkdir()
        (wheels / "vicino-1.1-py3-none-any.whl").write_bytes(b"the program")
        (wheels / "other-2.0-py3-none-any.whl").write_bytes(b"what it needs")
        self.file = release.make(wheels, folder / "out", target=TARGET, minimum="1.0", days=10, now=NOW)
        self.wheels = wheels

    def believed(self, content: bytes, signature: bytes) -> bool:
        return is_signed([self.public], content, signature)

    def wheels_of(self, file: Path) -> dict[str, bytes]:
        with opened(file, self.believed) as bundle:
            return dict(bundle.wheels())

    def altered(self, change: Callable[[dict[str, bytes]], object]) -> Path:
        """Return a copy of the bundle with other content."""
        with zipfile.ZipFile(self.file) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        change(content)
        copy = self.file.with_name("altered.bundle")
        with zipfile.ZipFile(copy, "w") as archive:
            for name, octets in content.items():
                archive.writestr(name, octets)
        return copy


@pytest.fixture
def made(tmp_path: Path) -> Release:
    found = Release(tmp_path)
    release.sign(found.file, found.key)
    return found


def test_what_was_signed_is_believed(made: Release) -> None:
    assert made.wheels_of(made.file) == {
        "other-2.0-py3-none-any.whl": b"what it needs",
        "vicino-1.1-py3-none-any.whl": b"the program",
    }
    notice = made.file.with_suffix(NOTICE_SUFFIX)
    with opened(notice, made.believed, with_wheels=False) as bundle, opened(made.file, made.believed) as whole:
        assert bundle.manifest.version == "1.1"
        assert bundle.digest == whole.digest
    assert notice.stat().st_size < 2_000
    with pytest.raises(BundleError, match="holds other files"), opened(notice, made.believed):
        pass


def test_what_nobody_has_signed_is_refused(tmp_path: Path) -> None:
    found = Release(tmp_path)
    with pytest.raises(BundleError, match="is not signed"):
        found.wheels_of(found.file)


def test_another_key_is_refused_and_one_of_several_is_enough(made: Release, tmp_path: Path) -> None:
    other = signing.make_key(tmp_path / "other.pem")
    with (
        pytest.raises(BundleError, match="not signed with a key that this gateway trusts"),
        opened(made.file, lambda content, signature: is_signed([other], content, signature)),
    ):
        pass
    with opened(made.file, lambda content, signature: is_signed([other, made.public], content, signature)) as bundle:
        assert bundle.manifest.version == "1.1"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c.update({WHEELS + "vicino-1.1-py3-none-any.whl": b"the pr0gram"}), "not the file that was signed"),
        (lambda c: c.update({WHEELS + "vicino-1.1-py3-none-any.whl": b"longer than it was"}), "not the file that was"),
        (lambda c: c.update({WHEELS + "more-1.0-py3-none-any.whl": b"x"}), "holds other files"),
        (lambda c: c.pop(WHEELS + "other-2.0-py3-none-any.whl"), "holds other files"),
        (lambda c: c.update({MANIFEST: c[MANIFEST].replace(b'"1.1"', b'"1.2"')}), "or it was altered"),
        (lambda c: c.update({SIGNATURE: bytes(64)}), "or it was altered"),
        (lambda c: c.update({SIGNATURE: c[SIGNATURE][:10]}), "or it was altered"),
        (lambda c: c.update({SIGNATURE: c[SIGNATURE] + b"x"}), "or it was altered"),
        (lambda c: c.pop(SIGNATURE), "is not signed"),
        (lambda c: c.pop(MANIFEST), "is not signed"),
    ],
)
def test_what_was_altered_is_refused(made: Release, change: Callable[[dict[str, bytes]], object], reason: str) -> None:
    with pytest.raises(BundleError, match=reason):
        made.wheels_of(made.altered(change))


def test_what_came_in_part_is_refused(made: Release) -> None:
    whole = made.file.read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        with pytest.raises(BundleError), opened(io.BytesIO(whole[:length]), made.believed) as bundle:
            list(bundle.wheels())


@given(st.data())
def test_a_bit_that_was_turned_is_never_installed(bundle_bytes: tuple[Release, bytes], data: st.DataObject) -> None:
    found, whole = bundle_bytes
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    turned = bytearray(whole)
    turned[at // 8] ^= 1 << at % 8
    try:
        with opened(io.BytesIO(bytes(turned)), found.believed) as bundle:
            wheels = dict(bundle.wheels())
    except BundleError:
        return
    # A bit that means nothing (a date in the archive's directory) changes nothing either.
    assert wheels == found.wheels_of(found.file)


@pytest.fixture(scope="module")
def bundle_bytes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, bytes]:
    found = Release(tmp_path_factory.mktemp("release"))
    release.sign(found.file, found.key)
    return found, found.file.read_bytes()


def manifest(**changed: object) -> Manifest:
    whole = Manifest(
        format=1,
        version="1.2",
        minimum="1.0",
        target=TARGET,
        made=NOW,
        expires=NOW + timedelta(days=10),
        wheels={"vicino-1.2-py3-none-any.whl": Listed(1, "0" * 64)},
    )
    return msgspec.structs.replace(whole, **changed)


@pytest.mark.parametrize(
    ("installed", "at", "target", "reason"),
    [
        ("1.1", NOW, TARGET, ""),
        ("1.0", NOW, TARGET, ""),
        ("1.1.9.9", NOW, TARGET, ""),
        ("1.2", NOW, TARGET, "installed already"),
        ("1.2.0", NOW, TARGET, "installed already"),
        ("1.10", NOW, TARGET, "is older than 1.10"),
        ("2.0", NOW, TARGET, "is older than 2.0"),
        ("0.9", NOW, TARGET, "needs version 1.0 first"),
        ("1.1", NOW, "x86_64-cp311", "is for aarch64-cp311"),
        ("1.1", NOW + timedelta(days=11), TARGET, "to be installed before 2026-03-11"),
        # The board's clock was never set.
        ("1.1", datetime(1970, 1, 1, tzinfo=UTC), TARGET, ""),
    ],
)
def test_a_signed_update_may_not_be_for_this_gateway(installed: str, at: datetime, target: str, reason: str) -> None:
    found = refusal(manifest(), installed=installed, target=target, now=at)
    assert found == reason == "" or reason in found


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 2},
        {"version": "1.2rc1"},
        {"version": "../1.2"},
        {"minimum": ""},
        {"wheels": {}},
        {"wheels": {"../evil.whl": Listed(1, "0")}},
        {"wheels": {"evil.sh": Listed(1, "0")}},
        {"wheels": {"huge-1-py3-none-any.whl": Listed(2**40, "0")}},
        {"wheels": {"negative-1-py3-none-any.whl": Listed(-1, "0")}},
        {"made": datetime(2026, 3, 1)},  # noqa: DTZ001 - that is what is refused
    ],
)
def test_a_list_that_cannot_be_right_is_refused_even_if_it_is_signed(changed: dict[str, object]) -> None:
    with pytest.raises(BundleError):
        decode_manifest(msgspec.json.encode(manifest(**changed)))


@given(
    st.lists(st.integers(0, 999_999), min_size=2, max_size=4), st.lists(st.integers(0, 999_999), min_size=2, max_size=4)
)
def test_versions_compare_as_numbers(one: list[int], other: list[int]) -> None:
    text_one, text_other = (".".join(map(str, parts)) for parts in (one, other))
    padded_one, padded_other = (parts + [0] * (4 - len(parts)) for parts in (one, other))
    assert (number(text_one) < number(text_other)) == (padded_one < padded_other)


def test_a_private_key_is_for_its_owner_and_never_overwritten(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    public = signing.make_key(key)
    assert key.stat().st_mode & 0o777 == 0o600
    assert signing.public_key(key) == public
    with pytest.raises(SigningError, match="cannot be written"):
        signing.make_key(key)
    assert signing.public_key(key) == public


@pytest.mark.parametrize("text", ["", "x", "AAAA", "§"])
def test_what_is_no_key_is_said(text: str) -> None:
    with pytest.raises(SigningError, match="is no public key"):
        is_signed([text], b"", bytes(64))


def test_what_is_no_private_key_is_said(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    for path in (tmp_path / "key.pem", tmp_path / "absent"):
        with pytest.raises(SigningError, match="no private key"):
            signing.sign(path, b"")


def test_a_bundle_without_the_program_or_with_two_of_a_kind_is_not_made(made: Release, tmp_path: Path) -> None:
    def make() -> None:
        release.make(made.wheels, tmp_path / "again", target=TARGET, minimum=None, days=1, now=NOW)

    (made.wheels / "other-2.1-py3-none-any.whl").write_bytes(b"")
    with pytest.raises(release.VicinoError, match="several wheels of other"):
        make()
    (made.wheels / "vicino-1.1-py3-none-any.whl").unlink()
    with pytest.raises(release.VicinoError, match="exactly one wheel of vicino"):
        make()


def test_a_damaged_bundle_is_not_signed(made: Release) -> None:
    damaged = made.altered(lambda c: c.update({WHEELS + "vicino-1.1-py3-none-any.whl": b"x"}))
    with pytest.raises(BundleError, match="not the file that was signed"):
        signed(damaged, lambda _: bytes(64))
    made.file.write_text("no archive")
    with pytest.raises(BundleError, match="is no bundle"):
        signed(made.file, lambda _: bytes(64))
