"""The pictures of the report: SVG made here, no script, no inline style, each with its description in words."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from analytics.learned.features import BLOCK
from analytics.learned.logistic import Logistic
from analytics.learned.model import Learned
from cli.evaluate.tihm.figures import SHARES, alerted, quality
from cli.evaluate.tihm.protocol import WEEKS, Judged, Walked
from dashboards.pictures.svg import element, percent, picture, text

WIDEST = 0.4  # share of person-days to which the curve is drawn
STEP = 0.01
CURVE_HEIGHT, CURVE_LEFT, CURVE_BOTTOM = 340, 0.06, 36
ROW, TOP = 16, 22
BAR = 22


class Point(NamedTuple):
    """A published classifier: its sensitivity, and the share of person-days that it alerted."""

    name: str
    share: float
    sensitivity: float


# Palermo et al. (2023), tables of the notebook; shares by their specificity at 71 labelled days in 1,592.
PUBLISHED = (
    Point("logistic regression", 0.215, 0.799),
    Point("naive Bayes", 0.313, 0.779),
    Point("multi-layer perceptron", 0.137, 0.671),
    Point("gradient boosting", 0.162, 0.601),
    Point("Gaussian process", 0.115, 0.581),
)


def curve(judged: Sequence[Judged]) -> str:
    """Return the picture of how many labelled days are alerted, by the share of days that are."""
    steps = [STEP * number for number in range(round(WIDEST / STEP) + 1)]
    reached = [quality(judged, alerted(judged, share)).sensitivity or 0.0 for share in steps]
    marks = {name: quality(judged, alerted(judged, share)).sensitivity or 0.0 for name, share in SHARES.items()}
    words = "; ".join(f"{SHARES[name]:.1%} of days: {value:.0%} of labelled days" for name, value in marks.items())
    inner = [
        *[_level(value) for value in (0.0, 0.25, 0.5, 0.75, 1.0)],
        *[
            text("text", f"{share:.0%}", class_="label", x=_x(share), y=CURVE_HEIGHT - 16, text_anchor="middle")
            for share in (0.0, 0.1, 0.2, 0.3, 0.4)
        ],
        *[
            element("line", x1=_x(left), y1=_y(low), x2=_x(right), y2=_y(high), class_="ours")
            for left, low, right, high in zip(steps, reached, steps[1:], reached[1:], strict=False)
        ],
        *[_mark(Point(f"{value:.0%}", SHARES[name], value), "ours") for name, value in marks.items()],
        *[_mark(point, "published") for point in PUBLISHED],
    ]
    return picture("curve", "Labelled days found, by share of days alerted", words, "".join(inner), CURVE_HEIGHT)


def calendar(walked: Walked, alerts: Collection[Judged]) -> str:
    """Return the picture of every person's test weeks: how likely each day was, labels, alerts, days without score."""
    first = walked.last - timedelta(days=WEEKS * BLOCK - 1)
    persons = sorted({one.person for one in walked.judged})
    ranks = _ranks(walked.judged)
    chosen = set(alerts)
    cells = [
        _cell(one, (one.day - first).days, persons.index(one.person), ranks.get((one.person, one.day)), one in chosen)
        for one in walked.judged
    ]
    weeks = [
        text("text", f"{first + timedelta(days=BLOCK * week):%d %b}", class_="label", x=_column(BLOCK * week), y=14)
        for week in range(WEEKS)
    ]
    names = [text("text", name, class_="label", x=0, y=TOP + ROW * row + 12) for row, name in enumerate(persons)]
    described = (
        f"{len(persons)} persons, {WEEKS * BLOCK} days: {len(chosen)} alerted, "
        f"{sum(one.agitated for one in walked.judged)} labelled, "
        f"{sum(one.chance is None for one in walked.judged)} without a score"
    )
    return picture(
        "calendar",
        "Every day of the test weeks",
        described,
        "".join([*weeks, *names, *cells]),
        TOP + ROW * len(persons),
    )


def weights(model: Learned) -> str:
    """Return the picture of what the features weigh in the logistic models of a pool, by a standard deviation each."""
    told: dict[str, float] = {}
    for candidate, learned, weight in model.members:
        if isinstance(learned, Logistic):
            for name, value in zip(candidate.features, learned.weights, strict=True):
                told[name] = told.get(name, 0.0) + weight * value
    largest = max((abs(value) for value in told.values()), default=1.0) or 1.0
    bars = []
    for row, (name, value) in enumerate(told.items()):
        length = abs(value) / largest * 0.34
        start = 0.6 if value >= 0 else 0.6 - length
        bars += [
            text("text", name.replace("_", " "), class_="label", x=0, y=BAR * row + 15),
            element("rect", x=percent(start), y=BAR * row + 4, width=percent(length), height=BAR - 8, class_="ours"),
            text("text", f"{value:+.2f}", class_="label", x=percent(0.95), y=BAR * row + 15),
        ]
    words = "; ".join(f"{name}: {value:+.2f}" for name, value in told.items())
    return picture("weights", "What each feature adds to the logit", words, "".join(bars), BAR * len(told))


def _ranks(judged: Sequence[Judged]) -> Mapping[tuple[str, date], float]:
    """Return for each day with a score which share of the others has a lower one."""
    scored = sorted((one for one in judged if one.chance is not None), key=lambda one: one.chance or 0.0)
    return {(one.person, one.day): place / len(scored) for place, one in enumerate(scored)}


def _cell(one: Judged, day: int, row: int, rank: float | None, alert: bool) -> str:
    top = TOP + ROW * row
    shade = "none" if rank is None else f"shade{min(4, int(rank * 5))}"
    width = percent(0.9 / (WEEKS * BLOCK) * 0.92)
    parts = [
        element("rect", x=_column(day), y=top, width=width, height=ROW - 2, class_=f"{shade} alert" if alert else shade)
    ]
    if one.agitated:
        parts.append(
            element("circle", cx=percent(0.1 + 0.9 * (day + 0.46) / (WEEKS * BLOCK)), cy=top + 7, r=4, class_="truth")
        )
    return "".join(parts)


def _column(day: int) -> str:
    return percent(0.1 + 0.9 * day / (WEEKS * BLOCK))


def _x(share: float) -> str:
    return percent(CURVE_LEFT + (1 - CURVE_LEFT - 0.02) * share / WIDEST)


def _y(sensitivity: float) -> float:
    return CURVE_HEIGHT - CURVE_BOTTOM - sensitivity * (CURVE_HEIGHT - CURVE_BOTTOM - 14)


def _level(value: float) -> str:
    line = element("line", x1=_x(0), y1=_y(value), x2=_x(WIDEST), y2=_y(value), class_="grid")
    return line + text("text", f"{value:.0%}", class_="label", x=0, y=_y(value) + 4)


def _mark(point: Point, kind: str) -> str:
    dot = element("circle", cx=_x(point.share), cy=_y(point.sensitivity), r=5, class_=kind)
    beside = _x(point.share + WIDEST * 0.012)
    return dot + text(
        "text", point.name, class_=f"label {kind}", x=beside, y=_y(point.sensitivity) + (14 if kind == "ours" else -6)
    )
