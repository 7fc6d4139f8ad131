"""The organisations in which a viewer coordinates, and how alerts were answered in them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from alerts.statistics.figures import Figures
from alerts.statistics.reads import figures_of
from core.database import View
from registry.reads import SeenOrganisation, seen_organisations

COORDINATOR = "coordinator"


def coordinated(view: View) -> list[SeenOrganisation]:
    """Return the organisations in which the viewer coordinates, with those below; none for anybody else."""
    return [each for each in seen_organisations(view) if COORDINATOR in each.roles]


def figures_for(
    view: View, organisations: Sequence[SeenOrganisation], first: date, last: date, now: datetime
) -> Figures:
    """Return the figures of the alerts that opened from `first` to `last`, in some organisations together."""
    numbers = [each.organisation_id for each in organisations]
    _, together = figures_of(view.connection, numbers, first, last + timedelta(days=1), now)
    return together
