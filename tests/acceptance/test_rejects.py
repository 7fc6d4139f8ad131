"""Whatever arrives at the broker, ingest goes on, keeps what is valid and says why the rest is not stored."""

import json
from pathlib import Path

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.installation import Installation
from core import senml, topics
from core.clock import SystemClock
from core.credentials import from_toml
from core.messages import BatchProperties
from core.mqtt import BrokerAddress, Connection
from core.topics import Leaf
from core.vocabulary import BY_NAME
from tests.acceptance.installation import ROOT, Installed, up

EXAMPLE = ROOT / "docs" / "examples" / "registry.yaml"
WITHIN_S = 60.0

VALID = "0x00158d0001a9ec71/occupancy"
GATEWAY = "gw-casa-01"
HOME = "casa-01"
START_MS = 1_790_000_000_000

unknown_series = st.from_regex(r"[a-z]{1,8}/occupancy", fullmatch=True).map(lambda name: pack(name=name))
wrong_units = st.sampled_from(["Cel", "%", "kg", "furlong"]).map(lambda unit: pack(unit=unit))
absurd_times = st.one_of(st.integers(1, 2**28), st.integers(2_200_000_000, 2**39)).map(lambda at: pack(at=at))
noise = st.one_of(st.binary(min_size=1, max_size=500), st.text(min_size=1).map(str.encode)).filter(
    lambda payload: not is_pack(payload)
)
bad_messages = st.one_of(unknown_series, wrong_units, absurd_times, noise)


def pack(name: str = VALID, at: float = START_MS / 1000, unit: str = "1") -> bytes:
    return f'[{{"n":"{name}","t":{at},"u":"{unit}","v":1}}]'.encode()


def is_pack(payload: bytes) -> bool:
    try:
        senml.decode(payload)
    except senml.SenmlError:
        return False
    return True


class Sender:
    """Publishes as the gateway would, and waits until the service has called its last message stored."""

    def __init__(self, broker: BrokerAddress) -> None:
        self.sequence = 0
        self.bad = 0
        self.connection = Connection(broker, topics.client_id(GATEWAY))
        self.connection.start()
        assert self.connection.wait_connected(WITHIN_S)

    def send(self, payload: bytes, *, properties: bool = True, leaf: Leaf = Leaf.READINGS) -> None:
        self.sequence += 1
        said = BatchProperties("test", self.sequence, 1.0, "synced").as_user_properties() if properties else []
        assert self.connection.publish(topics.topic(GATEWAY, leaf), payload, user_properties=said) is not None

    def send_valid(self) -> None:
        at_ms = START_MS + self.sequence * 1000
        self.send(senml.encode([senml.Measurement(VALID, at_ms, 1.0, "1")]))


def test_nothing_that_arrives_stops_the_service_or_disappears(tmp_path: Path) -> None:
    with up(tmp_path / "data") as vicino:
        vicino.vicino("registry", "apply", str(EXAMPLE))
        file = tmp_path / "gateway.toml"
        vicino.vicino("gateway", "enrol", HOME, "--file", str(file))
        sender = Sender(from_toml(file.read_text()).address)
        try:

            @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
            @given(bad_messages)
            def send_beside_a_valid_one(payload: bytes) -> None:
                sender.send(payload)
                sender.bad += 1
                sender.send_valid()

            send_beside_a_valid_one()
            sender.send(pack(), properties=False)
            sender.send(b"[" + pack()[1:-1] + b"," + b" " * 300_000 + b"]")
            sender.bad += 2
            sender.send_valid()
            expected = sender.sequence - sender.bad
            readings = wait_for(vicino, expected + sender.bad)
        finally:
            sender.connection.stop()
        assert readings["stored"] == expected
        assert readings["rejected"] == sender.bad
        # The watchdog is started anew on purpose, once it can call as the gateway of the canary.
        services = vicino.status()["services"].items()
        assert {name for name, service in services if service["restarts"]} <= {"alerts.watchdog", "watchdog"}
        reasons = reasons_of(vicino)
        assert {"syntax", "unknown series", "unit", "time", "properties", "oversized"} <= reasons
        see_and_try_again(vicino, expected)


def see_and_try_again(vicino: Installed, stored: int) -> None:
    """Register what was missing, and find nothing of it among the rejects any more."""
    found = json.loads(vicino.vicino("rejects", "list", "--json", "--limit", "1000"))
    assert {group["gateway_key"] for group in found["groups"]} == {GATEWAY}
    assert not any(group["replayable"] for group in found["groups"])
    unknown = [line for line in found["messages"] if line["reason"] == "unknown series"]
    shown = vicino.vicino("rejects", "show", str(unknown[0]["reject_id"]))
    assert json.loads(shown[shown.index("[\n") :])[0]["t"] == START_MS / 1000
    with psycopg.connect(Installation(vicino.data).service_url) as connection:
        connection.execute("SET ROLE vicino_service")
        connection.execute(
            "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
            " SELECT organisation_id, home_id, gateway_id, device_id, split_part(detail, ': ', 1), %s"
            " FROM ingest.reject JOIN devices.gateway ON key = gateway_key"
            " JOIN (SELECT gateway_id, min(device_id) AS device_id FROM devices.device GROUP BY 1) AS one"
            " USING (gateway_id)"
            " WHERE reason = 'unknown series'",
            (BY_NAME["occupancy"].id,),
        )
    told = vicino.vicino("rejects", "replay", "--reason", "unknown series")
    assert f"{len(unknown)} reading" in told
    assert vicino.status()["readings"]["stored"] == stored + len(unknown)


def wait_for(vicino: Installed, count: int) -> dict[str, int]:
    clock = SystemClock()
    deadline = clock.monotonic() + WITHIN_S
    while True:
        readings: dict[str, int] = vicino.status()["readings"]
        if readings["stored"] + readings["rejected"] >= count or clock.monotonic() > deadline:
            return readings


def reasons_of(vicino: Installed) -> set[str]:
    with psycopg.connect(Installation(vicino.data).service_url) as connection:
        connection.execute("SET ROLE vicino_service")
        return {reason for (reason,) in connection.execute("SELECT DISTINCT reason FROM ingest.reject")}
