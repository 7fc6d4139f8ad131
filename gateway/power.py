"""What the gateway runs on, and when mains failed.

The Linux kernel lists supplies in `/sys/class/power_supply`: each has a `type` ("Mains" or "USB" for one that feeds the
machine, "Battery" and "UPS" for one that bridges) and, where it feeds, `online`, 1 or 0.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

Power = Literal["mains", "battery", "unknown"]

SUPPLIES = Path("/sys/class/power_supply")
_FEEDS = frozenset({"Mains", "USB", "Wireless"})


class PowerState(NamedTuple):
    """What the machine runs on now, and when mains last failed and came back, as far as this program has seen it."""

    source: Power
    lost: datetime | None = None
    back: datetime | None = None


def source_of(supplies: Path = SUPPLIES) -> Power:
    """Return what the machine runs on by what its kernel says; "unknown" where it says nothing.

    A machine whose kernel knows no battery has none that could be told from mains.
    """
    found = [(_word(each / "type"), _word(each / "online")) for each in _listed(supplies)]
    fed = [online == "1" for kind, online in found if kind in _FEEDS and online]
    if not any(kind in ("Battery", "UPS") for kind, _ in found) or not fed:
        return "unknown"
    return "mains" if any(fed) else "battery"


class PowerWatch:
    """Remembers when mains failed and came back."""

    def __init__(self, look: Callable[[], Power]) -> None:
        self._look = look
        self._state = PowerState("unknown")

    def state(self, now: datetime) -> PowerState:
        """Look at what the machine runs on at `now`."""
        source, before = self._look(), self._state
        if source == "battery" and before.source != "battery":
            self._state = PowerState(source, now, None)
        elif source == "mains" and before.source == "battery":
            self._state = PowerState(source, before.lost, now)
        else:
            self._state = before._replace(source=source)
        return self._state


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _word(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
