"""A real gateway is killed: by the defaults, real processes and a real broker tell of it in time."""

import os
import signal

from tests.integration.analytics.conftest import until


def test_a_killed_gateway_is_a_finding_within_three_minutes(installation, process):
    home = installation.home(installation.organisation())
    key = installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", home.home_id)[0]["key"]
    process("ingest", VICINO_INGEST_GROUP=f"test-{os.getpid()}")
    process("analytics")
    gateway = process("gateway", VICINO_GATEWAYS=key)
    until(lambda: installation.rows("SELECT FROM ingest.gateway_status WHERE online"), 60)
    until(lambda: installation.rows("SELECT FROM analytics.silence_due"), 60)
    gateway.send_signal(signal.SIGKILL)
    until(lambda: installation.rows("SELECT FROM analytics.finding WHERE kind = 'gateway_silence'"), 180)
    (found,) = installation.rows("SELECT * FROM analytics.finding WHERE kind = 'gateway_silence'")
    assert (found["evidence"]["class"], found["evidence"]["until"]) == ("gateway_offline", None)
    # Started again, by another start of its program on the same machine: nobody's power had failed.
    process("gateway", VICINO_GATEWAYS=key)
    until(lambda: installation.rows("SELECT FROM analytics.finding WHERE evidence ->> 'cause' = 'program'"), 60)
    (again,) = installation.rows("SELECT * FROM analytics.finding WHERE kind = 'gateway_silence'")
    assert again["finding_id"] == found["finding_id"]
    assert again["evidence"]["until"] is not None
