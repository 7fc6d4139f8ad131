"""What sources note down to understand later messages after a restart: beside the readings, in the outbox's file."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from gateway.storage import Storage


class Notes:
    """Small texts by name. `transaction` is the outbox's: one at a time, and it raises `OutboxError` if it fails."""

    def __init__(
        self,
        storage: Storage,
        mutex: AbstractContextManager[bool],
        transaction: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._storage = storage
        self._mutex = mutex
        self._transaction = transaction

    def keep(self, name: str, value: bytes) -> None:
        """Keep a note across restarts; an empty one is forgotten. Raises `OutboxError`."""
        with self._mutex, self._transaction():
            if value:
                self._storage.db.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (name, value))
            else:
                self._storage.db.execute("DELETE FROM notes WHERE name = ?", (name,))

    def under(self, prefix: str) -> dict[str, bytes]:
        """Return the notes whose names begin with `prefix`, in the order of what follows it in their names."""
        with self._mutex:
            rows = self._storage.rows(
                "SELECT substr(name, ?), value FROM notes WHERE substr(name, 1, ?) = ? ORDER BY name",
                (len(prefix) + 1, len(prefix), prefix),
            )
        return {name: bytes(value) for name, value in rows}
