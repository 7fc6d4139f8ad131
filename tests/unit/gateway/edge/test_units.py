"""The units that `vicino-gateway setup` writes are what systemd understands, and hold what is promised."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.edge.setup import UNITS, Places, environment, unit, write_files


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed: the units are not verified.")
    for name in UNITS:
        # The program itself is where Python is on this machine.
        (tmp_path / name).write_text(unit(name).replace("/usr/bin/python3", "/bin/sh"))
    done = subprocess.run(
        [program, "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify", "NotifyAccess=all", "WatchdogSec=60", "Restart=always", "StartLimitIntervalSec=0",
        "MemoryMax=150M", "NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=vicino-gateway",
        "User=vicino-gateway", "CapabilityBoundingSet=", "LimitCORE=0",
    ],
)  # fmt: skip
def test_the_service_holds_what_is_promised(line: str) -> None:
    assert line in unit("vicino-gateway.service").splitlines()


def test_setup_keeps_settings_that_are_there_and_hides_credentials(tmp_path: Path) -> None:
    places = Places(tmp_path / "root")
    credentials = tmp_path / "gw.toml"
    credentials.write_text("secret")
    write_files(places, environment("KEY", "https://updates.example", "", {"VICINO_POWER": "mains"}), credentials, None)
    settings = places.settings / "gateway.env"
    assert "VICINO_UPDATE_URL=https://updates.example\n" in settings.read_text()
    assert "VICINO_UPDATE_FOLDER" not in settings.read_text()
    assert (places.settings / "gateway.toml").stat().st_mode & 0o777 == 0o600
    assert (places.command.stat().st_mode & 0o777) == 0o755
    assert "--code /opt/vicino-gateway --state /var/lib/vicino-gateway" in places.command.read_text()
    settings.write_text("VICINO_POWER=battery\n")
    write_files(places, environment("OTHER", "", "", {}), None, None)
    assert settings.read_text() == "VICINO_POWER=battery\n"
    assert (places.settings / "gateway.toml").read_text() == "secret"
    assert sorted(path.name for path in places.units.iterdir()) == sorted(UNITS)
