"""Which channels there are, and what people call them."""

from collections.abc import Mapping

from core.translation import mark, translator

NAMES: Mapping[str, str] = {
    "email": mark("e-mail"),
    "sms": mark("SMS"),
    "voice": mark("telephone call"),
    "webhook": mark("another system"),
    "webpush": mark("push message"),
    "telegram": mark("Telegram"),
    "apprise": mark("another service"),
}
# In the order in which they are told. That of the test calls is for no person.
CHANNELS = tuple(NAMES)


def name_of(channel: str, language: str) -> str:
    """Return what a channel is called in running text; what it is called here where it has no other name."""
    return translator(language).gettext(NAMES[channel]) if channel in NAMES else channel


def title_of(channel: str, language: str) -> str:
    """Return the same with a capital letter, as it stands at the beginning of a line."""
    name = name_of(channel, language)
    return name[:1].upper() + name[1:]
