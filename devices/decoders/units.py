"""Units that devices use and we do not."""

KG_PER_POUND = 0.453_592_37
POUNDS_PER_STONE = 14
HECTOPASCALS_PER_MMHG = 1.333_223_87
HECTOPASCALS_PER_INHG = 33.863_886_67
HECTOPASCALS_PER_PSI = 68.947_572_9
KELVIN_OF_FREEZING = 273.15
_FREEZING_F, _FAHRENHEIT_STEP = 32.0, 1.8
# Somebody weighs more than this; what weighs less is luggage or a pet.
_LIGHTEST_PERSON_KG = 20.0


def celsius(fahrenheit: float) -> float:
    """Return a temperature in °C."""
    return round((fahrenheit - _FREEZING_F) / _FAHRENHEIT_STEP, 4)


def kelvin_to_celsius(kelvin: float) -> float:
    """Return a temperature in °C."""
    return round(kelvin - KELVIN_OF_FREEZING, 3)


def person_kg(weight: float) -> float | None:
    """Return a weight in kg that can be a person's; None for one that cannot."""
    return weight if weight >= _LIGHTEST_PERSON_KG else None
