"""Who is looking: the identity under which every read made for a person is filtered."""

from typing import NamedTuple


class Viewer(NamedTuple):
    """A signed-in account. The database itself looks up what it may see; nothing else is trusted."""

    account_id: int
