"""Devices of which nothing is heard, or always the same, while their gateway is there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analytics.frames import HOUR, MINUTE, Instants, Span
from analytics.sensors import DOORS
from analytics.silence import battery, stuck
from analytics.silence.evidence import NOTHING, Evidence, Gateway, Series, Traits, distinct
from analytics.silence.expectation import patience, silences
from analytics.silence.spans import merged, outside
from analytics.silence.verdict import Cause, Silence, Subject, Verdict

RADIO_DEVICES = 3  # fewer of them say nothing about the radio that they share
RADIO_FLOOR = 20 * MINUTE
RADIO_FACTOR = 3.0
TOGETHER = 15 * MINUTE  # what fails at once falls silent within a check-in, but that of mains devices is their own
RECENT = 3 * 24 * HOUR  # how far back a silence that is over is told again
UNREACHED = 2 * HOUR  # for how long its own system must say that it does not reach a device; less is a bad link
PASSING = 2.0  # times its limit: a silence that ended sooner was a bad link, not a dead sensor


class Unheard(NamedTuple):
    """When nothing can have been heard: of any device, of some by themselves (by id), and of those that need mains."""

    home: Sequence[Span]
    cut_off: Mapping[int, Sequence[Span]]
    no_mains: Sequence[Span]

    def of(self, device_id: int, *, on_mains: bool) -> Sequence[Span]:
        """Return when a device cannot have been heard."""
        its = [*self.cut_off.get(device_id, ()), *(self.no_mains if on_mains else ())]
        return merged([*self.home, *its]) if its else self.home


def is_on_mains(evidence: Evidence, device_id: int) -> bool:
    """Tell whether a device is known to need mains."""
    return bool(evidence.home.traits.get(device_id, Traits()).mains)


def deaf_radio(evidence: Evidence, gateway: Gateway, not_heard: Sequence[Span]) -> list[Verdict]:
    """Return when a gateway that was there heard none of its devices, as one only whose radio has failed does."""
    mine = [evidence.reports[each] for each in sorted(gateway.devices) if len(evidence.reports.get(each, NOTHING))]
    if len(mine) < RADIO_DEVICES:
        return []
    together = distinct(np.sort(np.concatenate(mine)))
    limit = patience(together, not_heard, None)
    if limit is None:
        return []
    limit = max(RADIO_FLOOR, int(RADIO_FACTOR / 2 * limit))
    subject = Subject("gateway", gateway.gateway_id)
    return [
        Verdict(subject, Silence.GATEWAY_OFFLINE, Cause.RADIO, gap.start, _until(gap, evidence.now), 0.85)
        for gap in silences(together, not_heard, limit, evidence.now)
        if gap.end >= evidence.now - RECENT
    ]


def silent(evidence: Evidence, device_ids: Iterable[int], not_heard: Unheard) -> list[Verdict]:
    """Return the silences of devices beyond what is expected of each, those that are over within `RECENT` included.

    What its own system does not reach is silent sooner than its reports alone would tell.
    """
    found = []
    for device_id in sorted(device_ids):
        unheard = not_heard.of(device_id, on_mains=is_on_mains(evidence, device_id))
        gaps = _gaps(evidence, device_id, unheard)
        gone = None if any(gap.end >= evidence.now for gap in gaps) else _unreached(evidence, device_id, unheard)
        found += [_silent(evidence, device_id, gap, confidence) for gap, confidence in gaps.items()]
        found += [] if gone is None else [_silent(evidence, device_id, gone, 0.85)]
    return found


def _gaps(evidence: Evidence, device_id: int, unheard: Sequence[Span]) -> dict[Span, float]:
    """Return the silences of a device beyond what its reports let expect, and how sure each is."""
    reports = evidence.reports.get(device_id, NOTHING)
    limit = patience(reports, unheard, evidence.home.traits.get(device_id, Traits()).interval)
    if limit is None:
        return {}
    return {
        gap: min(0.95, 0.6 + 0.2 * (gap.length / limit - 1))
        for gap in silences(reports, unheard, limit, evidence.now)
        if gap.end >= evidence.now or (gap.end >= evidence.now - RECENT and gap.length > PASSING * limit)
    }


def _unreached(evidence: Evidence, device_id: int, unheard: Sequence[Span]) -> Span | None:
    """Return the silence of a device that its own system has not reached for long."""
    since = evidence.unreached_since(device_id)
    if since is None or not silences(np.array([since]), unheard, UNREACHED, evidence.now):
        return None
    reports = evidence.reports[device_id]
    return Span(int(reports[-1]) if len(reports) else since, evidence.now)


def without_mains(evidence: Evidence, gateway: Gateway, dead: Sequence[Verdict]) -> list[Verdict]:
    """Return the power cuts by which at least two devices on mains, and all of them, fell silent together."""
    on_mains = {each for each in gateway.devices if is_on_mains(evidence, each)}
    gone = {verdict.subject.id: verdict for verdict in dead if verdict.until is None and verdict.subject.id in on_mains}
    if len(on_mains) < 2 or set(gone) != on_mains:  # noqa: PLR2004 - one may have been unplugged
        return []
    since = max(verdict.since for verdict in gone.values())
    battery_powered = [each for each in gateway.devices - on_mains if len(evidence.reports.get(each, NOTHING))]
    if not any(evidence.reports[each][-1] > since for each in battery_powered):
        return []
    subject = Subject("gateway", gateway.gateway_id)
    return [Verdict(subject, Silence.POWER_CUT, Cause.MAINS_DEVICES, since, None, 0.8)]


def weak(evidence: Evidence, device_ids: Iterable[int]) -> list[Verdict]:
    """Return the devices that live, but whose battery is low."""
    found = []
    for device_id in sorted(device_ids):
        series = evidence.series.get(device_id, [])
        since = battery.low_since(series)
        if since is not None:
            subject = Subject("device", device_id)
            percent = _charge(series)
            found.append(Verdict(subject, Silence.BATTERY_LOW, Cause.WEAK, since, None, 0.9, percent))
    return found


def unmoved(evidence: Evidence, device_ids: Iterable[int], unheard: Unheard) -> list[Verdict]:
    """Return the devices that report but are stuck."""
    everything = np.sort(np.concatenate([NOTHING, *evidence.signs.values()]))
    first = {each: one for each in device_ids if (one := _held(evidence, each, everything)) is not None}
    # What is held gives signs of nobody: by them the others must not seem to be stuck.
    honest = [at[at < first[each].since] if each in first else at for each, at in evidence.signs.items()]
    everything = np.sort(np.concatenate([NOTHING, *honest]))
    others = {
        each: _stuck(evidence, each, outside(everything, unheard.cut_off.get(each, ())))
        for each in device_ids
        if each not in first
    }
    found = first | {each: one for each, one in others.items() if one is not None}
    return [
        Verdict(Subject("device", each), Silence.SENSOR_STUCK, one.cause, one.since, None, one.confidence)
        for each, one in sorted(found.items())
    ]


def _held(evidence: Evidence, device_id: int, everything: Instants) -> stuck.Stuck | None:
    own = evidence.signs.get(device_id, NOTHING)
    found = (stuck.held(each, everything, own) for each in evidence.series.get(device_id, []))
    return next((one for one in found if one is not None), None)


def _stuck(evidence: Evidence, device_id: int, everything: Instants) -> stuck.Stuck | None:
    series, own = evidence.series.get(device_id, []), evidence.signs.get(device_id, NOTHING)
    for each in series:
        one = stuck.unchanged(each, everything, own)
        if one is not None:
            return one
        beside = evidence.home.beside.get(device_id, ())
        if each.quantity in DOORS and beside:
            near = np.sort(np.concatenate([evidence.signs.get(other, NOTHING) for other in beside]))
            one = stuck.passed(each, near, everything[~np.isin(everything, own)])
            if one is not None:
                return one
    return stuck.frozen(series)


def _silent(evidence: Evidence, device_id: int, gap: Span, confidence: float) -> Verdict:
    series = [_up_to(each, gap.start) for each in evidence.series[device_id]]
    subject, until = Subject("device", device_id), _until(gap, evidence.now)
    if battery.ended_by_battery(series, gap.start):
        percent = _charge(series)
        return Verdict(subject, Silence.BATTERY_LOW, Cause.EMPTY, gap.start, until, max(0.8, confidence), percent)
    cause = Cause.UNPLUGGED if is_on_mains(evidence, device_id) else Cause.NONE
    return Verdict(subject, Silence.SENSOR_DEAD, cause, gap.start, until, confidence, _charge(series))


def _charge(series: Sequence[Series]) -> float | None:
    said = battery.charge(series)
    return None if said is None or not len(said.values) else float(said.values[-1])


def _up_to(series: Series, end: int) -> Series:
    last = np.searchsorted(series.times, end, side="right")
    return Series(series.quantity, series.times[:last], series.values[:last])


def _until(gap: Span, now: int) -> int | None:
    return None if gap.end >= now else gap.end
