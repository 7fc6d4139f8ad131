"""Telephone numbers as people write them, in the form in which gateways want them (ITU-T E.164)."""

import re

ITALY = "39"
_DIGITS = range(6, 16)
_SAID = re.compile(r"\+?[0-9][0-9 ./()-]*")


def e164(written: str, country: str = ITALY) -> str | None:
    """Return a number with `+` and its country; None if it is none.

    One without a country is of `country`. Italian numbers keep the zero that they begin with.
    """
    if not _SAID.fullmatch(written.strip()):
        return None
    digits = re.sub(r"\D", "", written)
    if written.strip().startswith("+"):
        whole = digits
    elif digits.startswith("00"):
        whole = digits[2:]
    else:
        whole = country + digits
    return f"+{whole}" if len(whole) in _DIGITS and not whole.startswith("0") else None


def takes_texts(number: str) -> bool:
    """Tell whether a text message may arrive at `number` (E.164): of Italian ones only mobile telephones take them."""
    return not number.startswith(f"+{ITALY}") or number.startswith(f"+{ITALY}3")
