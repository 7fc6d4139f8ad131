"""What sources note down to understand later messages after a restart: beside the readings, in the outbox's file."""

from collections.abc import Callable, Mapping
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
        self._due: dict[str, bytes] = {}

    def keep_with_next(self, name: str, value: bytes) -> None:
        """Keep a note in one transaction with what is added to the outbox next; `flush` if nothing was."""
        with self._mutex:
            self._due[name] = value

    def flush(self) -> None:
        """Keep what is still due. Raises `OutboxError`."""
        with self._mutex:
            if self._due:
                with self._transaction():
                    pass

    def write(self) -> dict[str, bytes]:
        """Write what is due within the outbox's transaction, and return it for `written`."""
        due = dict(self._due)
        for name, value in due.items():
            self._put(name, value)
        return due

    def written(self, done: Mapping[str, bytes]) -> None:
        """Forget what is on the disk now."""
        for name in done:
            del self._due[name]

    def keep(self, name: str, value: bytes) -> None:
        """Keep a note across restarts; an empty one is forgotten. Raises `OutboxError`."""
        with self._mutex, self._transaction():
            self._put(name, value)

    def under(self, prefix: str) -> dict[str, bytes]:
        """Return the notes whose names begin with `prefix`, in the order of what follows it in their names."""
        with self._mutex:
            rows = self._storage.rows(
                "SELECT substr(name, ?), value FROM notes WHERE substr(name, 1, ?) = ? ORDER BY name",
                (len(prefix) + 1, len(prefix), prefix),
            )
        return {name: bytes(value) for name, value in rows}

    def _put(self, name: str, value: bytes) -> None:
        if value:
            self._storage.db.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (name, value))
        else:
            self._storage.db.execute("DELETE FROM notes WHERE name = ?", (name,))
