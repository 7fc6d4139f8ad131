"""Van Kasteren's homes (Accurate Activity Recognition in a Home Setting, UbiComp 2008) as later republished.

`houseA.sensors`: start in seconds since 1970, duration in seconds, id of the sensor; `houseA.sensor_names` says what
each id is, in English or Dutch. The homes are in the Netherlands.
"""

import re
from pathlib import Path
from typing import NamedTuple

from core.places import Place
from gateway.recordings.intervals import IntervalHome, IntervalSensor
from gateway.recordings.recording import Recording, RecordingError, Refusal, exactly, find, lines_of

_TIMEZONE = "Europe/Amsterdam"
_SUFFIX = ".sensors"
_FIELDS = 3


class _Kind(NamedTuple):
    room: str
    place: str
    quantity: str


# The first pattern that is found in a sensor's name decides.
_KINDS: tuple[tuple[re.Pattern[str], _Kind], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), _Kind(kind[0], str(kind[1]), kind[2]))
    for pattern, kind in (
        (r"pir.*(slaapkamer|bedroom)", ("bedroom", "", "occupancy")),
        (r"pir.*(badkamer|bathroom)", ("bathroom", "", "occupancy")),
        (r"pir.*(keuken|kitchen)", ("kitchen", "", "occupancy")),
        (r"pir.*(woonkamer|living)", ("living", "", "occupancy")),
        (r"press.*bed|bed.*press", ("bedroom", Place.BED, "bed_occupancy")),
        (r"press.*(couch|bank|chair|stoel)", ("living", Place.CHAIR, "chair_occupancy")),
        (r"toilet.*flush|flush", ("toilet", Place.TOILET, "toilet_flush")),
        (r"front ?door|voordeur", ("hall", Place.ENTRANCE_DOOR, "contact")),
        (r"toilet.*door|door.*toilet", ("toilet", Place.INNER_DOOR, "contact")),
        (r"bathroom.*door|badkamer.*deur", ("bathroom", Place.INNER_DOOR, "contact")),
        (r"bedroom.*door|slaapkamer.*deur", ("bedroom", Place.INNER_DOOR, "contact")),
        (r"balcony|balkon", ("living", "", "contact")),
        (r"fridge|koelkast", ("kitchen", Place.FRIDGE, "contact")),
        (r"freezer|vriezer", ("kitchen", "", "contact")),
        (r"microwave|magnetron", ("kitchen", Place.MICROWAVE, "contact")),
        (r"dishwasher|vaatwasser", ("kitchen", "", "contact")),
        (r"washing ?machine|wasmachine", ("bathroom", Place.WASHING_MACHINE, "contact")),
        (r"toaster|broodrooster", ("kitchen", "", "appliance_on")),
        (r"gootsteen|sink", ("kitchen", "", "appliance_on")),
        (r"stove|fornuis", ("kitchen", Place.STOVE, "contact")),
        (r"cutl[ea]ry|drawer|lade", ("kitchen", Place.CUPBOARD, "contact")),
        (r"dresser|wardrobe|kledingkast", ("bedroom", Place.CUPBOARD, "contact")),
        (r"cupboard|kast", ("kitchen", Place.CUPBOARD, "contact")),
    )
)


def read(path: Path) -> Recording:
    """Read the folder or one `.sensors` file; raises `RecordingError` if there is none or one is malformed."""
    if path.is_dir():
        files = sorted({*path.glob(f"*{_SUFFIX}"), *path.glob(f"*{_SUFFIX}.gz")})
    else:
        files = [path] if path.is_file() and _SUFFIX in path.name else []
    if not files:
        raise RecordingError(
            f"There is no file of the kind houseA.sensors in {path.name}.",
            advice="name the folder that holds the files of the data set",
        )
    homes, rows, identical = [], 0, 0
    refused: list[Refusal] = []
    notes: list[str] = []
    for file in files:
        house = file.name.split(_SUFFIX, maxsplit=1)[0]
        names_file = find(file.parent, f"{house}.sensor_names")
        if names_file is None:
            notes.append(f"{house}.sensor_names is not there: nobody can tell what its sensors are, it is left out")
            continue
        key = house.lower().removeprefix("house").strip("-_ ")
        home = IntervalHome(f"kasteren-{key}", f"Kasteren {key.upper()}", _TIMEZONE, "Kasteren binary sensor")
        rows += _read_file(file, _sensors(names_file), home, refused)
        identical += home.identical
        homes.append(home.build())
    return Recording(homes, rows, identical, refused, notes)


def _sensors(file: Path) -> dict[str, IntervalSensor]:
    found: dict[str, IntervalSensor] = {}
    for line, text in lines_of(file):
        if not text.strip():
            continue
        id_, tab, name = text.partition("\t")
        if not tab:
            raise RecordingError(f"{file.name}, line {line}: an id, a tab and a name are expected.")
        kind = next((kind for pattern, kind in _KINDS if pattern.search(name)), None)
        if kind is not None:
            found[id_] = IntervalSensor(f"sensor-{id_}", name.strip(), *kind)
    return found


def _read_file(file: Path, sensors: dict[str, IntervalSensor], home: IntervalHome, refused: list[Refusal]) -> int:
    rows = 0
    for line, text in lines_of(file):
        if not text.strip():
            continue
        rows += 1
        fields = text.split()
        try:
            start, duration, id_ = exactly(_FIELDS, fields)
            start_ms = int(start) * 1000
            home.add(sensors[id_], start_ms, start_ms + int(duration) * 1000)
        except KeyError:
            refused.append(Refusal(file.name, line, f"what sensor {id_} is, the file of names does not say"))
        except ValueError as error:
            refused.append(Refusal(file.name, line, str(error)))
    return rows
