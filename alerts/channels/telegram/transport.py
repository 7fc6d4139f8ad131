"""Hands messages over to Telegram."""

import msgspec

from alerts.channels.telegram.api import Bot
from alerts.channels.telegram.message import compose
from alerts.channels.transport import Outgoing
from alerts.replies.links import Links


class _Sent(msgspec.Struct):
    message_id: int


class TelegramTransport:
    """Sends each message to the chat that somebody has paired."""

    def __init__(self, bot: Bot, links: Links) -> None:
        self._bot = bot
        self._links = links

    def send(self, message: Outgoing) -> str | None:
        """Return the number of the message in the chat; raises `TransportError` if Telegram did not accept it."""
        sent = self._bot.call("sendMessage", compose(message, self._links), key=str(message.public_id))
        try:
            return str(msgspec.json.decode(sent, type=_Sent).message_id)
        except msgspec.DecodeError:
            # It was accepted all the same.
            return None
