"""Where the database of an installation is, for those who administer it."""

from collections.abc import Iterator
from contextlib import contextmanager

from cli.installation import Installation, given
from cli.screen import say
from core.clock import Clock
from core.errors import VicinoError
from embedded.postgres import ADMINISTRATOR, EmbeddedPostgres
from embedded.runfile import hold, read_run

SETTING = "VICINO_DATABASE_ADMIN_URL"


def given_url(option: str | None) -> str | None:
    """Return the address of a server of yours: the option, else the setting, else its file; None without any."""
    return option or given(SETTING) or None


@contextmanager
def administrator_url(installation: Installation, option: str | None, clock: Clock) -> Iterator[str]:
    """Give an administrator's address of the database: of a server of yours, else of the installation's own.

    Its own server is started for the time if it does not run. Raises `VicinoError` where there is none.
    """
    url = given_url(option)
    if url is not None:
        yield url
        return
    if not (installation.postgres / "data" / "PG_VERSION").exists():
        raise VicinoError(
            f"There is no installation in the folder {installation.root}.",
            advice=f"name another folder with --data, or give the address of a server with --database-url or {SETTING}",
        )
    if read_run(installation.root) is not None:
        path = installation.secrets / ADMINISTRATOR / "vicino_database_url"
        yield path.read_text(encoding="utf-8").strip()
        return
    say("Starting the database")
    with (
        hold(installation.root),
        EmbeddedPostgres(installation.postgres, installation.secrets, clock=clock) as server,
    ):
        yield server.administrator_url
