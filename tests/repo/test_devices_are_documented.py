"""The pages on models of devices are what the catalogue says."""

from pathlib import Path

from cli import device_pages

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "devices"


def test_the_pages_are_up_to_date() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    assert written == device_pages.pages(), "run: vicino devices catalogue"
