"""What e-mail allows, and which of a mail server's answers are final."""

import re

SUBJECT_CHARACTERS = 120
# RFC 5321 section 4.5.3.1: a path has at most 256 octets, angle brackets included.
ADDRESS_CHARACTERS = 254
# One at-sign, nothing that could begin a header or a second address; what else is wrong, the server says.
ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def is_address(text: str) -> bool:
    """Tell whether `text` can be handed to a mail server as an address: one mailbox, ASCII, not too long."""
    return len(text) <= ADDRESS_CHARACTERS and text.isascii() and ADDRESS.fullmatch(text) is not None


def is_permanent(code: int) -> bool:
    """Tell whether a server's reply to a recipient or to a message is final: 5yz (RFC 5321 section 4.2.1)."""
    return 500 <= code <= 599  # noqa: PLR2004 - the class of replies
