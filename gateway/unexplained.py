"""What is said that nothing explains, kept for whoever describes devices: no more of it than there is room for."""

from collections.abc import Mapping
from typing import Any

TEXT = 80  # of a name, and of a value


class Unexplained:
    """Values as text by who said them, the latest of each name: at most `most_values` of each of at most `most`.

    Where there is no room for one more, who has not been heard for longest is forgotten.
    """

    def __init__(self, *, most: int, most_values: int) -> None:
        self._most = most
        self._most_values = most_values
        # The longest unheard first.
        self._said: dict[str, dict[str, str]] = {}

    def note(self, who: str, said: Mapping[str, Any]) -> None:
        """Note what somebody says now."""
        noted = self._said.pop(who, {})
        if len(self._said) >= self._most:
            self._said.pop(next(iter(self._said)))
        self._said[who] = noted
        for name, value in said.items():
            if name[:TEXT] in noted or len(noted) < self._most_values:
                noted[name[:TEXT]] = str(value)[:TEXT]

    def forget(self, who: str) -> None:
        """Forget all that somebody said."""
        self._said.pop(who, None)

    def of(self, who: str) -> dict[str, str]:
        """Return what somebody said, empty if that is nothing."""
        return dict(self._said.get(who, {}))

    def by_name(self) -> list[tuple[str, dict[str, str]]]:
        """Return who said what, in alphabetical order."""
        return [(who, dict(said)) for who, said in sorted(self._said.items())]
