"""TIHM: an open dataset for remote healthcare monitoring in dementia (Palermo et al., Scientific Data 2023).

`Activity.csv` (patient_id, location_name, date) tells activations of motion and door sensors, never their end;
`Physiology.csv` measurements; `Demographics.csv` age band and sex. Times are local times in the United Kingdom.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.places import Place, RoomKind
from gateway.recordings.recording import (
    LocalTimes,
    RecordedHome,
    Recording,
    RecordingError,
    Refusal,
    TrackBuilder,
    csv_rows,
    exactly,
    find,
    middle_birth_year,
)

ZONE = ZoneInfo("Europe/London")
YEAR = 2019


class Label(NamedTuple):
    """What the monitoring team noted: the patient's id, when, and of what kind, as `Agitation` or `Pulse`.

    The clock of the labels is an hour behind that of the measurements they speak of (read so, 80 % of those on blood
    pressure come within the hour after one; else 14 %), and all were recorded in summer time: it is UTC. No label is so
    late in the evening that its day would depend on that.
    """

    patient: str
    at: datetime
    kind: str


class _Device(NamedTuple):
    key: str
    name: str
    model: str
    room: str
    place: str
    quantities: tuple[str, ...]


class _Vital(NamedTuple):
    device: str
    quantity: str
    unit_there: str
    unit: str


_ROOMS: dict[str, tuple[RoomKind, str]] = {
    "kitchen": (RoomKind.KITCHEN, "Kitchen"),
    "hallway": (RoomKind.HALL, "Hallway"),
    "lounge": (RoomKind.LIVING, "Lounge"),
    "bedroom": (RoomKind.BEDROOM, "Bedroom"),
    "bathroom": (RoomKind.BATHROOM, "Bathroom"),
}


def _motion(room: str) -> _Device:
    return _Device(f"motion-{room}", f"Motion, {room}", "TIHM motion sensor", room, "", ("motion",))


def _door(key: str, name: str, room: str, place: str) -> _Device:
    return _Device(key, name, "TIHM door sensor", room, place, ("opening",))


_SENSORS: dict[str, _Device] = {
    "Kitchen": _motion("kitchen"),
    "Hallway": _motion("hallway"),
    "Lounge": _motion("lounge"),
    "Bedroom": _motion("bedroom"),
    "Bathroom": _motion("bathroom"),
    "Fridge Door": _door("door-fridge", "Fridge door", "kitchen", Place.FRIDGE),
    "Front Door": _door("door-front", "Front door", "hallway", Place.ENTRANCE_DOOR),
    "Back Door": _door("door-back", "Back door", "kitchen", Place.ENTRANCE_DOOR),
}
_METERS: dict[str, _Device] = {
    "thermometer": _Device(
        "thermometer", "Thermometer", "TIHM thermometer", "", "", ("body_temperature", "skin_temperature")
    ),
    "blood-pressure": _Device(
        "blood-pressure", "Blood pressure monitor", "TIHM blood pressure monitor", "", "",
        ("systolic_pressure", "diastolic_pressure", "heart_rate"),
    ),
    "scale": _Device("scale", "Scale", "TIHM scale", "", "", ("body_weight", "body_water", "muscle_mass")),
}  # fmt: skip
_VITALS: dict[str, _Vital] = {
    "Body Temperature": _Vital("thermometer", "body_temperature", "Cel", "Cel"),
    "Skin Temperature": _Vital("thermometer", "skin_temperature", "Cel", "Cel"),
    "Systolic blood pressure": _Vital("blood-pressure", "systolic_pressure", "mm[Hg]", "mm[Hg]"),
    "Diastolic blood pressure": _Vital("blood-pressure", "diastolic_pressure", "mm[Hg]", "mm[Hg]"),
    "Heart rate": _Vital("blood-pressure", "heart_rate", "beats/min", "/min"),
    "Body weight": _Vital("scale", "body_weight", "kg", "kg"),
    "Total body water": _Vital("scale", "body_water", "%", "%"),
    "O/E - muscle mass": _Vital("scale", "muscle_mass", "kg", "kg"),
}
_DEVICES: dict[str, _Device] = {device.key: device for device in (*_SENSORS.values(), *_METERS.values())}
_PLAIN = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


class _Reader:
    def __init__(self) -> None:
        self.builders: dict[str, TrackBuilder] = {}
        self.refused: list[Refusal] = []
        self.rows = 0
        self._times = LocalTimes(ZONE)

    def activity(self, path: Path) -> None:
        names = {location: f"{device.key}/{device.quantities[0]}" for location, device in _SENSORS.items()}
        for line, fields in csv_rows(path, ("patient_id", "location_name", "date")):
            self.rows += 1
            try:
                patient, location, when = fields
                name = names[location]
                self._add(patient, when, name, 1.0, "1")
            except KeyError as error:
                self._refuse(path, line, f"{error} is not a known location")
            except ValueError as error:
                self._refuse(path, line, str(error))

    def physiology(self, path: Path) -> None:
        for line, fields in csv_rows(path, ("patient_id", "date", "device_type", "value", "unit")):
            self.rows += 1
            try:
                patient, when, kind, text, unit = fields
                vital = _VITALS[kind]
                name = f"{vital.device}/{vital.quantity}"
                self._add(patient, when, name, _value(text, unit, vital), vital.unit)
            except KeyError as error:
                self._refuse(path, line, f"{error} is not a known kind of measurement")
            except ValueError as error:
                self._refuse(path, line, str(error))

    def _add(self, patient: str, when: str, name: str, value: float, unit: str) -> None:
        if not patient or not _PLAIN.issuperset(patient):
            raise ValueError(f"{patient!r} is not a patient's id")
        at_ms = self._times.milliseconds(when)
        builder = self.builders.get(patient)
        if builder is None:
            builder = self.builders[patient] = TrackBuilder()
        builder.add(at_ms, name, value, unit)

    def _refuse(self, path: Path, line: int, reason: str) -> None:
        self.refused.append(Refusal(path.name, line, reason))


def read(path: Path) -> Recording:
    """Read the folder (or one of its two data files); raises `RecordingError` if it holds no TIHM."""
    folder = path if path.is_dir() else path.parent
    wanted = {
        stem: find(folder, f"{stem}.csv") if path.is_dir() else (path if path.name.startswith(stem) else None)
        for stem in ("Activity", "Physiology")
    }
    if not any(wanted.values()):
        raise RecordingError(
            f"There is no Activity.csv and no Physiology.csv (or .csv.gz) in {folder.name}.",
            advice="name the folder that holds the files of TIHM",
        )
    reader = _Reader()
    if wanted["Activity"]:
        reader.activity(wanted["Activity"])
    if wanted["Physiology"]:
        reader.physiology(wanted["Physiology"])
    notes = [f"{stem}.csv is not there" for stem, found in wanted.items() if found is None]
    demographics = find(folder, "Demographics.csv")
    persons = dict(_persons(demographics, reader.refused)) if demographics else {}
    if demographics is None:
        notes.append("Demographics.csv is not there: age and sex are not known")
    homes, identical = [], 0
    for patient in sorted(reader.builders):
        track, same = reader.builders[patient].build()
        identical += same
        homes.append(RecordedHome(_home(patient, track.names, persons.get(patient, {})), track))
    return Recording(homes, reader.rows, identical, reader.refused, notes)


def labels(folder: Path) -> tuple[list[Label], list[Refusal]]:
    """Return the labels of a folder in order of time, and the rows that are none.

    Raises `RecordingError` if there is no `Labels.csv` or it has other columns.
    """
    path = find(folder, "Labels.csv")
    if path is None:
        raise RecordingError(
            f"There is no Labels.csv (or .csv.gz) in {folder.name}.",
            advice="name the folder that holds the files of TIHM",
        )
    found, refused = [], []
    for line, fields in csv_rows(path, ("patient_id", "date", "type")):
        try:
            patient, when, kind = exactly(3, fields)
            found.append(Label(patient, datetime.fromisoformat(when).replace(tzinfo=UTC), kind))
        except ValueError as error:
            refused.append(Refusal(path.name, line, str(error)))
    return sorted(found, key=lambda label: label.at), refused


def _value(text: str, unit: str, vital: _Vital) -> float:
    if unit != vital.unit_there:
        raise ValueError(f"{vital.quantity} in {unit!r}, not in {vital.unit_there!r}")
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a finite number")
    return value


def _persons(path: Path, refused: list[Refusal]) -> Iterator[tuple[str, dict[str, Any]]]:
    for line, fields in csv_rows(path, ("patient_id", "age", "sex")):
        if len(fields) != 3:  # noqa: PLR2004 - the columns above
            refused.append(Refusal(path.name, line, "the row has not three fields"))
            continue
        patient, age, sex = fields
        person: dict[str, Any] = {}
        year = middle_birth_year(age, YEAR)
        if year is not None:
            person["birth_year"] = year
        if sex.lower() in ("female", "male"):
            person["sex"] = sex.lower()
        yield patient, person


def _home(patient: str, names: list[str], person: dict[str, Any]) -> dict[str, Any]:
    present = [device for key, device in _DEVICES.items() if any(name.startswith(f"{key}/") for name in names)]
    rooms = [room for room in _ROOMS if any(device.room == room for device in present)]
    return {
        "key": f"tihm-{patient}",
        "name": f"TIHM {patient}",
        "timezone": ZONE.key,
        "rooms": [{"key": room, "kind": str(_ROOMS[room][0]), "name": _ROOMS[room][1]} for room in rooms],
        "persons": [{"key": f"tihm-{patient}", "name": f"TIHM {patient}", **person}],
        "gateway": f"gw-tihm-{patient}",
        "devices": [
            {**device._asdict(), "place": str(device.place), "quantities": list(device.quantities)}
            for device in present
        ],
    }
