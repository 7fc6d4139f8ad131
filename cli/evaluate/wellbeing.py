"""What the analysis would say of the person in a simulated home, by its own indicators and detectors."""

from datetime import date, datetime

import pandas as pd

from analytics import findings
from analytics.frames import Columns, history_of
from analytics.home_day import HomeDay, compute
from analytics.indicators import INDICATORS
from analytics.memory import Memory
from analytics.silence.blind import SEEING, Blind
from analytics.silence.evidence import Home
from core.localtime import day_of
from simulator.home import ONE_DAY

LOOKED_AT = 2  # days, up to the present one


class Wellbeing:
    """The analysis of one home: it has learned from the days before `until`, of which `readings` tell."""

    def __init__(self, home: Home, readings: pd.DataFrame, since: datetime, until: datetime) -> None:
        self._home = home
        self._memory = Memory()
        self._history: dict[str, list[tuple[date, float, float]]] = {kind: [] for kind in INDICATORS}
        day, last = day_of(since, home.zone), day_of(until, home.zone)
        while day < last:
            one = compute(day, home.zone, home.layout, readings, self._memory.before(day), until)
            self._memory.keep_day(one)
            self._remember(one, self._history)
            day += ONE_DAY

    def kinds(self, now: datetime, readings: pd.DataFrame | Columns, blind: Blind = SEEING) -> set[tuple[str, date]]:
        """Return what is out of the ordinary, by kind and day, on the present day and the one before it."""
        found: set[tuple[str, date]] = set()
        today = day_of(now, self._home.zone)
        for day in (today - n * ONE_DAY for n in range(LOOKED_AT)):
            past = self._memory.before(day)
            one = compute(day, self._home.zone, self._home.layout, readings, past, now, blind)
            history = {kind: [row for row in rows if row[0] < day] for kind, rows in self._history.items()}
            self._remember(one, history)
            for kind, rows in history.items():
                if not INDICATORS[kind].judged:
                    continue
                verdict = findings.judge(kind, day, history_of(rows), lambda _, __: [], self._home.zone)
                if verdict.finding is not None:
                    found.add((kind, day))
        return found

    def _remember(self, one: HomeDay, history: dict[str, list[tuple[date, float, float]]]) -> None:
        of_day = one._asdict()["values"]
        for kind, day, value, _, coverage, _ in of_day:
            history[kind].append((day, float("nan") if value is None else value, coverage))
