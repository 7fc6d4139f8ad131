"""The days that the learned detector looks at, from what is kept of each day by its hours (`analytics.profiles`).

A change of rooms is counted in the profile of a day as anybody seen in another room than before, by any sensor that
tells a room, where `learned.days` counts movement and presence sensors alone. The model has learned from the latter;
how far the two agree on recorded homes is said in docs/reference/learned.md.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from analytics.learned.features import Lived
from analytics.learned.movement import PARTS
from analytics.profiles.profile import DayProfile

KIND = "room_changes"


def lived_of(profiles: Mapping[date, DayProfile], days: Sequence[date]) -> Lived:
    """Return days that follow each other as they are kept; one that is not kept is not known.

    The coverage of a part is that of the day, and none where one of its hours is not known.
    """
    counts = np.zeros((len(days), len(PARTS), PARTS[0].last - PARTS[0].first))
    share, present = np.zeros((len(days), len(PARTS))), np.zeros(len(days), dtype=bool)
    for row, day in enumerate(days):
        kept = profiles.get(day)
        if kept is None:
            continue
        present[row] = kept.readings > 0
        for column, part in enumerate(PARTS):
            hours = kept.hours[KIND][part.first : part.last]
            if not np.isnan(hours).any():
                counts[row, column], share[row, column] = hours, kept.coverage
    return Lived(days, counts, share, present)
