"""The pages of administrators as they are shown: the tree, a thing with what is in it, what was changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from core.translation import mark
from dashboards.administration.fields import FIELDS, ORGANISATIONS, ROLE_NAMES, Field, Kind
from dashboards.watch import ROME
from dashboards.wording import ROOM_KINDS, Words
from registry.administration.reads import Administered, Edit, Part
from registry.administration.things import IN, State, Thing

NAMES: Mapping[Thing, str] = {
    Thing.ORGANISATION: mark("Organisation"),
    Thing.HOME: mark("Home"),
    Thing.ROOM: mark("Room"),
    Thing.PERSON: mark("Person"),
    Thing.CONTACT: mark("Contact"),
    Thing.ACCOUNT: mark("Account"),
    Thing.CASELOAD: mark("Caseload"),
}
HEADINGS: Mapping[Thing, str] = {
    Thing.ORGANISATION: mark("Organisations below it"),
    Thing.HOME: mark("Homes"),
    Thing.ROOM: mark("Rooms"),
    Thing.PERSON: mark("Who lives there"),
    Thing.CONTACT: mark("Contacts, in the order of calling"),
    Thing.ACCOUNT: mark("Accounts"),
}
NEW: Mapping[Thing, str] = {
    Thing.ORGANISATION: mark("New organisation"),
    Thing.HOME: mark("New home"),
    Thing.ROOM: mark("New room"),
    Thing.PERSON: mark("New person"),
    Thing.CONTACT: mark("New contact"),
    Thing.ACCOUNT: mark("New account"),
}
YES, NO = mark("yes"), mark("no")
EMPTY = mark("(empty)")
UNNAMED = mark("(no name)")


class Row(NamedTuple):
    """An organisation in the tree, so many levels down."""

    number: int
    name: str
    kind: str
    level: int
    homes: int
    persons: int
    accounts: int


class Line(NamedTuple):
    """Something in a thing."""

    thing: Thing
    number: int
    name: str
    detail: str


class Section(NamedTuple):
    """All of one sort that is in a thing."""

    thing: Thing
    heading: str
    new: str
    lines: tuple[Line, ...]


class Difference(NamedTuple):
    """A field that was changed; `before` is "" where the thing was made."""

    label: str
    before: str
    after: str


class Change(NamedTuple):
    """A change in words. `thing` is None where the thing is no more."""

    public_id: str
    when: str
    who: str
    what: str
    name: str
    thing: Thing | None
    number: int
    differences: tuple[Difference, ...]
    undone: bool
    can_be_undone: bool


def tree(found: Sequence[Administered], words: Words) -> list[Row]:
    """Return organisations, each below the one it belongs to; whose own one is not administered stands at the top."""
    known = {one.organisation_id for one in found}
    below: dict[int | None, list[Administered]] = {}
    for one in found:
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    return list(_down(below, None, 0, words))


def _down(
    below: Mapping[int | None, Sequence[Administered]], above: int | None, level: int, words: Words
) -> Iterator[Row]:
    for one in below.get(above, ()):
        kind = words.say(ORGANISATIONS[one.kind])
        yield Row(one.organisation_id, one.name, kind, level, one.homes, one.persons, one.accounts)
        yield from _down(below, one.organisation_id, level + 1, words)


def sections(thing: Thing, parts: Sequence[Part], words: Words) -> list[Section]:
    """Return what is in a thing, sort by sort, also the sorts of which there is nothing."""
    return [
        Section(
            sort,
            words.say(HEADINGS[sort]),
            words.say(NEW[sort]),
            tuple(Line(sort, one.number, _name(one, words), _detail(one, words)) for one in parts if one.thing is sort),
        )
        for sort in IN.get(thing, ())
    ]


def _name(part: Part, words: Words) -> str:
    if part.thing is Thing.ROOM:
        return part.name or words.say(ROOM_KINDS[part.detail])
    return part.name


def _detail(part: Part, words: Words) -> str:
    if part.thing is Thing.ROOM:
        return words.say(ROOM_KINDS[part.detail]) if part.name else ""
    if part.thing is Thing.ORGANISATION:
        return words.say(ORGANISATIONS[part.detail])
    if part.thing is Thing.ACCOUNT:
        return ", ".join(words.say(ROLE_NAMES[role]) for role in part.detail.split())
    return part.detail


def changes(found: Sequence[Edit], organisations: Mapping[str, str], now: datetime, words: Words) -> list[Change]:
    """Return changes in words; `organisations` are the names of those that are known, by key."""
    return [
        Change(
            str(one.public_id),
            words.moment(one.made_at, ROME, now),
            one.made_by_name,
            _what(one, words),
            one.name or words.say(UNNAMED),
            None if one.after is None or (one.before is None and one.undone) else one.thing,
            one.thing_id,
            tuple(_differences(one, organisations, words)),
            one.undone,
            one.can_be_undone,
        )
        for one in found
    ]


def _what(edit: Edit, words: Words) -> str:
    gettext = words.translations.gettext
    if edit.undoes is not None:
        said = gettext("%(thing)s: undone")
    elif edit.before is None:
        said = gettext("%(thing)s: made")
    else:
        said = gettext("%(thing)s: changed")
    return said % {"thing": words.say(NAMES[edit.thing])}


def _differences(edit: Edit, organisations: Mapping[str, str], words: Words) -> Iterator[Difference]:
    if edit.before is None or edit.after is None:
        return
    for field in FIELDS[edit.thing]:
        before, after = edit.before.get(field.name), edit.after.get(field.name)
        if before != after:
            said = (_said(field, value, organisations, words) for value in (before, after))
            yield Difference(words.say(field.label), *said)


def _said(field: Field, value: Any, organisations: Mapping[str, str], words: Words) -> str:
    if field.kind is Kind.SWITCH:
        return words.say(YES if value else NO)
    if field.kind is Kind.HOMES:
        return ", ".join(value) or words.say(EMPTY)
    if field.kind is Kind.ROLES:
        return ", ".join(role_name(one, organisations, words) for one in value) or words.say(EMPTY)
    if value in (None, ""):
        return words.say(EMPTY)
    if field.kind is Kind.CHOICE:
        return words.say(field.choices[value]) if value in field.choices else organisations.get(value, str(value))
    return str(value)


def role_name(one: str, organisations: Mapping[str, str], words: Words) -> str:
    """Return a role, written "role organisation", in words."""
    role, _, key = one.partition(" ")
    return f"{words.say(ROLE_NAMES.get(role, role))}: {organisations.get(key, key)}"


def title(state: State, words: Words) -> str:
    """Return how a thing is called."""
    return str(state["name"]) or words.say(ROOM_KINDS.get(str(state.get("kind", "")), UNNAMED))
