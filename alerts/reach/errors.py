"""What can stand against setting up where messages arrive, in words for whoever does it."""

from core.errors import VicinoError
from core.translation import mark, translator


class ReachError(VicinoError):
    """Base: nothing was changed. `message` is the English text, which is also the key of its translations."""

    message = mark("That could not be set up. Everything is as it was.")

    def __init__(self) -> None:
        super().__init__(self.message)

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message)


class NoSubscriptionError(ReachError):
    """What a browser sent is no subscription, or its push service is not one of those allowed."""

    message = mark("This browser gets its messages from a service that Vicino does not know. Try another browser.")


class TooManyDevicesError(ReachError):
    """The account has as many devices as are kept."""

    message = mark("You have many devices here already. Remove those that you no longer use, then try again.")


class TrialRefusedError(ReachError):
    """A test message was asked for just before, or there is nowhere to send it."""

    message = mark("A test message has just been sent. Wait a moment before you ask for another one.")
