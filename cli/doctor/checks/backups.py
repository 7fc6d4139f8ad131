"""Whether there is a backup that is not too old."""

from collections.abc import Iterator
from datetime import timedelta

from cli.backup.commands import LAST_FILE, last
from cli.doctor.finding import Finding, error, warning
from cli.doctor.surroundings import Surroundings

OLD, TOO_OLD = timedelta(days=2), timedelta(days=8)
ADVICE = "make one each night: vicino backup (docs/operations/backup.md)"


def backups(found: Surroundings) -> Iterator[Finding]:
    """Tell when the last backup was made, if that is too long ago."""
    if not found.installation.root.is_dir():
        return
    made = last(found.installation)
    if made is None:
        yield warning(f"No backup is known ({found.installation.root / LAST_FILE} is not there).", ADVICE)
        return
    age = found.now - made.made_at
    if age > OLD:
        tell = error if age > TOO_OLD else warning
        yield tell(f"The last backup is {age.days} days old.", ADVICE)
