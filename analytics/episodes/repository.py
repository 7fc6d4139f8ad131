"""How the episodes of a home are stored."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow, tuple_row

from analytics.frames import Episode, instant, micros
from analytics.repository import Home
from analytics.version import CODE_VERSION
from core.localtime import Interval
from core.statements import Statements

SQL = Statements.beside(__file__)


def replace_episodes(connection: Connection[DictRow], begun: Mapping[Home, tuple[Interval, Sequence[Episode]]]) -> None:
    """Make episodes the ones of homes that begin in an interval; those that are there already stay untouched.

    One that goes on, or of which more is known, is restated: it is named by its kind, its beginning and its room.
    """
    changes = _changes(begun, _stored(connection, begun))
    if changes.restated:
        connection.execute(
            SQL["restate_episodes"],
            {
                "code_version": CODE_VERSION,
                "ids": list(changes.restated),
                "ends": [instant(e.end) for e in changes.restated.values()],
                "readings": [e.readings for e in changes.restated.values()],
            },
        )
    if changes.gone:
        connection.execute(SQL["delete_episodes"], {"ids": changes.gone})
    if changes.made:
        connection.execute(
            SQL["put_episodes"],
            {
                "code_version": CODE_VERSION,
                "organisations": [home.organisation_id for home, _ in changes.made],
                "homes": [home.home_id for home, _ in changes.made],
                "rooms": [e.room_id for _, e in changes.made],
                "kinds": [e.kind for _, e in changes.made],
                "starts": [instant(e.start) for _, e in changes.made],
                "ends": [instant(e.end) for _, e in changes.made],
                "readings": [e.readings for _, e in changes.made],
            },
        )


class _Changes(NamedTuple):
    """What is to be stored: episodes that are new, those restated by number, and the numbers of those that are gone."""

    made: list[tuple[Home, Episode]]
    restated: dict[int, Episode]
    gone: list[int]


# Of each home its episodes as they are stored, with their numbers.
_Stored = dict[int, dict[Episode, list[int]]]


def _stored(connection: Connection[DictRow], begun: Mapping[Home, tuple[Interval, Sequence[Episode]]]) -> _Stored:
    found: _Stored = {home.home_id: {} for home in begun}
    given = {
        "homes": [home.home_id for home in begun],
        "starts": [interval.start for interval, _ in begun.values()],
        "ends": [interval.end for interval, _ in begun.values()],
    }
    if not begun:
        return found
    with connection.cursor(row_factory=tuple_row) as cursor:
        for home_id, episode_id, room_id, kind, started_at, ended_at, readings, version in cursor.execute(
            SQL["episodes_beginning"], given
        ):
            known = readings if version == CODE_VERSION else -1
            episode = Episode(kind, micros(started_at), micros(ended_at), room_id, known)
            found[home_id].setdefault(episode, []).append(episode_id)
    return found


def _changes(begun: Mapping[Home, tuple[Interval, Sequence[Episode]]], stored: _Stored) -> _Changes:
    changes = _Changes([], {}, [])
    for home, (_, episodes) in begun.items():
        known, new = stored[home.home_id], []
        for episode in episodes:
            ids = known.get(episode)
            if ids:
                ids.pop()
            else:
                new.append(episode)
        old = {_name(episode): episode_id for episode, ids in known.items() for episode_id in ids}
        for episode in new:
            episode_id = old.pop(_name(episode), None)
            if episode_id is None:
                changes.made.append((home, episode))
            else:
                changes.restated[episode_id] = episode
        left = (episode_id for ids in known.values() for episode_id in ids)
        changes.gone.extend(episode_id for episode_id in left if episode_id not in changes.restated)
    return changes


def _name(episode: Episode) -> tuple[str, int, int | None]:
    return episode.kind, episode.start, episode.room_id
