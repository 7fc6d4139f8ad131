"""What the doctor says of the machine and of settings."""

import os
import re
import shutil
from datetime import timedelta
from typing import NamedTuple

import msgspec
import pytest
import yaml

from cli.backup.commands import LAST_FILE, Last
from cli.deploy.secrets import prepare
from cli.doctor.catalogue import look
from cli.doctor.checks import backups, certificates, machine, services, settings
from cli.doctor.finding import Level, NotKnownError
from cli.doctor.surroundings import Surroundings
from core.clock import SimulatedClock
from embedded.runfile import Run, RunService, own_birth, write_run
from tests.integration.cli.doctor.conftest import NOW, ROOT


class Usage(NamedTuple):
    total: int
    used: int
    free: int


GOOD = {
    "vicino_base_url": "https://vicino.example",
    "vicino_reply_key": "r" * 32,
    "vicino_deadman_url": "https://watch.example/1",
    "vicino_smtp_url": "smtp://mail.example",
    "vicino_mail_from": "vicino@unione.example",
}


def test_settings_as_they_should_be(surroundings, said):
    found = surroundings(**GOOD)
    for check in (settings.unknown, settings.values, settings.together, settings.channels):
        assert said(check, found) == []


@pytest.mark.parametrize(
    ("check", "changed", "level", "fragment"),
    [
        (settings.unknown, {"vicino_smtp_ur": "x"}, Level.WARNING, "Nobody reads the setting VICINO_SMTP_UR"),
        (settings.values, {"vicino_safety_times": "many"}, Level.ERROR, "VICINO_SAFETY_TIMES of alerts cannot be used"),
        (settings.values, {"vicino_session_h": "-1"}, Level.ERROR, "VICINO_SESSION_H of dashboards cannot be used"),
        (settings.together, {"vicino_base_url": "http://vicino.example"}, Level.ERROR, "without encryption"),
        (settings.together, {"vicino_base_url": "http://127.0.0.1:8000"}, Level.WARNING, "this machine only"),
        (settings.together, {"vicino_reply_key": ""}, Level.WARNING, "no VICINO_REPLY_KEY"),
        (settings.together, {"vicino_deadman_url": ""}, Level.WARNING, "Nobody outside"),
        (settings.together, {"vicino_mail_from": ""}, Level.WARNING, "vicino@localhost"),
        (settings.channels, {"vicino_smtp_url": ""}, Level.ERROR, "people have an e-mail address: they get nothing"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense(surroundings, said, check, changed, level, fragment):
    found = said(check, surroundings(**{**GOOD, **changed}))
    assert [each for each in found if each[0] is level and fragment in each[1]]


def test_settings_come_from_files_too_and_the_environment_goes_first(database_url, installation, tmp_path):
    (tmp_path / "vicino_smtp_url").write_text("smtp://of-the-file\n")
    (tmp_path / "vicino_mail_from").write_text("file@x.example\n")
    environment = {
        "VICINO_DATABASE_URL": database_url, "VICINO_SECRETS_DIR": str(tmp_path), "VICINO_MAIL_FROM": "env@x.example",
    }  # fmt: skip
    found = Surroundings(installation, SimulatedClock(NOW), environment).settings("alerts")
    assert found["VICINO_SMTP_URL"] == "smtp://of-the-file"
    assert found["VICINO_MAIL_FROM"] == "env@x.example"


def test_where_nothing_runs_nothing_is_said_of_settings(installation, said):
    found = Surroundings(installation, SimulatedClock(NOW), {})
    assert said(settings.together, found) == []
    assert [level for level, _ in said(services.processes, found)] == [Level.ERROR]


def test_services_that_do_not_run_or_do_not_stay_up(installation, said):
    stand = {"ingest": RunService("ingest", None, 1), "alerts": RunService("alerts", 1, 5)}
    names = [name for name in (*services.NEEDED, services.WATCHDOG) if name != "devices"]
    there = tuple(stand.get(name, RunService(name, 1)) for name in names)
    run = {"pid": os.getpid(), "born": own_birth(), "started_at": NOW, "http_port": 1, "broker_port": 0}
    write_run(installation.root, Run(**run, secrets_dir="", services=there))
    found = Surroundings(installation, SimulatedClock(NOW), {})
    assert said(services.processes, found) == [
        (Level.ERROR, "The service ingest does not run."),
        (Level.WARNING, "The service alerts was started again 5 times."),
        (Level.ERROR, "There is no service devices."),
    ]


def test_room_on_the_disk(surroundings, said, monkeypatch):
    found = surroundings()
    for free, expected in ((500, []), (50, [Level.WARNING]), (2, [Level.ERROR])):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(1000 << 30, 0, free << 30))
        assert list(dict.fromkeys(level for level, _ in said(machine.disks, found))) == expected
    # The /tmp of a container is small on purpose.
    for free, expected in ((60, []), (5, [Level.WARNING]), (1, [Level.ERROR])):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(64 << 20, 0, free << 20))
        assert list(dict.fromkeys(level for level, _ in said(machine.disks, found))) == expected


@pytest.fixture
def in_container(database_url, administrator, installation, tmp_path):
    """Give what `docker compose run vicino vicino doctor` would look at, with the secrets that it would have."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    prepare(tmp_path / "made", "vicino.example", NOW)
    handed = tmp_path / "run"
    handed.mkdir()
    for secret in compose["services"]["vicino"]["secrets"]:
        source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
        shutil.copy(tmp_path / "made" / source, handed / target)
    (handed / "vicino_database_url").write_text(database_url)
    environment = {
        name: re.sub(r"\$\{VICINO_BASE_URL:-[^}]*\}", "https://vicino.example:8443", value).replace(
            "/run/secrets", str(handed)
        )
        for name, value in compose["services"]["vicino"]["environment"].items()
    }
    return lambda **more: Surroundings(installation, SimulatedClock(NOW), {**environment, **more})


def test_nothing_is_wrong_in_containers_as_they_are_composed(in_container, said):
    found = in_container()
    for check in (settings.unknown, settings.values, settings.together, certificates._of_pages, machine.secrets):
        assert [each for each in said(check, found) if "run as root" not in each[1]] == []
    with pytest.raises(NotKnownError):
        said(settings.channels, found)
    (channels,) = [each for each in look(found) if each.check == "channels"]
    assert channels.findings is None


def test_what_is_wrong_in_containers_is_said_all_the_same(in_container, said):
    def wrong(check, **settings):
        return " ".join(wrong for _, wrong in said(check, in_container(**settings)))

    assert "without encryption" in wrong(settings.together, VICINO_BASE_URL="http://vicino.example")
    assert "Nobody outside" in wrong(settings.together, VICINO_DEADMAN_URL="")
    assert "they get nothing" in wrong(settings.channels, VICINO_SMTP_URL="")
    assert "no VICINO_REPLY_KEY" in wrong(settings.together, VICINO_REPLY_KEY="short")
    over = Surroundings(
        in_container().installation, SimulatedClock(NOW + timedelta(days=5000)), in_container().environment
    )
    assert "no longer valid" in " ".join(wrong for _, wrong in said(certificates._of_pages, over))


def test_the_clock(surroundings, said):
    assert said(machine.clock, surroundings(), lambda: 0) == []
    assert "Nothing synchronises" in said(machine.clock, surroundings(), lambda: 5)[0][1]
    assert "not to be seen" in said(machine.clock, surroundings(), lambda: None)[0][1]
    assert machine.kernel_clock() in {None, -1, 0, 1, 2, 3, 4, 5}


def test_secrets_that_others_can_read(surroundings, installation, errors):
    assert errors(machine.secrets, surroundings()) == []
    installation.reply_key()
    assert errors(machine.secrets, surroundings()) == []
    (installation.secrets / "vicino_reply_key").chmod(0o640)
    (wrong,) = errors(machine.secrets, surroundings())
    assert wrong.endswith("secrets/vicino_reply_key.")
    (installation.secrets / "vicino_reply_key").chmod(0o600)
    installation.secrets.chmod(0o755)
    (wrong,) = errors(machine.secrets, surroundings())
    assert wrong.endswith("/secrets.")


def test_libraries_of_another_version(surroundings, said, tmp_path):
    assert said(machine.dependencies, surroundings()) == []
    lock = tmp_path / "requirements.lock"
    lock.write_text("psycopg==1.0 \\\n    --hash=sha256:x\nnumpy==1.0 ; python_version < '3.0' \\\nNot.there==2\n")
    ((level, wrong),) = said(machine.dependencies, surroundings(), lock)
    assert level is Level.WARNING
    assert wrong.startswith("2 libraries are not the version that was tried: numpy ")
    assert "requirements.lock does not lie" in said(machine.dependencies, surroundings(), tmp_path / "no")[0][1]


def test_the_age_of_the_last_backup(surroundings, installation, said):
    assert said(backups.backups, surroundings())[0][0] is Level.WARNING
    (installation.root / LAST_FILE).write_bytes(msgspec.json.encode(Last(NOW, 1)))
    for days, expected in ((1, []), (3, [Level.WARNING]), (9, [Level.ERROR])):
        found = said(backups.backups, surroundings(now=NOW + timedelta(days=days)))
        assert [level for level, _ in found] == expected
