"""The contexts of a simulated home as the service knows them at any instant: entered, and proposed by the system."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from analytics.contexts.context import Context, Standing
from analytics.contexts.effect import Contexts
from analytics.contexts.proposal import Known, Proposal, reconcile
from analytics.contexts.propose import DETECTORS, LOOK_BACK, propose
from analytics.contexts.traces import Traces
from analytics.frames import ROOMS
from analytics.silence.evidence import Home
from core.localtime import local_day
from core.places import RoomKind


class Told(NamedTuple):
    """A context that was proposed, as it stands now, and when it was first proposed and first acted."""

    proposal: Proposal
    first_at: datetime
    acted_at: datetime | None
    withdrawn: bool = False


class Surroundings:
    """What is remembered of a home for its contexts: the traces of its days, what was entered, what was proposed.

    Nobody answers a proposal: what the system thinks has to do.
    """

    def __init__(self, home: Home, entered: Sequence[Context]) -> None:
        self._zone = home.zone
        layout = home.layout
        bathroom = layout.room_kind == ROOMS[RoomKind.BATHROOM]
        self._bathrooms = frozenset(layout.room_id[bathroom].tolist())
        self._entered = list(entered)
        self._traces: dict[date, Traces] = {}
        self._proposed: dict[int, Told] = {}

    def keep(self, traces: Traces) -> None:
        """Remember the traces of a day, in place of what was known of it."""
        self._traces[traces.day] = traces

    def look(self, now: datetime) -> None:
        """Look for contexts, as the services do."""
        last = max(self._traces)
        days = {day: one for day, one in self._traces.items() if day >= last - LOOK_BACK}
        known = self._known(now)
        proposals = propose(days, self._zone, [one.context for one in known], self._bathrooms)
        changes = reconcile(known, proposals, local_day(min(days), self._zone).start, DETECTORS)
        for one in changes.made:
            self._tell(len(self._proposed), one, now)
        for number, one in changes.restated:
            self._tell(number, one, now)
        for number in changes.withdrawn:
            self._proposed[number] = self._proposed[number]._replace(withdrawn=True)

    def contexts(self, now: datetime) -> Contexts:
        """Return the contexts that are known at an instant."""
        return Contexts([one.context for one in self._known(now)], self._zone)

    def traces(self, day: date, days: int) -> dict[date, Traces]:
        """Return the traces of a day and so many days before it."""
        return {each: one for each, one in self._traces.items() if day - timedelta(days=days) <= each <= day}

    @property
    def told(self) -> list[Told]:
        """What was proposed so far, in the order in which it was."""
        return list(self._proposed.values())

    def _tell(self, number: int, one: Proposal, now: datetime) -> None:
        before = self._proposed.get(number)
        acts = Context(one.kind, one.start, one.end, Standing.PROPOSED, one.confidence).acts
        acted_at = before.acted_at if before is not None and before.acted_at else now if acts else None
        self._proposed[number] = Told(one, now if before is None else before.first_at, acted_at)

    def _known(self, now: datetime) -> list[Known]:
        entered = [one for one in self._entered if one.start <= now]
        open_still = [one if one.end is not None and one.end <= now else one._replace(end=None) for one in entered]
        proposed = [(number, one.proposal) for number, one in self._proposed.items() if not one.withdrawn]
        return [
            *(Known(-1 - number, one, "", one.start, {}) for number, one in enumerate(open_still)),
            *(
                Known(
                    number,
                    Context(one.kind, one.start, one.end, Standing.PROPOSED, one.confidence),
                    one.detector,
                    now,
                    one.evidence,
                )
                for number, one in proposed
            ),
        ]
