"""ChirpStack v4: `application/{application}/device/{device}/event/{kind}`."""

from collections.abc import Callable

from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.chirpstack import decode_event
from devices.decoders.lorawan.report import Report
from gateway.dialects.lorawan import Lorawan, PayloadDecoder

NAME = "chirpstack"
_LEVELS = 6


def chirpstack(application: str, decode: PayloadDecoder, mine: Callable[[str], bool] = lambda _: True) -> Lorawan:
    """Return the dialect of one application of a server, by its id; "+" stands for all of them."""
    return Lorawan(NAME, (f"application/{application}/device/+/event/+",), _understand, decode, mine=mine)


def device_of(topic: str, payload: bytes) -> str | None:  # noqa: ARG001 - every server is asked the same
    """Return the key of the device that a message is about, None if it is about none."""
    parts = topic.split("/")
    return parts[3].lower() if len(parts) == _LEVELS and parts[4] == "event" else None


def _understand(topic: str, payload: bytes) -> Report | Refusal | None:
    device = device_of(topic, payload)
    if device is None:
        return None
    report = decode_event(topic.rpartition("/")[2], payload)
    if isinstance(report, Report) and report.device.key != device:
        return Refusal("shape", "The event is about another device than its topic.")
    return report
