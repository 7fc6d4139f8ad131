"""The page on indicators is what the code says, and says all there is to say of each."""

from pathlib import Path

import pytest

from analytics.indicators import INDICATORS
from cli import indicators
from cli.indicators import PARTS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "indicators.md"


def test_the_page_is_what_the_command_prints() -> None:
    assert PAGE.read_text(encoding="utf-8").strip() == indicators.page().strip(), (
        "run: vicino indicators > docs/reference/indicators.md"
    )


@pytest.mark.parametrize("kind", list(INDICATORS))
def test_every_indicator_says_how_it_is_computed_after_whom_and_on_what_it_rests(kind: str) -> None:
    indicator = INDICATORS[kind]
    assert indicator.formula.endswith(".")
    assert indicator.source
    assert indicator.rests_on
    assert indicator.value.__doc__ or indicator.value.__name__ in ("median", "hours", "minutes")
    assert f"`{kind}`" in indicators.page()


def test_parts_begin_with_indicators_that_there_are() -> None:
    assert set(PARTS) <= set(INDICATORS)
    assert next(iter(PARTS)) == next(iter(INDICATORS))
