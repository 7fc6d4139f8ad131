"""Which press of a button calls for help.

A button is sold for everything: the lamp, the bell, the call for help. One that the catalogue knows as an SOS button
calls for help however it is pressed, for nobody in distress counts. Any other single button calls for help when it is
held down. Of several buttons on one device none does: such a device switches lamps.
"""

from collections.abc import Sequence

from devices.decoders.decoded import Measurement
from devices.models import find

LONG_PRESSES = frozenset({"long_press", "hold_press", "long_double_press", "long_triple_press", "long_push"})
SOS_KIND = "sos_button"


def calls_for_help(press: str, model: str, buttons: int) -> bool:
    """Tell whether `press` of a device with so many buttons, of a model if that is known, calls for help."""
    if not press:
        return False
    known = find(model) if model else None
    if known is not None:
        return known.kind == SOS_KIND
    return buttons == 1 and press in LONG_PRESSES


def pressed(presses: Sequence[str], model: str) -> tuple[tuple[Measurement, ...], dict[str, str]]:
    """Return the call for help in the presses of a device's buttons ("" for none), and what each button did."""
    help_wanted = any(calls_for_help(press, model, len(presses)) for press in presses)
    several = len(presses) > 1
    actions = {f"action_{index}" if several else "action": press for index, press in enumerate(presses, 1) if press}
    return (Measurement("sos_button", 1.0),) if help_wanted else (), actions
