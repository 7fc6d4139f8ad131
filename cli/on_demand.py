"""Commands that are imported when they are called: most need a small part of what all of them together import."""

from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup


class OnDemand(Mapping[str, Any]):
    """Commands by their names, each from its place: a module, a colon, and a Typer or a function in it."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Any:
        return _made(name, self._places[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def group(places: Mapping[str, str]) -> type[TyperGroup]:
    """Return the class of a group of the commands that stand in those places."""

    class Group(TyperGroup):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.commands = cast("MutableMapping[str, Any]", OnDemand(places))

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as the library calls it
            return list(places)

    return Group


@cache
def _made(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        made = typer.main.get_group(found)
        made.name = name
        return made
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)
