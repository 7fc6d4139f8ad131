"""The ways in which a recipient can be reached, in order of preference.

What is entered for a person goes first, in its order. What the registry knows besides follows as a last resort, unless
it was taken away: the e-mail of an account; the e-mail and then the telephone of a contact.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from alerts.addresses import repository
from alerts.addresses.telephone import e164, takes_texts
from alerts.lifecycle import Family
from alerts.repository import Connection
from core.database import Row
from registry import reads as registry_reads

# A telephone that rings is for what cannot wait.
ONLY_SAFETY = frozenset({"voice"})


class Recipient(NamedTuple):
    """Somebody who is to be told: an account (operator, coordinator, volunteer) or a contact (family), never both."""

    account_id: int | None
    contact_id: int | None
    name: str
    language: str


class Way(NamedTuple):
    """A channel and the address there."""

    channel: str
    address: str


def ways_of(
    connection: Connection,
    recipients: Sequence[Recipient],
    *,
    channels: Collection[str] = (),
    family: Family = Family.SAFETY,
) -> dict[Recipient, list[Way]]:
    """Return the ways to each of `recipients` for an alert of `family`, the best first; none where there is none.

    Where `channels` are given, only those.
    """
    accounts = [each.account_id for each in recipients if each.account_id is not None]
    contacts = [each.contact_id for each in recipients if each.contact_id is not None]
    entered = _by_person(repository.addresses_of(connection, accounts, contacts))
    known = _by_person(registry_reads.reached_at(connection, accounts, contacts))
    allowed = frozenset(channels)
    return {
        each: [
            way
            for way in _ways(entered.get(each[:2], []), known.get(each[:2], []))
            if (not allowed or way.channel in allowed) and (family is Family.SAFETY or way.channel not in ONLY_SAFETY)
        ]
        for each in recipients
    }


def recipient(who: registry_reads.ToldPerson) -> Recipient:
    """Return somebody of the registry as a recipient."""
    return Recipient(*who)


def _ways(entered: Sequence[Row], known: Sequence[Row]) -> list[Way]:
    gone = {Way(row["channel"], row["address"]) for row in entered if row["gone_at"] is not None}
    there = [Way(row["channel"], row["address"]) for row in entered if row["gone_at"] is None]
    by_default = [way for row in known for way in _default(row)]
    # The same way once, where it is preferred most.
    return list(dict.fromkeys([*there, *(way for way in by_default if way not in gone)]))


def _default(row: Row) -> Iterator[Way]:
    if row["email"]:
        yield Way("email", row["email"])
    number = e164(row["phone"])
    if number is not None:
        if takes_texts(number):
            yield Way("sms", number)
        yield Way("voice", number)


def _by_person(rows: Sequence[Row]) -> dict[tuple[int | None, int | None], list[Row]]:
    found: dict[tuple[int | None, int | None], list[Row]] = {}
    for row in rows:
        found.setdefault((row["account_id"], row["contact_id"]), []).append(row)
    return found
