"""Findings: what is worth telling, with severity, coverage, evidence and an explanation in both languages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from analytics.baseline import Baseline, known_before
from analytics.detectors.protocol import Reason
from analytics.detectors.sudden import LIMIT, Sudden
from analytics.explanation import Sentence, flooding, silent_home, silent_sensors, unusual
from analytics.frames import Episode, History, Span, instant
from analytics.indicators import INDICATORS, Indicator
from core.localtime import Interval

SILENT_HOME = "silent_home"
SILENT_SENSOR = "silent_sensor"
FLOOD = "flood"
SERIOUS = 3.0  # times the threshold at which a finding is as severe as it gets


class Finding(NamedTuple):
    """One finding about a home. `severity` and `coverage` run from 0 to 1; the interval is what it speaks of.

    `subject` is "" for the home or its person, else what of the home it is about, as "device 17". One on `trial` comes
    of a rule or detector in shadow mode: it is stored and shown as such, and never alerts.
    """

    family: str
    kind: str
    severity: float
    interval: Interval
    coverage: float
    detector: str
    detector_version: str
    explanation_it: str
    explanation_en: str
    evidence: dict[str, Any]
    subject: str = ""
    trial: bool = False


class Verdict(NamedTuple):
    """What is said of one indicator on one day: what was usual (None while learning), and what stands out."""

    kind: str
    day: date
    usual: Baseline | None
    finding: Finding | None


def judge(
    kind: str,
    day: date,
    history: History,
    episodes_of: Callable[[date, Interval], Sequence[Episode]],
    zone: ZoneInfo,
    limit: float = LIMIT,
    *,
    asked: bool = False,
) -> Verdict:
    """Judge one indicator on `day` against the days before it. One that is not `judged` has no finding, whatever it is.

    `history` is the table of that name in `analytics.frames`; days after `day` in it are not looked at.
    `episodes_of` is asked for the episodes that touch the interval of a day, if there is a finding: its evidence.
    `limit` is that of the detector. If it is `asked` what the detector would say, one that is not `judged` counts too.
    """
    indicator = INDICATORS[kind]
    detector = _detector(indicator, history, day, limit)
    there = np.flatnonzero(history["day"] == day)
    if not len(there) or not (indicator.judged or asked):
        return Verdict(kind, day, detector.usual, None)
    value = float(history["value"][there[0]])
    coverage = float(history["coverage"][there[0]])
    reason = detector.explain(value)
    if reason is None or reason.score < 1:
        return Verdict(kind, day, detector.usual, None)
    interval = indicator.interval(day, zone)
    said = unusual(kind, day, value, reason.usual, coverage)
    finding = _finding(indicator, day, reason, interval, coverage, said, episodes_of(day, interval))
    return Verdict(kind, day, detector.usual, finding)


def _detector(indicator: Indicator, history: History, day: date, limit: float) -> Sudden:
    return Sudden(indicator.spread_floor, indicator.least_excess, limit).learn(known_before(history, day))


def _finding(
    indicator: Indicator,
    day: date,
    reason: Reason,
    interval: Interval,
    coverage: float,
    said: Sentence,
    episodes: Sequence[Episode],
) -> Finding:
    return Finding(
        family="wellbeing",
        kind=indicator.kind,
        severity=min(1.0, reason.score / SERIOUS),
        interval=interval,
        coverage=coverage,
        detector=Sudden.name,
        detector_version=Sudden.version,
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={
            "day": day.isoformat(),
            "value": reason.value,
            "unit": indicator.unit,
            "score": round(reason.score, 3),
            "usual": reason.usual._asdict(),
            "episodes": [
                {"kind": e.kind, "start": instant(e.start).isoformat(), "end": instant(e.end).isoformat()}
                for e in episodes
                if e.kind == indicator.evidence
            ],
        },
    )


def silence(gap: Span, *, ended: bool, before: float | None, zone: ZoneInfo) -> Finding:
    """Return the technical finding about a home that sends nothing, not even what its devices send by themselves.

    `before` is the coverage of the 24 hours before it, None where that is not known; `gap` reaches to the present
    where it has not `ended`.
    """
    start, end = instant(gap.start), instant(gap.end)
    said = silent_home(start, end if ended else None, before, zone)
    return Finding(
        family="technical",
        kind=SILENT_HOME,
        severity=0.5,
        interval=Interval(start, end),
        coverage=0.0,
        detector=SILENT_HOME,
        detector_version="1",
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={"since": start.isoformat(), "until": end.isoformat() if ended else None, "coverage_before": before},
    )


def sensor_silence(gap: Span, devices: Mapping[int, str], *, ended: bool, zone: ZoneInfo) -> Finding:
    """Return the technical finding about sensors that fell silent at the same instant while the home lived.

    `devices` gives the kind of room ("" where unknown) of each; `gap` reaches to the present where it has not `ended`.
    """
    start, end = instant(gap.start), instant(gap.end)
    said = silent_sensors(list(devices.values()), start, end if ended else None, zone)
    return Finding(
        family="technical",
        kind=SILENT_SENSOR,
        severity=0.3,
        interval=Interval(start, end),
        coverage=0.0,
        detector=SILENT_SENSOR,
        detector_version="1",
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={
            "since": start.isoformat(),
            "until": end.isoformat() if ended else None,
            "devices": sorted(devices),
            "rooms": sorted(set(devices.values())),
        },
    )


def flood(
    during: Interval, devices: Mapping[str, str], parked: int, *, ended: bool, together: bool, zone: ZoneInfo
) -> Finding:
    """Return the technical finding about sensors that began at the same instant to send far too much.

    `devices` gives the kind of room ("" where unknown) of each by its key; `together` says that all sensors of the home
    did. `parked` readings were put aside, the last at the end of `during`, which is final where it has `ended`.
    """
    rooms = [] if together else list(devices.values())
    said = flooding(rooms, parked, during.start, during.end if ended else None, zone)
    return Finding(
        family="technical",
        kind=FLOOD,
        severity=0.3,
        interval=during,
        coverage=1.0,
        detector=FLOOD,
        detector_version="1",
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={
            "since": during.start.isoformat(),
            "until": during.end.isoformat() if ended else None,
            "devices": sorted(devices),
            "rooms": sorted(set(rooms)),
            "parked": parked,
        },
    )
