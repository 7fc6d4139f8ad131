"""The pages on topics and on kinds of alerts say what the code says, and all of it."""

import re
from pathlib import Path

import pytest

from alerts.lifecycle import Family
from alerts.wording import TITLES, TRIAL, title
from analytics.change.domains import DOMAIN_OF
from analytics.rules.protocol import Mode
from analytics.rules.standing import default
from core.messages import BatchProperties
from core.topics import ROOT, SERVICE_TRAFFIC, TRAFFIC
from core.vocabulary import CALLS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
TOPICS = (REFERENCE / "topics.md").read_text(encoding="utf-8")
KINDS = (REFERENCE / "alert-kinds.md").read_text(encoding="utf-8")
SECTIONS = {
    Family(part.split(":")[0].strip().lower()): part.partition("\n")[2]
    for part in re.split(r"^## ", KINDS, flags=re.MULTILINE)[1:]
}
MODES = {Mode.ACTIVE: "on", Mode.SHADOW: "on trial", Mode.OFF: "off"}


def rows(text: str) -> list[list[str]]:
    """Return the cells of the rows that begin with something in code."""
    return [
        [cell.strip() for cell in row.strip("| ").split(" | ")] for row in re.findall(r"^\| `.*$", text, re.MULTILINE)
    ]


def kinds(family: Family) -> dict[str, list[str]]:
    return {cells[0].strip("`").replace("*", "body_weight"): cells[1:] for cells in rows(SECTIONS[family])}


def test_topics_are_those_of_which_the_rights_are_made() -> None:
    described = {
        name.strip("`"): (publisher, frozenset(readers.split(", ")))
        for name, publisher, readers, *_ in (cells for cells in rows(TOPICS) if "/" in cells[0])
    }
    there_are = {f"{ROOT}/{{gateway}}/{leaf}": traffic for leaf, traffic in TRAFFIC.items()} | dict(SERVICE_TRAFFIC)
    assert described == {
        name: (str(traffic.publisher), frozenset(map(str, traffic.readers))) for name, traffic in there_are.items()
    }


def test_properties_of_batches_are_those_that_are_sent() -> None:
    described = {name for cells in rows(TOPICS) if "/" not in cells[0] for name in re.findall(r"`(\w+)`", cells[0])}
    assert described == {name for name, _ in BatchProperties("b", 1, 0.0, "synced").as_user_properties()}


def test_every_kind_is_described_and_nothing_else() -> None:
    vital = {kind for kind in TITLES if kind.startswith("vital_")} - {"vital_body_weight"}
    assert set().union(*(kinds(family) for family in Family)) == TITLES.keys() - vital - {TRIAL}
    assert kinds(Family.SAFETY).keys() == CALLS


def test_every_change_is_described() -> None:
    listed = re.search(r"The others that tell changes: ([^.]*)\.", KINDS)
    assert listed
    assert set(re.findall(r"`(\w+)`", listed[1])) == DOMAIN_OF.keys() - TITLES.keys()
    assert DOMAIN_OF.keys() & TITLES.keys() <= kinds(Family.WELLBEING).keys()


@pytest.mark.parametrize("family", list(Family))
def test_kinds_are_called_what_people_read(family: Family) -> None:
    for kind, (italian, english, *_) in kinds(family).items():
        assert (italian, english) == (title(kind, family, "it"), title(kind, family, "en"))


def test_what_is_on_as_delivered_is_said() -> None:
    told = {kind: cells[3] for kind, cells in kinds(Family.WELLBEING).items() if len(cells) > 3}
    rules = {kind: "vital_signs" if kind.startswith("vital_") else kind for kind in told}
    assert told == {kind: MODES[default(rule).mode] for kind, rule in rules.items()}
