"""The index of a person's own copy: what there is in plain words, to be read on paper and in large letters."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.translation import mark
from dashboards.own_copy.parts import GROUPS
from dashboards.rendering import Renderer
from dashboards.sharing import CAPACITIES, page_of
from dashboards.wording import Words
from registry.agreement import BASES, PLAIN, PURPOSES, Basis, Capacity, Data, Purpose

TEMPLATE = "own_copy.html"


class Shelf(NamedTuple):
    """What was put into the archive: how many rows of each part, and the last ones of those that the index shows."""

    counts: dict[str, int]
    rows: dict[str, list[dict[str, Any]]]


class Shown(NamedTuple):
    """A part that can be read in the index: its heading, its columns, and how a row is worded."""

    heading: str
    columns: tuple[str, ...]
    worded: Callable[[Mapping[str, Any], "Teller"], tuple[str, ...]]


class Teller(NamedTuple):
    """Words things in a language, by the clock of a home."""

    words: Words
    zone: ZoneInfo
    now: datetime

    def at(self, instant: str | None) -> str:
        """Return when something was; "" where that is not known."""
        return "" if instant is None else self.words.moment(datetime.fromisoformat(instant), self.zone, self.now)

    def explained(self, row: Mapping[str, Any], name: str) -> str:
        """Return a sentence that is kept in both languages."""
        return str(row[f"{name}_{'it' if self.words.language == 'it' else 'en'}"])

    def span(self, start: str | None, end: str | None) -> str:
        """Return from when to when."""
        return " - ".join(filter(None, (self.at(start), self.at(end))))


def _minutes(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


SHOWN: Mapping[str, Shown] = {
    "contacts": Shown(
        mark("People to call"),
        (mark("who"), mark("what they are to you")),
        lambda row, _: (row["name"], row["relation"]),
    ),
    "consents": Shown(
        mark("What it is used for"),
        (mark("what for"), mark("on what it rests"), mark("from when to when"), mark("taken back")),
        lambda row, tell: (
            tell.words.say(PURPOSES[Purpose(row["purpose"])]),
            tell.words.say(BASES[Basis(row["basis"])]),
            tell.span(row["valid_from"], row["valid_until"]),
            tell.at(row["withdrawn_at"]),
        ),
    ),
    "shares": Shown(
        mark("Who may see what"),
        (mark("who"), mark("what"), mark("at what hours"), mark("from when to when")),
        lambda row, tell: (
            row["contact"],
            tell.words.say(PLAIN[Data(row["data"])]),
            f"{_minutes(row['from_minute'])}-{_minutes(row['to_minute'])}",
            tell.span(row["since"], row["ended_at"]),
        ),
    ),
    "pauses": Shown(
        mark("When it was stopped for a time"),
        (mark("from when to when"),),
        lambda row, tell: (tell.span(row["started_at"], row["ended_at"] or row["until"]),),
    ),
    "alerts": Shown(
        mark("Alerts"),
        (mark("when"), mark("what"), mark("closed")),
        lambda row, tell: (
            tell.at(row["happened_at"]),
            tell.explained(row, "explanation"),
            tell.at(row["resolved_at"]),
        ),
    ),
    "findings": Shown(
        mark("What was out of the ordinary"),
        (mark("when"), mark("what")),
        lambda row, tell: (tell.at(row["started_at"]), tell.explained(row, "explanation")),
    ),
    "looks": Shown(
        mark("Who has looked"),
        (mark("when"), mark("who"), mark("of"), mark("what they looked at")),
        lambda row, tell: (
            tell.at(row["happened_at"]),
            row["name"],
            tell.words.say(CAPACITIES[Capacity(row["capacity"])]) if row["capacity"] else row["organisations"],
            tell.words.say(page_of(row["route"])),
        ),
    ),
}


def index(renderer: Renderer, name: str, zone: ZoneInfo, language: str, now: datetime) -> Callable[[Shelf], str]:
    """Return what words the index of the copy of a person, from what was put into the archive."""
    tell = Teller(Words(language), zone, now)

    def page(shelf: Shelf) -> str:
        tables = [
            (one.heading, one.columns, [one.worded(row, tell) for row in shelf.rows[part]], shelf.counts[part])
            for part, one in SHOWN.items()
        ]
        files = [(group.heading, [(part, shelf.counts[part.name]) for part in group.parts]) for group in GROUPS]
        return renderer.text(
            TEMPLATE, language, name=name, day=tell.words.day(now.astimezone(zone).date()),
            year=now.astimezone(zone).year, tables=tables, files=files,
        )  # fmt: skip

    return page
