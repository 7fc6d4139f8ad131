"""The DevEUI by which a LoRaWAN device is known, as it stands on its label or in its code. Pure.

The code of the LoRa Alliance (Technical Recommendation TR005) is `LW:D0:JoinEUI:DevEUI:ProfileID`, and more after it.
Other makers print the bare number, with or without separators, or hide it in a text of their own.
"""

import re

_LABEL = "LW:D0:"
_PLACE = 3
_EUI = re.compile(r"[0-9a-f]{16}")
_ALONE = re.compile(r"(?<![0-9a-z])[0-9a-f]{16}(?![0-9a-z])")
_SEPARATORS = re.compile(r"[\s:.\-]+")
_NOBODYS = frozenset({"0" * 16, "f" * 16})
LONGEST = 300


def read(said: str) -> str:
    """Return the DevEUI in what was typed or scanned, as devices are keyed: 16 lower-case hexadecimal digits.

    Raises `ValueError` if there is none in it, or more than one that it could be.
    """
    text = said.strip()[:LONGEST]
    if text.upper().startswith(_LABEL):
        found = set(text.lower().split(":")[_PLACE : _PLACE + 1])
    else:
        whole = _SEPARATORS.sub("", text.lower())
        found = {whole} if _EUI.fullmatch(whole) else set(_ALONE.findall(text.lower()))
    found = {each for each in found if _EUI.fullmatch(each)} - _NOBODYS
    if len(found) != 1:
        raise ValueError(f"{len(found)} numbers that could be a DevEUI")
    return found.pop()
