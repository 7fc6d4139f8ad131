"""When a gateway had no connection to a system by which it hears devices: what they say does not arrive then.

A gateway that says of a device by which system it found it tells which devices are behind the one that it does not
reach; those of which it does not say so may be behind any.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analytics.frames import MINUTE, Span, micros, overlap
from analytics.silence.evidence import Gateway
from analytics.silence.spans import merged
from analytics.silence.verdict import Cause, Silence, Subject, Verdict

FLOOR = 3 * MINUTE  # a broker that is started anew is back before


class _Outage(NamedTuple):
    system: str
    span: Span
    over: bool = True


def cut_off(gateway: Gateway, now: int) -> dict[int, list[Span]]:
    """Return when each device of a gateway was behind a system that it did not reach, for those that ever were."""
    found: dict[int, list[Span]] = {}
    for system, span, _ in _outages(gateway, now):
        for device_id in _behind(gateway, system):
            found.setdefault(device_id, []).append(span)
    return {device_id: merged(spans) for device_id, spans in found.items()}


def verdicts(gateway: Gateway, now: int) -> list[Verdict]:
    """Return when a gateway did not reach what it hears devices by, in order of time; nothing where none is behind."""
    outages = [each for each in _outages(gateway, now) if _behind(gateway, each.system)]
    together = [
        (span, [each for each in outages if overlap(each.span, span)]) for span in merged(each.span for each in outages)
    ]
    return [
        _verdict(gateway, span, parts)
        for span, parts in together
        if span.length >= FLOOR or all(each.over for each in parts)
    ]


def _outages(gateway: Gateway, now: int) -> Iterator[_Outage]:
    """Yield from when to when, or to now, each system was not reached. While the gateway is away nothing is new."""
    since: dict[str, int] = {}
    for change in gateway.transitions:
        if not change.online:
            continue
        at = micros(change.at)
        for system in sorted(since.keys() - set(change.unreachable)):
            yield _Outage(system, Span(since.pop(system), at))
        for system in change.unreachable:
            since.setdefault(system, at)
    for system, begin in since.items():
        yield _Outage(system, Span(begin, now), over=False)


def _behind(gateway: Gateway, system: str) -> list[int]:
    by: Mapping[int, str] = gateway.systems
    return [device_id for device_id in sorted(gateway.devices) if by.get(device_id, system) == system]


def _verdict(gateway: Gateway, span: Span, parts: Sequence[_Outage]) -> Verdict:
    names = sorted({each.system for each in parts})
    return Verdict(
        Subject("systems", gateway.gateway_id),
        Silence.GATEWAY_OFFLINE,
        Cause.SYSTEM,
        span.start,
        span.end if all(each.over for each in parts) else None,
        0.95,
        systems=tuple(names),
        devices=tuple(sorted({each for system in names for each in _behind(gateway, system)})),
    )
