"""What an installation is: organisations, accounts, homes, and in each home its rooms, persons and devices.

A document comes from one YAML file (`registry.file`) or is built in code, as the importer of recordings and the
simulator's registration do. `faults` says all that is wrong with one, however it came about.
"""

import msgspec


class Organisation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A union, a municipality, a service or an association; `parent` is the key of the one it belongs to.

    `phone` is what families are told to call.
    """

    key: str
    name: str
    kind: str
    parent: str = ""
    phone: str = ""


class Membership(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an account may do in an organisation and in all below it."""

    organisation: str
    role: str


class Closeness(msgspec.Struct, frozen=True, omit_defaults=True):
    """To whom an account is close, and as what (`registry.agreement.Capacity`); family as a contact by its key."""

    person: str
    capacity: str
    contact: str = ""


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who signs in. Passwords never stand in a document."""

    login: str
    name: str
    email: str = ""
    language: str = "it"
    memberships: tuple[Membership, ...] = ()
    persons: tuple[Closeness, ...] = ()


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody to call for a person; the order in the list is the order of calling."""

    key: str
    name: str
    relation: str = ""
    phone: str = ""
    email: str = ""
    language: str = "it"


class Consent(msgspec.Struct, frozen=True, omit_defaults=True):
    """On what the use of a person's data for a purpose rests, from the beginning of a day to the end of one ("": open).

    `purpose` and `basis` are ones of `registry.agreement`; days are written 2026-03-16; `note` says where the paper is.
    """

    purpose: str
    since: str
    basis: str = "consent"
    until: str = ""
    note: str = ""


class Share(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a contact may see: kinds of `registry.agreement.Data`, at any time or in hours written 08:00-20:00."""

    contact: str
    data: tuple[str, ...]
    hours: str = ""


class Room(msgspec.Struct, frozen=True, omit_defaults=True):
    """A room; `kind` is one of `core.places.RoomKind`."""

    key: str
    kind: str
    name: str = ""


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who lives in the home."""

    key: str
    name: str
    birth_year: int | None = None
    sex: str = ""
    phone: str = ""
    language: str = "it"
    contacts: tuple[Contact, ...] = ()
    consents: tuple[Consent, ...] = ()
    shares: tuple[Share, ...] = ()


class Device(msgspec.Struct, frozen=True, omit_defaults=True):
    """A device; `place` is one of `core.places.Place` or empty.

    `quantities` are names of `core.vocabulary`, with a channel where it has several of the same (`power/l1`).
    """

    key: str
    name: str = ""
    model: str = ""
    room: str = ""
    place: str = ""
    quantities: tuple[str, ...] = ()


class Home(msgspec.Struct, frozen=True, omit_defaults=True):
    """A home; `gateway` is the key in the topics of the gateway that its devices report to."""

    key: str
    organisation: str
    name: str
    municipality: str = ""
    address: str = ""
    access_notes: str = ""
    timezone: str = "Europe/Rome"
    rooms: tuple[Room, ...] = ()
    persons: tuple[Person, ...] = ()
    gateway: str = ""
    devices: tuple[Device, ...] = ()


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """An installation."""

    organisations: tuple[Organisation, ...] = ()
    accounts: tuple[Account, ...] = ()
    homes: tuple[Home, ...] = ()
