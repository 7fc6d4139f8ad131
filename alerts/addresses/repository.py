"""What is entered of how people are reached."""

from collections.abc import Collection
from datetime import datetime

from alerts.repository import Connection
from core.database import Row
from core.statements import Statements

_SQL = Statements.beside(__file__)


def addresses_of(connection: Connection, accounts: Collection[int], contacts: Collection[int]) -> list[Row]:
    """Return all that is entered for some accounts and contacts, the most preferred first, with what is gone."""
    values = {"accounts": list(accounts), "contacts": list(contacts)}
    return connection.execute(_SQL["addresses_of"], values).fetchall()


def enter(
    connection: Connection,
    account_id: int | None,
    contact_id: int | None,
    channel: str,
    address: str,
    position: int,
    now: datetime,
) -> None:
    """Enter an address of an account or a contact, or bring one back that was gone, at `position`."""
    values = {
        "account_id": account_id,
        "contact_id": contact_id,
        "channel": channel,
        "address": address,
        "position": position,
        "now": now,
    }
    connection.execute(_SQL["enter_address"], values)


def mark_gone(connection: Connection, channel: str, address: str, reason: str, now: datetime) -> int:
    """Note that an address is not used any more, whoever has it; return for how many it was still in use."""
    values = {"channel": channel, "address": address, "reason": reason, "now": now}
    return connection.execute(_SQL["mark_address_gone"], values).rowcount


def mark_gone_of(
    connection: Connection,
    account_id: int | None,
    contact_id: int | None,
    channel: str,
    address: str,
    reason: str,
    now: datetime,
) -> None:
    """Note that an address of one person is not used any more, also where it was not entered but known otherwise."""
    values = {
        "account_id": account_id,
        "contact_id": contact_id,
        "channel": channel,
        "address": address,
        "reason": reason,
        "now": now,
    }
    connection.execute(_SQL["mark_address_of_person_gone"], values)
