"""What the information sheet promises, as far as the repository can show it: no eyes, no ears, times that are set."""

import re
from pathlib import Path

from alerts.settings import AlertSettings
from analytics.settings import AnalyticsSettings
from core.vocabulary import QUANTITIES
from dashboards.settings import DashboardSettings
from devices.models import kinds, models
from ingest.settings import IngestSettings

PRIVACY = Path(__file__).parents[2] / "docs" / "privacy"
RECORD = (PRIVACY / "record-of-processing.md").read_text(encoding="utf-8")
KEEPING = (IngestSettings, AnalyticsSettings, AlertSettings, DashboardSettings)
# A level of loudness takes a microphone, though no sound leaves the device.
OF_SOUND = "sound_level"
EYES_AND_EARS = re.compile(
    r"telecamera|videocamera|webcam|microphone|microfon|\bvideo\b|\baudio\b|doorbell", re.IGNORECASE
)


def test_no_model_in_the_catalogue_sees_or_hears() -> None:
    assert {model.model for model in models() if OF_SOUND in model.quantities} == set()
    assert {model.model for model in models() if EYES_AND_EARS.search(str(model))} == set()
    assert not {name for name in kinds() if EYES_AND_EARS.search(name)}


def test_no_language_of_devices_is_read_for_how_loud_it_is() -> None:
    readers = sorted((PRIVACY.parents[1] / "devices" / "decoders").rglob("*.py"))
    assert len(readers) > 10
    assert [path.name for path in readers if OF_SOUND in path.read_text(encoding="utf-8")] == []


def test_nothing_that_can_be_stored_is_a_picture_or_speech() -> None:
    assert not {each.name for each in QUANTITIES if re.search("image|picture|video|voice|speech|sound", each.name)} - {
        OF_SOUND
    }


def test_times_in_the_record_are_the_defaults_of_the_settings() -> None:
    said = dict(re.findall(r"\| `(VICINO_(?:RETENTION_\w+|REJECT)_DAYS)` \| (\d+)", RECORD))
    fields = {f"VICINO_{name.upper()}": field for each in KEEPING for name, field in each.model_fields.items()}
    assert said == {name: str(field.default) for name, field in fields.items() if "RETENTION" in name or name in said}
