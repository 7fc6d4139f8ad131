"""Prometheus itself reads the alert rules, and finds what they are meant to find (deploy/alert-rules.test.yml)."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
PROMTOOL = shutil.which("promtool")


def test_each_alert_is_seen_to_fire() -> None:
    rules = yaml.safe_load((DEPLOY / "alert-rules.yml").read_text(encoding="utf-8"))
    named = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    tested = (DEPLOY / "alert-rules.test.yml").read_text(encoding="utf-8")
    assert {name for name in named if f'alertname="{name}"' not in tested} == set()
    assert len(named) > 20


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (package prometheus)")
def test_prometheus_says_so() -> None:
    assert PROMTOOL is not None
    for what in (("check", "rules", "alert-rules.yml"), ("test", "rules", "alert-rules.test.yml")):
        done = subprocess.run([PROMTOOL, *what], cwd=DEPLOY, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
