"""What is at the end of a wire: a device with a switch input cannot know, unless the installer has named the input."""

from collections.abc import Mapping

_QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "sos_button": ("sos", "emergency", "emergenza", "panic"),
    "smoke": ("smoke", "fumo"),
    "gas": ("gas",),
    "carbon_monoxide": ("co",),
    "water_leak": ("water", "leak", "flood", "acqua", "allagamento"),
    "occupancy": ("motion", "pir", "occupancy", "movimento"),
    "presence": ("presence", "presenza"),
    "bed_occupancy": ("bed", "letto"),
    "chair_occupancy": ("chair", "poltrona"),
}
_NAMES: Mapping[str, str] = {name: quantity for quantity, names in _QUANTITIES.items() for name in names}


def wired(name: str) -> str:
    """Return the quantity that an input of this name tells when it is on; "" if the name says none."""
    return _NAMES.get(name.strip().lower(), "")
