"""The layout of TIHM (Palermo et al., Scientific Data 2023), for programs that read that data set.

`Activity.csv` (patient_id, location_name, date), `Physiology.csv` (patient_id, date, device_type, value, unit),
`Demographics.csv` (patient_id, age, sex) and `Labels.csv` (patient_id, date, type). Times of activity and physiology
are local ones without a zone, those of labels UTC, as there. It knows eight places and eight kinds of measurements;
what is neither is in the other tables alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from core.places import Place, RoomKind
from core.vocabulary import PRESENCE, Flag

HEADS: Mapping[str, tuple[str, ...]] = {
    "Activity": ("patient_id", "location_name", "date"),
    "Physiology": ("patient_id", "date", "device_type", "value", "unit"),
    "Demographics": ("patient_id", "age", "sex"),
    "Labels": ("patient_id", "date", "type"),
}
_ROOMS = {
    RoomKind.KITCHEN: "Kitchen",
    RoomKind.HALL: "Hallway",
    RoomKind.ENTRANCE: "Hallway",
    RoomKind.LIVING: "Lounge",
    RoomKind.BEDROOM: "Bedroom",
    RoomKind.BATHROOM: "Bathroom",
}
_DOORS = {Place.ENTRANCE_DOOR: "Front Door", Place.FRIDGE: "Fridge Door"}
_MEASURED = {
    "body_temperature": ("Body Temperature", "Cel"),
    "skin_temperature": ("Skin Temperature", "Cel"),
    "systolic_pressure": ("Systolic blood pressure", "mm[Hg]"),
    "diastolic_pressure": ("Diastolic blood pressure", "mm[Hg]"),
    "heart_rate": ("Heart rate", "beats/min"),
    "body_weight": ("Body weight", "kg"),
    "body_water": ("Total body water", "%"),
    "muscle_mass": ("O/E - muscle mass", "kg"),
}
Row = Mapping[str, Any]


def activity(events: Iterable[Row], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    """Yield an activation for each event that is one: somebody was seen, a door was opened."""
    for row in events:
        location = _location(row)
        if location:
            yield row["subject"], location, _local(row, zone)


def _location(row: Row) -> str:
    quantity, value, place = row["quantity"], row["value"], row["place"]
    if quantity in PRESENCE and value > 0:
        return _ROOMS.get(row["room"], "")
    if (quantity == "contact" and value == 0) or (quantity == "opening" and value > 0):
        return _DOORS.get(place, "")
    return ""


def physiology(measurements: Iterable[Row], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    """Yield a measurement for each that TIHM knows and that is plausible."""
    for row in measurements:
        if row["quantity"] in _MEASURED and not row["flags"] & Flag.OUT_OF_RANGE:
            kind, unit = _MEASURED[row["quantity"]]
            yield row["subject"], _local(row, zone), kind, repr(float(row["value"])), unit


def demographics(residents: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """Yield who lives in a home where somebody lives alone: a patient of TIHM is one person."""
    found = list(residents)
    if len(found) == 1:
        (only,) = found
        yield only["subject"], only["age_band"], (only["sex"] or "").capitalize()


def labels(alerts: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """Yield a label for each alert for which attention was needed, in an operator's judgement."""
    for row in alerts:
        if row["outcome"] == "true":
            yield row["subject"], f"{row['happened_at']:%Y-%m-%d %H:%M:%S}", row["kind"]


def _local(row: Row, zone: ZoneInfo) -> str:
    return f"{row['at'].astimezone(zone):%Y-%m-%d %H:%M:%S}"
