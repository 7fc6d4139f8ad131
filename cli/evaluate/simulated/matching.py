"""Which finding counts for which event, and which is false.

* **Detected**: a wellbeing finding of one of the kinds in `DETECTS` for the scenario (shell patterns) that speaks of a
  time within the event, and was raised from its beginning until `AFTER` its end. A technical fault: any technical
  finding about its device, or about the gateway or the whole home. The delay runs from the beginning of the event.
* **False**: any other wellbeing finding, also in a context (visitors, a pet, hospital, ...), but for consequences: of a
  sudden event any wellbeing finding about its time or `AFTER` it, of a slow one a finding of its kinds.
* **Technical fault reported as wellbeing**: a false one about the time of a fault, or `AFTER` it; the same home, if
  that fault does not happen, raises none of that kind about that time.

Each finding counts as an alert, though the alerts would put those of following days into one. The time in which none is
false (sudden events and `AFTER` them) does not count for the rate, nor do the first `LEARNED_FROM` days.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

from analytics.baseline import LEAST_DAYS
from cli.evaluate.simulated.walk import Raised
from simulator.library import SCENARIOS, Sort
from simulator.timeline import FAULTS, Life, Scripted

LEARNED_FROM = timedelta(days=LEAST_DAYS)
# Nights are judged in the morning after them, days on the day after.
AFTER: Mapping[Sort, timedelta] = {
    Sort.SUDDEN: timedelta(hours=36),
    Sort.SLOW: timedelta(days=7),
    Sort.CONTEXT: timedelta(0),
    Sort.TECHNICAL: timedelta(hours=36),
}
_SLEEP = ("sleep_*", "time_in_bed", "night_walking")
DETECTS: Mapping[str, tuple[str, ...]] = {
    "fall": ("stillness*", "long_absence", "longest_stillness", "activity", "room_changes"),
    "night_bathroom": ("night_bathroom_visits",),
    "insomnia": _SLEEP,
    "day_night_reversal": (*_SLEEP, "relative_amplitude", "interdaily_stability", "intradaily_variability", "day_rest"),
    "night_wandering": ("night_walking", "night_door*", "sleep_interruptions"),
    "leaving_at_night": ("night_door*", "night_absence"),
    "missed_meals": ("meals", "food_uses", "hot_drinks", "activity_kitchen"),
    "carer_absent": ("visit_missed", "company"),
    "heat_wave": ("heat", "heat_hours", "night_heat_hours"),
    "heating_failure": ("cold", "cold_hours"),
    "not_going_out": ("outings", "time_out"),
    "slow_decline": (
        "decline*", "walking_*", "outings", "time_out", "activity*", "room_changes", "sleep_*", "time_in_bed", "meals",
        "hot_drinks", "night_bathroom_visits",
    ),
}  # fmt: skip


class Outcome(NamedTuple):
    """What became of one scripted event: the finding that detected it, and how many hours after its beginning."""

    scripted: Scripted
    detected: Raised | None
    delay_h: float | None


class Judged(NamedTuple):
    """A home against its truth: outcomes of its events, false findings, those of them during a fault, and hours judged.

    `suspects` are false findings about the time of a fault, which the fault may have caused.
    """

    outcomes: list[Outcome]
    false: list[Raised]
    suspects: list[Raised]
    hours: float


def compare(life: Life, raised: Sequence[Raised], devices: Mapping[str, int]) -> Judged:
    """Return what the findings in a home come to; `devices` gives the number of each device by its key.

    What is on trial alerts nobody: it detects nothing and is not false.
    """
    raised = [one for one in raised if not one.trial]
    wellbeing = [one for one in raised if one.family == "wellbeing"]
    outcomes = [_outcome(one, raised, devices.get(one.device)) for one in life.scripted]
    false = [one for one in wellbeing if not any(_explains(event, one) for event in life.scripted)]
    return Judged(
        outcomes,
        false,
        [one for one in false if faults_about(life, one)],
        _hours(life),
    )


def faults_about(life: Life, finding: Raised) -> list[Scripted]:
    """Return the faults of whose time, or of `AFTER` it, a finding speaks."""
    return [one for one in life.scripted if one.sort is Sort.TECHNICAL and _about(one, finding)]


def in_context(outcomes: Sequence[Outcome], false: Sequence[Raised]) -> dict[str, int]:
    """Return how many false findings speak of the time of each context, by scenario."""
    contexts = [one.scripted for one in outcomes if one.scripted.sort is Sort.CONTEXT]
    return {
        name: sum(any(_about(context, finding) for context in contexts if context.name == name) for finding in false)
        for name, scenario in SCENARIOS.items()
        if scenario.sort is Sort.CONTEXT
    }


def _outcome(scripted: Scripted, raised: Sequence[Raised], device: int | None) -> Outcome:
    counts = [one for one in raised if _detects(scripted, one, device)]
    if scripted.sort is Sort.CONTEXT or not counts:
        return Outcome(scripted, None, None)
    soonest = min(counts, key=lambda one: one.raised_at)
    return Outcome(scripted, soonest, (soonest.raised_at - scripted.event.start) / timedelta(hours=1))


def _detects(scripted: Scripted, one: Raised, device: int | None) -> bool:
    event = scripted.event
    in_time = event.start <= one.raised_at <= event.end + AFTER[scripted.sort]
    if not in_time or not _overlaps(one, event.start, event.end):
        return False
    if scripted.name in FAULTS:
        subject = f"device {device}" if device is not None else ""
        whole = not one.subject.startswith("device")
        return one.family == "technical" and (one.subject == subject if device is not None else whole)
    return one.family == "wellbeing" and _is_of(scripted.name, one.kind)


def _explains(scripted: Scripted, one: Raised) -> bool:
    if scripted.sort is Sort.SUDDEN:
        return _about(scripted, one)
    return scripted.sort is Sort.SLOW and _about(scripted, one) and _is_of(scripted.name, one.kind)


def _about(scripted: Scripted, one: Raised) -> bool:
    return _overlaps(one, scripted.event.start, scripted.event.end + AFTER[scripted.sort])


def _is_of(name: str, kind: str) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in DETECTS.get(name, ()))


def _overlaps(one: Raised, start: datetime, end: datetime) -> bool:
    return one.start <= end and one.end >= start


def _hours(life: Life) -> float:
    """Return how many hours of a life a wellbeing finding would be false in."""
    due = sorted((one.event.start, one.event.end + AFTER[one.sort]) for one in life.scripted if one.sort is Sort.SUDDEN)
    left, reached = life.end - life.start - LEARNED_FROM, life.start + LEARNED_FROM
    for start, end in due:
        begin, until = max(start, reached), min(end, life.end)
        if until > begin:
            left -= until - begin
            reached = until
    return max(0.0, left / timedelta(hours=1))
