"""Outages of a gateway, told apart by what it says when it is back, and power cuts that it outlives."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from analytics.frames import MINUTE, SECOND, Span, micros
from analytics.silence.evidence import Gateway
from analytics.silence.verdict import Cause, Silence, Subject, Verdict
from ingest.transitions import PAUSE, Transition

# A gateway speaks once a minute: when two words are missing, it is not heard.
UNHEARD = timedelta(seconds=140)
# A machine's clock and the way of its word: what was started so shortly before the outage was started in it.
SLACK = timedelta(seconds=20)


def verdicts(gateway: Gateway, now: int) -> list[Verdict]:
    """Return the outages of a gateway, however short, and the power cuts that it tells of, in order of time."""
    outages = [_verdict(gateway, before, back) for before, back in _outages(gateway, now)]
    for cut in _on_battery(gateway.transitions, now, gateway.gateway_id):
        same = next((index for index, one in enumerate(outages) if _same(cut, one, now)), None)
        if same is None:
            outages.append(cut)
        else:
            # It went on by its battery for a while: the cut began before the outage, and may last longer.
            one = outages[same]
            until = None if None in (one.until, cut.until) else max(one.until or 0, cut.until or 0)
            outages[same] = one._replace(since=min(one.since, cut.since), until=until)
    return sorted(outages, key=lambda verdict: verdict.since)


def not_heard(gateway: Gateway, now: int) -> list[Span]:
    """Return when a gateway was not heard, however shortly: nothing that happened then need have arrived."""
    return [Span(_since(gone), now if back is None else micros(back.at)) for gone, back in _outages(gateway, now)]


def _outages(gateway: Gateway, now: int) -> Iterator[tuple[Transition | int, Transition | None]]:
    """Yield each outage: what told that it began (or, where nothing did, since when), and the word at its end."""
    gone: Transition | None = None
    for change in gateway.transitions:
        if gone is None and not change.online:
            gone = change
        elif gone is None and change.heard_before is not None and change.at - change.heard_before > PAUSE:
            yield micros(change.heard_before), change
        elif gone is not None and change.online:
            yield gone, change
            gone = None
    if gone is not None:
        yield gone, None
    elif gateway.heard_at is not None and now - gateway.heard_at > UNHEARD / timedelta(microseconds=1):
        yield gateway.heard_at, None


def _since(gone: Transition | int) -> int:
    if isinstance(gone, int):
        return gone
    return micros(gone.at if gone.heard_before is None else gone.heard_before)


def _verdict(gateway: Gateway, gone: Transition | int, back: Transition | None) -> Verdict:
    subject, since = Subject("gateway", gateway.gateway_id), _since(gone)
    until = None if back is None else micros(back.at)
    silence, cause, confidence = _why(gateway.transitions, gone, back)
    return Verdict(subject, silence, cause, since, until, confidence)


def _why(
    transitions: Sequence[Transition], gone: Transition | int, back: Transition | None
) -> tuple[Silence, Cause, float]:
    if isinstance(gone, Transition) and gone.orderly:
        return Silence.GATEWAY_OFFLINE, Cause.SWITCHED_OFF, 0.95
    before = _before(transitions, gone)
    if back is not None:
        return _why_it_was_away(before, gone, back)
    if before is not None and before.power == "battery":
        return Silence.POWER_CUT, Cause.ON_BATTERY, 0.9
    return Silence.GATEWAY_OFFLINE, Cause.UNKNOWN, 0.9


def _why_it_was_away(
    before: Transition | None, gone: Transition | int, back: Transition
) -> tuple[Silence, Cause, float]:
    if _was_started_within(gone, back):
        return Silence.POWER_CUT, Cause.RESTARTED, 0.95
    if _mains_failed(gone, back) or back.power == "battery":
        return Silence.POWER_CUT, Cause.ON_BATTERY, 0.97
    if before is not None and before.boot != back.boot:
        return Silence.GATEWAY_OFFLINE, Cause.PROGRAM, 0.9
    return Silence.LINE_CUT, Cause.NONE, 0.95


def _before(transitions: Sequence[Transition], gone: Transition | int) -> Transition | None:
    """Return the last word before an outage."""
    if isinstance(gone, Transition):
        earlier = [change for change in transitions if change.online and change.at < gone.at]
    else:
        earlier = [change for change in transitions if change.online and micros(change.at) <= gone]
    return earlier[-1] if earlier else None


def _was_started_within(gone: Transition | int, back: Transition) -> bool:
    return back.started_at is not None and micros(back.started_at + SLACK) >= _since(gone)


def _mains_failed(gone: Transition | int, back: Transition) -> bool:
    """Tell whether mains failed in the outage, as the gateway says that went on by its battery."""
    if back.mains_lost is None:
        return False
    span = Span(_since(gone) - 5 * MINUTE, micros(back.at))
    lost = micros(back.mains_lost)
    ended = span.end if back.mains_back is None else micros(back.mains_back)
    return lost < span.end and ended > span.start


def _on_battery(transitions: Sequence[Transition], now: int, gateway_id: int) -> Iterator[Verdict]:
    """Yield the power cuts that a gateway tells of, by when mains failed and came back."""
    cuts: dict[datetime, int | None] = {}
    for change in transitions:
        if change.online and change.mains_lost is not None:
            cuts[change.mains_lost] = None if change.mains_back is None else micros(change.mains_back)
        elif change.online:
            # The machine was started anew: what it knew is gone, and mains are back.
            cuts.update({lost: micros(change.at) for lost, back in cuts.items() if back is None})
    for lost, back in cuts.items():
        since, until = micros(lost), back if back is None else min(back, now)
        if until is None or until - since >= 10 * SECOND:
            yield Verdict(Subject("gateway", gateway_id), Silence.POWER_CUT, Cause.ON_BATTERY, since, until, 0.98)


def _same(cut: Verdict, outage: Verdict, now: int) -> bool:
    """Tell whether an outage is about the same power cut."""
    if outage.silence is not Silence.POWER_CUT:
        return False
    one, other = cut.span(now), outage.span(now)
    return one.start < other.end and other.start < one.end
