"""What people tell the bot, read by long polling: no address of ours has to be reachable from outside.

`/start CODE` pairs a chat with the account that was shown the code, `/stop` ends it, and so does blocking the bot. An
update that was read twice, after a crash, changes nothing more: a code may be shown again from the chat that used it.
Only chats with one person are paired: in a group everybody would read along.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import msgspec

from alerts.addresses.repository import mark_gone
from alerts.channels.telegram.api import Bot
from alerts.channels.transport import TransportError
from alerts.reach import repository
from alerts.reach.codes import code_digest
from alerts.repository import DATABASE_AWAY
from core.clock import Clock
from core.database import Database
from core.languages import LANGUAGES, READ
from core.log import logger
from core.translation import mark, translator

CHANNEL = "telegram"
# How long the server waits for something to tell us before it answers that there was nothing.
POLL_S = 10
# Longer than a look takes: another worker goes on when this one has died.
LEASE = timedelta(seconds=POLL_S + 30)
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
PRIVATE = "private"
LEFT = frozenset({"kicked", "left"})

PAIRED = mark("This chat is connected. Messages about alerts come here from now on. Write /stop to end it.")
NOT_PAIRED = mark(
    "This code is not valid, or no longer. Open Vicino, go to Notifications, and ask for a new connection to Telegram."
)
STOPPED = mark("Done: no more messages come here.")
HELP = mark(
    "To connect this chat, open Vicino, go to Notifications, and follow the link to Telegram. Write /stop to end it."
)
ONLY_PRIVATE = mark("I write to single people only. Please write to me in a chat of your own.")


class _Chat(msgspec.Struct):
    id: int
    type: str = ""


class _From(msgspec.Struct):
    language_code: str = ""


class _Message(msgspec.Struct):
    chat: _Chat
    text: str = ""
    sender: _From = msgspec.field(default_factory=_From, name="from")


class _Member(msgspec.Struct):
    status: str = ""


class _Membership(msgspec.Struct):
    chat: _Chat
    new_chat_member: _Member


class _Update(msgspec.Struct):
    update_id: int
    message: _Message | None = None
    my_chat_member: _Membership | None = None


class _Numbered(msgspec.Struct):
    update_id: int


class _Me(msgspec.Struct):
    username: str


class Reply(NamedTuple):
    """What is written back to a chat."""

    chat: int
    text: str


class Updates:
    """Reads what the bot is told. Of several workers one reads; when it dies, another goes on."""

    def __init__(self, database: Database, bot: Bot, clock: Clock) -> None:
        self._database = database
        self._bot = bot
        self._clock = clock
        self._held_until = clock.now()
        self._introduced = False

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set."""
        wait_s = FIRST_WAIT_S
        while not stop.is_set():
            try:
                self.look(POLL_S, stop)
            except (TransportError, *DATABASE_AWAY) as error:
                reason = error.reason if isinstance(error, TransportError) else type(error).__name__
                logger().warning("the bot cannot be read", channel=CHANNEL, reason=reason, seconds=wait_s)
                asked_s = getattr(error, "retry_after_s", None) or 0.0
                self._clock.wait(stop, max(wait_s, asked_s))
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            except Exception as error:  # noqa: BLE001 - one message that fails must not end the others
                logger().error("the bot cannot be read", channel=CHANNEL, reason=type(error).__name__, seconds=wait_s)
                self._clock.wait(stop, wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            else:
                wait_s = FIRST_WAIT_S

    def look(self, poll_s: int, stop: threading.Event) -> int:
        """Read what there is, waiting up to `poll_s` seconds for it; return how many updates were taken.

        Raises `TransportError`, or what the database raises when it is away.
        """
        now = self._clock.now()
        until = now + LEASE
        with self._database.transaction() as connection:
            start = repository.take_reading(connection, CHANNEL, now, self._held_until, until)
        if start is None:
            self._clock.wait(stop, float(poll_s))
            return 0
        self._held_until = until
        if not self._introduced:
            self._introduce()
        values = {"offset": start, "timeout": poll_s, "allowed_updates": ["message", "my_chat_member"]}
        came = msgspec.json.decode(self._bot.call("getUpdates", values, wait_s=poll_s), type=list[msgspec.Raw])
        for raw in came:
            number = msgspec.json.decode(raw, type=_Numbered).update_id
            for reply in self._take(raw):
                self._write(reply)
            with self._database.transaction() as connection:
                repository.read_until(connection, CHANNEL, number + 1)
        return len(came)

    def _introduce(self) -> None:
        name = msgspec.json.decode(self._bot.call("getMe", {}), type=_Me).username
        with self._database.transaction() as connection:
            repository.say_face(connection, CHANNEL, name)
        self._introduced = True

    def _take(self, raw: msgspec.Raw) -> Iterator[Reply]:
        try:
            update = msgspec.json.decode(raw, type=_Update)
        except msgspec.DecodeError as error:
            logger().warning("not understood", channel=CHANNEL, reason=type(error).__name__)
            return
        if update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in LEFT:
            self._leave(update.my_chat_member.chat.id, "blocked")
        if update.message is not None:
            yield Reply(update.message.chat.id, self._answer(update.message))

    def _answer(self, message: _Message) -> str:
        spoken = message.sender.language_code[:2].lower()
        language = spoken if spoken in READ else LANGUAGES[0]
        command, _, rest = message.text.strip().partition(" ")
        if message.chat.type != PRIVATE:
            return translator(language).gettext(ONLY_PRIVATE)
        if command == "/start" and rest.strip():
            return self._pair(message.chat.id, rest.strip(), language)
        if command == "/stop":
            language = self._leave(message.chat.id, "stopped") or language
            return translator(language).gettext(STOPPED)
        return translator(language).gettext(HELP)

    def _pair(self, chat: int, code: str, language: str) -> str:
        with self._database.transaction() as connection:
            paired = repository.pair(connection, CHANNEL, code_digest(code), str(chat), self._clock.now())
        if paired is None:
            return translator(language).gettext(NOT_PAIRED)
        return translator(paired.language).gettext(PAIRED)

    def _leave(self, chat: int, reason: str) -> str | None:
        with self._database.transaction() as connection:
            language = repository.language_at(connection, CHANNEL, str(chat))
            mark_gone(connection, CHANNEL, str(chat), reason, self._clock.now())
        return language

    def _write(self, reply: Reply) -> None:
        try:
            self._bot.call("sendMessage", {"chat_id": reply.chat, "text": reply.text})
        except TransportError as error:
            # What was asked for is done; only the answer is missing.
            logger().warning("not answered", channel=CHANNEL, reason=error.reason)
