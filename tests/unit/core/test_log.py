import json

import pytest
import structlog

from core import log


def test_a_field_that_is_not_declared_loggable_is_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("test", "json")
    try:
        structlog.get_logger().info("something happened", home_id=3, person="Maria Rossi", address="via Roma 1")
    finally:
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
    line = json.loads(capsys.readouterr().err)
    assert line["home_id"] == 3
    assert line["person"] == line["address"] == "[withheld]"
    assert "Maria" not in json.dumps(line)
