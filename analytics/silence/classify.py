"""The classifier: from the evidence of a home to what is silent in it, and why."""

from collections.abc import Sequence

from analytics.activity import activity
from analytics.frames import Span
from analytics.silence import devices, gateways, person, systems
from analytics.silence.evidence import Evidence
from analytics.silence.spans import merged
from analytics.silence.verdict import Cause, Silence, Verdict


def classify(evidence: Evidence) -> list[Verdict]:
    """Return the silences of a home: outages of its gateways, silences of its devices, and of the person.

    What is explained by the gateway is not asked of its devices, and where anything technical leaves the movement
    sensors blind nothing is said of the person.
    """
    found: list[Verdict] = []
    lost: list[Span] = []
    for gateway in evidence.gateways:
        of_gateway = gateways.verdicts(gateway, evidence.now)
        away = merged(gateways.not_heard(gateway, evidence.now))
        cut_off = systems.cut_off(gateway, evidence.now)
        deaf = devices.deaf_radio(evidence, gateway, merged([*away, *(s for spans in cut_off.values() for s in spans)]))
        unheard = merged([*away, *(one.span(evidence.now) for one in deaf)])
        no_mains = [one.span(evidence.now) for one in of_gateway if one.silence is Silence.POWER_CUT]
        found += [*of_gateway, *systems.verdicts(gateway, evidence.now), *deaf]
        found += _of_devices(evidence, gateway.devices, devices.Unheard(unheard, cut_off, no_mains))
        found += _cut_seen_by_devices(evidence, found)
        lost += [*unheard, *(span for each in evidence.home.watching for span in cut_off.get(each, ()))]
    found += _of_person(evidence, found, lost)
    return found


def _of_devices(evidence: Evidence, device_ids: frozenset[int], unheard: devices.Unheard) -> list[Verdict]:
    silent = devices.silent(evidence, device_ids, unheard)
    gone = {one.subject.id for one in silent if one.until is None}
    there = device_ids - gone
    stuck = devices.unmoved(evidence, there, unheard)
    weak = devices.weak(evidence, there - {one.subject.id for one in stuck})
    return [*silent, *stuck, *weak]


def _cut_seen_by_devices(evidence: Evidence, found: list[Verdict]) -> list[Verdict]:
    """Replace the silences of all devices on mains by one power cut, where it is one."""
    cuts: list[Verdict] = []
    for gateway in evidence.gateways:
        dead = [one for one in found if one.silence is Silence.SENSOR_DEAD and one.subject.id in gateway.devices]
        for cut in devices.without_mains(evidence, gateway, dead):
            on_mains = {each for each in gateway.devices if devices.is_on_mains(evidence, each)}
            found[:] = [one for one in found if one not in dead or one.subject.id not in on_mains]
            cuts.append(cut)
    return cuts


def _of_person(evidence: Evidence, found: Sequence[Verdict], unheard: Sequence[Span]) -> list[Verdict]:
    watching = evidence.home.watching
    blind = [one for one in found if _concerns(one, watching)]
    if any(leaves_blind(one) for one in blind):
        return []
    lost = [*unheard, *(one.span(evidence.now) for one in blind if one.technical and one.until is not None)]
    one = person.verdict(evidence, activity(evidence.readings, evidence.home.layout), lost)
    return [] if one is None else [one]


def _concerns(verdict: Verdict, watching: frozenset[int]) -> bool:
    """Tell whether a verdict is about a sensor that tells of movement, or about all of them."""
    if verdict.subject.kind == "systems":
        return not watching.isdisjoint(verdict.devices)
    return verdict.subject.kind == "gateway" or verdict.subject.id in watching


def leaves_blind(verdict: Verdict) -> bool:
    """Tell whether something technical keeps its sensors from telling anything now."""
    return verdict.technical and verdict.until is None and verdict.cause is not Cause.WEAK
