"""The learned detector that comes with this version.

`model.json` is what `vicino evaluate tihm --report` writes; its [card](docs/reference/learned-model-card.md) is written
beside it. It names the version of the detector, and is refused by another one.
"""

from functools import cache
from importlib.resources import files

from analytics.learned.model import Learned, loads


@cache
def shipped() -> Learned:
    """Return the detector; raises `ModelError` where its file is of another version."""
    return loads((files(__package__) / "model.json").read_text(encoding="utf-8"))
