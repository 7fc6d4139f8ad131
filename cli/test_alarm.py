"""`vicino gateway test-alarm`: asks a home to press its SOS button, and waits for the press to arrive."""

import threading
from datetime import timedelta
from typing import Annotated

import typer

from alerts.test_alarm import LONGEST, AlarmTest, announce, state_of
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import results
from core.clock import Clock, SystemClock
from core.database import Database

_LOOK_S = 1.0


def ask_for_test(
    home: Annotated[str, typer.Argument(help="The home's key, as in the registry.")],
    minutes: Annotated[
        int, typer.Option("--minutes", help="How long the press may take.", min=1, max=LONGEST // timedelta(minutes=1))
    ] = 10,
    data: Data = DEFAULT_DATA,
) -> None:
    """Announce a test alarm and wait for it: ask the person on the telephone to press the SOS button now.

    The first press in this time opens no alert; a second one does, and so does every press before and after.
    """
    clock = SystemClock()
    with Installation(data).database() as database:
        with database.transaction() as connection:
            test = announce(connection, home, clock.now(), timedelta(minutes=minutes), "vicino gateway test-alarm")
        results.print(
            f"Ask for a press of the SOS button of {home} now. The first press until {test.ends_at:%H:%M} UTC is the"
            " test; a second one is a call for help.",
            highlight=False,
            soft_wrap=True,
        )
        test = wait_for(database, test, clock)
    if test.pressed_at is None and test.ended_at is not None and test.ended_at < test.ends_at:
        results.print("The test was called off on a page: the next press calls for help.", highlight=False)
        raise typer.Exit(1)
    if test.pressed_at is None:
        results.print(
            "Nobody has pressed, or the press has not arrived: see whether the gateway is online (vicino status) and"
            " change the button's battery.",
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(1)
    took_s = (test.pressed_at - test.started_at).total_seconds()
    results.print(f"Pressed after {took_s:.0f} s, and it has arrived: the alarm of {home} works.", highlight=False)


def wait_for(database: Database, test: AlarmTest, clock: Clock) -> AlarmTest:
    """Return a test as it stands when it was pressed, was called off or is over."""
    never = threading.Event()
    while test.waits(clock.now()):
        clock.wait(never, _LOOK_S)
        with database.transaction() as connection:
            test = state_of(connection, test)
    return test
