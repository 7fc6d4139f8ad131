"""Files that people write: read into structs, with everything that is wrong told at once, each with its line."""

import re
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path as FilePath
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from core.errors import VicinoError
from registry import tree
from registry.rules import Fault, Path

_INTEGER = re.compile(r"-?[0-9]{1,9}")
_CAPITAL = re.compile(r"(?<!^)([A-Z])")
T = TypeVar("T", bound=msgspec.Struct)


class LineFault(NamedTuple):
    """One thing that is wrong; `line` counts from 1."""

    line: int
    sentence: str


class FileError(VicinoError):
    """A file that somebody wrote cannot be used; `faults` are all reasons, by line."""

    def __init__(self, name: str, faults: list[LineFault]) -> None:
        self.faults = tuple(sorted(faults))
        said = "\n".join(f"line {fault.line}: {fault.sentence}" for fault in self.faults)
        super().__init__(
            f"{name} cannot be used:\n{said}\n",
            kept="nothing was changed.",
            advice="correct these lines and apply the file again.",
        )


def text_of(path: FilePath) -> str:
    """Return the text of the file at `path`. Raises `FileError`, and `VicinoError` if it cannot be read at all."""
    try:
        with path.open("rb") as file:
            content = file.read(tree.MAXIMUM_BYTES + 1)
    except OSError as error:
        raise VicinoError(f"{path} cannot be read: {error.strerror}.", kept="nothing was changed.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(path.name, [LineFault(line, "the text is not UTF-8; save the file as UTF-8")]) from error


def parse(text: str, name: str, kind: type[T], faults: Callable[[T], Iterable[Fault]], needs: str) -> T:
    """Return what `text` describes as a `kind`; `faults` tells which of its rules are broken, `needs` what it is about.

    `name` is what errors call the file. Raises `FileError`.
    """
    try:
        root = tree.read(text)
    except tree.TreeError as error:
        raise FileError(name, [LineFault(error.line, error.args[0])]) from error
    reading = _Reading()
    document = reading.struct(kind, root, ())
    if isinstance(root, tree.Nothing):
        raise FileError(name, [LineFault(1, f"the file is empty; it needs {needs}")])
    shape = [LineFault(_line(root, fault.path), fault.sentence) for fault in reading.faults]
    spoilt = {fault.path for fault in reading.faults}
    broken = [
        LineFault(_line(root, fault.path), fault.sentence)
        for fault in faults(document)
        if not any(fault.path[:end] in spoilt for end in range(len(fault.path) + 1))
    ]
    if shape or broken or reading.lines:
        raise FileError(name, [*shape, *broken, *reading.lines])
    return document


def _line(node: tree.Node, path: Path) -> int:
    """Return the line of the deepest node on `path` that the file has."""
    line = node.line
    for step in path:
        if isinstance(node, tree.Mapping) and step in node.entries:
            line, node = node.lines[str(step)], node.entries[str(step)]
        elif isinstance(node, tree.Listing) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            line = node.line
        else:
            break
    return line


class _Reading:
    """Makes structs from a tree, notes each fault, and goes on with the default or something empty."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.lines: list[LineFault] = []

    def struct(self, kind: type[T], node: tree.Node, path: Path) -> T:
        what = _CAPITAL.sub(r" \1", kind.__name__).lower() if path else "file"
        if isinstance(node, tree.Text | tree.Listing):
            self._note(path, f"here stands {_called(node)} where the entries of one {what} are expected")
        entries = node.entries if isinstance(node, tree.Mapping) else {}
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        if isinstance(node, tree.Mapping):
            self._strangers(node, list(fields), what, path)
        hints = get_type_hints(kind)
        values: dict[str, Any] = {}
        for name, field in fields.items():
            given = entries.get(name)
            if given is not None and not isinstance(given, tree.Nothing):
                values[name] = self._value(hints[name], given, (*path, name))
            elif field.required:
                if isinstance(node, tree.Mapping | tree.Nothing):
                    self._note((*path, name), f"the {what}{_named(entries)} has no '{name}'")
                values[name] = ""
        return kind(**values)

    def _strangers(self, node: tree.Mapping, names: list[str], what: str, path: Path) -> None:
        for key in node.entries:
            if key not in names:
                hint = "; passwords never stand in this file" if key == "password" else ""
                self._note((*path, key), f"'{key}' is not an entry of a {what}{hint}; entries are: {', '.join(names)}")
        self.lines.extend(LineFault(line, f"'{key}' stands twice in the same {what}") for key, line in node.duplicates)

    def _value(self, hint: Any, node: tree.Node, path: Path) -> Any:
        if get_origin(hint) is tuple:
            return tuple(self._items(get_args(hint)[0], node, path))
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self.struct(hint, node, path)
        if not isinstance(node, tree.Text):
            self._note(path, f"'{path[-1]}' holds {_called(node)}; a text is expected")
            return "" if hint is str else None
        if isinstance(hint, types.UnionType):
            if _INTEGER.fullmatch(node.value):
                return int(node.value)
            self._note(path, f"'{path[-1]}' is {node.value!r}; a whole number is expected")
            return None
        return node.value

    def _items(self, kind: Any, node: tree.Node, path: Path) -> Iterator[Any]:
        if not isinstance(node, tree.Listing):
            self._note(path, f"'{path[-1]}' holds {_called(node)}; a list (lines that begin with '-') is expected")
            return
        for index, item in enumerate(node.items):
            if kind is not str:
                yield self.struct(kind, item, (*path, index))
            elif isinstance(item, tree.Text):
                yield item.value
            else:
                self._note((*path, index), f"'{path[-1]}' holds {_called(item)}; words are expected")
                yield ""

    def _note(self, path: Path, sentence: str) -> None:
        self.faults.append(Fault(path, sentence))


def _called(node: tree.Node) -> str:
    if isinstance(node, tree.Text):
        return f"the text {node.value[:40]!r}"
    if isinstance(node, tree.Nothing):
        return "nothing"
    return "a list" if isinstance(node, tree.Listing) else "a group of entries"


def _named(entries: dict[str, tree.Node]) -> str:
    own = next((entries[name] for name in ("key", "login", "name") if name in entries), None)
    return f" {own.value!r}" if isinstance(own, tree.Text) else ""
