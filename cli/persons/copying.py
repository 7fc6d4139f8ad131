"""Writes a person's own copy into a file, for an administrator who hands it over."""

from pathlib import Path
from zoneinfo import ZoneInfo

from cli.persons import repository
from core.clock import Clock
from core.database import Database
from core.errors import VicinoError
from core.languages import written
from core.viewer import Viewer
from dashboards import repository as audit
from dashboards.own_copy import reads
from dashboards.own_copy.archive import Progress, copy
from dashboards.own_copy.index import index
from dashboards.rendering import Renderer
from dashboards.sharing import OWN_COPY

METHOD = "vicino"


def write_copy(database: Database, key: str, to: Path, login: str, clock: Clock, progress: Progress) -> int:
    """Write all that is held about the person `key` into the new file `to`; return its size in bytes.

    The account `login` is noted as who looked, before anything is written. Raises `VicinoError` where it does not
    administer the organisation of the person, and where the file is there; nothing is left of one that failed.
    """
    if to.exists():
        raise VicinoError(f"{to} is there already.", kept="it", advice="name a new file")
    now = clock.now()
    with database.transaction() as connection:
        person, viewer = repository.person(connection, key), Viewer(repository.account(connection, login))
    with database.seen_by(viewer) as view:
        if reads.may_have(view, person.public_id, now) is None:
            raise VicinoError(
                f"{login} does not administer the organisation that cares for this person.",
                kept="everything; nothing was written",
                advice="name the administrator who hands it over by --by; the person can take it on their own page",
            )
        audit.note_look(view.connection, {person.person_id}, (), METHOD, OWN_COPY, now)
    page = index(Renderer(), person.name, ZoneInfo(person.timezone), written(person.language), now)
    part = to.with_name(f".{to.name}.part")
    try:
        part.touch(0o600)
        with part.open("wb") as file, database.seen_by(viewer) as view:
            file.writelines(copy(view, person.public_id, now, page, progress))
            size = file.tell()
        part.rename(to)
    except OSError as error:
        raise VicinoError(
            f"{to} cannot be written ({error.strerror}).", kept="nothing of the copy", advice="name another file"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return size
