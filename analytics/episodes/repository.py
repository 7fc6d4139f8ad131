"""How the episodes of a home are stored."""

from collections.abc import Sequence

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.frames import Episode, instant
from analytics.repository import Home, episode_of
from analytics.version import CODE_VERSION
from core.localtime import Interval
from core.statements import Statements

SQL = Statements.beside(__file__)


def replace_episodes(
    connection: Connection[DictRow], home: Home, interval: Interval, episodes: Sequence[Episode]
) -> None:
    """Make `episodes` the ones of a home that begin in `interval`; those that are there already stay untouched.

    One that goes on, or of which more is known, is restated: it is named by its kind, its beginning and its room.
    """
    known: dict[Episode, list[int]] = {}
    for row in connection.execute(SQL["episodes_beginning"], {"home_id": home.home_id, **interval._asdict()}):
        current = row["code_version"] == CODE_VERSION
        known.setdefault(episode_of(row) if current else episode_of(row)._replace(readings=-1), []).append(
            row["episode_id"]
        )
    new = []
    for episode in episodes:
        ids = known.get(episode)
        if ids:
            ids.pop()
        else:
            new.append(episode)
    old = {_name(episode): episode_id for episode, ids in known.items() for episode_id in ids}
    restated: dict[int, Episode] = {}
    made = []
    for episode in new:
        episode_id = old.pop(_name(episode), None)
        if episode_id is None:
            made.append(episode)
        else:
            restated[episode_id] = episode
    gone = [episode_id for ids in known.values() for episode_id in ids if episode_id not in restated]
    if restated:
        connection.execute(
            SQL["restate_episodes"],
            {
                "code_version": CODE_VERSION,
                "ids": list(restated),
                "ends": [instant(e.end) for e in restated.values()],
                "readings": [e.readings for e in restated.values()],
            },
        )
    if gone:
        connection.execute(SQL["delete_episodes"], {"ids": gone})
    if made:
        connection.execute(
            SQL["put_episodes"],
            {
                **home._asdict(),
                "code_version": CODE_VERSION,
                "rooms": [e.room_id for e in made],
                "kinds": [e.kind for e in made],
                "starts": [instant(e.start) for e in made],
                "ends": [instant(e.end) for e in made],
                "readings": [e.readings for e in made],
            },
        )


def _name(episode: Episode) -> tuple[str, int, int | None]:
    return episode.kind, episode.start, episode.room_id
