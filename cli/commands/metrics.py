"""`vicino metrics`."""

from cli import metrics as figures
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data


def metrics(data: Data = DEFAULT_DATA) -> None:
    """Print the figures of all services, as Prometheus reads them."""
    print(figures.page(Installation(data)), end="")
