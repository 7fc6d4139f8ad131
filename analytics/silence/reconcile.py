"""From what was told of silences to what is known of them now: one row for each silence, restated, closed when over."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analytics.frames import MINUTE, Instants
from analytics.silence.verdict import Silence, Subject, Verdict

WORTH_TELLING = 3 * MINUTE  # an outage that nobody was told of while it lasted, and that was shorter, is not told after
NEAR = 15 * MINUTE  # how far apart two beginnings of one silence may be, as it is told better


class Told(NamedTuple):
    """A silence as it is stored: named by `started_at` (microseconds), known since `known_at`."""

    silence_id: int
    verdict: Verdict
    started_at: int
    known_at: int


class Restated(NamedTuple):
    """What is to be stored: silences by the name they have, or get, and those that turned out to be none."""

    held: list[tuple[int, Verdict]]
    withdrawn: list[Told]


def reconcile(
    told: Sequence[Told],
    verdicts: Sequence[Verdict],
    reports: Mapping[int, Instants],
    about: Collection[Subject],
    now: int,
) -> Restated:
    """Return what becomes of the silences that were `told`, by the `verdicts` of now about the subjects `about`.

    `reports` are the instants at which devices reported. A silence that is not found any more ended with the first
    report after its beginning; if that came before the silence was told (late data), it never was one.
    """
    held: list[tuple[int, Verdict]] = []
    withdrawn: list[Told] = []
    left = [verdict for verdict in verdicts if verdict.technical]
    for old in told:
        if old.verdict.subject not in about:
            continue
        same = next((one for one in left if _is_same(old, one, now)), None)
        if same is not None:
            left.remove(same)
            held.append((old.started_at, same))
        elif old.verdict.until is None and _is_forgotten(old, reports):
            held.append((old.started_at, old.verdict))
        elif old.verdict.until is None:
            ended = _ended(old, reports, now)
            if ended is None:
                withdrawn.append(old)
            else:
                held.append((old.started_at, old.verdict._replace(until=max(old.verdict.since, ended))))
    held += [(one.since, one) for one in left if one.until is None or one.until - one.since >= WORTH_TELLING]
    return Restated(held, withdrawn)


def _is_same(old: Told, new: Verdict, now: int) -> bool:
    if old.verdict.subject != new.subject:
        return False
    one, other = old.verdict.span(now), new.span(now)
    return (one.start <= other.end and other.start <= one.end) or abs(old.started_at - new.since) <= NEAR


def _is_forgotten(old: Told, reports: Mapping[int, Instants]) -> bool:
    """Tell whether a device that was silent is so still: for so long that none of its reports is looked at any more."""
    of_device = reports.get(old.verdict.subject.id) if old.verdict.subject.kind == "device" else None
    return of_device is not None and not len(of_device)


def _ended(old: Told, reports: Mapping[int, Instants], now: int) -> int | None:
    """Return when a silence that is over ended; None if it was none."""
    if old.verdict.subject.kind == "gateway" or old.verdict.silence is not Silence.SENSOR_DEAD:
        return now
    of_device = reports.get(old.verdict.subject.id)
    if of_device is None:
        return now
    after = int(np.searchsorted(of_device, old.verdict.since, side="right"))
    if after == len(of_device):
        return now
    first = int(of_device[after])
    return None if first < old.known_at else first
