"""What the service tells a gateway of its home: its devices, and the rules that work without the service.

Retained on `vicino/v1/gw/{gateway}/config`. A newer service may say more than this gateway knows: unknown fields are
ignored. What is known and wrong makes the whole configuration be refused, and the one before stays in force. Without
any configuration a gateway reads and delivers all it hears, counts each activation, sounds no siren and tells nobody
but the service. All durations are measured by the monotonic clock, so that none of this needs a wall clock.
"""

import hashlib
import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from core.errors import VicinoError
from core.vocabulary import BY_NAME, CALLS

MAXIMUM_BYTES = 256 * 1024

Key = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^/+#\x00-\x1f]+$")]
Name = Annotated[str, Meta(max_length=200)]
Quantity = Annotated[str, Meta(min_length=1, max_length=64)]
Refractory = Annotated[float, Meta(ge=0, le=3600)]

_TELEPHONE = re.compile(r"\+[1-9][0-9]{5,14}")
_WEB = re.compile(r"https?://[^\s/]+(/\S*)?")


class ConfigError(VicinoError):
    """The bytes are no configuration that a gateway can work by."""


class ConfiguredDevice(msgspec.Struct, omit_defaults=True, frozen=True):
    """A device that is installed in the home, and how its reports are to be taken.

    `key` is the device's in the names of its series, `room_kind` the registry's kind of its room. It is expected to
    report at least every `report_every_s` seconds, None if nothing is expected. Activations of a quantity that follow
    the last one counted by less than `refractory_s` seconds are not counted; for a contact it is the time in which it
    bounces. That is not allowed for safety. `quantities` are those of its series, with the channel where there is one.
    """

    key: Key
    name: Name = ""
    model: Name = ""
    room: Name = ""
    room_kind: Name = ""
    quantities: Annotated[list[Quantity], Meta(max_length=64)] = []
    report_every_s: Annotated[float, Meta(gt=0, le=90 * 86_400)] | None = None
    refractory_s: Annotated[dict[Quantity, Refractory], Meta(max_length=64)] = {}

    def __post_init__(self) -> None:
        """Raise `ValueError` where a rule would touch a safety quantity."""
        touched = sorted(name for name in self.refractory_s if _is_safety(name))
        if touched:
            raise ValueError(f"{self.key}: {touched[0]} is about safety; each of its reports is taken as it comes")


class Siren(msgspec.Struct, omit_defaults=True, frozen=True):
    """Something in the home that makes itself noticed while the service cannot be told: a siren, light or speaker.

    `target` is its name or address at Zigbee2MQTT. It is switched by publishing `on` and `off` on
    `{base}/{target}/{topic}`. It sounds for `quantities`, at most `seconds` at a time.
    """

    target: Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^+#\x00-\x1f]+$")]
    on: Annotated[str, Meta(min_length=1, max_length=2048)]
    off: Annotated[str, Meta(min_length=1, max_length=2048)]
    quantities: Annotated[list[Quantity], Meta(min_length=1, max_length=32)]
    topic: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)*$")] = "set"
    seconds: Annotated[int, Meta(ge=1, le=900)] = 180

    def __post_init__(self) -> None:
        """Raise `ValueError` if it cannot be switched, or is to sound for what is no call for help."""
        if self.on == self.off:
            raise ValueError(f"{self.target}: it would be switched off by what switches it on")
        strange = sorted(name for name in self.quantities if name not in CALLS)
        if strange:
            raise ValueError(f"{self.target}: {strange[0]} is no safety quantity that this gateway knows")


class ToldContact(msgspec.Struct, omit_defaults=True, frozen=True):
    """Whom the gateway itself tells of a call for help that nobody confirms.

    `address` is a telephone number with country code (`+39...`) for the two text message channels, an http(s) address
    for a webhook.
    """

    channel: Literal["sms_modem", "http", "webhook"]
    address: Annotated[str, Meta(min_length=1, max_length=500)]
    language: Literal["it", "en"] = "it"

    def __post_init__(self) -> None:
        """Raise `ValueError` if the address is none for the channel."""
        if self.channel == "webhook" and not _WEB.fullmatch(self.address):
            raise ValueError("the address of a webhook contact begins with http:// or https://")
        if self.channel != "webhook" and not _TELEPHONE.fullmatch(self.address):
            raise ValueError("the address of a text message contact is a number with country code, like +39...")


class CancelButton(msgspec.Struct, omit_defaults=True, frozen=True):
    """By which the resident withdraws an SOS pressed at most `within_s` seconds ago.

    Either the `action` that the device reports ("double", "disarm"), or a report of `quantity` that is not 0.
    """

    device: Key
    action: Annotated[str, Meta(max_length=64)] = ""
    quantity: Annotated[str, Meta(max_length=64)] = ""
    within_s: Annotated[int, Meta(ge=10, le=3600)] = 300

    def __post_init__(self) -> None:
        """Raise `ValueError` unless there is one way to cancel, and none that is itself a call for help."""
        if bool(self.action) == bool(self.quantity):
            raise ValueError(f"{self.device}: a cancel button has either an action or a quantity")
        if _is_safety(self.quantity):
            raise ValueError(f"{self.device}: {self.quantity} is itself a call for help and cannot cancel one")


class GatewayConfig(msgspec.Struct, omit_defaults=True, frozen=True):
    """The configuration of one gateway.

    `version` names the content (`versioned`); the gateway's status repeats it. `retired` are the keys of devices that
    were taken away: what still comes of them is this home's. A siren sounds for a call that the service has not called
    stored after `siren_after_s` seconds, at once if there is no connection. `contacts` are told one after the other if
    it is not called stored after `tell_after_s`. The home is asked for a test alarm every `test_alarm_days` days, None
    for never.
    """

    version: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
    timezone: Annotated[str, Meta(min_length=1, max_length=64)] = "Europe/Rome"
    devices: Annotated[list[ConfiguredDevice], Meta(max_length=500)] = []
    retired: Annotated[list[Key], Meta(max_length=500)] = []
    sirens: Annotated[list[Siren], Meta(max_length=32)] = []
    contacts: Annotated[list[ToldContact], Meta(max_length=16)] = []
    cancel_buttons: Annotated[list[CancelButton], Meta(max_length=32)] = []
    siren_after_s: Annotated[float, Meta(ge=1, le=120)] = 5.0
    tell_after_s: Annotated[float, Meta(ge=5, le=600)] = 30.0
    test_alarm_days: Annotated[int, Meta(ge=1, le=366)] | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` if the time zone is unknown, or a device or siren is there twice."""
        try:
            ZoneInfo(self.timezone)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"{self.timezone!r} is no time zone that this gateway knows") from error
        for what, names in (
            ("device", [device.key for device in self.devices]),
            ("siren", [f"{siren.target}/{siren.topic}" for siren in self.sirens]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"the {what} {twice[0]} is there twice")


def versioned(config: GatewayConfig) -> GatewayConfig:
    """Return `config` with a version that is the hash of all the rest: the same content has the same version."""
    content = msgspec.json.encode(msgspec.structs.replace(config, version="0"), order="deterministic")
    return msgspec.structs.replace(config, version=hashlib.blake2b(content, digest_size=8).hexdigest())


def decode_config(payload: bytes) -> GatewayConfig:
    """Return a gateway's configuration; raises `ConfigError` with the reason if it cannot work by it."""
    if len(payload) > MAXIMUM_BYTES:
        raise ConfigError(f"The configuration has {len(payload)} bytes; {MAXIMUM_BYTES} are read.")
    try:
        return msgspec.json.decode(payload, type=GatewayConfig)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"The configuration is refused: {error}") from error


def _is_safety(quantity: str) -> bool:
    known = BY_NAME.get(quantity)
    return known is not None and known.safety
