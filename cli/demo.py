"""`make demo`: twelve simulated homes with two months of history, and a story that unfolds by itself."""

import os
import secrets
import shutil
import signal
import threading
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from cli import access, canary, demo_people, homes, simulated
from cli.installation import Installation
from cli.machine import Machine, machine
from cli.replay import progress_bar
from cli.screen import messages, say
from core.clock import Clock
from core.errors import VicinoError
from core.processes import pool
from core.service import stop_on_signals
from embedded.runfile import read_run
from gateway.recordings import zigbee2mqtt
from gateway.recordings.recording import Recording
from gateway.sources import replay as source
from registry.accounts import set_password
from simulator.home import SimulatedHome
from simulator.story import story

HOMES = 12
HISTORY = timedelta(days=60)
WHO = {
    demo_people.STAFF: "who watches over all homes, administers and evaluates",
    demo_people.FAMILY: "a relative of the person who presses the button",
    demo_people.SELF: "that person",
}
MARKER = "this-is-a-demo"
# Nobody has to take a telephone out for a demonstration.
SETTINGS = {"VICINO_SECOND_FACTOR_ROLES": ""}


def demo(data: Path, clock: Clock, *, port: int | None) -> None:
    """Run the demonstration until Ctrl-C. The folder `data` is made anew each time."""
    stop = stop_on_signals()
    installation = fresh(data)
    with machine(installation, clock, stop, port=port, say=say, mailbox=True, settings=SETTINGS) as made:
        if stop.is_set():
            return
        start = clock.now()
        played = with_story(start)
        password = register(made, played, clock)
        print(f"Vicino: {made.url}", flush=True)
        messages.print(f"Mails are kept in {installation.mail}; none leaves this machine.", highlight=False)
        messages.print(f"Sign in with the password [bold]{password}[/bold] as", highlight=False)
        for login, who in WHO.items():
            messages.print(f"  [bold]{login:<10}[/bold]{who}", highlight=False)
        send_history(made, played, start, clock, stop)
        if not stop.is_set():
            # Two months that arrive at once would hold up a trial call, and the board would speak of that.
            canary.watch(made, clock)
            tell_story(made, clock, stop)
            messages.print("The homes are live. Within two minutes somebody will need you. Ctrl-C ends everything.")
            messages.print(f"{made.url}   {demo_people.STAFF}   {password}", highlight=False)
        made.supervisor.run(stop)
    messages.print("Everything has ended.")


def fresh(data: Path) -> Installation:
    """Return an empty installation for the demonstration; raises `VicinoError` rather than remove anything else."""
    if read_run(data) is not None:
        raise VicinoError(
            f"A demonstration runs on the folder {data} already.",
            kept="the one that runs",
            advice="end it with Ctrl-C, or name another folder with --data",
        )
    if data.exists() and any(data.iterdir()):
        if not (data / MARKER).exists():
            raise VicinoError(
                f"The folder {data} is not empty and was not made by a demonstration.",
                kept="everything in it",
                advice="name another folder with --data",
            )
        for entry in data.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARKER).touch()
    return Installation(data)


def with_story(start: datetime) -> list[SimulatedHome]:
    """Return the homes as they lived until `start`; what the story says of the past has happened to them."""
    played = simulated.simulated(HOMES, demo_people.UNION)
    events = story(start, played)
    return [home.with_events(events) for home in played]


def register(made: Machine, played: list[SimulatedHome], clock: Clock) -> str:
    """Put the homes and who signs in into the registry; return the password that all of them have in this run."""
    password, now = secrets.token_urlsafe(9), clock.now()
    with made.installation.database() as database:
        homes.apply(database, demo_people.document(played, (now - HISTORY).date()))
        canary.register(database, clock)
        with database.transaction() as connection:
            for login in demo_people.LOGINS:
                set_password(connection, login, password, now)
    return password


def tell_story(made: Machine, clock: Clock, stop: threading.Event) -> None:
    """Start the live homes and what happens in them: a button is pressed, and a gateway falls silent."""
    start = clock.now()
    events = story(start, simulated.simulated(HOMES, demo_people.UNION))
    silent = next(event for event in events if event.name == "gateway_silent")
    gateway = next(home.gateway for home in simulated.simulated(HOMES) if home.key == silent.home)
    simulated.start(
        made,
        HOMES,
        clock,
        {"VICINO_SIMULATOR_STORY": "true", "VICINO_SIMULATOR_START": start.isoformat()},
        alone={gateway: {"VICINO_KEEPALIVE_S": "5", "VICINO_WILL_DELAY_S": "5"}},
    )
    pid = next(running.pid for running in made.supervisor.services if running.name == gateway)
    if pid is not None:
        seconds = (silent.start - clock.now()).total_seconds()
        threading.Thread(target=_freeze, args=(pid, seconds, clock, stop), daemon=True).start()


def _freeze(pid: int, after_s: float, clock: Clock, stop: threading.Event) -> None:
    """Stop a process as if its gateway had lost its power or its line; let it go on to its end when `stop` is set."""
    clock.wait(stop, after_s)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        stop.wait()
        os.kill(pid, signal.SIGCONT)


def send_history(
    made: Machine, played: list[SimulatedHome], start: datetime, clock: Clock, stop: threading.Event
) -> None:
    """Send what the homes' bridges said in the two months before `start` through the gateways' own code.

    The next home's months are lived in another process while those of the one before are stored. The gateways speak for
    themselves once they are live: until then none has been switched off.
    """
    with made.installation.database() as database:
        broker_for = access.signing_in(made.installation, database, [home.gateway for home in played], clock)
    with (
        pool(1, interruptible=False) as beside,
        progress_bar() as progress,
    ):
        stored = progress.add_task("Two months of twelve homes", total=len(played))
        waiting = deque(beside.submit(lived, home, start) for home in played)
        while waiting and not stop.is_set():
            recording = waiting.popleft().result()
            source.run(
                recording,
                broker_for=broker_for,
                data_dir=made.installation.root,
                speed=None,
                homes_limit=None,
                clock=clock,
                stop=stop,
                progress=lambda _, __: None,
                says_status=False,
            )
            progress.advance(stored)
        beside.shutdown(wait=True, cancel_futures=True)


def lived(home: SimulatedHome, until: datetime) -> Recording:
    """Return what a home's bridge said in the two months before `until`."""
    begin = until - HISTORY
    said = chain(home.announcement(begin), home.messages(begin, until))
    return zigbee2mqtt.record(
        (zigbee2mqtt.RawMessage(message.at, message.topic, message.payload) for message in said), home.key
    )
