"""Homes that are computed together: what is asked of one of them is read for all of them, in one statement.

A statement costs about as much for eight homes as for one. Whoever computes a home asks of it alone, and need not know
whether others are beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from psycopg import Connection
from psycopg.rows import DictRow

Given = ParamSpec("Given")
T = TypeVar("T")


class Together:
    """Some homes, by their ids, that are computed one after the other in one transaction of `connection`.

    Nobody else computes them meanwhile, so that what was read of one holds until it is its turn.
    """

    def __init__(self, connection: Connection[DictRow], homes: Sequence[int]) -> None:
        self.connection = connection
        self._homes = tuple(homes)
        self._known: dict[tuple[Any, ...], Mapping[int, Any]] = {}

    def of(
        self,
        home_id: int,
        read: Callable[Concatenate[Connection[DictRow], Sequence[int], Given], Mapping[int, T]],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> T:
        """Return what `read` tells of a home; it is read once for all homes with what else is given."""
        asked = (read, *given, *named.items())
        if asked not in self._known:
            self._known[asked] = read(self.connection, self._homes, *given, **named)
        known: T = self._known[asked][home_id]
        return known

    def forget(self, read: Callable[..., Mapping[int, Any]]) -> None:
        """Read again what `read` tells, because it was changed."""
        self._known = {asked: known for asked, known in self._known.items() if asked[0] != read}
