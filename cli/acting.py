"""Commands that see and do what an account may: the database decides, as it does on the pages."""

from collections.abc import Iterator
from contextlib import contextmanager

import registry.reads
from cli.installation import Installation
from core.database import View
from core.errors import VicinoError
from core.viewer import Viewer


@contextmanager
def seen_by(installation: Installation, login: str) -> Iterator[View]:
    """Give what the account with that login sees. Raises `VicinoError` where there is none."""
    with installation.database() as database, database.transaction() as connection:
        account = registry.reads.credentials(connection, login)
    if account is None:
        raise VicinoError(
            f"Nobody signs in as {login!r}.",
            kept="Nothing was changed.",
            advice="see who does with: vicino account list",
        )
    with installation.database_of_people() as database, database.seen_by(Viewer(account.account_id)) as view:
        yield view
