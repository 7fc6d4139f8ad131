from core import vocabulary
from core.vocabulary import Flag, Retention

# Ids as they were released. A line may be added; one that is changed or removed breaks every stored series.
RELEASED = {
    1: "occupancy", 2: "motion", 3: "contact", 4: "opening", 5: "bed_occupancy", 6: "chair_occupancy", 7: "vibration",
    8: "toilet_flush", 9: "appliance_on", 10: "presence", 20: "sos_button", 21: "smoke", 22: "gas",
    23: "carbon_monoxide", 24: "water_leak", 25: "fall",
    26: "sos_cancelled", 27: "contact_told", 40: "temperature", 41: "humidity", 42: "illuminance",
    43: "carbon_dioxide", 44: "pressure", 45: "power", 46: "energy", 47: "gas_volume", 48: "gas_concentration",
    49: "gas_lel", 50: "carbon_monoxide_concentration", 51: "smoke_level", 52: "light_level", 53: "vibration_strength",
    54: "outdoor_temperature", 55: "sound_level", 56: "particulate_matter_2_5", 57: "particulate_matter_10",
    60: "body_weight", 61: "systolic_pressure",
    62: "diastolic_pressure", 63: "heart_rate", 64: "body_temperature", 65: "skin_temperature",
    66: "oxygen_saturation", 67: "respiratory_rate", 68: "body_water", 69: "muscle_mass", 80: "battery",
    81: "battery_low", 82: "voltage", 83: "link_quality", 84: "signal_strength", 85: "tamper", 86: "mains_power",
    87: "charging", 88: "reachable", 89: "device_temperature", 90: "haptic_feedback",
    95: "missed_reports",
}  # fmt: skip


def test_ids_stay_what_they_were() -> None:
    assert {quantity.id: quantity.name for quantity in vocabulary.QUANTITIES} == RELEASED


def test_ids_and_names_are_unique_and_fit_the_column() -> None:
    assert len(vocabulary.BY_ID) == len(vocabulary.BY_NAME) == len(vocabulary.QUANTITIES)
    assert all(0 < quantity.id < 2**15 for quantity in vocabulary.QUANTITIES)


def test_safety_readings_are_kept_with_the_events() -> None:
    safety = [quantity for quantity in vocabulary.QUANTITIES if quantity.safety]
    assert {quantity.name for quantity in safety} >= {"sos_button", "smoke", "gas", "water_leak", "fall"}
    assert {quantity.retention for quantity in safety} == {Retention.EVENT}


def test_a_value_outside_the_range_is_flagged() -> None:
    temperature = vocabulary.BY_NAME["body_temperature"]
    assert vocabulary.flags_of(temperature, 36.6) is Flag.NONE
    assert vocabulary.flags_of(temperature, 74.1) is Flag.OUT_OF_RANGE
    assert vocabulary.flags_of(temperature, -1) is Flag.OUT_OF_RANGE
