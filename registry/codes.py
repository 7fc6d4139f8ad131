"""Codes that are read out or typed, each for one use: 80 random bits, of which the database keeps a digest.

They need no signature: nobody guesses one, and one that was made up is found nowhere.
"""

import hashlib
import secrets

# Crockford's alphabet: no letter that is taken for a digit.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 4, 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
LENGTH = _GROUPS * _GROUP


def new_code() -> str:
    """Return a code nobody can guess, in groups that can be read out: 80 random bits."""
    letters = [secrets.choice(_LETTERS) for _ in range(LENGTH)]
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, len(letters), _GROUP))


def letters_of(code: str) -> str:
    """Return the letters of a code, however it was typed."""
    return "".join(letter for letter in code.upper().translate(_READ_AS) if letter in _LETTERS)


def digest(code: str) -> bytes:
    """Return what the database keeps of a code, however it was typed."""
    return hashlib.sha256(letters_of(code).encode()).digest()
