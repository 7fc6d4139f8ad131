"""What can stand against what an installer does with a device, in words for the installer."""

from core.errors import VicinoError
from core.translation import mark, translator


class DeviceError(VicinoError):
    """Base: something with a device was not carried out, and nothing was changed.

    `message` is the English text, which is also the key of its translations; `values` fill its places.
    """

    message = mark("The device could not be changed.")

    def __init__(self, **values: str | int) -> None:
        self.values = values
        super().__init__(self.message % values)

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message) % self.values


class DeviceNotFoundError(DeviceError):
    """There is no such device, room or gateway among those that the viewer is in charge of."""

    message = mark("This device, room or gateway is not there, or you are not in charge of it.")


class NameTooLongError(DeviceError):
    """A name is longer than can be shown."""

    message = mark("The name is too long: at most %(most)d characters.")


class NothingMeasuredError(DeviceError):
    """A device reports nothing that is known."""

    message = mark("This device reports nothing that Vicino knows yet: it is listed as found, with what it says.")


class InstalledElsewhereError(DeviceError):
    """A device whose key is one of its own in the whole world is installed in another home."""

    message = mark("This sensor is installed in another home. Take it away there first.")
