"""The chain of seals over the audit: what goes into a seal, and whether entries and seals are still those of then.

A seal is the SHA-256 of the seal before it, of its own figures and of the SHA-256 of the entries that it covers. So an
entry cannot be changed, removed or added without its batch saying so, nor a batch with its seal without the next one
saying so. Who can write to the database past its rules can make a whole new chain: that shows only to who has noted an
earlier seal elsewhere, as the log does.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # of PostgreSQL's instants
BEFORE_THE_FIRST = bytes(32)
LABEL = b"vicino audit seal"


class Entry(NamedTuple):
    """An entry of the audit; `persons` are pseudonyms."""

    audit_id: int
    at: datetime
    account_id: int
    method: str
    route: str
    persons: tuple[bytes, ...]


class Seal(NamedTuple):
    """A seal over the entries after `after_id` up to `last_id`; `contents` is their hash, `digest` that of the seal."""

    seal_id: int
    sealed_at: datetime
    after_id: int
    last_id: int
    entries: int
    contents: bytes
    digest: bytes


class What(StrEnum):
    """What is not as it was sealed."""

    GONE = "gone"  # the batch is there no more, with its seal
    COUNT = "count"  # entries were removed or inserted
    CONTENTS = "contents"  # as many entries, and not the same
    SEAL = "seal"  # the entries fit, but the seal does not fit with itself or with the one before
    NOTED = "noted"  # the seal is another than the one that was noted elsewhere


class Fault(NamedTuple):
    """What is wrong with a batch; `there` is how many entries it has now, `sealed` how many it had."""

    seal_id: int
    what: What
    there: int = 0
    sealed: int = 0


def contents_of(entries: Iterable[Entry]) -> bytes:
    """Return the hash of entries in their order."""
    summed = hashlib.sha256()
    for entry in entries:
        summed.update(_bytes(entry))
    return summed.digest()


def digest_of(seal: Seal, before: bytes) -> bytes:
    """Return what the digest of a seal has to be, behind a seal with the digest `before`."""
    figures = struct.pack(
        "!qqqqi", seal.seal_id, _microseconds(seal.sealed_at), seal.after_id, seal.last_id, seal.entries
    )
    return hashlib.sha256(LABEL + before + figures + seal.contents).digest()


def faults(seals: Iterable[Seal], entries: Callable[[int, int], Sequence[Entry]], retired: int = 0) -> Iterator[Fault]:
    """Return what is not as it was sealed; `entries` gives those after one number and up to another, in order.

    Up to the number `retired` entries were dropped because their time was over: of these only the seals are there.
    """
    number, last_id, digest = 0, 0, BEFORE_THE_FIRST
    for seal in seals:
        yield from (Fault(gone, What.GONE) for gone in range(number + 1, seal.seal_id))
        is_behind = seal.seal_id == number + 1
        found = entries(seal.after_id, seal.last_id)
        is_retired = seal.last_id <= retired
        if len(found) != (0 if is_retired else seal.entries):
            yield Fault(seal.seal_id, What.COUNT, len(found), 0 if is_retired else seal.entries)
        elif not is_retired and contents_of(found) != seal.contents:
            yield Fault(seal.seal_id, What.CONTENTS, len(found), seal.entries)
        elif is_behind and (seal.after_id != last_id or seal.digest != digest_of(seal, digest)):
            yield Fault(seal.seal_id, What.SEAL, len(found), seal.entries)
        number, last_id, digest = seal.seal_id, seal.last_id, seal.digest


def _bytes(entry: Entry) -> bytes:
    method, route = entry.method.encode(), entry.route.encode()
    parts = [
        struct.pack("!qqi", entry.audit_id, _microseconds(entry.at), entry.account_id),
        struct.pack("!i", len(method)),
        method,
        struct.pack("!i", len(route)),
        route,
        struct.pack("!i", len(entry.persons)),
        *(struct.pack("!i", len(person)) + person for person in entry.persons),
    ]
    return b"".join(parts)


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
