"""`vicino devices` as somebody at the terminal uses it."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = [
    {"model": "A", "exposes": [
        {"property": "smoke", "type": "binary", "access": 1}, {"property": "battery", "type": "text", "access": 1},
        {"property": "occupied_heating_setpoint", "type": "numeric", "access": 7},
    ]},
    {"model": "B", "exposes": [{"property": "riddle", "type": "numeric", "access": 1}]},
]  # fmt: skip


def vicino(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", "devices", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("packed", [False, True])
def test_coverage_of_a_list_of_models(tmp_path: Path, packed: bool) -> None:
    lines = "\n".join(json.dumps(model) for model in MODELS).encode()
    file = tmp_path / ("models.jsonl.gz" if packed else "models.jsonl")
    file.write_bytes(gzip.compress(lines) if packed else lines)
    found = vicino("coverage", str(file), "--json", "--unknown", "3")
    assert found.returncode == 0, found.stderr
    figures = json.loads(found.stdout)
    counts = {name: figures[name] for name in ("models", "mapped", "ignored", "unknown", "required_unmapped")}
    # A battery in free text is required and cannot be promised to be read as one of its forms.
    assert counts == {"models": 2, "mapped": 2, "ignored": 1, "unknown": 1, "required_unmapped": 0}
    assert figures["unknown_properties"] == {"riddle": 1}
    table = vicino("coverage", str(file))
    assert table.returncode == 0
    assert "required unmapped" in table.stdout


@pytest.mark.parametrize("name", ["absent.jsonl", "broken.jsonl", "broken.jsonl.gz", "cut.jsonl.gz"])
def test_a_file_that_cannot_be_read_is_said_in_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.jsonl").write_text('{"model": "A"}\n')
    (tmp_path / "broken.jsonl.gz").write_text("no gzip")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"model": "A", "exposes": []}\n' * 999)[:-20])
    found = vicino("coverage", str(tmp_path / name), "--json")
    assert found.returncode == 1
    assert found.stdout == ""
    assert "What to do" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_known_zigbee_models_are_covered(shared_data: Path) -> None:
    found = vicino("coverage", str(shared_data / "zigbee_exposes" / "exposes.jsonl.gz"), "--json")
    figures = json.loads(found.stdout)
    assert figures["models"] == 4516
    assert figures["required_unmapped"] == 0
    assert figures["mapped"] + figures["ignored"] + figures["unknown"] > 34_000


def test_the_catalogue_lists_and_shows_models() -> None:
    listed = vicino("list", "--kind", "sos_button", "--json")
    assert listed.returncode == 0, listed.stderr
    models = json.loads(listed.stdout)
    assert {model["kind"] for model in models} == {"sos_button"}
    shown = vicino("show", models[0]["model"], "--json")
    assert json.loads(shown.stdout)["model"] == models[0]["model"]
    words = vicino("show", "lumi.sensor_motion.aq2")
    assert words.returncode == 0
    assert "RTCGQ11LM" in words.stdout
    assert "tenda" in words.stdout


@pytest.mark.parametrize("arguments", [("show", "no such model"), ("list", "--kind", "riddle")])
def test_what_is_not_described_is_said_in_words(arguments: tuple[str, ...]) -> None:
    found = vicino(*arguments)
    assert found.returncode == 1
    assert "What to do:" in found.stderr
    assert "Traceback" not in found.stderr


def test_pages_are_written_and_old_ones_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("# A kind that nobody makes any more", encoding="utf-8")
    assert vicino("catalogue", str(tmp_path)).returncode == 0
    names = {file.name for file in tmp_path.iterdir()}
    assert "gone.md" not in names
    assert {"README.md", "motion.md"} <= names
