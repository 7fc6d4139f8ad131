"""Open pages are told of an alert at once, and of what only drifts one after the other."""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from core.clock import SimulatedClock
from dashboards.live import DRIFT_EVERY_S, LOUD_S, QUIET_S, TURN_S, Hub, News, Subscription, Word

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DRIFT = News(None, frozenset({Word.CHANGED}))
ALERT = News(1, frozenset({Word.CHANGED, Word.URGENT}))
TURN = frozenset({Word.CHANGED, Word.DRIFTED})


class Pages:
    """Some open pages of organisation 1, and one of organisation 2."""

    def __init__(self, number: int, stack: ExitStack) -> None:
        self.clock = SimulatedClock(NOW)
        self.hub = Hub(None, self.clock)  # type: ignore[arg-type]  # it does not listen here
        self.own = [stack.enter_context(self.hub.subscribe(frozenset({1}))) for _ in range(number)]
        self.foreign = stack.enter_context(self.hub.subscribe(frozenset({2})))

    async def told(self, one: Subscription) -> frozenset[Word]:
        await asyncio.sleep(0)
        return await one.words(0.01)

    async def turns(self, seconds: float, step: float = 0.05) -> list[tuple[int, frozenset[Word]]]:
        """Let time pass; return which of the pages were told what in their turns, in order."""
        found = []
        for _ in range(round(seconds / step)):
            self.clock.advance(step)
            self.hub.give_turn()
            await asyncio.sleep(0)
            for place, one in enumerate([*self.own, self.foreign]):
                if one._told.is_set():
                    found.append((place, await one.words(0)))
        return found


def over(number: int, test) -> None:
    async def run() -> None:
        with ExitStack() as stack:
            await test(Pages(number, stack))

    asyncio.run(run())


def test_an_alert_is_told_at_once_to_those_whom_it_concerns() -> None:
    async def test(pages: Pages) -> None:
        before = pages.hub.revision
        pages.hub.pass_on(ALERT)
        assert pages.hub.revision > before
        assert [await pages.told(one) for one in pages.own] == [ALERT.words] * 3
        assert await pages.told(pages.foreign) == frozenset()
        # What it changes beside itself comes to one after the other, once the boards have it.
        assert await pages.turns(QUIET_S - 0.1) == []
        turns = await pages.turns(10)
        assert turns == [(place, frozenset({Word.DRIFTED})) for place in range(3)]

    over(3, test)


def test_what_drifts_is_told_in_turns_and_to_nobody_sooner_than_it_may_be() -> None:
    async def test(pages: Pages) -> None:
        for _ in range(50):
            pages.hub.pass_on(DRIFT)
        assert await pages.turns(DRIFT_EVERY_S - 0.1) == []
        assert await pages.turns(5 * TURN_S + 0.1) == [(place, TURN) for place in range(5)]
        pages.hub.pass_on(DRIFT)
        assert await pages.turns(DRIFT_EVERY_S - 5 * TURN_S - 1) == []
        assert [place for place, _ in await pages.turns(5 * TURN_S + 2)] == [0, 1, 2, 3, 4]
        assert pages.hub.revision == 0

    over(4, test)


def test_turns_come_even_while_alerts_call_one_after_the_other() -> None:
    async def test(pages: Pages) -> None:
        drifted = 0
        for _ in range(round(3 * LOUD_S)):
            pages.hub.pass_on(ALERT)
            drifted += sum(Word.DRIFTED in words for _, words in await pages.turns(1))
        assert 2 <= drifted <= 3 * LOUD_S / TURN_S

    over(2, test)


@pytest.mark.parametrize("number", [1, 200])
def test_every_page_has_its_turn(number: int) -> None:
    async def test(pages: Pages) -> None:
        pages.hub.pass_on(ALERT)
        await asyncio.sleep(0)
        for one in pages.own:
            await one.words(0)
        told = [place for place, _ in await pages.turns(QUIET_S + (number + 2) * (TURN_S + 0.05) + 1)]
        assert told == list(range(number))

    over(number, test)
