"""What a person in charge of devices does about rejects. The database decides who may."""

from datetime import datetime

from core.database import View
from ingest.rejects import repository


def try_again(view: View, reject_id: int, now: datetime, *, with_its_group: bool = False) -> bool:
    """Have a message tried again, or all of its gateway and reason; tell whether there is such a one that waits.

    False also where the viewer may not see it. An ingest process does it within seconds and writes down what became of
    it (`ingest.rejects.reads.seen_wishes`).
    """
    return repository.wish_replay(view.connection, reject_id, now, with_its_group=with_its_group)
