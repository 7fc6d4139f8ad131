"""The fields of what administrators change: how they are called, which values fit, what is wrong with one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from core.languages import LANGUAGE_NAMES, LANGUAGES
from core.translation import mark
from dashboards.wording import ROOM_KINDS, Words
from dashboards.written import plain
from registry.administration.things import State, Thing
from registry.rules import BIRTH_YEARS, EMAIL, LOGIN, MAXIMUM_TEXT, PHONE, zones

SHORT = 200
FIGURES = 10  # of a number, at the most
NO = ""
CHOICES = "choices"  # beside the fields of a caseload: the homes it can hold, by key


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LINES = "lines"
    EMAIL = "email"
    PHONE = "phone"
    YEAR = "year"
    NUMBER = "number"
    CHOICE = "choice"
    SWITCH = "switch"
    ROLES = "roles"
    HOMES = "homes"


class Field(NamedTuple):
    """A field of a thing: its name in the document, how it is called and filled in, and whether it may stay empty."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    needed: bool = False
    hint: str = ""
    choices: Mapping[str, str] = MappingProxyType({})


class Shown(NamedTuple):
    """A field as a page shows it: its `value`, the choices in words, and what is wrong with it ("": nothing)."""

    name: str
    label: str
    kind: Kind
    needed: bool
    hint: str
    value: Any
    choices: tuple[tuple[str, str], ...]
    problem: str


ORGANISATIONS: Mapping[str, str] = {
    "union": mark("Union of municipalities"),
    "municipality": mark("Municipality"),
    "service": mark("Service"),
    "association": mark("Association"),
}
ROLE_NAMES: Mapping[str, str] = {
    "operator": mark("Operator"),
    "coordinator": mark("Coordinator"),
    "installer": mark("Installer"),
    "researcher": mark("Researcher"),
    "administrator": mark("Administrator"),
}
SEX_NAMES: Mapping[str, str] = {
    NO: mark("not said"),
    "female": mark("woman"),
    "male": mark("man"),
    "other": mark("other"),
}
# The choices are the organisations that the viewer administers.
ELSEWHERE: Mapping[str, str] = MappingProxyType({"": ""})

_NAME = Field("name", mark("Name"), needed=True)
_PHONE = Field("phone", mark("Telephone"), Kind.PHONE)
_EMAIL = Field("email", mark("E-mail"), Kind.EMAIL)
_LANGUAGE = Field("language", mark("Language"), Kind.CHOICE, needed=True, choices=LANGUAGE_NAMES)

FIELDS: Mapping[Thing, tuple[Field, ...]] = {
    Thing.ORGANISATION: (
        _NAME,
        Field("kind", mark("Kind"), Kind.CHOICE, needed=True, choices=ORGANISATIONS),
        Field("parent", mark("Belongs to"), Kind.CHOICE, choices=ELSEWHERE),
        Field("phone", mark("Telephone"), Kind.PHONE, hint=mark("Families are told to call it.")),
    ),
    Thing.HOME: (
        _NAME,
        Field("organisation", mark("Looked after by"), Kind.CHOICE, needed=True, choices=ELSEWHERE),
        Field("address", mark("Address")),
        Field("municipality", mark("Municipality")),
        Field(
            "access_notes", mark("How to get in"), Kind.LINES,
            hint=mark("Who has a key, which bell, a dog. Whoever takes charge of an alert reads it."),
        ),
        Field("timezone", mark("Time zone"), needed=True),
    ),
    Thing.ROOM: (
        Field("kind", mark("Used as"), Kind.CHOICE, needed=True, choices=ROOM_KINDS),
        Field("name", mark("Name"), hint=mark("Only where there are two of the same sort.")),
    ),
    Thing.PERSON: (
        _NAME,
        Field("birth_year", mark("Year of birth"), Kind.YEAR),
        Field("sex", mark("Sex"), Kind.CHOICE, choices=SEX_NAMES),
        _PHONE,
        _LANGUAGE,
    ),
    Thing.CONTACT: (
        _NAME,
        Field("relation", mark("Who it is"), hint=mark("Daughter, neighbour, doctor.")),
        _PHONE,
        _EMAIL,
        _LANGUAGE,
        Field("position", mark("Place in the order of calling"), Kind.NUMBER, needed=True),
    ),
    Thing.ACCOUNT: (
        _NAME,
        _EMAIL,
        _LANGUAGE,
        Field("active", mark("Can sign in"), Kind.SWITCH),
        Field("roles", mark("Roles"), Kind.ROLES, hint=mark("A role holds in the organisation and in all below it.")),
    ),
    Thing.CASELOAD: (
        Field(
            "limited", mark("Looks after some homes only"), Kind.SWITCH,
            hint=mark("Else the account sees all homes of its organisations."),
        ),
        Field(
            "homes", mark("Homes"), Kind.HOMES,
            hint=mark("An open alert is shown to every operator of the organisation, whoever looks after the home."),
        ),
    ),
}  # fmt: skip
_LOGIN = Field("login", mark("Login"), needed=True, hint=mark("Small letters, digits, dot, hyphen. It stays as it is."))

# What a new thing begins with.
NEW: Mapping[Thing, State] = {
    Thing.ORGANISATION: {"name": "", "kind": "service", "parent": "", "phone": ""},
    Thing.HOME: {
        "name": "", "organisation": "", "address": "", "municipality": "", "access_notes": "",
        "timezone": "Europe/Rome",
    },
    Thing.ROOM: {"kind": "bedroom", "name": ""},
    Thing.PERSON: {"name": "", "birth_year": None, "sex": "", "phone": "", "language": LANGUAGES[0]},
    Thing.CONTACT: {"name": "", "relation": "", "phone": "", "email": "", "language": LANGUAGES[0], "position": 1},
    Thing.ACCOUNT: {"name": "", "email": "", "language": LANGUAGES[0], "active": True, "roles": []},
}  # fmt: skip

MISSING = mark("This is needed.")
TOO_LONG = mark("At most %(most)d characters.")
PROBLEMS: Mapping[Kind, str] = {
    Kind.EMAIL: mark("This is not an e-mail address."),
    Kind.PHONE: mark("This is not a telephone number."),
    Kind.YEAR: mark("A year between %(first)d and %(last)d."),
    Kind.NUMBER: mark("A number between 1 and 99."),
    Kind.CHOICE: mark("Choose one of the list."),
    Kind.ROLES: mark("Choose a role and an organisation."),
}
NO_ZONE = mark("This time zone is not known. Write it like Europe/Rome.")
NO_LOGIN = mark("This cannot be a login.")


class Read(NamedTuple):
    """What came of a form: the document, the login of a new account, and what is wrong by field (in words)."""

    wanted: State
    login: str
    problems: Mapping[str, str]


def fields_of(thing: Thing, *, is_new: bool) -> tuple[Field, ...]:
    """Return the fields of a thing; a new account also has its login."""
    return (_LOGIN, *FIELDS[thing]) if is_new and thing is Thing.ACCOUNT else FIELDS[thing]


def shown(
    thing: Thing,
    state: Mapping[str, Any],
    organisations: Mapping[str, str],
    words: Words,
    problems: Mapping[str, str] | None = None,
    *,
    is_new: bool = False,
) -> list[Shown]:
    """Return the fields with their values in words; `organisations` are those that can be chosen, by key."""
    return [
        Shown(
            field.name,
            words.say(field.label),
            field.kind,
            field.needed,
            words.say(field.hint) if field.hint else "",
            state.get(field.name, ""),
            tuple(_choices(field, state, organisations, words)),
            (problems or {}).get(field.name, ""),
        )
        for field in fields_of(thing, is_new=is_new)
    ]


def read(
    thing: Thing,
    form: Mapping[str, Sequence[str]],
    organisations: Mapping[str, str],
    words: Words,
    today: date,
    *,
    is_new: bool,
) -> Read:
    """Return what somebody filled in, and what is wrong with it."""
    wanted: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields_of(thing, is_new=is_new):
        value, problem = _read(field, form.get(field.name, ()), organisations, today)
        wanted[field.name] = value
        if problem:
            problems[field.name] = words.say(problem) % {
                "most": MAXIMUM_TEXT if field.kind is Kind.LINES else SHORT,
                "first": BIRTH_YEARS[0],
                "last": today.year,
            }
    return Read(wanted, wanted.pop("login", ""), problems)


def _read(field: Field, given: Sequence[str], organisations: Mapping[str, str], today: date) -> tuple[Any, str]:
    """Return the value of a field, and what is wrong with it."""
    if field.kind is Kind.SWITCH:
        return bool(given), ""
    if field.kind is Kind.ROLES:
        return _roles(given, organisations)
    if field.kind is Kind.HOMES:
        return sorted({plain(one) for one in given} - {""}), ""
    text = plain(given[0]) if given else ""
    if not text:
        return (None if field.kind is Kind.YEAR else text), (MISSING if field.needed else "")
    if len(text) > (MAXIMUM_TEXT if field.kind is Kind.LINES else SHORT):
        return text, TOO_LONG
    return _fitting(field, text, organisations, today)


def _fitting(field: Field, text: str, organisations: Mapping[str, str], today: date) -> tuple[Any, str]:
    """Return a value that is there, and what is wrong with it."""
    if field.kind in (Kind.YEAR, Kind.NUMBER):
        among = range(BIRTH_YEARS[0], today.year + 1) if field.kind is Kind.YEAR else range(1, 100)
        fits = text.isascii() and text.isdigit() and len(text) < FIGURES and int(text) in among
        return (int(text), "") if fits else (text, PROBLEMS[field.kind])
    value = text.lower() if field.name == "login" else text
    choices = organisations if field.choices is ELSEWHERE else field.choices
    problems = {
        Kind.EMAIL: not EMAIL.fullmatch(value),
        Kind.PHONE: not PHONE.fullmatch(value),
        Kind.CHOICE: value not in choices,
    }
    if problems.get(field.kind):
        return value, PROBLEMS[field.kind]
    if field.name == "timezone" and value not in zones():
        return value, NO_ZONE
    return value, NO_LOGIN if field.name == "login" and not LOGIN.fullmatch(value) else ""


def _roles(given: Sequence[str], organisations: Mapping[str, str]) -> tuple[list[str], str]:
    """Return roles as "role organisation", each once and in the order of the database; empty ones were not chosen."""
    wanted = {plain(one) for one in given} - {""}
    fits = all(role in ROLE_NAMES and key in organisations for role, _, key in (one.partition(" ") for one in wanted))
    in_order = sorted(wanted, key=lambda one: (one.partition(" ")[2], one.partition(" ")[0]))
    return in_order, "" if fits else PROBLEMS[Kind.ROLES]


def _choices(
    field: Field, state: Mapping[str, Any], organisations: Mapping[str, str], words: Words
) -> Iterator[tuple[str, str]]:
    if field.kind is Kind.HOMES:
        yield from state.get(CHOICES, ())
    elif field.kind is Kind.ROLES:
        held = set(state.get(field.name, ()))
        for key, name in organisations.items():
            yield from ((f"{role} {key}", f"{words.say(said)}: {name}") for role, said in ROLE_NAMES.items())
        for one in sorted(held - {f"{role} {key}" for key in organisations for role in ROLE_NAMES}):
            yield one, one
    elif field.choices is ELSEWHERE:
        if not field.needed:
            yield NO, words.say(mark("nobody"))
        yield from organisations.items()
    else:
        yield from ((value, words.say(name)) for value, name in field.choices.items())
