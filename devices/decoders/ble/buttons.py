"""Which press of a button calls for help.

A button is sold for everything: the lamp, the bell, the call for help. One that the catalogue knows as an SOS button
calls for help however it is pressed, for nobody in distress counts. One of which nothing is known calls for help when
it is held down, if the device is nothing but one button: of several buttons each switches a lamp, and the button on a
thermometer pairs it.
"""

from collections.abc import Iterable, Sequence

from core.vocabulary import BY_NAME, Retention
from devices.decoders.decoded import Measurement
from devices.models import find

LONG_PRESSES = frozenset({"long_press", "hold_press", "long_double_press", "long_triple_press", "long_push"})
SOS_KINDS = frozenset({"sos_button", "sos_pendant"})


def calls_for_help(press: str, model: str, *, alone: bool) -> bool:
    """Tell whether `press` calls for help; `alone` if the device is nothing but this one button."""
    known = find(model) if model else None
    if known is not None:
        return known.kind in SOS_KINDS
    return alone and press in LONG_PRESSES


def pressed(
    presses: Sequence[str], model: str, measured: Iterable[Measurement]
) -> tuple[tuple[Measurement, ...], dict[str, str]]:
    """Return the call for help in the presses of a device's buttons ("" for none), and what each button did.

    `measured` is what else the message says.
    """
    several = len(presses) > 1
    alone = not several and all(BY_NAME[each.quantity].retention is Retention.TECHNICAL for each in measured)
    help_wanted = any(press and calls_for_help(press, model, alone=alone) for press in presses)
    actions = {f"action_{index}" if several else "action": press for index, press in enumerate(presses, 1) if press}
    return (Measurement("sos_button", 1.0),) if help_wanted else (), actions
