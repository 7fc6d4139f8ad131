"""What a gateway is told of its home, made from what is registered. Pure."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from core.gateway_config import (
    CancelButton,
    ConfigError,
    ConfiguredDevice,
    GatewayConfig,
    Siren,
    ToldContact,
    versioned,
)
from core.vocabulary import BY_NAME


class Rules(msgspec.Struct, omit_defaults=True, frozen=True, forbid_unknown_fields=True):
    """What a home's gateway does by itself when the service cannot be told; fields as in `GatewayConfig`."""

    sirens: list[Siren] = []
    contacts: list[ToldContact] = []
    cancel_buttons: list[CancelButton] = []
    siren_after_s: float = 5.0
    tell_after_s: float = 30.0
    test_alarm_days: int | None = None


class Installed(NamedTuple):
    """A device at a gateway. `room_kind` is one of `core.places.RoomKind`, or ''; `measured` as "quantity/channel"."""

    key: str
    name: str
    model: str
    room: str
    room_kind: str
    measured: Sequence[str]


class Source(NamedTuple):
    """All that a gateway's configuration is made of; `version` is that of the one it has, '' for none.

    `retired` are the keys of devices that were taken away and went nowhere else.
    """

    gateway_id: int
    gateway: str
    timezone: str
    rules: Rules
    devices: Sequence[Installed]
    version: str
    retired: Sequence[str] = ()


class Expected(NamedTuple):
    """What is expected of a model of device: to report every so many seconds at least, None if nothing is.

    `refractory_s` says by quantity within how many seconds its activations count as one.
    """

    report_every_s: float | None = None
    refractory_s: Mapping[str, float] = MappingProxyType({})


# What is expected of each model.
Expectations = Callable[[str], Expected]

_LONGEST = 64  # names of series, and how many of them a gateway is told of a device


def nothing_expected(_: str) -> Expected:
    """Expect nothing of any model."""
    return Expected()


def rules_of(described: Any) -> Rules:
    """Return a home's rules; raises `ConfigError` with the reason if no gateway can work by them."""
    try:
        rules = msgspec.convert(described, Rules)
        # A gateway reads them as a part of its configuration, whose limits are narrower.
        msgspec.convert({"version": "0", **msgspec.to_builtins(rules)}, GatewayConfig)
    except msgspec.ValidationError as error:
        raise ConfigError(f"No gateway can work by these rules: {error}.", kept="the rules as they were") from error
    return rules


def compose(source: Source, expectations: Expectations = nothing_expected) -> GatewayConfig:
    """Return the configuration of a gateway; raises `ConfigError` if what is registered makes none it would accept."""
    devices = [_configured(device, expectations(device.model)) for device in source.devices]
    rules = {name: getattr(source.rules, name) for name in Rules.__struct_fields__}
    try:
        made = versioned(
            GatewayConfig(version="0", timezone=source.timezone, devices=devices, retired=list(source.retired), **rules)
        )
        # What is made here is not checked as what is read is: it is read as the gateway will.
        return msgspec.json.decode(msgspec.json.encode(made), type=GatewayConfig)
    except (msgspec.ValidationError, ValueError) as error:
        raise ConfigError(f"No gateway would accept what is registered: {error}.") from error


def _configured(device: Installed, expected: Expected) -> ConfiguredDevice:
    quantities = dict.fromkeys(_said(name) for name in device.measured if name.partition("/")[0] in BY_NAME)
    return ConfiguredDevice(
        key=device.key,
        name=device.name,
        model=device.model,
        room=device.room,
        room_kind=device.room_kind,
        quantities=list(quantities)[:_LONGEST],
        report_every_s=expected.report_every_s,
        refractory_s=dict(expected.refractory_s),
    )


def _said(name: str) -> str:
    """Return a series as "quantity/channel", without the channel where that is too long for a gateway."""
    return name if len(name) <= _LONGEST else name.partition("/")[0]
