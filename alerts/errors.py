"""What can stand against an operator's action on an alert, in words for the operator."""

from datetime import datetime

from core.errors import VicinoError
from core.translation import mark, translator


class AlertError(VicinoError):
    """Base: an action on an alert was not carried out.

    `message` is the English text, which is also the key of its translations; `values` fill its places.
    """

    message = mark("The alert could not be changed.")

    def __init__(self, **values: str) -> None:
        self.values = values
        super().__init__(self.message % values)

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message) % self.values


class AlertNotFoundError(AlertError):
    """There is no such alert among those that the viewer may see."""

    message = mark("There is no such alert, or it is not one of yours.")


class NotAllowedError(AlertError):
    """The viewer may see the alert, but is neither operator nor coordinator where it belongs."""

    message = mark("Only operators and coordinators act on alerts.")


class NewsError(AlertError):
    """It has happened again since the operator looked."""

    message = mark("Something new has come in: look again.")


class AlreadyTakenError(AlertError):
    """Somebody else was faster."""

    message = mark("Already taken by %(name)s.")

    def __init__(self, name: str, taken_at: datetime | None) -> None:
        super().__init__(name=name)
        self.taken_at = taken_at


class AlreadyResolvedError(AlertError):
    """The alert has been resolved meanwhile."""

    message = mark("This alert has already been resolved.")


class NotInChargeError(AlertError):
    """An alert that nobody has taken cannot be given back."""

    message = mark("Nobody is in charge of this alert.")


class NotThisReasonError(AlertError):
    """The reason goes with another outcome."""

    message = mark("This reason does not go with this outcome. Nothing was changed: choose again.")


class NotResolvedError(AlertError):
    """An alert that is open cannot be opened again."""

    message = mark("This alert is still open.")


class AnotherIsOpenError(AlertError):
    """The same home has a newer open alert of the same kind."""

    message = mark("This home has a newer open alert of the same kind: go on there.")


class NoteTooLongError(AlertError):
    """The note is longer than is kept."""

    message = mark("The note is too long: use at most %(limit)s characters.")


class EmptyNoteError(AlertError):
    """A note without a word."""

    message = mark("Write something into the note.")
