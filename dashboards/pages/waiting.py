"""What every page knows besides its own matter: how many alerts wait for somebody now."""

from typing import NamedTuple

import alerts.reads
from core.database import View
from dashboards.concern import HIGH_SEVERITY
from dashboards.wording import Words


class Waiting(NamedTuple):
    """How many homes wait, and the same in words."""

    homes: int
    sentence: str


def waiting(view: View, words: Words) -> Waiting:
    """Return how many homes have a pressing alert that nobody has taken charge of."""
    homes = alerts.reads.waiting(view, HIGH_SEVERITY)
    ngettext = words.translations.ngettext
    sentence = (
        ngettext("%(count)d home needs somebody now", "%(count)d homes need somebody now", homes) % {"count": homes}
        if homes
        else words.translations.gettext("Nobody waits for help")
    )
    return Waiting(homes, sentence)
