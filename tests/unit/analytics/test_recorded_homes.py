"""Agreement with what residents noted, in homes that were recorded: docs/reference/recorded.md states these figures."""

from pathlib import Path
from statistics import median

import pytest

from analytics.episodes import bathroom, kitchen, outing, sleep
from analytics.frames import HOUR, MINUTE, Span, overlap
from tests.unit.analytics.recorded import Recorded, kasteren_home, mealtimes, ordonez_home, touching

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "recorded.md"
TIMES = [5, 11, 16, 17, 23]


@pytest.fixture(scope="module")
def ordonez(shared_data) -> Recorded:
    return ordonez_home(shared_data)


@pytest.fixture(scope="module")
def kasteren(shared_data) -> Recorded:
    return kasteren_home(shared_data, "A")


def stated(line: str) -> bool:
    """Tell whether the page states a row of figures."""
    return line in PAGE.read_text(encoding="utf-8")


def nights(home: Recorded) -> tuple[int, int, list[float], list[float]]:
    """Nights that were noted and found, and by how many minutes their beginnings and ends differ."""
    noted = home.noted("sleep", least=2 * HOUR)
    begins, ends = [], []
    for span in noted:
        one = max(home.found(sleep.KIND), key=lambda e: overlap(Span(e.start, e.end), span))
        if overlap(Span(one.start, one.end), span):
            begins.append(abs(one.start - span.start) / MINUTE)
            ends.append(abs(one.end - span.end) / MINUTE)
    return len(noted), len(begins), begins, ends


def row(home: Recorded, name: str) -> str:
    total, found, begins, ends = nights(home)
    within = sum(b <= 30 and e <= 60 for b, e in zip(begins, ends, strict=True))
    return f"| {name} | {total} | {found} | {median(begins):.0f} min | {median(ends):.0f} min | {within} |"


def test_sleep(ordonez, kasteren) -> None:
    assert nights(ordonez)[1] == nights(ordonez)[0] == 14
    assert nights(kasteren)[1] >= 0.9 * nights(kasteren)[0]
    assert median(nights(kasteren)[2]) <= 5
    assert stated(row(ordonez, "Ordóñez A, sensor in the bed")), row(ordonez, "Ordóñez A, sensor in the bed")
    assert stated(row(kasteren, "van Kasteren A, bedroom door only")), row(
        kasteren, "van Kasteren A, bedroom door only"
    )


@pytest.mark.parametrize("name", ["Ordóñez A", "van Kasteren A"])
def test_bathroom_and_outings(ordonez, kasteren, name) -> None:
    home = ordonez if name == "Ordóñez A" else kasteren
    for what, noted, kind, share in (
        ("in the bathroom", home.noted("toilet", "wash"), bathroom.KIND, 0.95),
        ("out, 15 minutes and more", home.noted("out", least=outing.SHORTEST), outing.KIND, 0.95),
    ):
        found = home.found(kind)
        hit = touching(noted, found)
        right = sum(any(overlap(Span(e.start - 2 * MINUTE, e.end + 2 * MINUTE), span) for span in noted) for e in found)
        assert hit >= share * len(noted)
        line = f"| {name} | {what} | {len(noted)} | {hit} | {len(found)} | {right} |"
        assert stated(line), line


@pytest.mark.parametrize("name", ["Ordóñez A", "van Kasteren A", "van Kasteren B"])
def test_meals(shared_data, ordonez, kasteren, name) -> None:
    homes = {"Ordóñez A": ordonez, "van Kasteren A": kasteren}
    home = homes.get(name) or kasteren_home(shared_data, "B")
    noted = mealtimes(home.noted("meal"), home.zone, TIMES)
    found = mealtimes([Span(e.start, e.end) for e in home.found(kitchen.MEAL)], home.zone, TIMES)
    assert len(noted & found) >= 0.9 * len(noted)
    line = f"| {name} | {len(noted)} | {len(noted & found)} | {len(found - noted)} |"
    assert stated(line), line


def test_time_out(ordonez, kasteren) -> None:
    for home, name in ((ordonez, "Ordóñez A"), (kasteren, "van Kasteren A")):
        noted = sum(span.length for span in home.noted("out", least=outing.SHORTEST)) / HOUR
        found = sum(e.end - e.start for e in home.found(outing.KIND)) / HOUR
        line = f"| {name} | {noted:.1f} h | {found:.1f} h |"
        assert stated(line), line
