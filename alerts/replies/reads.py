"""Who says by the link in a message to be with a person."""

from datetime import datetime
from typing import NamedTuple

from core.database import Answer, View, ask
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class There(NamedTuple):
    """Somebody who says to be with the person; `relation` is a contact's, empty for a colleague."""

    name: str
    relation: str
    at: datetime


def there(view: View) -> dict[int, There]:
    """Return who says to be there, by alert, for the open alerts that the viewer may see; the latest of each.

    What was said before an alert came in again is not told.
    """
    return ask_there(view)()


def ask_there(view: View) -> Answer[dict[int, There]]:
    """Ask for the same, without waiting."""
    return ask(
        view.connection,
        STATEMENTS["there"],
        {},
        lambda rows: {row["alert_id"]: There(row["name"], row["relation"], row["at"]) for row in rows},
    )
