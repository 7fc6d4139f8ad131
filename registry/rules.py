"""The rules a document keeps beyond its shape. Every breach is found at once, each with the path to its place."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from functools import cache
from typing import NamedTuple
from zoneinfo import available_timezones

import msgspec

from core import topics
from core.errors import VicinoError
from core.languages import READ
from core.places import Place, RoomKind
from core.vocabulary import BY_NAME
from registry.agreement import ON_CONSENT_ALONE, Basis, Capacity, Data, Purpose
from registry.document import Account, Consent, Contact, Device, Document, Home, Organisation, Person, Room, Share
from registry.hours import Hours

ORGANISATION_KINDS = ("union", "municipality", "service", "association")
# The one organisation of test calls: its key and its kind, which no other one can have.
CANARY, CANARY_KEY = "canary", "vicino-canary"
ROLES = ("operator", "coordinator", "installer", "researcher", "administrator")
SEXES = ("female", "male", "other")
BIRTH_YEARS = range(1890, 2101)
MAXIMUM_TEXT = 2_000
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,62}")
EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,250}")
PHONE = re.compile(r"\+?[0-9][0-9 ./()-]{1,28}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHANNEL = re.compile(r"[a-z0-9_-]{1,32}")
_SHOWN = 12

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """One breach: the path of keys and positions that leads to it, and a plain sentence."""

    path: Path
    sentence: str


class DocumentError(VicinoError):
    """A document breaks rules; `faults` are all of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "The description of the installation cannot be used: "
            + "; ".join(fault.sentence for fault in self.faults)
            + ".",
            kept="the database as it was",
        )


def require_sound(document: Document) -> None:
    """Raise `DocumentError` if `document` breaks a rule."""
    found = list(faults(document))
    if found:
        raise DocumentError(found)


def faults(document: Document) -> Iterator[Fault]:
    """Yield every breach of a rule in `document`."""
    yield from _texts(document, ())
    yield from _organisations(document.organisations)
    organisations = {organisation.key for organisation in document.organisations}
    contacts = {
        person.key: {contact.key for contact in person.contacts} for home in document.homes for person in home.persons
    }
    for index, account in enumerate(document.accounts):
        yield from _account(account, ("accounts", index), organisations)
        yield from _closeness(account, ("accounts", index), contacts)
    for index, home in enumerate(document.homes):
        yield from _home(home, ("homes", index), organisations)
    yield from _unique_in_document(document)


def _texts(thing: object, path: Path) -> Iterator[Fault]:
    if isinstance(thing, str):
        if len(thing) > MAXIMUM_TEXT:
            yield Fault(path, f"the text has {len(thing)} characters; {MAXIMUM_TEXT} are allowed")
        elif not thing.isprintable() and any(_is_control(letter) for letter in thing):
            yield Fault(path, "the text holds control characters; take them out")
    elif isinstance(thing, tuple):
        for index, item in enumerate(thing):
            yield from _texts(item, (*path, index))
    elif isinstance(thing, msgspec.Struct):
        for field in thing.__struct_fields__:
            yield from _texts(getattr(thing, field), (*path, field))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t"


def _key(value: str, path: Path, of: str) -> Iterator[Fault]:
    if not topics.KEY.fullmatch(value):
        yield Fault(
            (*path, "key"), f"{value!r} cannot be the key of {of}: use a-z, 0-9, '.', '_' and '-', at most 63 of them"
        )


def _name(value: str, path: Path, of: str) -> Iterator[Fault]:
    if not value.strip():
        yield Fault((*path, "name"), f"{of} has no name")


def _choice(value: str, choices: Collection[str], path: Path, subject: str) -> Iterator[Fault]:
    if value not in choices:
        yield Fault(path, f"{subject} is {value!r}, which is not known; use one of: {_listed(choices)}")


def _reference(value: str, known: Collection[str], path: Path, sentence: str, what: str) -> Iterator[Fault]:
    if value not in known:
        there = f"{what} are: {_listed(known)}" if known else f"there are no {what}"
        yield Fault(path, f"{sentence}; {there}")


def _listed(words: Collection[str]) -> str:
    ordered = sorted(words) if isinstance(words, set | frozenset) else list(words)
    rest = len(ordered) - _SHOWN
    if rest <= 1:
        return ", ".join(ordered)
    return f"{', '.join(ordered[:_SHOWN])} and {rest} more"


def _reachable(thing: Account | Contact | Person | Organisation, path: Path, of: str) -> Iterator[Fault]:
    if not isinstance(thing, Organisation):
        yield from _choice(thing.language, READ, (*path, "language"), f"the language of {of}")
    if isinstance(thing, Account | Contact) and thing.email and not EMAIL.fullmatch(thing.email):
        yield Fault((*path, "email"), f"{thing.email!r} is not an e-mail address")
    if isinstance(thing, Contact | Person | Organisation) and thing.phone and not PHONE.fullmatch(thing.phone):
        yield Fault((*path, "phone"), f"{thing.phone!r} is not a telephone number")


def _organisations(organisations: tuple[Organisation, ...]) -> Iterator[Fault]:
    parents = {organisation.key: organisation.parent for organisation in organisations}
    for index, organisation in enumerate(organisations):
        path: Path = ("organisations", index)
        of = f"organisation {organisation.key!r}"
        yield from _key(organisation.key, path, "an organisation")
        yield from _name(organisation.name, path, of)
        yield from _reachable(organisation, path, of)
        kinds = (CANARY,) if organisation.key == CANARY_KEY else ORGANISATION_KINDS
        yield from _choice(organisation.kind, kinds, (*path, "kind"), f"the kind of {of}")
        if organisation.parent:
            yield from _reference(
                organisation.parent,
                parents,
                (*path, "parent"),
                f"the parent {organisation.parent!r} of {of} is not in this file",
                "organisations",
            )
            if organisation.key in _above(organisation.key, parents):
                yield Fault((*path, "parent"), f"{of} stands above itself; take out one of the parents in that circle")


def _above(key: str, parents: dict[str, str]) -> set[str]:
    seen: set[str] = set()
    current = parents.get(key, "")
    while current and current not in seen:
        seen.add(current)
        current = parents.get(current, "")
    return seen


def _account(account: Account, path: Path, organisations: set[str]) -> Iterator[Fault]:
    of = f"account {account.login!r}"
    if not LOGIN.fullmatch(account.login):
        yield Fault(
            (*path, "login"),
            f"{account.login!r} cannot be a login: use a-z, 0-9, '.', '_', '@' and '-', at most 63 of them",
        )
    yield from _name(account.name, path, of)
    yield from _reachable(account, path, of)
    for index, membership in enumerate(account.memberships):
        place = (*path, "memberships", index)
        yield from _reference(
            membership.organisation,
            organisations,
            (*place, "organisation"),
            f"the organisation {membership.organisation!r} of {of} is not in this file",
            "organisations",
        )
        yield from _choice(membership.role, ROLES, (*place, "role"), f"a role of {of}")
    seen = [(membership.organisation, membership.role) for membership in account.memberships]
    for index in _repeated(seen):
        yield Fault((*path, "memberships", index), f"{of} has the role {seen[index][1]!r} there twice")


def _closeness(account: Account, path: Path, contacts: dict[str, set[str]]) -> Iterator[Fault]:
    of = f"account {account.login!r}"
    for index, close in enumerate(account.persons):
        place = (*path, "persons", index)
        yield from _choice(close.capacity, list(Capacity), (*place, "capacity"), f"the capacity of {of}")
        yield from _reference(
            close.person,
            contacts,
            (*place, "person"),
            f"the person {close.person!r} of {of} is not in this file",
            "persons",
        )
        if close.person in contacts and (close.contact or close.capacity == Capacity.FAMILY):
            yield from _reference(
                close.contact,
                contacts[close.person],
                (*place, "contact"),
                f"{close.contact!r}, as whom {of} is close to {close.person!r}, is no contact of theirs",
                "contacts",
            )
    for index in _repeated([close.person for close in account.persons]):
        yield Fault((*path, "persons", index, "person"), f"{of} is close to the same person twice")


def _home(home: Home, path: Path, organisations: set[str]) -> Iterator[Fault]:
    of = f"home {home.key!r}"
    yield from _key(home.key, path, "a home")
    yield from _name(home.name, path, of)
    yield from _reference(
        home.organisation,
        organisations,
        (*path, "organisation"),
        f"the organisation {home.organisation!r} of {of} is not in this file",
        "organisations",
    )
    if home.timezone not in zones():
        yield Fault(
            (*path, "timezone"),
            f"the timezone of {of} is {home.timezone!r}, which is not known; write it like Europe/Rome",
        )
    if home.gateway and not topics.KEY.fullmatch(home.gateway):
        yield Fault(
            (*path, "gateway"),
            f"{home.gateway!r} cannot be a gateway: use a-z, 0-9, '.', '_' and '-', at most 63 of them",
        )
    if home.devices and not home.gateway:
        yield Fault((*path, "gateway"), f"{of} has devices but no gateway; name the gateway they report to")
    for index, room in enumerate(home.rooms):
        yield from _room(room, (*path, "rooms", index), of)
    yield from _unique((room.key for room in home.rooms), (*path, "rooms"), lambda key: f"{of} has two rooms {key!r}")
    for index, person in enumerate(home.persons):
        yield from _person(person, (*path, "persons", index))
    rooms = [room.key for room in home.rooms]
    for index, device in enumerate(home.devices):
        yield from _device(device, (*path, "devices", index), of, rooms)
    yield from _unique(
        (device.key for device in home.devices), (*path, "devices"), lambda key: f"{of} has two devices {key!r}"
    )


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def _room(room: Room, path: Path, home: str) -> Iterator[Fault]:
    yield from _key(room.key, path, "a room")
    yield from _choice(room.kind, list(RoomKind), (*path, "kind"), f"the kind of room {room.key!r} of {home}")


def _person(person: Person, path: Path) -> Iterator[Fault]:
    of = f"person {person.key!r}"
    yield from _key(person.key, path, "a person")
    yield from _name(person.name, path, of)
    yield from _reachable(person, path, of)
    if person.sex:
        yield from _choice(person.sex, SEXES, (*path, "sex"), f"the sex of {of}")
    if person.birth_year is not None and person.birth_year not in BIRTH_YEARS:
        yield Fault((*path, "birth_year"), f"the birth year of {of} is {person.birth_year}, which cannot be")
    for index, contact in enumerate(person.contacts):
        place = (*path, "contacts", index)
        yield from _key(contact.key, place, "a contact")
        yield from _name(contact.name, place, f"contact {contact.key!r}")
        yield from _reachable(contact, place, f"contact {contact.key!r}")
    yield from _unique(
        (contact.key for contact in person.contacts),
        (*path, "contacts"),
        lambda key: f"{of} has two contacts {key!r}",
    )
    for index, consent in enumerate(person.consents):
        yield from _consent(consent, (*path, "consents", index), of)
    for index in _repeated([(consent.purpose, consent.since) for consent in person.consents]):
        yield Fault((*path, "consents", index, "since"), f"{of} has two bases for the same purpose since the same day")
    for index, share in enumerate(person.shares):
        yield from _share(share, (*path, "shares", index), of, [contact.key for contact in person.contacts])
    shared = [(share.contact, data, index) for index, share in enumerate(person.shares) for data in share.data]
    for repeated in _repeated([each[:2] for each in shared]):
        whom, data, index = shared[repeated]
        yield Fault((*path, "shares", index, "data"), f"{of} shares {data!r} with contact {whom!r} twice")


def _consent(consent: Consent, path: Path, of: str) -> Iterator[Fault]:
    yield from _choice(consent.purpose, list(Purpose), (*path, "purpose"), f"the purpose of a consent of {of}")
    yield from _choice(consent.basis, list(Basis), (*path, "basis"), f"the basis of a consent of {of}")
    if consent.purpose in ON_CONSENT_ALONE and consent.basis != Basis.CONSENT:
        yield Fault((*path, "basis"), f"for {consent.purpose} only the consent of {of} counts; write: consent")
    days = {name: getattr(consent, name) for name in ("since", "until")}
    for name, day in days.items():
        if (day or name == "since") and _day(day) is None:
            yield Fault((*path, name), f"{day!r} is no day; write it like 2026-03-16")
    since, until = _day(consent.since), _day(consent.until)
    if since and until and until < since:
        yield Fault((*path, "until"), f"a consent of {of} ends before it begins")


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _share(share: Share, path: Path, of: str, contacts: list[str]) -> Iterator[Fault]:
    yield from _reference(
        share.contact,
        contacts,
        (*path, "contact"),
        f"{of} has no contact {share.contact!r} to share with",
        "contacts",
    )
    for index, data in enumerate(share.data):
        yield from _choice(data, list(Data), (*path, "data", index), f"a kind of data that {of} shares")
    try:
        Hours.parse(share.hours)
    except ValueError:
        yield Fault((*path, "hours"), f"{share.hours!r} are no hours; write them like 08:00-20:00")


def _device(device: Device, path: Path, home: str, rooms: list[str]) -> Iterator[Fault]:
    of = f"device {device.key!r}"
    yield from _key(device.key, path, "a device")
    if device.room:
        yield from _reference(
            device.room, rooms, (*path, "room"), f"the room {device.room!r} of {of} is not a room of {home}", "rooms"
        )
    if device.place:
        yield from _choice(device.place, list(Place), (*path, "place"), f"the place of {of}")
    for index, quantity in enumerate(device.quantities):
        name, slash, channel = quantity.partition("/")
        yield from _choice(name, list(BY_NAME), (*path, "quantities", index), f"a quantity of {of}")
        if slash and not _CHANNEL.fullmatch(channel):
            yield Fault(
                (*path, "quantities", index),
                f"{channel!r} is no channel of {of}; use a-z, 0-9, '_' and '-', as in power/l1",
            )
    for index in _repeated(device.quantities):
        yield Fault((*path, "quantities", index), f"{of} has the quantity {device.quantities[index]!r} twice")


def _unique_in_document(document: Document) -> Iterator[Fault]:
    yield from _unique(
        (organisation.key for organisation in document.organisations),
        ("organisations",),
        lambda key: f"there are two organisations {key!r}",
    )
    for index in _repeated([account.login for account in document.accounts]):
        yield Fault(("accounts", index, "login"), f"there are two accounts {document.accounts[index].login!r}")
    yield from _unique((home.key for home in document.homes), ("homes",), lambda key: f"there are two homes {key!r}")
    persons = [
        (person.key, ("homes", at, "persons", index, "key"))
        for at, home in enumerate(document.homes)
        for index, person in enumerate(home.persons)
    ]
    for repeated in _repeated([key for key, _ in persons]):
        key, path = persons[repeated]
        yield Fault(path, f"there are two persons {key!r}; a person lives in one home")
    gateways = [(home.gateway, index) for index, home in enumerate(document.homes) if home.gateway]
    for repeated in _repeated([key for key, _ in gateways]):
        key, index = gateways[repeated]
        yield Fault(("homes", index, "gateway"), f"the gateway {key!r} is in another home already; each has its own")


def _unique(keys: Iterable[str], path: Path, sentence: Callable[[str], str]) -> Iterator[Fault]:
    listed = list(keys)
    for index in _repeated(listed):
        yield Fault((*path, index, "key"), sentence(listed[index]))


def _repeated(values: Iterable[object]) -> Iterator[int]:
    seen: set[object] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index
        seen.add(value)
