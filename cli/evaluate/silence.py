"""`vicino evaluate silence`: the silence classifier on simulated faults of every class.

A case is right when what is said of it at its last look is its class, about its device, and nothing else is said that
is technical. The classifier never sees the truth: it gets what the service would have, decoded by the gateway's own
code, with the words of the gateway compared by ingest's.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.frames import instant, micros
from analytics.silence.blind import blind
from analytics.silence.classify import classify
from analytics.silence.verdict import Silence, Verdict
from cli.evaluate.bisection import first
from cli.evaluate.observation import Heard, Installed, Listener, Observation, installed, joined
from cli.evaluate.wellbeing import Wellbeing
from core.localtime import day_of
from simulator import chance, faults
from simulator.events.event import Event
from simulator.faults import CLASSES, NOTHING, Case, Ground
from simulator.habits import milliseconds
from simulator.home import ONE_DAY, SimulatedHome
from simulator.resident import Posture

CASES_OF_A_HOME = 4  # of each class
LOOKS = 3  # at instants drawn by chance, for what must never be said
KNOWN_TO = timedelta(minutes=15)
OTHER = "other device"


class Outcome(NamedTuple):
    """What was said of a case, and how soon what was right (None: never, or nothing was to be known).

    `as_wellbeing` says that at some look a technical fault was taken for the person being still, or away though at
    home, or made the analysis find something about the person that it does not find without the fault. `first_s` is
    after how many seconds anything technical was known. `battery` says whether the gateway has one.
    """

    home: str
    battery: bool
    case: Case
    said: str
    known_s: float | None
    first_s: float | None
    as_wellbeing: bool


def outcomes(
    seed: int, per_class: int, zone: ZoneInfo, progress: Callable[[int, int], None] = lambda _, __: None
) -> Iterator[Outcome]:
    """Yield the outcome of every case of a seed; `progress` is told how many of how many cases are done."""
    homes = max(2, -(-per_class // CASES_OF_A_HOME))  # one with a battery, one without
    done, total = 0, per_class * len(CLASSES)
    for index in range(homes):
        ground = faults.draw_ground(seed, index, zone)
        registered = installed(ground.home)
        listener = Listener(ground.home, registered, ground.start)
        learned = listener.hear(ground.home.messages(ground.start, ground.begin), ground.gateway())
        quiet = Observation(zone, registered, learned, ground.gateway().words())
        wellbeing = Wellbeing(registered.of(zone), quiet.readings(ground.begin), ground.start, ground.begin)
        numbers = range(len(range(index, per_class, homes)))
        for case in (faults.draw_case(seed, ground, truth, number) for truth in CLASSES for number in numbers):
            yield _outcome(_Life(ground, registered, listener, learned, wellbeing), case)
            done += 1
            progress(done, total)


class _Life(NamedTuple):
    """A home up to the time of its cases: what was heard of it, and what the analysis has learned."""

    ground: Ground
    registered: Installed
    listener: Listener
    learned: Heard
    wellbeing: Wellbeing

    def goes_on(self, events: tuple[Event, ...], until: datetime) -> Observation:
        """Return what is observed of it until an instant, with some events."""
        home, gateway = self.ground.home.with_events(events), self.ground.gateway(events)
        heard = self.listener.fork().hear(home.messages(self.ground.begin, until), gateway)
        return Observation(self.ground.home.zone, self.registered, joined(self.learned, heard), gateway.words())


def _outcome(life: _Life, case: Case) -> Outcome:
    ground, registered = life.ground, life.registered
    events = (case.event,) if case.event else ()
    home = ground.home.with_events(events)
    observation = life.goes_on(events, case.until)
    device = registered.devices.get(case.device)
    looks: dict[datetime, list[Verdict]] = {}

    def look(at: datetime) -> list[Verdict]:
        if at not in looks:
            looks[at] = classify(observation.at(at))
        return looks[at]

    def is_right(at: datetime) -> bool:
        return said(look(at), case, device, at, home) == case.truth

    def is_known(at: datetime) -> bool:
        return any(one.technical and _concerns(one, case) for one in look(at))

    rng = chance.stream(ground.home.key, case.truth, case.start, "looks")
    drawn = [case.start + rng.random() * (case.until - case.start) for _ in range(LOOKS)]
    if case.truth == NOTHING:
        wrong = [one for at in [*drawn, case.until] if (one := said(look(at), case, device, at, home)) != NOTHING]
        return Outcome(home.key, ground.battery, case, wrong[0] if wrong else NOTHING, None, None, as_wellbeing=False)
    final = said(look(case.until), case, device, case.until, home)
    times = _times(case, observation.words())
    known = first(times, is_right) if final == case.truth else None
    technical = case.truth not in ("person_away", "person_still")
    told = first(times, is_known) if technical and is_known(case.until) else None
    for at in drawn:
        look(at)
    mistaken = technical and any(_is_mistaken(one, home, at) for at, found in looks.items() for one in found)
    mistaken |= technical and any(
        _is_said_of_the_person(life, observation, look(at), at) for at in [*drawn[:1], case.until]
    )
    return Outcome(
        home.key, ground.battery, case, final, _seconds(known, case), _seconds(told, case), as_wellbeing=mistaken
    )


def said(found: Sequence[Verdict], case: Case, device: int | None, now: datetime, home: SimulatedHome) -> str:
    """Return what is said of a case: its truth if that alone, else what else is said first, or nothing."""
    about = [one for one in found if _concerns(one, case)]
    right = [one for one in about if one.silence == case.truth and one.subject.id == (device or one.subject.id)]
    others = [one for one in about if one not in right and (one.technical or not right)]
    # Whoever is out may be called away, whatever else is the matter.
    others = [one for one in others if one.silence is not Silence.PERSON_AWAY or not _is_away(home, now)]
    if others:
        return OTHER if others[0].silence == case.truth else others[0].silence
    return case.truth if right else NOTHING


def _concerns(verdict: Verdict, case: Case) -> bool:
    """Tell whether a verdict is about the time of a case."""
    until = None if verdict.until is None else instant(verdict.until)
    return until is None or until > case.start


def _is_mistaken(verdict: Verdict, home: SimulatedHome, at: datetime) -> bool:
    """Tell whether the person is called still, or called away though at home."""
    if verdict.silence is Silence.PERSON_STILL:
        return True
    return verdict.silence is Silence.PERSON_AWAY and not _is_away(home, at)


def _is_said_of_the_person(life: _Life, observation: Observation, found: Sequence[Verdict], at: datetime) -> bool:
    """Tell whether the analysis finds something out of the ordinary that it would not find without the fault."""
    evidence = observation.at(at)
    kinds = life.wellbeing.kinds(at, evidence.readings, blind(found, micros(at)))
    return bool(kinds) and bool(kinds - life.wellbeing.kinds(at, life.goes_on((), at).readings(at)))


def _is_away(home: SimulatedHome, at: datetime) -> bool:
    at_ms, first = milliseconds(at), day_of(at, home.zone) - ONE_DAY
    return any(
        stay.start - 60_000 <= at_ms < stay.end + 60_000 and stay.posture is Posture.AWAY
        for offset in range(2)
        for stay in home.lived(first + offset * ONE_DAY).stays
    )


def _times(case: Case, words: Sequence[datetime]) -> list[datetime]:
    """Return when something may become known: when the gateway speaks, and every quarter of an hour."""
    spoken = [at + timedelta(seconds=1) for at in words if case.start <= at < case.until]
    quarters = int((case.until - case.start) / KNOWN_TO)
    return sorted({*spoken, *(case.start + n * KNOWN_TO for n in range(1, quarters + 1)), case.until})


def _seconds(known: datetime | None, case: Case) -> float | None:
    return None if known is None else (known - case.start).total_seconds()
