"""Every recorded payload is decoded, or refused with a reason; what is decoded agrees with the vendors' decoders."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.lorawan.chirpstack import EVENTS, decode_event
from devices.decoders.lorawan.fields import measure
from devices.decoders.lorawan.payloads.models import DECODERS, decode_payload, known
from devices.decoders.lorawan.report import Report
from devices.decoders.lorawan.things_stack import decode_message


def vectors(folder: Path) -> Iterator[dict[str, Any]]:
    for line in (folder / "lorawan" / "vectors.jsonl").read_text().splitlines():
        yield json.loads(line)


def test_payloads_are_decoded_as_their_vendors_do_or_refused_with_a_reason(shared_data: Path) -> None:
    outcomes: Counter[str] = Counter()
    for vector in vectors(shared_data):
        if vector["direction"] != "decode":
            outcomes["what a server sends to a device"] += 1
            continue
        payload = bytes(vector["input"]["bytes"])
        found = decode_payload((vector["codec"],), vector["input"].get("fPort", 0), payload)
        if isinstance(found, Refusal):
            assert found.detail
            outcomes[found.reason] += 1
            continue
        expected = vector["expected"]["data"]
        assert found == {name: expected[name] for name in found}, vector["codec"]
        # What the vendor names beyond that is about its own decoder.
        assert not {"temperature", "humidity", "battery", "smokeAlarm", "leakage_status"} & (
            expected.keys() - found.keys()
        )
        outcomes["decoded"] += 1
    assert outcomes == {"what a server sends to a device": 81, "decoded": 10, "codec": 73, "payload": 1}


def test_what_vendors_decoders_say_is_mapped(shared_data: Path) -> None:
    said = [vector["expected"]["data"] for vector in vectors(shared_data) if vector["direction"] == "decode"]
    mapped = [measure(each) for each in said]
    found = Counter(measurement.quantity for each in mapped for measurement in each.measurements)
    assert found["temperature"] >= 25
    assert found["humidity"] >= 12
    assert found["voltage"] >= 50
    assert (found["smoke"], found["water_leak"], found["presence"], found["carbon_dioxide"]) == (1, 1, 1, 2)
    assert all(850 <= each.value <= 1100 for one in mapped for each in one.measurements if each.quantity == "pressure")


@pytest.mark.parametrize("kind", EVENTS)
def test_the_events_of_chirpstack(kind: str, shared_data: Path) -> None:
    found = decode_event(kind, (shared_data / "chirpstack_events" / f"{kind}.json").read_bytes())
    assert isinstance(found, Report)
    assert found.device.key in ("0101010101010101", "0016c001f000175a")
    assert found.at is not None
    assert found.identity or kind in ("log", "txack")  # ChirpStack marks these two by other means
    measured = {"up": {"signal_strength": -36.0, "link_quality": 238.0}, "status": {"battery": 88.3}}
    assert {each.quantity: each.value for each in found.measurements} == measured.get(kind, {})
    assert found.others or kind == "up"
    assert "latitude" not in str(found.others)


def test_the_uplinks_of_the_things_stack(shared_data: Path) -> None:
    expected = {
        "lht65_data_fport2": {
            ("temperature", ""): 14.65, ("temperature", "external"): 13.18, ("humidity", ""): 67.6,
            ("voltage", ""): 3.103,
        },
        "lht52_status_fport5": {("voltage", ""): 3.054},
    }  # fmt: skip
    for name, values in expected.items():
        found = decode_message((shared_data / "tts_v3" / f"{name}.json").read_bytes())
        assert isinstance(found, Report)
        assert found.frame is not None
        assert found.frame.decoded is not None
        assert {
            (each.quantity, each.channel): each.value for each in measure(found.frame.decoded).measurements
        } == values
        # The bytes say the same.
        ours = decode_payload(found.device.models, found.frame.port, found.frame.payload)
        assert ours == found.frame.decoded
        assert {each.quantity for each in found.measurements} == {"signal_strength", "link_quality"}


def test_a_model_is_found_in_what_a_server_calls_it() -> None:
    for said, model in {
        "Milesight EM300-TH": "em300-th", "milesight_em300_th_868": "em300-th", "WS202 (EU868)": "ws202",
        "ws-202": "ws202", "Dragino LDS02": "lds02", "lht65n-v1.2": "lht65n", "My sensors": None,
        "Elsys ERS-CO2 lite": "ers-co2", "": None,
        "Cayenne LPP": "cayenne-lpp",
    }.items():  # fmt: skip
        assert known([said], DECODERS) == model, said
    assert known(["", "profile of ours", "vs373"], DECODERS) == "vs373"
    assert measure({"battery": 100}).measurements == (Measurement("battery", 100.0),)
