"""What an operator does about an alert, step by step, in the words of somebody who is called at three in the morning.

What an organisation has agreed for a person stands in that home's access notes; this is what holds everywhere.
"""

from collections.abc import Sequence

from alerts.lifecycle import Family
from alerts.reasons.catalogue import PRESSED
from core.translation import mark
from dashboards.concern import HIGH_SEVERITY
from dashboards.wording import Words

CALL = mark("Call the person, and let it ring for long.")
GO = mark("If nobody answers, call the others one after the other, until somebody goes there.")
HELP = mark("If the person is unwell, or nobody can be there soon, call 112.")
DANGER = mark("If you cannot be sure at once that there is no danger, call 112.")
OUT = mark("Call the person and who lives near: everybody out into the open air, and nobody goes in alone.")
WATER = mark("Call the person: close the tap, and touch no appliance that stands in water.")
CALM = mark("It is not urgent: call in the course of the day, ask how it is going, and close it with what you hear.")

_AIR = frozenset({"smoke", "gas", "carbon_monoxide"})
_HELP_FIRST = frozenset({*PRESSED, "fall", "stillness", "long_absence", "night_absence"})


def steps(kind: str, family: Family, severity: float, words: Words) -> list[str]:
    """Return what to do, in order; nothing of what is technical, where it depends on what has failed."""
    return [words.say(step) for step in _steps(kind, family, severity)]


def _steps(kind: str, family: Family, severity: float) -> Sequence[str]:
    if family is Family.TECHNICAL:
        return ()
    if kind in _AIR:
        return DANGER, OUT
    if kind == "water_leak":
        return WATER, GO
    if family is Family.SAFETY or kind in _HELP_FIRST or severity >= HIGH_SEVERITY:
        return CALL, GO, HELP
    return (CALM,)
