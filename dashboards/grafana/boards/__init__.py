"""The dashboards, one module for each, and the order in which they are listed."""

from collections.abc import Callable, Mapping

from core.translation import translator
from dashboards.grafana.boards import alerts, gateways, home, operations, person, pilot
from dashboards.grafana.boards.words import Words
from dashboards.grafana.panels import Board
from dashboards.grafana.sources import Model

BOARDS: Mapping[str, Callable[[Words], Board]] = {
    "operations": operations.board,
    "gateways": gateways.board,
    "alerts": alerts.board,
    "home": home.board,
    "person": person.board,
    "pilot": pilot.board,
}
FOLDER_UID, FOLDER_TITLE = "vicino", "Vicino"


def models(language: str) -> dict[str, Model]:
    """Return Grafana's model of every dashboard in a language, by name."""
    words = Words(translator(language).gettext)
    return {name: board(words).model(words.everything) for name, board in BOARDS.items()}
