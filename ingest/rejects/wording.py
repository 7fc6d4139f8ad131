"""What it means that something could not be stored, and what to do about it, in plain words."""

from typing import NamedTuple

from core.translation import mark
from ingest.validate import Reason


class Wording(NamedTuple):
    """A reason's name, what it means and what to do."""

    name: str
    meaning: str
    advice: str


WORDINGS: dict[Reason, Wording] = {
    Reason.TOPIC: Wording(
        mark("Address not understood"),
        mark("The message came to an address (topic) that names no gateway or no kind of readings."),
        mark("Correct the gateway's key: small letters, digits, dot, underscore and hyphen. Then it sends again."),
    ),
    Reason.PROPERTIES: Wording(
        mark("Sender of another version"),
        mark("The message does not say what every message of our gateways says: version, start, number and clock."),
        mark("Look which software the gateway runs and bring it up to date."),
    ),
    Reason.OVERSIZED: Wording(
        mark("Message too large"),
        mark("The message is larger than we accept. Only its beginning was kept."),
        mark("Let the gateway send fewer readings in one message, or raise VICINO_INGEST_MESSAGE_BYTES."),
    ),
    Reason.SYNTAX: Wording(
        mark("Message not readable"),
        mark("The message holds no readings in the form we read (SenML)."),
        mark("Look at the bytes: something else than our gateway may be sending in its name."),
    ),
    Reason.RECORD: Wording(
        mark("Could not be written"),
        mark("The database did not take this message or a part of it."),
        mark("Try again. If it stays, tell whoever looks after the software, with the number of this entry."),
    ),
    Reason.TIME: Wording(
        mark("Impossible time"),
        mark("A reading says a time that was ahead of the clock when it came, or is long before there were sensors."),
        mark(
            "Set the clock that is wrong. If it was the server's, store all with `vicino rejects replay --reason time`."
        ),
    ),
    Reason.UNIT: Wording(
        mark("Other unit"),
        mark("A reading comes in another unit than the one that is expected of it."),
        mark("Correct the device's model or the gateway's settings, then try again."),
    ),
    Reason.VALUE: Wording(
        mark("No value"),
        mark("A reading carries no number."),
        mark("Look whether the device is broken or its model is another one than what was entered."),
    ),
    Reason.UNKNOWN_GATEWAY: Wording(
        mark("Gateway not registered"),
        mark("No gateway of this key is registered. It keeps what it has and sends it again until it is."),
        mark(
            "Register the gateway, or correct its key. Then its readings come by themselves; if it is gone, try again."
        ),
    ),
    Reason.UNKNOWN_SERIES: Wording(
        mark("Device not registered"),
        mark("The gateway is known, but not the device, or not this of what the device reports."),
        mark("Register the device with what it reports, then try again: its readings are stored with their own time."),
    ),
    Reason.FOREIGN_SERIES: Wording(
        mark("Device of another gateway"),
        mark("A device of this name is registered with another gateway, not with this one."),
        mark("Register the device with the gateway it now reports to, then try again."),
    ),
    Reason.CONFLICT: Wording(
        mark("Contradicts what is stored"),
        mark("Another value of the same sensor and instant is stored already. The first one is kept."),
        mark("Nothing needs to be done. If it comes often, look whether two devices share one name."),
    ),
    Reason.AFTER_RETENTION: Wording(
        mark("Too old"),
        mark("The reading is from a time of which readings are no longer kept."),
        mark("Nothing needs to be done, unless readings are to be kept for longer."),
    ),
    Reason.STATUS: Wording(
        mark("State of a gateway not readable"),
        mark("What the gateway says about itself cannot be understood."),
        mark("Look which software the gateway runs and bring it up to date."),
    ),
    Reason.INVENTORY: Wording(
        mark("List of found devices not readable"),
        mark("What the gateway says of the devices it has found cannot be understood."),
        mark("Look which software the gateway runs and bring it up to date."),
    ),
    Reason.FLOOD: Wording(
        mark("Far too many readings"),
        mark("A device, or the gateway as a whole, sent far more than it should. The excess was put aside."),
        mark("Look after the device: its battery, its reporting interval. Then try again to store what was put aside."),
    ),
}
