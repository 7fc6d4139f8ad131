"""The pictures in the documentation are those that the command makes, and each is there."""

import struct
from pathlib import Path

from tests.screenshots.__main__ import FOLDER, listed
from tests.screenshots.views import VIEWS

LARGEST = 250_000  # bytes


def test_each_picture_is_there_and_no_other() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *(f"{view.name}.png" for view in VIEWS)}
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == listed()


def test_each_is_as_wide_as_its_screen() -> None:
    for view in VIEWS:
        assert _width(FOLDER / f"{view.name}.png") == view.screen.width, view.name


def test_none_is_too_large_to_keep() -> None:
    sizes = {view.name: (FOLDER / f"{view.name}.png").stat().st_size for view in VIEWS}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def _width(picture: Path) -> int:
    with picture.open("rb") as opened:
        start = opened.read(24)
    assert start[:8] == b"\x89PNG\r\n\x1a\n", picture
    width: int = struct.unpack(">I", start[16:20])[0]
    return width
