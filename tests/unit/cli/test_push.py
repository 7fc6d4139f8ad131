"""The key of web push is made once, for its owner alone."""

from pathlib import Path

import pytest

from alerts.channels.webpush.vapid import VapidKey
from cli.installation import Installation
from cli.push import make_key
from core.errors import VicinoError


def test_a_key_is_made_for_its_owner_alone_and_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "vicino_vapid_key"
    make_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    kept = file.read_text()
    assert VapidKey.parse(kept).text == kept.strip()
    with pytest.raises(VicinoError):
        make_key(file)
    assert file.read_text() == kept


def test_an_installation_makes_its_own_key_once(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    key = installation.push_key()
    assert VapidKey.parse(key).text == key
    assert installation.push_key() == key
    (file,) = installation.secrets.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
