from datetime import date
from xml.etree import ElementTree as ET

import pytest

from dashboards.pictures.calendar import HEAD, LANE, NARROWEST, Bar, Strip, calendar_picture

STRIP = Strip(date(2026, 3, 1), 56, 0.75, [(0, "1 mar"), (14, "15 mar")])


def drawn(bars: list[Bar], lanes: int = 1) -> ET.Element:
    picture = calendar_picture(STRIP, lanes, bars, title="Weeks", description="Away: since <Monday> & on")
    return ET.fromstring(picture)  # noqa: S314 - our own


def test_the_picture_says_in_words_what_it_shows() -> None:
    root = drawn([Bar(0, 0.5, 0.75, "said")])
    texts = [one.text for one in root.iter() if one.text]
    assert texts == ["Weeks", "Away: since <Monday> & on", "1 mar", "15 mar"]
    assert "style" not in {name for one in root.iter() for name in one.attrib}


@pytest.mark.parametrize(
    "bar", [Bar(0, 0, 0, "asked"), Bar(0, 1, 1, "said"), Bar(0, 0.5, 0.5001, "said"), Bar(1, 0.2, 0.9, "said")]
)
def test_a_bar_can_be_seen_and_stays_on_the_strip(bar: Bar) -> None:
    (found,) = [one for one in drawn([bar], 2).iter() if one.get("class") == f"context-{bar.look}"]
    left, width = (float(found.attrib[name].rstrip("%")) / 100 for name in ("x", "width"))
    assert width >= NARROWEST - 1e-6
    assert 0 <= left <= left + width <= 1 + 1e-6
    assert HEAD + LANE * bar.lane <= float(found.attrib["y"]) <= HEAD + LANE * (bar.lane + 1)
