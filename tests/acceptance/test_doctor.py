"""`vicino doctor` on an installation that runs, and on one from which a part was taken away."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.acceptance.installation import ROOT, up

WITHIN_S = 60.0


def doctor(data: Path) -> tuple[int, dict[str, list[dict[str, str]]]]:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "doctor", "--json", "--data", str(data)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.stdout, done.stderr
    said: list[dict[str, Any]] = json.loads(done.stdout)
    return done.returncode, {each["check"]: each["findings"] for each in said}


def errors(said: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["wrong"] for findings in said.values() for each in findings if each["level"] == "error"]


def test_it_finds_nothing_worse_than_warnings_until_something_is_taken_away(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert doctor(data)[0] == 1
    with up(data):
        deadline = time.monotonic() + WITHIN_S
        code, said = doctor(data)
        while code and time.monotonic() < deadline:
            code, said = doctor(data)
        assert (code, errors(said)) == (0, [])
        assert {each["level"] for findings in said.values() for each in findings} == {"warning"}
        assert "could not be looked at" not in json.dumps(said)

        (data / "secrets" / "vicino_reply_key").chmod(0o644)
        code, said = doctor(data)
        assert code == 1
        assert "Others on this machine can reach the secret" in str(errors(said))
    code, said = doctor(data)
    assert code == 1
    assert "Vicino does not run on the folder" in errors(said)[0]
