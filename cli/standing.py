"""`vicino homes`: how each home stands, in the order in which homes ask for a look, and what is still learned of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

import registry.reads
from alerts.lifecycle import Family
from alerts.wording import title
from analytics.figures import Tongue
from analytics.wellbeing import wording
from analytics.wellbeing.attention import WEEK, attention
from analytics.wellbeing.reads import NOTHING, Latest, latest_of_all
from analytics.wellbeing.state import DayState, Part
from cli import screen
from cli.installation import Installation
from core.clock import SystemClock
from core.errors import VicinoError
from core.localtime import day_of

ENGLISH = Tongue.of("en")


def homes(
    home: Annotated[str | None, typer.Option(help="Only the home with this key.")] = None,
    data: Annotated[Path, typer.Option("--data", envvar="VICINO_DATA", help="Folder of the installation.")] = Path(
        "data/vicino"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List how homes stand, who needs a look first, and what is still learned or cannot be judged of each."""
    now = SystemClock().now()
    with screen.errors_in_words():
        with Installation(data).database() as database, database.transaction() as connection:
            known = [each for each in registry.reads.homes(connection) if home in (None, each.key)]
            latest = latest_of_all(connection, (now - timedelta(days=WEEK + 1)).date())
        if home is not None and not known:
            raise VicinoError(f"There is no home {home!r}.", advice="see the homes with: vicino registry show")
        lines = in_order(known, latest, now)
        if as_json:
            print(json.dumps(lines, indent=2))
            return
        table = Table("home", "day", "state", "what it comes to", "learning", "not shown by its sensors")
        for line in lines:
            never = "; ".join(line["not_shown"])
            table.add_row(line["home"], line["day"] or "", line["state"], line["sentence"], line["learning"], never)
        screen.results.print(table)


def in_order(known: Sequence[registry.reads.Home], latest: Mapping[int, Latest], now: datetime) -> list[dict[str, Any]]:
    """Return a line for each home, the one that asks most for a look first."""
    asks = {
        home.home_id: attention(
            (found := latest.get(home.home_id, NOTHING)).known, day_of(now, home.zone), silent=found.silent
        )
        for home in known
    }
    return [
        {
            "home": home.key,
            **_stated(latest.get(home.home_id, NOTHING)),
            "rank": asks[home.home_id].rank.name.lower(),
            "since_days": asks[home.home_id].since,
            "reasons": wording.why_look(asks[home.home_id], ENGLISH),
        }
        for home in sorted(known, key=lambda home: (asks[home.home_id].key, home.key))
    ]


def _stated(found: Latest) -> dict[str, Any]:
    if found.known is None:
        said = "No day of the last week could be judged."
        return {"day": None, "state": "unknown", "score": None, "coverage": None, "sentence": said, "learning": "",
                "parts": [], "not_shown": [], "contributions": [], "last_days": []}  # fmt: skip
    last = found.known.last
    return {
        "day": last.day.isoformat(),
        "state": str(last.state),
        "score": last.score,
        "coverage": round(last.coverage, 3),
        "sentence": wording.sentence(last, ENGLISH, _name),
        "learning": wording.learning(last.parts, ENGLISH),
        "parts": [_part(part) for part in last.parts],
        "not_shown": wording.never_shown(last.parts, ENGLISH),
        "contributions": _contributions(last),
        "last_days": [{"day": day.isoformat(), "state": str(state), "score": score}
                      for day, state, score in found.known.days],
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    return {
        "part": str(part.domain),
        "sight": str(part.sight),
        "known_days": part.known,
        "needed_days": part.needed,
        "context": part.context and str(part.context),
    }


def _contributions(one: DayState) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "part": each.domain and str(each.domain),
            "points": each.points,
            "share": each.share,
            "finding": each.finding_id,
        }
        for each in one.contributions
    ]


def _name(kind: str) -> str:
    return title(kind, Family.WELLBEING, "en")
