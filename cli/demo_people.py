"""Who the demonstration is about and who signs in: one for every page of the staff, a relative, and the person."""

from collections.abc import Sequence
from datetime import date

import msgspec

from cli import simulated
from registry.agreement import Basis, Capacity, Data, Purpose
from registry.document import Account, Closeness, Consent, Document, Home, Membership, Organisation, Person, Share
from simulator.home import SimulatedHome

UNION = Organisation("demo", "Unione dei Comuni (dimostrazione)", "union")
STAFF, FAMILY, SELF = "demo", "famiglia", "casa"
LOGINS = (STAFF, FAMILY, SELF)
# Who sees the board does not administer, and the other way round: for a look at all of it, one person does both.
ROLES = ("coordinator", "administrator", "researcher")


def document(played: Sequence[SimulatedHome], since: date) -> Document:
    """Return the homes, whose residents agree to all of it since a day, and the accounts.

    The relative and the person are those of the first home, in which the story has somebody press the button.
    """
    described = simulated.document_of(UNION, played)
    homes = tuple(_agreeing(home, since) for home in described.homes)
    (person, *_) = homes[0].persons
    (contact, *_) = person.contacts
    accounts = (
        Account(
            STAFF,
            "Coordinatrice di turno",
            "coordinatrice@example.org",
            memberships=tuple(Membership(UNION.key, role) for role in ROLES),
        ),
        Account(FAMILY, contact.name, contact.email, persons=(Closeness(person.key, Capacity.FAMILY, contact.key),)),
        Account(SELF, person.name, persons=(Closeness(person.key, Capacity.SELF),)),
    )
    return Document(described.organisations, accounts, homes)


def _agreeing(home: Home, since: date) -> Home:
    return msgspec.structs.replace(home, persons=tuple(_with_consents(person, since) for person in home.persons))


def _with_consents(person: Person, since: date) -> Person:
    day = since.isoformat()
    return msgspec.structs.replace(
        person,
        consents=(
            Consent(Purpose.CARE, day, Basis.PUBLIC_TASK),
            Consent(Purpose.FAMILY, day),
            Consent(Purpose.RESEARCH, day),
        ),
        shares=tuple(Share(contact.key, tuple(Data)) for contact in person.contacts[:1]),
    )
