"""How the figures of a measurement are printed."""

import json
from collections.abc import Mapping

from rich.table import Table

from cli.screen import results


def show(figures: Mapping[str, float], *, as_json: bool) -> None:
    """Print figures by their names: as one line of JSON, or as a table."""
    if as_json:
        print(json.dumps(figures))
        return
    table = Table(show_header=False, box=None)
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    results.print(table)
