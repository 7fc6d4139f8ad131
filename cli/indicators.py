"""`vicino indicators`: what is computed of each day, as a page of documentation in Markdown."""

from analytics.coverage import LIMIT
from analytics.figures import FIGURES, name
from analytics.indicators import INDICATORS, Indicator
from analytics.indicators.protocol import MIDNIGHT
from analytics.profiles.profile import HOURLY
from core.vocabulary import BY_NAME

# What the page tells apart, by the first indicator of each part.
PARTS: dict[str, str] = {
    "night_bathroom_visits": "What raises findings",
    "sleep_start": "Sleep",
    "night_walking": "The night",
    "activity": "Movement",
    "meals": "Kitchen",
    "time_out": "Going out, and company",
    "interdaily_stability": "Regularity over several days",
    "cold_hours": "Climate",
    "body_weight": "Vital signs",
}
DIRECTIONS = {
    "more": "more",
    "less": "less",
    "both": "both ways",
    "earlier": "earlier",
    "later": "later",
    "none": "none: it is a context",
}
UNITS = {"1": "a number", "h": "hours", "min": "minutes", "s": "seconds"}
HEAD = """# Indicators

What is computed of every home on every local day, and how. This page is what `vicino indicators` prints: the
code is its only source. How well figures agree with what is known to have happened stands [beside it](recorded.md).

* A **day** runs from midnight to midnight on the clock of the home, a **night** from noon to noon and is called by
  the day it begins on; hours are those of that clock. Days of 23 and 25 hours are as long as they are.
* A figure comes with its **coverage**: the share of its window in which the sensors it rests on are known to have
  been alive. Below {limit} % there is no figure, and that is said. Late readings restate the days they touch.
* **Judged** indicators have a detector and raise findings. The others are stored with the person's usual range and
  raise nothing until their detectors are calibrated.
* **Which way matters** says which change would be worth a word: it judges nothing by itself.
* Nothing here is a diagnosis. Vital signs are shown as they were measured and not scored; Vicino is no medical device.
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD.format(limit=round(LIMIT * 100))]
    for kind, indicator in INDICATORS.items():
        if kind in PARTS:
            parts.append(f"## {PARTS[kind]}\n")
        parts.append(_section(indicator))
    return "\n".join([*parts, _hourly()])


def _section(indicator: Indicator) -> str:
    rows = [
        ("unit", _unit(indicator)),
        ("window", _window(indicator)),
        ("which way matters", DIRECTIONS[indicator.direction]),
        ("rests on", indicator.rests_on),
        ("source", indicator.source),
    ]
    if indicator.evidence:
        rows.append(("episodes it is about", f"`{indicator.evidence}`"))
    if indicator.at_home:
        rows.append(("time away", "is no evidence: a window that is mostly spent away has no figure"))
    if indicator.judged:
        rows.append(("judged", "yes"))
    table = "\n".join(f"| {what} | {said} |" for what, said in rows)
    called = f"`{indicator.kind}`, in Italian: {name(indicator.kind, 'it')}."
    title = f"### {FIGURES[indicator.kind].name}"
    return f"{title}\n\n{called} {indicator.formula}\n\n| | |\n|---|---|\n{table}\n"


def _unit(indicator: Indicator) -> str:
    if indicator.kind in BY_NAME:
        return f"`{indicator.unit}` (UCUM)"
    return UNITS[indicator.unit]


def _window(indicator: Indicator) -> str:
    if indicator.days > 1:
        return f"the {indicator.days} local days up to the day"
    if indicator.begins == indicator.ends:
        return "the local day" if indicator.begins == MIDNIGHT else "the night, noon to noon"
    part = "the local day" if indicator.begins < indicator.ends else "the night"
    return f"{indicator.begins:%-H:%M} to {indicator.ends:%-H:%M} of {part}"


def _hourly() -> str:
    rows = "\n".join(f"| `{each.kind}` | {UNITS[each.unit]} | {each.formula} |" for each in HOURLY)
    return (
        "## By the hour\n\n"
        "Of each local day 24 figures, by the hour of the clock; an hour of which less than 80 % is known has none.\n"
        "The hour that is skipped in spring has none, the one that comes twice in autumn the mean of both.\n\n"
        f"| indicator | unit of an hour | what |\n|---|---|---|\n{rows}\n"
    )


def show() -> None:
    """Print every indicator, how it is computed and what it rests on, in Markdown."""
    print(page())
