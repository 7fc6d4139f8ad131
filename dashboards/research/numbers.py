"""The numbers of a report on a pilot, as a document: the same days of the same data give the same bytes.

A cell is null where it would tell of one to four persons or homes, or of those left over beside it. Times are seconds,
shares run from 0 to 1. Counts of homes but those of the cohort are rounded down to a multiple of five.
"""

import hashlib
import json
import math
from datetime import date
from typing import Any

import msgspec

from analytics.feedback.precision import Counts, Z
from core.errors import VicinoError
from dashboards.research.reads import Arm, Event, Figures, Found, Group, Load, OfKind, Response, Week

FORMAT, VERSION = "vicino-research-report", 2
FEW = 5  # in a group smaller than this, who knows somebody may find them again
DIGITS = 6  # that count; in what order sums are made is the database's, and shows only after them
LONG = 1_000  # days of homes to which findings are related

Document = dict[str, Any]


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for: local days, the last one included."""

    first: date
    last: date


def document(figures: Figures, asked: Asked) -> Document:
    """Return the numbers with what they answer."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "query": msgspec.to_builtins(asked),
        "arms": [arm(each) for each in figures.arms],
        "cohort": [group(each) for each in figures.cohort],
        "coverage": [of_week(each) for each in figures.weeks],
        "load": [of_week(each) for each in figures.loads],
        "responses": [plain(each) for each in figures.responses],
        "kinds": [kind(each) for each in figures.kinds],
        "detectors": [detector(each) for each in figures.found],
        "events": [plain(each) for each in figures.events],
    }


def canonical(numbers: Document) -> bytes:
    """Return the document as bytes: keys in their order, UTF-8, a line feed at the end."""
    return (json.dumps(numbers, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n").encode()


def digest(numbers: Document) -> str:
    """Return the SHA-256 of the document's bytes."""
    return hashlib.sha256(canonical(numbers)).hexdigest()


def load(content: bytes) -> tuple[Asked, str]:
    """Return what a document, or a query by itself, asks for, and the digest of the document, "" of a query.

    Raises `VicinoError` where it is neither.
    """
    try:
        found = msgspec.json.decode(content)
        asked = msgspec.convert(found.get("query", found), Asked)
    except (msgspec.MsgspecError, AttributeError) as error:
        raise VicinoError(
            f"This is no saved query ({error}).", advice='give the numbers of a report, or {"first": DAY, "last": DAY}'
        ) from None
    return asked, digest(found) if found.get("format") == FORMAT else ""


def rate_interval(events: int, units: float) -> tuple[float, float]:
    """Return from where to where a rate of events for each unit may lie by chance (95 %).

    Byar's approximation to the exact limits of a Poisson count (Breslow & Day, Statistical Methods in Cancer Research
    II, 1987, p. 69); it holds for few and for none.
    """
    low = events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3 if events else 0.0
    more = events + 1
    high = more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3
    return max(0.0, low) / units, high / units


def _some(count: int) -> int | None:
    """Return a count of persons or homes; None where it is too small to be told."""
    return None if 0 < count < FEW else count


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _plain(values: Document) -> Document:
    return {name: _rounded(value) if isinstance(value, float) else value for name, value in values.items()}


def plain(each: Response | Event) -> Document:
    """Return figures that the database has left out already where they are too small to be told."""
    return _plain(each._asdict())


def of_week(each: Week | Load) -> Document:
    """Return such figures of a week."""
    return _plain(each._asdict() | {"week": each.week.isoformat()})


def arm(each: Arm) -> Document:
    """Return an arm of a study, without what is too small to be told."""
    counts = {"enrolled": each.enrolled, "left": each.has_left, "agree": each.agree}
    told: Document = {name: _some(count) for name, count in counts.items()}
    # From how many of whom, the others could be told: so not where those are few either.
    told |= {name: None for name, count in counts.items() if 0 < each.enrolled - count < FEW}
    return {"study": each.study, "arm": each.arm, "is_control": each.is_control, **told}


def group(each: Group) -> Document:
    """Return a part of the cohort, without what is too small to be told."""
    counts = {"homes": _some(each.homes), "persons": None if each.homes < FEW else _some(each.persons)}
    return {"sex": each.sex, "age_from": each.age_from, **counts}


def _share(needed: int | None, mistaken: int | None) -> Document:
    """Return the share of what was judged that was a real need, with its interval; all null of nothing told."""
    counts = Counts(true=needed, false=mistaken) if needed is not None and mistaken is not None else Counts(0, 0)
    low, high = counts.interval or (None, None)
    shares = {"precision": counts.precision, "precision_low": low, "precision_high": high}
    return {name: None if share is None else _rounded(share) for name, share in shares.items()}


def kind(each: OfKind) -> Document:
    """Return how alerts of a kind ended, with the share of real needs."""
    return each._asdict() | _share(each.needed, each.mistaken)


def detector(each: Found) -> Document:
    """Return what detectors found in a group, for so many days of homes, with the share of real needs."""
    low, high = rate_interval(each.findings, each.home_days / LONG)
    rates = {"per_1000_days": each.findings / each.home_days * LONG, "rate_low": low, "rate_high": high}
    return each._asdict() | _plain(rates) | _share(each.needed, each.mistaken)
