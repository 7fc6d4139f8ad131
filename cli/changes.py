"""What an entry into the registry has changed, as a table."""

from rich.table import Table

from cli import screen
from registry.changes import Changes


def tell_changes(changes: Changes) -> None:
    """Tell how many of each kind were made, changed or left, and which the file no longer describes."""
    table = Table("", "made", "changed", "unchanged")
    for kind, count in changes.counts.items():
        table.add_row(kind, *(f"{number:,}" for number in count))
    screen.results.print(table)
    for kind, keys in changes.missing.items():
        if keys:
            shown = ", ".join(keys[:10]) + (" …" if len(keys) > 10 else "")  # noqa: PLR2004 - a line's worth
            screen.messages.print(f"Kept, although the file no longer describes them: {kind} {shown}", highlight=False)
