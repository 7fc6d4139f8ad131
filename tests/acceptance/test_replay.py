"""A recording travels through the gateway's code, the broker and ingest, and is stored exactly."""

import csv
import gzip
from pathlib import Path

from tests.acceptance.installation import up


def write_tihm(folder: Path) -> tuple[int, int]:
    """Write a small recording in TIHM's columns; return how many distinct and how many identical rows it has."""
    folder.mkdir()
    rooms = ("Kitchen", "Bathroom", "Hallway", "Bedroom", "Front Door")
    activity = [
        [patient, rooms[(hour + minute) % len(rooms)], f"2019-04-{day:02} {hour:02}:{minute:02}:07"]
        for patient in ("aaaaa", "bbbbb")
        for day in range(1, 4)
        for hour in range(6, 23)
        for minute in range(0, 60, 7)
    ]
    identical = activity[:3]
    vitals = [["aaaaa", f"2019-04-0{day} 08:00:00", "Systolic blood pressure", "141.0", "mm[Hg]"] for day in (1, 2, 3)]
    tables = {
        "Activity": (["patient_id", "location_name", "date"], activity + identical),
        "Physiology": (["patient_id", "date", "device_type", "value", "unit"], vitals),
        "Demographics": (
            ["patient_id", "age", "sex"],
            [["aaaaa", "(80, 90]", "Female"], ["bbbbb", "(70, 80]", "Male"]],
        ),
    }
    for name, (columns, rows) in tables.items():
        with gzip.open(folder / f"{name}.csv.gz", "wt", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
    return len(activity) + len(vitals), len(identical)


def test_a_recording_is_stored_exactly_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    distinct, identical = write_tihm(tmp_path / "tihm")
    with up(tmp_path / "data") as vicino:
        said = vicino.vicino("replay", str(tmp_path / "tihm"), "--format", "tihm", "--speed", "max")
        assert f"{identical} identical rows" in said
        status = vicino.status()
        assert status["readings"] == {"stored": distinct, "rejected": 0, "pending": 0, "duplicates": 0}
        assert status["homes"] == 2
        vicino.vicino("replay", str(tmp_path / "tihm"), "--format", "tihm", "--speed", "max")
        again = vicino.status()
        assert again["readings"] == {"stored": distinct, "rejected": 0, "pending": 0, "duplicates": distinct}
        assert again["homes"] == 2


def test_recorded_homes_are_stored_exactly(tmp_path: Path, shared_data: Path) -> None:
    with up(tmp_path / "data") as vicino:
        before = vicino.status()
        for form, homes in (("ordonez", 1), ("kasteren", 2)):
            vicino.vicino("replay", str(shared_data / form), "--format", form)
            status = vicino.status()
            assert status["homes"] == before["homes"] + homes
            assert status["readings"]["stored"] > before["readings"]["stored"] + 500
            assert status["readings"]["rejected"] == status["readings"]["pending"] == 0
            before = status
        # The second time a few homes are enough: what comes again is recognised reading by reading.
        for more in ([], ["--homes", "4"]):
            vicino.vicino("replay", str(shared_data / "tihm"), "--format", "tihm", "--speed", "max", *more)
            status = vicino.status()
            assert status["homes"] == before["homes"] + 36
            assert status["readings"]["stored"] == before["readings"]["stored"] + 659_055 + 11_460
            assert status["readings"]["rejected"] == status["readings"]["pending"] == 0
        assert status["readings"]["duplicates"] > 10_000
