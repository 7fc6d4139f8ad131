"""For how many days in a row something did not happen at all that this person usually does.

If it happens on a share p of the person's days, n days without it in a row have the probability (1 - p)^n, the
geometric distribution; p is estimated with half a day added on either side (Krichevsky and Trofimov, IEEE Trans. Inf.
Theory 1981), so that what happened every day so far is not taken to be certain.
"""

import math
from typing import NamedTuple

import numpy as np

from analytics import baseline
from analytics.change.departure import REACH, Values


class Absence(NamedTuple):
    """`days` days with a verdict in a row without something that happened on `usual_share` of `known` days before.

    `rarity` is minus the logarithm, to the base ten, of the probability of so many.
    """

    days: int
    usual_share: float
    known: int
    rarity: float


def absence_of(values: Values) -> Absence | None:
    """Return for how long there has been none at the end of `values`; None where that cannot be told, or there was one.

    `values` has one count for each day in order, the last of them the day in question, NaN without verdict.
    """
    if not len(values) or math.isnan(values[-1]):
        return None
    happened = np.flatnonzero(np.nan_to_num(values) > 0)
    since = values[int(happened[-1]) + 1 :] if len(happened) else values
    days = int(np.count_nonzero(~np.isnan(since)))
    past = values[: len(values) - len(since)][-REACH:]
    past = past[~np.isnan(past)][-baseline.REACH.days :]
    if not days or len(past) < baseline.LEAST_DAYS:
        return None
    share = (np.count_nonzero(past > 0) + 0.5) / (len(past) + 1)
    return Absence(days, round(float(share), 3), len(past), -days * math.log10(1 - share))
