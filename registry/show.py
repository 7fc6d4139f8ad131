"""The installation as a tree for the terminal: organisations, their homes, and who and what is in them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from psycopg import Connection
from psycopg.rows import DictRow
from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from core.translation import translator
from registry import reads


class InstalledDevice(Protocol):
    """What is shown of a device (`devices.reads.Device` is one)."""

    @property
    def home_id(self) -> int:
        """The home it stands in."""

    @property
    def gateway(self) -> str:
        """Key of its gateway."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def room_id(self) -> int | None:
        """Its room."""

    @property
    def place(self) -> str:
        """What it is fixed to."""

    @property
    def quantities(self) -> Sequence[str]:
        """What it reports."""


Owned = TypeVar("Owned")


def show(connection: Connection[DictRow], devices: Iterable[InstalledDevice], language: str = "en") -> Group:
    """Return the tree of everything in the registry, and the accounts below it, to be printed by a rich console.

    It names persons: it is for the administrator's own terminal and goes into no log.
    """
    _ = translator(language).gettext
    organisations = reads.organisations(connection)
    homes = _by(reads.homes(connection), lambda home: home.organisation_id)
    parts = _Parts(
        _by(reads.rooms(connection), lambda room: room.home_id),
        _by(reads.persons(connection), lambda person: person.home_id),
        _by(devices, lambda device: device.home_id),
        language,
    )
    root = Tree(Text(_("Organisations")))
    branches: dict[int | None, Tree] = {None: root}
    waiting = list(organisations)
    while waiting:
        ready = [organisation for organisation in waiting if organisation.parent_id in branches]
        for organisation in ready:
            branch = branches[organisation.parent_id].add(_line(organisation.name, organisation.key))
            branches[organisation.organisation_id] = branch
            for home in homes.get(organisation.organisation_id, []):
                parts.add_home(branch, home)
        waiting = [organisation for organisation in waiting if organisation not in ready] if ready else []
    accounts = Tree(Text(_("Accounts")))
    for account in reads.accounts(connection):
        line = _line(account.name, account.login, *account.memberships)
        if not account.can_sign_in:
            line.append(" (" + _("no password yet") + ")", style="yellow")
        accounts.add(line)
    return Group(root, accounts)


class _Parts:
    """What is in homes, by home."""

    def __init__(
        self,
        rooms: dict[int, list[reads.Room]],
        persons: dict[int, list[reads.Person]],
        devices: dict[int, list[InstalledDevice]],
        language: str,
    ) -> None:
        self._rooms, self._persons, self._devices, self._language = rooms, persons, devices, language

    def add_home(self, branch: Tree, home: reads.Home) -> None:
        _ = translator(self._language).gettext
        devices = self._devices.get(home.home_id, [])
        gateways = sorted({device.gateway for device in devices})
        place = branch.add(_line(home.name, home.key, home.municipality, home.timezone, *gateways))
        for person in self._persons.get(home.home_id, []):
            place.add(_line(person.name, person.key, *([str(person.birth_year)] if person.birth_year else [])))
        for room in self._rooms.get(home.home_id, []):
            inside = place.add(_line(room.name or room.key, room.key, room.kind))
            _add_devices(inside, [device for device in devices if device.room_id == room.room_id])
        roomless = [device for device in devices if device.room_id is None]
        if roomless:
            _add_devices(place.add(Text(_("In no room"))), roomless)


def _add_devices(branch: Tree, devices: Iterable[InstalledDevice]) -> None:
    for device in devices:
        branch.add(_line(device.name or device.key, device.key, device.place, ", ".join(device.quantities)))


def _line(name: str, *details: str) -> Text:
    return Text.assemble((name, "bold"), *((f"  {detail}", "dim") for detail in details if detail))


def _by(things: Iterable[Owned], key: Callable[[Owned], int]) -> dict[int, list[Owned]]:
    found: dict[int, list[Owned]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return found
