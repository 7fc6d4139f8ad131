"""A gateway's new password on its way from a page to the broker, which takes passwords and no hashes.

The page that made it hands it over here, by a message that no broker keeps (QoS 0). The process of `devices` looks
whether the database has its hash, and only then tells the broker: whoever else says something here achieves nothing.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue

import msgspec

from core.access.accounts import gateway_account
from core.access.passwords import Hashed
from core.database import Database
from core.errors import VicinoError
from core.messages import encode
from core.mqtt import BrokerAddress, Connection, Message
from core.topics import ADMISSION
from devices.enrolment import BrokerAccounts, Password
from devices.gateways import repository

PATIENCE_S = 5.0
_MOST_WAITING = 100
_LARGEST_BYTES = 1_024


class _HandedOver(msgspec.Struct, frozen=True):
    gateway: str
    password: str


def hand_over(broker: BrokerAddress, made: Password) -> None:
    """Hand a new password over, once it is committed; `devices.gateways.reads` tells when the broker has it.

    Raises `VicinoError` if the broker does not answer.
    """
    connection = Connection(broker, f"vicino-admission-{secrets.token_hex(6)}")
    connection.start()
    try:
        if (
            not connection.wait_connected(PATIENCE_S)
            or connection.publish(ADMISSION, encode(_HandedOver(made.gateway, made.password)), qos=0) is None
        ):
            raise VicinoError(
                "The broker does not answer: the gateway cannot connect yet.",
                kept="the gateway is enrolled, with a password that nobody knows",
                advice="see that the broker runs, then make new credentials",
            )
    finally:
        connection.stop()


class Admissions:
    """Where passwords are handed over; `turn` deals with those that have come."""

    def __init__(self, database: Database, broker: BrokerAddress, *, worker: str) -> None:
        self._database = database
        self._waiting: SimpleQueue[bytes] = SimpleQueue()
        self._connection = Connection(
            broker, f"vicino-devices-{worker}-admission", on_message=self._take, subscriptions=(ADMISSION,)
        )

    def start(self) -> None:
        """Connect in the background."""
        self._connection.start()

    def stop(self) -> None:
        """Take leave of the broker."""
        self._connection.stop()

    def wanted(self) -> list[Password]:
        """Return the passwords that have come and are those of gateways that may connect.

        Raises `psycopg.Error` or `PoolTimeout` without a database; what has come is lost then, and made anew by whoever
        made it.
        """
        found = [said for said in map(_said, self._drain()) if said is not None]
        if not found:
            return []
        with self._database.transaction() as connection:
            active = repository.active_enrolments(connection)
        matched = [(said, Hashed.parse(active[said.gateway])) for said in found if said.gateway in active]
        return [Password(said.gateway, said.password, known) for said, known in matched if known.matches(said.password)]

    def admit(self, made: list[Password], accounts: BrokerAccounts, now: Callable[[], datetime]) -> None:
        """Tell the broker, and note that it knows; raises `VicinoError` if it cannot be told."""
        accounts.admit([(gateway_account(each.gateway), each.password) for each in made])
        with self._database.transaction() as connection:
            repository.note_admitted(connection, {each.gateway: str(each.hash) for each in made}, now())

    def _drain(self) -> list[bytes]:
        payloads = []
        while True:
            try:
                payloads.append(self._waiting.get_nowait())
            except Empty:
                return payloads

    def _take(self, message: Message) -> None:
        self._connection.acknowledge(message)
        if self._waiting.qsize() < _MOST_WAITING and len(message.payload) <= _LARGEST_BYTES:
            self._waiting.put(message.payload)


def _said(payload: bytes) -> _HandedOver | None:
    try:
        return msgspec.json.decode(payload, type=_HandedOver)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
