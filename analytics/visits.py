"""Which visits a home shows by itself: proposed to whoever enters the timetable."""

from datetime import datetime, timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.analysis import computed_days
from analytics.coverage import LIMIT
from analytics.frames import HOUR, MINUTE
from analytics.repository import Home
from analytics.rules.proposals import Proposed, proposed
from analytics.rules.scene import Scene
from analytics.rules.visits import of_somebody_else
from core.localtime import day_of

ONE_DAY = timedelta(days=1)
DAYS = 28


def proposed_visits(connection: Connection[DictRow], home: Home, now: datetime) -> list[Proposed]:
    """Return the visits that the last `DAYS` days of a home show; days of which too little is known are left out."""
    today = day_of(now, home.zone)
    days = [today - ago * ONE_DAY for ago in reversed(range(1, DAYS + 1))]
    scenes = [one.scene for one in computed_days(connection, home, days, now)]
    return proposed({scene.day: _uses(scene) for scene in scenes if scene.known(scene.own, scene.doors) >= LIMIT})


def _uses(scene: Scene) -> list[float]:
    """Return when the door was moved by others on the day, in minutes after its first hour began."""
    hours = scene.own
    shift = 0 if hours.length == 24 * HOUR else (24 * HOUR - hours.length) // MINUTE
    # On a day of 23 or 25 hours the clock jumps before anybody visits.
    return [(int(at) - hours.start) / MINUTE + shift for at in of_somebody_else(scene, hours)]
