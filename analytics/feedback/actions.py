"""What alerts hand over when people close them or open them again. The database decides who may."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from analytics.feedback import repository
from analytics.feedback.precision import Judgement
from core.database import View


def judge(
    view: View, findings: Sequence[int], together: UUID, judgement: Judgement, now: datetime, reason: str | None = None
) -> int:
    """Note how the findings of an alert (`together`) were judged, and for what `reason` in the word of the alerts.

    That takes the place of what was noted of them before.

    Return of how many: of those of homes that the viewer answers for. What changes next is judged with it in mind.
    """
    return repository.judge(view.connection, findings, together, judgement, now, reason) if findings else 0


def take_back(view: View, together: UUID) -> int:
    """Take back what was said of the findings of an alert: it is open again. Return of how many."""
    return repository.take_back(view.connection, together)
