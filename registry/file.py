"""The one readable file that describes an installation.

`load` reads it and tells everything that is wrong at once, each with its line; `dump` writes a document back.
"""

from pathlib import Path as FilePath

import msgspec
import yaml

from registry import reading, rules
from registry.document import Document
from registry.reading import FileError, text_of

__all__ = ["FileError", "dump", "load", "parse"]

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def load(path: FilePath) -> Document:
    """Return the installation that the file at `path` describes.

    Raises `FileError` if the file breaks a rule, and `VicinoError` if it cannot be read at all.
    """
    return parse(text_of(path), path.name)


def parse(text: str, name: str = "registry.yaml") -> Document:
    """Return the installation that `text` describes; `name` is what errors call it. Raises `FileError`."""
    return reading.parse(text, name, Document, rules.faults, "organisations and homes")


def dump(document: Document) -> str:
    """Return the text of a file from which `parse` makes the same document. What is the default is left out."""
    return yaml.dump(
        msgspec.to_builtins(document),
        Dumper=_DUMPER,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=118,
    )
