import numpy as np
import pytest

from analytics.detectors.protocol import Detector
from analytics.detectors.sudden import Sudden
from tests.unit.analytics.checks import check_detector

VISITS = np.array([0, 1, 1, 0, 1, 2, 1, 0, 0, 1, 1, 1, 2, 1, 0, 1, 1, 0, 1, 1], dtype=float)
HOURS = np.array([0.6, 1.1, 0.9, 1.6, 0.0, 0.8, 1.2, 1.4, 0.7, 1.0, 1.3, 0.9, 2.1, 0.8, 1.1, 0.0, 1.5])


@pytest.mark.parametrize(
    ("fresh", "calm", "changed"),
    [(Sudden(0.75, 2.0), VISITS, 6.0), (Sudden(0.5, 1.5), HOURS, 6.5)],
    ids=["sudden visits", "sudden stillness"],
)
def test_a_detector_passes_the_common_checks(fresh: Detector, calm: np.ndarray, changed: float) -> None:
    check_detector(fresh, calm, changed)
