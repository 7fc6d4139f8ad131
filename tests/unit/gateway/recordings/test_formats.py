"""The formats of recordings: small files with every oddity, and the recorded data where they are."""

import gzip
import json
from pathlib import Path

import pytest

from gateway.recordings import formats
from gateway.recordings.recording import Recording, RecordingError


def values(recording: Recording, home: str) -> list[tuple[str, int, float]]:
    return [(name, at_ms, value) for name, at_ms, value, _ in recording.readings(home)]


def test_tihm(tmp_path: Path) -> None:
    (tmp_path / "Activity.csv").write_text(
        "patient_id,location_name,date\n16f4b,Hallway,2019-04-01 00:05:46\n16f4b,Hallway,2019-04-01 00:05:46\n"
        "16f4b,Cellar,2019-04-01 00:06:00\n16f4b,Front Door,2019-04-31 00:06:00\n../x,Hallway,2019-04-01 00:05:46\n"
        "c55f8,Fridge Door,2019-04-01 07:00:00\nonly-one-field\n"
    )
    (tmp_path / "Physiology.csv.gz").write_bytes(
        gzip.compress(
            b"patient_id,date,device_type,value,unit\n16f4b,2019-04-01 08:00:00,Heart rate,61.0,beats/min\n"
            b"16f4b,2019-04-01 08:00:00,Heart rate,61.0,Cel\n16f4b,2019-04-01 08:00:00,Heart rate,nan,beats/min\n"
        )
    )
    (tmp_path / "Demographics.csv").write_text('patient_id,age,sex\n16f4b,"(80, 90]",Male\n')
    recording = formats.read(tmp_path, "tihm")
    assert (recording.rows, recording.identical) == (10, 1)
    assert [(refusal.file, refusal.line) for refusal in recording.refused] == [
        ("Activity.csv", 4), ("Activity.csv", 5), ("Activity.csv", 6), ("Activity.csv", 8),
        ("Physiology.csv.gz", 3), ("Physiology.csv.gz", 4),
    ]  # fmt: skip
    assert values(recording, "tihm-16f4b") == [
        ("motion-hallway/motion", 1_554_073_546_000, 1.0),
        ("blood-pressure/heart_rate", 1_554_102_000_000, 61.0),
    ]
    first, second = recording.homes()
    assert first["persons"] == [{"key": "tihm-16f4b", "name": "TIHM 16f4b", "birth_year": 1934, "sex": "male"}]
    assert second["devices"][0]["place"] == "fridge"
    assert second["gateway"] == "gw-tihm-c55f8"


def test_ordonez(tmp_path: Path) -> None:
    (tmp_path / "OrdonezA_Sensors.txt").write_text(
        "Start time\tEnd time\tLocation\tType\tPlace\n----\t----\t----\t----\t----\n"
        "2011-11-28 02:27:59\t\t2011-11-28 10:18:11\t\tBed\t\t\tPressure\tBedroom\n"
        "2011-11-28 10:30:00\t\t2011-11-28 10:31:00\t\tMaindoor\t\tMagnetic\tEntrance\n"
        "2011-11-28 10:31:00\t\t2011-11-28 10:32:00\t\tMaindoor\t\tMagnetic\tEntrance\n"
        "2011-11-28 10:33:00\t\t2011-11-28 10:34:00\t\tToilet\t\tFlush\tBathroom\n"
        "2011-11-28 10:33:00\t\t2011-11-28 10:34:00\t\tToilet\t\tFlush\tBathroom\n"
        "2011-11-28 10:36:00\t\t2011-11-28 10:35:00\t\tToilet\t\tFlush\tBathroom\n"
        "2011-11-28 10:36:00\t\t2011-11-28 10:37:00\t\tLaser\t\tOdd\tBathroom\nnonsense\n"
    )
    recording = formats.read(tmp_path, "ordonez")
    assert recording.notes == ["OrdonezB_Sensors.txt is not there: home B is left out"]
    assert (recording.rows, recording.identical) == (8, 1)
    assert [refusal.line for refusal in recording.refused] == [8, 9, 10]
    found = values(recording, "ordonez-a")
    assert found[:2] == [
        ("bed-bedroom/bed_occupancy", 1_322_443_679_000, 1.0), ("bed-bedroom/bed_occupancy", 1_322_471_891_000, 0.0),
    ]  # fmt: skip
    door = [(at_ms - 1_322_472_600_000, value) for name, at_ms, value in found if name == "maindoor-entrance/contact"]
    assert door == [(0, 0.0), (60_000, 1.0), (60_001, 0.0), (120_000, 1.0)]
    assert [value for name, _, value in found if name.endswith("toilet_flush")] == [1.0]


def test_kasteren(tmp_path: Path) -> None:
    (tmp_path / "houseB.sensors").write_text("1203898814\t163\t7\n1203898900\t1\t99\n1203898914\tx\t7\n1 2\n")
    (tmp_path / "houseB.sensor_names").write_text("7\tfrontdoor\r\n12\tpress bed rechts\n99\tmystery\n")
    recording = formats.read(tmp_path, "kasteren")
    assert values(recording, "kasteren-b") == [
        ("sensor-7/contact", 1_203_898_814_000, 0.0), ("sensor-7/contact", 1_203_898_977_000, 1.0),
    ]  # fmt: skip
    assert [refusal.line for refusal in recording.refused] == [2, 3, 4]
    assert recording.homes()[0]["devices"][0]["place"] == "entrance_door"


def test_senml(tmp_path: Path) -> None:
    (tmp_path / "gw-a.json").write_text(
        '[{"bn":"d/","bt":1700000000,"n":"temperature","u":"Cel","v":20.5},\n{"n":"x","v":1}]'
    )
    (tmp_path / "gw-b.jsonl.gz").write_bytes(
        gzip.compress(
            b'[{"n":"d/motion","v":1,"t":1700000000}]\n[{"n":"d/motion","v":1,"t":1700000000},{"n":"d/motion","t":3,"v":1}]\n'
        )
    )
    recording = formats.read(tmp_path, "senml")
    assert values(recording, "a") == [("d/temperature", 1_700_000_000_000, 20.5)]
    assert values(recording, "b") == [("d/motion", 1_700_000_000_000, 1.0)]
    assert (recording.rows, recording.identical, len(recording.refused)) == (5, 1, 2)
    assert recording.homes()[0]["devices"][0]["quantities"] == ["temperature"]
    (tmp_path / "gw-b.jsonl.gz").unlink()
    (tmp_path / "gw-a.json").write_text("{}")
    with pytest.raises(RecordingError, match=r"gw-a\.json, line 1"):
        formats.read(tmp_path, "senml")


def test_zigbee2mqtt(tmp_path: Path) -> None:
    base = "home/gw-home-1/zigbee2mqtt"
    device = {"ieee_address": "0xAB", "friendly_name": "a/b", "definition": {"exposes": [], "model": "M"}}
    started = {"occupancy": True, "last_seen": "2026-03-01T12:00:04Z"}
    ended = '{"occupancy": false, "last_seen": "2026-03-01T12:00:04Z"}'
    lines: list[object] = [
        {"at": "2026-03-01T12:00:00Z", "topic": f"{base}/bridge/devices", "payload": [device]},
        {"at": "2026-03-01T12:00:05Z", "topic": f"{base}/a/b", "payload": started},
        {"at": "2026-03-01T12:01:05Z", "topic": f"{base}/a/b", "payload": ended},
        {"at": "2026-03-01T12:02:00Z", "topic": f"{base}/unheard", "payload": "{}"},
        {"at": "2026-03-01T12:02:00", "topic": f"{base}/a/b", "payload": "{}"},
        {"at": "2026-03-01T12:02:00Z", "topic": "elsewhere", "payload": "{}"},
    ]  # fmt: skip
    (tmp_path / "homes.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\nnoise\n")
    recording = formats.read(tmp_path / "homes.jsonl", "zigbee2mqtt")
    assert values(recording, "home-1") == [
        ("0xab/occupancy", 1_772_366_404_000, 1.0), ("0xab/occupancy", 1_772_366_465_000, 0.0),
    ]  # fmt: skip
    assert [refusal.line for refusal in recording.refused] == [4, 5, 6, 7]
    assert recording.homes()[0]["gateway"] == "gw-home-1"
    assert recording.homes()[0]["devices"][0]["quantities"] == ["occupancy"]


@pytest.mark.parametrize("form", sorted(formats.FORMATS))
def test_nothing_there_is_said(form: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="nothing at"):
        formats.read(tmp_path / "absent", form)
    with pytest.raises(RecordingError, match="What to do"):
        formats.read(tmp_path, form)


def test_an_unknown_format_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="not a known format"):
        formats.read(tmp_path, "csv")


def test_the_whole_of_tihm(shared_data: Path) -> None:
    recording = formats.read(shared_data / "tihm", "tihm")
    assert (recording.rows, recording.identical, recording.refused) == (659_055 + 11_460, 0, [])
    assert len(recording.homes()) == 36
    vitals = {"thermometer", "blood-pressure", "scale"}
    count = {"activity": 0, "vital": 0}
    keys = set()
    for home in recording.homes():
        for name, at_ms, *_ in recording.readings(home["key"]):
            count["vital" if name.split("/")[0] in vitals else "activity"] += 1
            keys.add((home["key"], name, at_ms))
    assert count == {"activity": 659_055, "vital": 11_460}
    assert len(keys) == 659_055 + 11_460


def test_the_whole_of_ordonez_and_kasteren(shared_data: Path) -> None:
    ordonez = formats.read(shared_data / "ordonez", "ordonez")
    assert (ordonez.rows, len(ordonez.refused), len(ordonez.homes())) == (409, 0, 1)
    kasteren = formats.read(shared_data / "kasteren", "kasteren")
    assert (kasteren.rows, len(kasteren.homes())) == (1229 + 19_075, 2)
    assert all("the file of names does not say" in refusal.reason for refusal in kasteren.refused)


def test_stored_uplinks_of_the_things_stack(tmp_path: Path) -> None:
    def line(counter: int, at: str, **more: object) -> str:
        uplink = {"session_key_id": "s", "f_port": 85, "f_cnt": counter, "frm_payload": "AwAB", "received_at": at}
        said = {
            "end_device_ids": {"device_id": "hall", "dev_eui": "24E124136B502217"},
            "received_at": at,
            "uplink_message": uplink | {"version_ids": {"model_id": "ws202"}} | more,
        }
        return json.dumps({"result": said})

    file = tmp_path / "via-roma-3.jsonl"
    file.write_text(
        "\n".join(
            [
                # The latest first, as the server may return them.
                line(4, "2026-03-01T07:02:00Z", frm_payload="AwAA"),
                line(1, "2026-03-01T07:00:00.5Z"),
                line(1, "2026-03-01T07:00:00.5Z"),
                "",
                '{"result": {}}',
                "no JSON",
                line(5, "2026-03-01T07:03:00"),
                line(5, "2026-03-01T07:03:00Z", version_ids={"model_id": "unheard-of"}),
            ]
        )
    )
    recording = formats.read(file, "things_stack")
    assert recording.rows == 7
    assert [refusal.line for refusal in recording.refused] == [5, 6, 7, 8]
    assert values(recording, "via-roma-3") == [
        ("24e124136b502217/occupancy", 1_772_348_400_500, 1.0),
        ("24e124136b502217/occupancy", 1_772_348_520_000, 0.0),
        ("24e124136b502217/missed_reports", 1_772_348_520_000, 2.0),
    ]
    (home,) = recording.homes()
    assert home["gateway"] == "gw-via-roma-3"
    assert home["devices"][0]["quantities"] == ["missed_reports", "occupancy"]
    for path in (tmp_path, tmp_path / "nowhere.jsonl"):
        with pytest.raises(RecordingError):
            formats.read(path, "things_stack")


def test_recorded_uplinks_of_the_things_stack(tmp_path: Path, shared_data: Path) -> None:
    lines = [
        json.dumps({"result": json.loads(file.read_text())}) for file in sorted((shared_data / "tts_v3").glob("*.json"))
    ]
    file = tmp_path / "two.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    recording = formats.read(file, "things_stack")
    assert not recording.refused
    assert {name.split("/", 1)[1] for name, _, _ in values(recording, "two")} == {
        "temperature", "temperature/external", "humidity", "voltage", "signal_strength", "link_quality",
    }  # fmt: skip
