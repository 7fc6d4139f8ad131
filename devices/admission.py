"""A gateway's new password on its way from a page to the broker, which takes passwords and no hashes.

The page that made it hands it over here, by a message that no broker keeps (QoS 0). The process of `devices` looks
whether the database has its hash, and only then tells the broker: whoever else says something here achieves nothing.
A broker that cannot be told is told again, as long as the process lives and the password is the present one.
"""

import secrets
from collections.abc import Sequence
from queue import Empty, SimpleQueue

import msgspec

from core.access.accounts import gateway_account
from core.access.passwords import Hashed
from core.clock import Clock
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
_AGAIN_S = 5.0
_LONGEST_REASON = 300

# Why the broker is told nothing where its accounts are kept by somebody else.
NOT_KEPT_HERE = "VICINO_BROKER_ADMIN_URL"


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
    """Where passwords are handed over; those that the broker could not be told of are kept, and told again."""

    def __init__(self, database: Database, broker: BrokerAddress, clock: Clock, *, worker: str) -> None:
        self._database = database
        self._clock = clock
        self._waiting: SimpleQueue[bytes] = SimpleQueue()
        self._heard: list[_HandedOver] = []
        self._kept: dict[str, Password] = {}
        self._next_at = clock.monotonic()
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
        """Return the passwords that the broker is to be told now: those of gateways that may connect.

        Raises `psycopg.Error` or `PoolTimeout` without a database; what has come is kept.
        """
        self._heard += [said for said in map(_said, self._drain()) if said is not None]
        del self._heard[_MOST_WAITING:]
        is_due = bool(self._kept) and self._clock.monotonic() >= self._next_at
        if not self._heard and not is_due:
            return []
        with self._database.transaction() as connection:
            hashes = {key: Hashed.parse(found) for key, found in repository.active_enrolments(connection).items()}
        heard, self._heard = self._heard, []
        self._kept |= {
            said.gateway: Password(said.gateway, said.password, known)
            for said in heard
            if (known := hashes.get(said.gateway)) is not None and known.matches(said.password)
        }
        # Renewed or revoked since.
        self._kept = {key: each for key, each in self._kept.items() if hashes.get(key) == each.hash}
        return list(self._kept.values())

    def admit(self, made: Sequence[Password], accounts: BrokerAccounts) -> None:
        """Tell the broker, and note that it knows; raises `VicinoError` if it cannot be told."""
        accounts.admit([(gateway_account(each.gateway), each.password) for each in made])
        with self._database.transaction() as connection:
            repository.note_admitted(connection, _hashes(made), self._clock.now())
        self._forget(made)

    def put_off(self, made: Sequence[Password], reason: str) -> None:
        """Note why the broker could not be told, for whoever waits; it is tried again soon."""
        self._next_at = self._clock.monotonic() + _AGAIN_S
        self._note_trouble(made, reason)

    def give_up(self, made: Sequence[Password], reason: str) -> None:
        """Note why the broker is not told from here."""
        self._note_trouble(made, reason)
        self._forget(made)

    def _note_trouble(self, made: Sequence[Password], reason: str) -> None:
        with self._database.transaction() as connection:
            repository.note_trouble(connection, _hashes(made), reason[:_LONGEST_REASON])

    def _forget(self, made: Sequence[Password]) -> None:
        for each in made:
            self._kept.pop(each.gateway, None)

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


def _hashes(made: Sequence[Password]) -> dict[str, str]:
    return {each.gateway: str(each.hash) for each in made}
