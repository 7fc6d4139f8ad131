"""How digests are stored."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.digests.digest import Digest, decoded, encoded
from analytics.frames import micros
from analytics.repository import Home
from analytics.version import CODE_VERSION
from core.statements import Statements

SQL = Statements.beside(__file__)
ONE_DAY = timedelta(days=1)


class OfDay(NamedTuple):
    """What is stored for the computation of a day: what the days before tell of it, None where that is not there.

    `kept_at` is when the home last spoke by what is stored of the day itself (microseconds), None where nothing is.
    """

    digest: Digest | None
    kept_at: int | None


def of_day(connection: Connection[DictRow], homes: Sequence[int], day: date) -> dict[int, OfDay]:
    """Return what is stored of homes for the computation of a day."""
    given = {"homes": list(homes), "day": day, "code_version": CODE_VERSION}
    return {
        row["home_id"]: OfDay(
            None if row["digest"] is None else decoded(day, row["digest"]),
            None if row["last_at"] is None else micros(row["last_at"]),
        )
        for row in connection.execute(SQL["digests"], given)
    }


def put_digest(connection: Connection[DictRow], home: Home, digest: Digest) -> None:
    """Store what the days before tell of a day, which nobody asks for any more two days later."""
    row = {"home_id": home.home_id, "organisation_id": home.organisation_id, "code_version": CODE_VERSION}
    connection.execute(SQL["put_digest"], row | {"day": digest.day, "digest": encoded(digest)})
    connection.execute(SQL["drop_digests"], {"home_id": home.home_id, "day": digest.day - 2 * ONE_DAY})


def forget_digests(connection: Connection[DictRow], home_id: int, day: date) -> None:
    """Forget what was digested for the days after one, because it changes."""
    connection.execute(SQL["forget_digests"], {"home_id": home_id, "day": day})
