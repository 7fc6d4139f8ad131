"""One home walked through from its first day to its last, by the code of the services.

`home_day.compute`, `findings.judge`, `stillness.judging.judge`, `silence.classify` and `silence.reconcile` are asked at
each of the `moments`, with what the service had by then; what they say is kept as stored figures would be. Nothing here
decides anything by itself. Like the services it computes days again when readings come in late, and says nothing of a
home whose gateway is not heard.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import mean
from typing import NamedTuple

import numpy as np

from analytics import findings
from analytics.activity import activity
from analytics.analysis import HEARD_WITHIN
from analytics.baseline import REACH
from analytics.change.budget import DEFAULT_BUDGET
from analytics.change.domains import LOOKS
from analytics.contexts.context import Context
from analytics.findings import SILENT_HOME, SILENT_SENSOR, Finding
from analytics.frames import Episode, History, Instants, history_of, instant, micros
from analytics.home_day import BEFORE, HomeDay, compute
from analytics.indicators import INDICATORS, OF_DAYS
from analytics.measuring import Value, values_of_days
from analytics.memory import Memory
from analytics.profiles.profile import DayProfile
from analytics.rules.timetable import ExpectedVisit
from analytics.silence.blind import Blind, blind
from analytics.silence.classify import classify
from analytics.silence.evidence import Evidence
from analytics.silence.reconcile import Told, reconcile
from analytics.silence.verdict import Subject, Verdict
from analytics.stillness import judging
from analytics.stillness.quiet import Quiet
from analytics.stillness.unvisited import DAYS, unvisited
from analytics.watch.silences import KINDS, LEARNED, LOOK_EVERY, OUTAGES
from cli.evaluate.bisection import first
from cli.evaluate.observation import GATEWAY_ID, Observation
from cli.evaluate.simulated import moments
from cli.evaluate.simulated.changes import ChangesOfHome
from cli.evaluate.simulated.moments import Moment
from cli.evaluate.simulated.quiet_times import QuietTimes
from cli.evaluate.simulated.rules import RulesOfHome
from cli.evaluate.simulated.surroundings import Surroundings
from core.localtime import Interval, day_of, local_day
from simulator.home import ONE_DAY

FURTHEST_BACK = max((indicator.days for indicator in OF_DAYS.values()), default=1) * ONE_DAY


class Raised(NamedTuple):
    """A finding when it was first raised. `subject` is "" for the home or its person; `start` to `end` is of when.

    One on `trial` alerts nobody.
    """

    family: str
    kind: str
    subject: str
    start: datetime
    end: datetime
    raised_at: datetime
    said: str
    trial: bool = False

    @property
    def key(self) -> tuple[str, str, str, datetime]:
        """What makes it the same finding when it is restated."""
        return self.family, self.kind, self.subject, self.start


class Walked(NamedTuple):
    """What was raised in a home, in order, and its indicators: value (NaN without verdict) and coverage by day.

    `at_budgets` is what would have been raised with each budget; `raised` is that of the first.
    """

    raised: list[Raised]
    values: dict[str, dict[date, tuple[float, float]]]
    at_budgets: dict[float, list[Raised]]

    @property
    def coverage(self) -> float:
        """The mean coverage of all indicators."""
        known = [coverage for days in self.values.values() for _, coverage in days.values()]
        return mean(known) if known else 0.0


def walk(
    observation: Observation,
    start: datetime,
    end: datetime,
    entered: Sequence[Context] = (),
    visits: Sequence[ExpectedVisit] = (),
    budgets: Sequence[float] = (DEFAULT_BUDGET,),
) -> Walked:
    """Return what the analysis raises in a home between two instants.

    `entered` are contexts that somebody enters as soon as they begin, and ends when they end; `visits` are entered as
    expected; `budgets` are those of wellbeing alerts per home and week, one or more: the first is gone by.
    """
    return _Walk(observation, start, end, entered, visits, budgets).through()


class _Walk:
    """What is remembered of a home on the way: rhythms, values by kind and day, silences told, findings raised."""

    def __init__(
        self,
        observation: Observation,
        start: datetime,
        end: datetime,
        entered: Sequence[Context],
        visits: Sequence[ExpectedVisit],
        budgets: Sequence[float],
    ) -> None:
        self._seen = observation
        self._home = observation.home
        self._around = Surroundings(observation.home, entered)
        self._zone = observation.home.zone
        self._start, self._end = start, end
        self._memory = Memory()
        self._values: dict[str, dict[date, tuple[float, float]]] = {}
        self._profiles: dict[date, DayProfile] = {}
        self._changes = ChangesOfHome(self._zone, budgets)
        self._changed: dict[float, dict[tuple[str, str, str, datetime], Raised]] = {each: {} for each in budgets}
        self._told: list[Told] = []
        self._raised: dict[tuple[str, str, str, datetime], Raised] = {}
        self._looked_at = start
        self._computed_at = start
        self._signs, self._doors = _signs(observation, end)
        self._rules = RulesOfHome(observation, self._value, visits)
        self._rules_at = start
        self._quiet = QuietTimes(observation.home.layout.rooms, self._zone)

    def through(self) -> Walked:
        """Go through all days."""
        words = self._seen.words()
        day = day_of(self._start, self._zone)
        while local_day(day, self._zone).start < self._end:
            worth = self._quiet.may_be_worth
            looks: list[Moment | datetime] = [*moments.of_day(day, self._zone, self._signs, words, worth)]
            looks += self._rules.looks(day, self._signs, self._doors)
            for look in sorted(looks, key=_when):
                if not self._start < _when(look) < self._end:
                    continue
                if isinstance(look, Moment):
                    self._step(look)
                else:
                    self._look_by_rules(look)
            day += ONE_DAY
        first_changed, *_ = self._changed.values()
        others = {key: one for key, one in self._raised.items() if key not in first_changed}
        at_budgets = {budget: _in_order({**others, **changed}) for budget, changed in self._changed.items()}
        return Walked(_in_order(self._raised), self._values, at_budgets)

    def _step(self, moment: Moment) -> None:
        if moment.silences:
            self._look(moment.at)
        first = day_of(self._start, self._zone)
        days = {day for day in moment.days if day >= first}
        if moment.silences and moment.days:
            days |= set(self._late(moment.at, min(moment.days)))
        for day in sorted(days):
            self._take(day, moment.at)

    def _late(self, now: datetime, before: date) -> Iterator[date]:
        """Yield the days before one that readings came in for since days were last computed."""
        border = local_day(before, self._zone).start
        for at in self._seen.late(self._computed_at, now, border):
            day = day_of(instant(int(at)), self._zone)
            yield from (one for one in (day - ONE_DAY, day, day + ONE_DAY) if one >= day_of(self._start, self._zone))
        self._computed_at = now

    def _take(self, day: date, now: datetime) -> None:
        """Compute a day as it is known at `now`, and judge it and the days that have it in their past."""
        computed = self._compute(day, now)
        self._around.keep(computed.traces)
        if computed.profile is not None:
            self._around.look(now)
        final, so_far = self._judged_final(computed, now), self._judged_so_far(computed, now)
        if self._new([*final, *so_far]):
            # The services look for silences every ten minutes, and for contexts every hour: what they would have told
            # by now counts.
            self._look(now)
            computed = self._compute(day, now)
            self._around.keep(computed.traces)
            self._around.look(now)
            final, so_far = self._judged_final(computed, now, again=True), self._judged_so_far(computed, now)
        self._memory.keep_day(computed)
        self._rules.keep(computed)
        self._quiet.keep(computed.quiet)
        for finding in self._new(final):
            self._raise_wellbeing(finding, now)
        for finding in self._new(so_far):
            self._raise_wellbeing(*self._first_raised(day, finding, now))
        for silence in computed.silences:
            self._raise_silence(SILENT_HOME, "", silence.span.start, silence.span.end, now)
        for sensor in computed.silent_sensors:
            self._raise_silence(SILENT_SENSOR, f"device {sensor.device_id}", sensor.span.start, sensor.span.end, now)

    def _look_by_rules(self, now: datetime) -> None:
        """Ask the rules about the present day, and raise what they find at the first look at which they would have."""
        if self._new(self._rules.first_look(now)):
            self._look(now)
            day = day_of(now, self._zone)
            for finding in self._new(self._by_rules(self._compute(day, now), now)):
                self._raise_wellbeing(*self._first_met(finding, now))
        self._rules_at = now

    def _first_met(self, finding: Finding, now: datetime) -> tuple[Finding, datetime]:
        """Return a rule's finding as it was first raised, since the look before, and when."""
        met = datetime.fromisoformat(finding.evidence["met_at"])
        looks = moments.ticks(max(met - moments.CADENCE, self._rules_at), now)
        at = first(looks, lambda look: self._met_at(look, _key(finding)) is not None)
        return self._met_at(at, _key(finding)) or finding, at

    def _met_at(self, now: datetime, key: tuple[str, str, str, datetime]) -> Finding | None:
        computed = self._compute(day_of(now, self._zone), now)
        return next((one for one in self._by_rules(computed, now) if _key(one) == key), None)

    def _by_rules(self, computed: HomeDay, now: datetime) -> list[Finding]:
        contexts = self._around.contexts(now)
        found = self._rules.judged(computed, heard=now - self._seen.heard_at(now) <= HEARD_WITHIN)
        return [one for one in found if not contexts.excludes(one.kind, one.interval)]

    def _judged_final(self, computed: HomeDay, now: datetime, *, again: bool = False) -> list[Finding]:
        return [*self._judged(computed, now, again=again), *self._by_rules(computed, now)]

    def _compute(self, day: date, now: datetime) -> HomeDay:
        since = local_day(day, self._zone).start - BEFORE
        readings, past = self._seen.readings(now, since), self._memory.before(day)
        return compute(day, self._zone, self._home.layout, readings, past, now, self._blind(since, now))

    def _blind(self, since: datetime, now: datetime) -> Blind:
        told = [one.verdict for one in self._told]
        return blind((one for one in told if one.span(micros(now)).end >= micros(since)), micros(now))

    def _judged(self, computed: HomeDay, now: datetime, *, again: bool) -> list[Finding]:
        """Store the values of a day and return the findings about it, and about later days if they were restated.

        The same day `again` has nothing new, and is judged all the same.
        """
        found = []
        different: set[date] = {computed.day} if again else set()
        for value in [*computed._asdict()["values"], *self._of_several_days(computed.profile)]:
            days = self._values.setdefault(value.kind, {})
            before = days.get(value.day)
            days[value.day] = (float("nan") if value.value is None else value.value, value.coverage)
            is_different = before is None or not np.array_equal(before, days[value.day], equal_nan=True)
            if is_different and value.kind in LOOKS:
                different.add(value.day)
            if not INDICATORS[value.kind].judged:
                continue
            restated = before is not None and is_different
            touched = [day for day in days if day >= value.day] if restated else [value.day]
            for day in sorted(touched):
                window = INDICATORS[value.kind].interval
                contexts = self._around.contexts(now)
                if contexts.excludes(value.kind, window(day, self._zone)):
                    continue
                history = contexts.comparable(value.kind, day, self._history(value.kind, day), window)
                verdict = findings.judge(value.kind, day, history, _no_episodes, self._zone)
                if verdict.finding is not None and verdict.finding.interval.start < now:
                    found.append(verdict.finding)
        at_budgets = self._changes.judged(different, self._values, self._around.contexts(now))
        for budget, changes in at_budgets.items():
            for one in changes:
                self._changed[budget].setdefault(_key(one), _raised(one, now))
        return [*found, *next(iter(at_budgets.values()))]

    def _of_several_days(self, profile: DayProfile | None) -> Iterator[Value]:
        """Yield the values that look back over several days: of a day that is over, and of later ones it changes."""
        if profile is None:
            return
        self._profiles[profile.day] = profile
        for day in sorted(each for each in self._profiles if profile.day <= each < profile.day + FURTHEST_BACK):
            yield from values_of_days(day, self._profiles)

    def _judged_so_far(self, computed: HomeDay, now: datetime) -> list[Finding]:
        """Return the findings about what may still go on: times without a sign."""
        heard = now - self._seen.heard_at(now) <= HEARD_WITHIN
        contexts = self._around.contexts(now)
        rooms = self._quiet.rooms

        def doubted(quiet: Quiet) -> tuple[int, ...]:
            day = day_of(instant(quiet.start), self._zone)
            days = {
                **self._around.traces(day, DAYS),
                **({computed.day: computed.traces} if computed.day <= day else {}),
            }
            return unvisited(quiet, days, day, rooms)

        still = judging.judge(computed.stills, self._quiet.expected, rooms, self._zone, heard=heard, doubted=doubted)
        return [one for one in still.findings if not contexts.excludes(one.kind, one.interval)]

    def _history(self, kind: str, day: date) -> History:
        """Return what is stored of an indicator up to a day."""
        days = self._values.get(kind, {})
        return history_of((one, *days[one]) for one in sorted(days) if day - REACH <= one <= day)

    def _value(self, kind: str, first_day: date, last_day: date) -> dict[date, float]:
        return {day: value for day, (value, _) in self._values.get(kind, {}).items() if first_day <= day <= last_day}

    def _new(self, found: Sequence[Finding]) -> list[Finding]:
        return [one for one in found if _key(one) not in self._raised]

    def _raise_wellbeing(self, finding: Finding, at: datetime) -> None:
        raised = _raised(finding, at)
        self._raised[raised.key] = raised

    def _first_raised(self, day: date, finding: Finding, now: datetime) -> tuple[Finding, datetime]:
        """Return a finding about what goes on as it was first raised, since the moment before, and when."""
        looked_at = moments.still(day, self._zone, self._signs, self._quiet.may_be_worth)
        earlier = max((at for at in looked_at if at < now), default=finding.interval.start)
        looks = moments.ticks(earlier, now)

        def raised(at: datetime) -> Finding | None:
            found = self._judged_so_far(self._compute(day, at), at)
            return next((one for one in found if _key(one) == _key(finding)), None)

        at = first(looks, lambda look: raised(look) is not None)
        return raised(at) or finding, at

    def _look(self, now: datetime) -> None:
        """Look for silences, as the services do every ten minutes, and keep what is told."""
        evidence = self._evidence(now)
        lately = [one for one in self._told if one.verdict.span(micros(now)).end >= micros(now - OUTAGES)]
        about = {Subject(kind, GATEWAY_ID) for kind in ("gateway", "systems")}
        about |= {Subject("device", each) for each in evidence.home.traits}
        restated = reconcile(lately, classify(evidence), evidence.reports, about, micros(now))
        told = {(one.verdict.subject, one.started_at): one for one in self._told if one not in restated.withdrawn}
        for started_at, verdict in restated.held:
            old = told.get((verdict.subject, started_at))
            if old is None:
                self._tell(verdict, started_at, now)
            known_at = micros(now) if old is None else old.known_at
            told[verdict.subject, started_at] = Told(0, verdict, started_at, known_at)
        self._told = list(told.values())
        self._looked_at = now

    def _tell(self, verdict: Verdict, started_at: int, now: datetime) -> None:
        """Raise the finding about a silence, at the first look since the last one at which it is told."""
        number = max(1, -(-(now - self._looked_at) // LOOK_EVERY))
        looks = [now - (number - 1 - index) * LOOK_EVERY for index in range(number)]

        def holds(at: datetime) -> bool:
            # Why a gateway is silent may be told better later; of a device another reason is another silence. One that
            # was over before this one began is of an earlier fault of the same subject.
            return any(
                one.subject == verdict.subject
                and (one.silence is verdict.silence or one.subject.kind != "device")
                and one.span(micros(at)).end > started_at
                for one in classify(self._evidence(at))
                if one.technical
            )

        at = first([each for each in looks if each > instant(started_at)] or [now], holds)
        subject = f"{verdict.subject.kind} {verdict.subject.id}"
        self._raise_silence(KINDS[verdict.subject.kind], subject, started_at, verdict.span(micros(now)).end, at)

    def _raise_silence(self, kind: str, subject: str, start: int, end: int, at: datetime) -> None:
        raised = Raised("technical", kind, subject, instant(start), instant(end), at, "")
        self._raised.setdefault(raised.key, raised)

    def _evidence(self, now: datetime) -> Evidence:
        return self._seen.at(now, now - LEARNED)


def _key(finding: Finding) -> tuple[str, str, str, datetime]:
    return finding.family, finding.kind, finding.subject, finding.interval.start


def _raised(finding: Finding, at: datetime) -> Raised:
    return Raised(
        finding.family, finding.kind, finding.subject, *finding.interval, at, finding.explanation_en, finding.trial
    )


def _in_order(raised: Mapping[tuple[str, str, str, datetime], Raised]) -> list[Raised]:
    return sorted(raised.values(), key=lambda one: one.raised_at)


def _signs(observation: Observation, until: datetime) -> tuple[Instants, Instants]:
    """Return when somebody gave a sign in the home, each instant once, and when a door to the outside was moved."""
    signs = activity(observation.readings(until + timedelta(days=1)), observation.home.layout)
    return np.unique(signs.at), np.unique(signs.where(signs.door).at)


def _when(look: Moment | datetime) -> datetime:
    return look.at if isinstance(look, Moment) else look


def _no_episodes(_: date, __: Interval) -> Sequence[Episode]:
    return ()
