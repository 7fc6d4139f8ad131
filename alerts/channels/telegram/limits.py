"""What Telegram allows, and which of its refusals are final."""

TEXT_CHARACTERS = 4096
BUTTON_CHARACTERS = 64
FORBIDDEN, BAD_REQUEST, TOO_MANY = 403, 400, 429
# The name of the bot is refused: a setting that somebody may put right.
NO_BOT = frozenset({401, 404})
# What a chat that does not exist is answered with, in small letters.
NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty")


def is_gone(code: int, description: str) -> bool:
    """Tell whether there is no such chat any more: the bot was blocked there, or the account is closed."""
    return code == FORBIDDEN or (code == BAD_REQUEST and any(each in description.lower() for each in NO_CHAT))


def is_permanent(code: int) -> bool:
    """Tell whether a refusal is final for this message."""
    return 300 <= code < 500 and code != TOO_MANY and code not in NO_BOT  # noqa: PLR2004 - the classes of answers
