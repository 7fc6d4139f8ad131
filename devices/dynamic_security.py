"""Tells Mosquitto who may sign in, by the commands of its dynamic-security plugin. What it is told holds at once."""

import json
import secrets
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Self, TypeVar

from core.access import mosquitto
from core.access.accounts import Account
from core.access.mosquitto import Command
from core.errors import VicinoError
from core.mqtt import BrokerAddress, Connection, Message
from core.translation import mark

PATIENCE_S = 10.0
# What a message of commands holds: well below what a broker takes in one.
_ACCOUNTS_AT_ONCE = 200
# What is gone already need not go; it is said in English whatever the language.
_HARMLESS = frozenset({"Client not found", "Role not found"})

T = TypeVar("T")


class BrokerControlError(VicinoError):
    """The broker could not be told who may sign in, or would not do it.

    `reason` is a marked text for whoever waits for it; `detail`, in the broker's own words, is for administrators.
    """

    def __init__(self, reason: str, *, detail: str = "", advice: str = "") -> None:
        super().__init__(f"{reason} {detail}".rstrip(), advice=advice)
        self.reason = reason


class DynamicSecurity:
    """A connection of an administrator's account, as a context. Entering raises `BrokerControlError` if it fails."""

    def __init__(self, address: BrokerAddress, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._awaited: set[str] = set()
        self._answers: dict[str, dict[str, Any]] = {}
        self._answered = threading.Condition()
        self._connection = Connection(
            address,
            f"vicino-administrator-{secrets.token_hex(6)}",
            on_message=self._take,
            subscriptions=(mosquitto.RESPONSE,),
        )

    def __enter__(self) -> Self:
        self._connection.start()
        if not self._connection.wait_connected(self._patience_s):
            self._connection.stop()
            raise BrokerControlError(
                mark("The broker does not answer."),
                advice="see that it runs and that its address is right (vicino status), then do it again",
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.stop()

    def admit(self, admissions: Sequence[tuple[Account, str]]) -> None:
        """Let accounts sign in with these passwords alone; whoever is connected under one of them is disconnected.

        Raises `BrokerControlError` if the broker does not do so.
        """
        for part in _parts(admissions):
            self._do([command for account, password in part for command in mosquitto.admission(account, password)])

    def expel(self, names: Sequence[str]) -> None:
        """Let accounts sign in no more and end their connections; raises `BrokerControlError` if it is not done."""
        for part in _parts(names):
            self._do([command for name in part for command in mosquitto.expulsion(name)])

    def names(self) -> set[str]:
        """Return the names of all accounts; raises `BrokerControlError` if the broker does not say."""
        (answer,) = self._do([{"command": "listClients"}])
        return set(answer.get("data", {}).get("clients", ()))

    def _do(self, commands: Sequence[Command]) -> list[dict[str, Any]]:
        marks = [secrets.token_hex(8) for _ in commands]
        marked = [{**command, "correlationData": mark} for command, mark in zip(commands, marks, strict=True)]
        self._awaited = set(marks)
        if self._connection.publish(mosquitto.CONTROL, json.dumps({"commands": marked}).encode()) is None:
            raise BrokerControlError(mark("The connection to the broker is lost."), advice="do it again")
        with self._answered:
            if not self._answered.wait_for(lambda: all(mark in self._answers for mark in marks), self._patience_s):
                raise BrokerControlError(
                    mark("The broker has not said in time that it did what it was told."),
                    advice="see that its plugin dynamic-security is on, then do it again",
                )
            answers = [self._answers.pop(mark) for mark in marks]
        for answer in answers:
            if answer.get("error") and answer["error"] not in _HARMLESS:
                raise BrokerControlError(
                    mark("The broker refuses what it is told."), detail=f"{answer.get('command')}: {answer['error']}."
                )
        return answers

    def _take(self, message: Message) -> None:
        self._connection.acknowledge(message)
        try:
            answers = json.loads(message.payload).get("responses", ())
        except (ValueError, AttributeError):
            return
        with self._answered:
            # Other administrators' answers come here, too.
            self._answers |= {mark: each for each in answers if (mark := each.get("correlationData")) in self._awaited}
            self._answered.notify_all()


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _ACCOUNTS_AT_ONCE):
        yield items[start : start + _ACCOUNTS_AT_ONCE]
