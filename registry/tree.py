"""YAML as a tree of nodes that know their line.

Scalars are kept as the text that stands in the file: a telephone number keeps its leading zero and `no` stays a
word. Whoever reads the tree decides what a text means. Anchors and aliases, tags, keys that are no text and deep
nesting are refused, so that the size of the tree is bounded by the size of the file.
"""

from typing import NamedTuple

import yaml

from core.errors import VicinoError

MAXIMUM_BYTES = 16 * 1024 * 1024
MAXIMUM_DEPTH = 12
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Text(NamedTuple):
    """A scalar."""

    line: int
    value: str


class Nothing(NamedTuple):
    """A value that was left empty, or says `null`."""

    line: int


class Listing(NamedTuple):
    """A sequence."""

    line: int
    items: list["Node"]


class Mapping(NamedTuple):
    """A mapping; `lines` tells where each key stands, `duplicates` the later lines of keys that stand twice."""

    line: int
    entries: dict[str, "Node"]
    lines: dict[str, int]
    duplicates: list[tuple[str, int]]


Node = Text | Nothing | Listing | Mapping


class TreeError(VicinoError):
    """The text is not YAML of the kind Vicino reads. `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _Open(NamedTuple):
    node: Listing | Mapping
    keys: list[Text]  # the key of a mapping that waits for its value


def read(text: str) -> Node:
    """Return the tree of the one document in `text`.

    Raises `TreeError` where the text is no YAML, is too large or uses what is refused.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
        raise TreeError(1, f"the file is larger than {MAXIMUM_BYTES // 1024 // 1024} MiB")
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or "the text is not YAML"
        raise TreeError(mark.line + 1 if mark else 1, said) from error
    except (yaml.YAMLError, UnicodeError) as error:
        first = text.encode("utf-8", "replace").decode().splitlines()
        line = next((number for number, row in enumerate(first, 1) if not _printable(row)), 1)
        raise TreeError(line, "the text holds characters that cannot stand in YAML") from error


def _printable(row: str) -> bool:
    return all(letter.isprintable() or letter == "\t" for letter in row)


def _build(text: str) -> Node:
    root: list[Node] = []
    stack: list[_Open] = []
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent) and root:
            raise TreeError(line, "there is a second document ('---'); put everything into one")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise TreeError(line, "anchors (&) and aliases (*) are not used here; write the text out")
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            node = _node(event, line)
            _put(node, stack, root, line)
            if isinstance(node, Listing | Mapping):
                if len(stack) == MAXIMUM_DEPTH:
                    raise TreeError(line, f"the text is nested deeper than {MAXIMUM_DEPTH} levels")
                stack.append(_Open(node, []))
    return root[0] if root else Nothing(1)


def _node(event: yaml.NodeEvent, line: int) -> Node:
    if getattr(event, "tag", None) not in (None, "!"):
        raise TreeError(line, "tags (!) are not used here")
    if isinstance(event, yaml.SequenceStartEvent):
        return Listing(line, [])
    if isinstance(event, yaml.MappingStartEvent):
        return Mapping(line, {}, {}, [])
    if not isinstance(event, yaml.ScalarEvent):
        raise TreeError(line, "the text is not YAML")
    return Nothing(line) if event.implicit[0] and event.value in _NULLS else Text(line, event.value)


def _put(node: Node, stack: list[_Open], root: list[Node], line: int) -> None:
    if not stack:
        root.append(node)
        return
    parent, keys = stack[-1]
    if isinstance(parent, Listing):
        parent.items.append(node)
    elif not keys:
        if not isinstance(node, Text):
            raise TreeError(line, "a key must be a plain word")
        keys.append(node)
    else:
        key = keys.pop()
        if key.value in parent.entries:
            parent.duplicates.append((key.value, key.line))
        else:
            parent.entries[key.value] = node
            parent.lines[key.value] = key.line
