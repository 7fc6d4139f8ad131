import numpy as np
import pytest

from analytics.detectors.protocol import Detector
from analytics.detectors.sudden import Sudden
from analytics.rules.leaving import NightAbsence
from analytics.rules.vital_signs import OwnRange
from analytics.rules.warmth import OwnTemperature
from tests.unit.analytics.checks import check_detector

VISITS = np.array([0, 1, 1, 0, 1, 2, 1, 0, 0, 1, 1, 1, 2, 1, 0, 1, 1, 0, 1, 1], dtype=float)
HOURS = np.array([0.6, 1.1, 0.9, 1.6, 0.0, 0.8, 1.2, 1.4, 0.7, 1.0, 1.3, 0.9, 2.1, 0.8, 1.1, 0.0, 1.5])
PULSE = np.array([70, 72, 69, 71, 74, 68, 70, 73, 71, 69, 70, 72, 75, 70, 71, 68, 70, 72], dtype=float)
CELSIUS = np.array([20.0, 20.4, 19.8, 20.1, 20.3, 19.9, 20.0, 20.2, 20.5, 19.7, 20.0, 20.1, 20.2, 20.0, 19.9, 20.1])
NIGHTS = np.array([0, 0, 10, 0, 0, 15, 0, 0, 0, 12, 0, 0, 15, 0, 0, 0, 0, 14, 0, 0], dtype=float)


@pytest.mark.parametrize(
    ("fresh", "calm", "changed"),
    [
        (Sudden(0.75, 2.0), VISITS, 6.0),
        (Sudden(0.5, 1.5), HOURS, 6.5),
        (OwnRange(3.0, 15.0), PULSE, 120.0),
        (OwnRange(3.0, 15.0), PULSE, 40.0),
        (OwnTemperature(-1, 2.0), CELSIUS, 16.5),
        (OwnTemperature(1, 2.0), CELSIUS, 24.5),
        (NightAbsence(15, 1.5), NIGHTS, 25.0),
        (NightAbsence(15, 1.5), np.zeros(20), 15.0),
    ],
    ids=[
        "sudden visits",
        "sudden stillness",
        "own range upwards",
        "own range downwards",
        "cold",
        "heat",
        "absence of somebody who is out",
        "absence of somebody who never is",
    ],
)
def test_a_detector_passes_the_common_checks(fresh: Detector, calm: np.ndarray, changed: float) -> None:
    check_detector(fresh, calm, changed)
