"""Activities of Daily Living Recognition Using Binary Sensors (Ordóñez et al., Sensors 2013): two homes in Spain.

`OrdonezA_Sensors.txt`: start and end of each activation, place, type and room, in columns padded with tabs.
"""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from core.places import Place
from gateway.recordings.intervals import IntervalHome, IntervalSensor
from gateway.recordings.recording import LocalTimes, Recording, RecordingError, Refusal, exactly, find, lines_of

ZONE = ZoneInfo("Europe/Madrid")
_HEADER_LINES = 2
_FIELDS = 5
_SEPARATOR = re.compile(r"\t+")
_QUANTITIES: dict[tuple[str, str], str] = {
    ("pressure", "bed"): "bed_occupancy",
    ("pressure", "seat"): "chair_occupancy",
}
_QUANTITIES_BY_TYPE: dict[str, str] = {
    "pir": "occupancy",
    "magnetic": "contact",
    "flush": "toilet_flush",
    "electric": "appliance_on",
}
_PLACES: dict[str, Place] = {
    "maindoor": Place.ENTRANCE_DOOR,
    "door": Place.INNER_DOOR,
    "fridge": Place.FRIDGE,
    "cupboard": Place.CUPBOARD,
    "cabinet": Place.CUPBOARD,
    "basin": Place.WASHBASIN,
    "shower": Place.SHOWER,
    "toilet": Place.TOILET,
    "cooktop": Place.STOVE,
    "microwave": Place.MICROWAVE,
    "bed": Place.BED,
    "seat": Place.CHAIR,
}


def read(path: Path) -> Recording:
    """Read the folder or one sensor file; raises `RecordingError` if there is none or one is malformed."""
    notes: list[str] = []
    files: list[tuple[str, Path]] = []
    for letter in ("A", "B"):
        name = f"Ordonez{letter}_Sensors.txt"
        found = find(path, name) if path.is_dir() else (path if path.name.startswith(name) else None)
        if found:
            files.append((letter, found))
        else:
            notes.append(f"{name} is not there: home {letter} is left out")
    if not files:
        raise RecordingError(
            f"There is no OrdonezA_Sensors.txt and no OrdonezB_Sensors.txt in {path.name}.",
            advice="name the folder that holds the files of the data set",
        )
    homes, rows, identical = [], 0, 0
    refused: list[Refusal] = []
    for letter, file in files:
        home = IntervalHome(f"ordonez-{letter.lower()}", f"Ordóñez {letter}", ZONE.key, "Ordóñez binary sensor")
        rows += _read_file(file, home, refused)
        identical += home.identical
        homes.append(home.build())
    return Recording(homes, rows, identical, refused, notes)


def _read_file(file: Path, home: IntervalHome, refused: list[Refusal]) -> int:
    rows = 0
    times = LocalTimes(ZONE)
    for line, text in lines_of(file):
        if line == 1 and not text.startswith("Start time"):
            raise RecordingError(
                f"{file.name}, line 1: the heading of a sensor file is missing.",
                advice="check that this is the original file",
            )
        if line <= _HEADER_LINES or not text.strip():
            continue
        rows += 1
        fields = [part.strip() for part in _SEPARATOR.split(text.strip())]
        try:
            start, end, location, kind, room = exactly(_FIELDS, fields)
            home.add(_sensor(location, kind, room), times.milliseconds(start), times.milliseconds(end))
        except ValueError as error:
            refused.append(Refusal(file.name, line, str(error)))
    return rows


def _sensor(location: str, kind: str, room: str) -> IntervalSensor:
    place, type_, where = location.lower(), kind.lower(), room.lower()
    quantity = _QUANTITIES.get((type_, place)) or _QUANTITIES_BY_TYPE.get(type_)
    if quantity is None:
        raise ValueError(f"a sensor of type {kind!r} at {location!r} is not known")
    # The same word stands for two doors in two rooms (home B).
    return IntervalSensor(f"{place}-{where}", f"{location}, {room}", where, str(_PLACES.get(place, "")), quantity)
