"""What holds for the repository as a whole."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written in pieces, so that this file does not contain what it looks for.
ADDRESS = re.compile(
    "|".join(
        (
            r"https?://[^\s\"'<>)]+\.(?:wh" + r"l|tg" + r"z|tar\.g" + r"z)",
            '"resol' + 'ved": *"http',
            "--index" + "-url",
            "--find" + "-links",
        )
    )
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_says_where_packages_are_downloaded() -> None:
    found = [str(path.relative_to(ROOT)) for path in tracked() if ADDRESS.search(text_of(path))]
    assert not found


def test_modules_stay_small_enough_to_be_one_thing() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix == ".py" and (count := len(text_of(path).splitlines())) > 500
    }
    assert not long


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [item for extra in project["optional-dependencies"].values() for item in extra]
    names = {re.split(r"[\[<>=;, ]", item, maxsplit=1)[0].lower().replace("_", "-") for item in wanted}
    locked = set(re.findall(r"^([a-z0-9.-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert names <= locked


@pytest.mark.parametrize("folder", ["registry", "devices", "ingest", "analytics", "alerts", "dashboards"])
def test_a_folder_writes_only_to_its_own_schema(folder: str) -> None:
    writing = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY|TRUNCATE)\s+([a-z_]+)\.[a-z_]+", re.IGNORECASE)
    for path in sorted((ROOT / folder / "sql").rglob("*.sql")):
        schemas = {schema.lower() for schema in writing.findall(text_of(path))}
        assert schemas <= {folder, "pg_temp"}, f"{path.relative_to(ROOT)} writes to {schemas - {folder}}"


def test_the_licence_and_the_public_description_are_there() -> None:
    assert "EUPL" in (ROOT / "LICENSE").read_text()
    assert "legal:" in (ROOT / "publiccode.yml").read_text()
