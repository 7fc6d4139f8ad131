"""What can be administered, and what is in what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

# The fields of a thing by their names, as `registry.described` returns them.
State = Mapping[str, Any]


class Thing(StrEnum):
    """A sort of thing that administrators make and change. A caseload has the number of its account and is not made."""

    ORGANISATION = "organisation"
    HOME = "home"
    ROOM = "room"
    PERSON = "person"
    CONTACT = "contact"
    ACCOUNT = "account"
    CASELOAD = "caseload"


IN: Mapping[Thing, tuple[Thing, ...]] = {
    Thing.ORGANISATION: (Thing.HOME, Thing.ACCOUNT, Thing.ORGANISATION),
    Thing.HOME: (Thing.PERSON, Thing.ROOM),
    Thing.PERSON: (Thing.CONTACT,),
}
