"""The site for which passkeys sign. By itself: settings name it, and need no library of passkeys for that."""

from typing import NamedTuple


class Site(NamedTuple):
    """For which site passkeys sign: its domain, and the address as browsers tell it."""

    domain: str
    origin: str
