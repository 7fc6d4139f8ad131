"""What every page knows besides its own matter: how many alerts wait for somebody now."""

from collections.abc import Sequence
from typing import NamedTuple

import alerts.reads
from alerts.lifecycle import State
from dashboards.board import open_alert
from dashboards.concern import Concern, concern_of
from dashboards.wording import Words


class Waiting(NamedTuple):
    """How many homes wait, and the same in words."""

    homes: int
    sentence: str


def waiting(open_alerts: Sequence[alerts.reads.Alert], words: Words) -> Waiting:
    """Return how many homes have a pressing alert that nobody has taken charge of."""
    homes = {
        alert.home_id
        for alert in open_alerts
        if alert.state is State.NEW and concern_of(open_alert(alert, words).reason) is Concern.ACT
    }
    ngettext = words.translations.ngettext
    sentence = (
        ngettext("%(count)d home needs somebody now", "%(count)d homes need somebody now", len(homes))
        % {"count": len(homes)}
        if homes
        else words.translations.gettext("Nobody waits for help")
    )
    return Waiting(len(homes), sentence)
