"""One RPC message of a Shelly device: a notification, or the reply to a question that somebody asked.

Frames and components are those of the vendor's API documentation. Only what is said of components is read here, what
it means is in `components` and `blu`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from devices.decoders.decoded import Refusal
from devices.decoders.payload import hardware_address, part, read_object, text, unix_time

_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)-([0-9a-f]{12})")
_COMPONENT = re.compile(r"[a-z][a-z0-9_]{0,31}(?::\d{1,5})?")
_MOST_COMPONENTS = 500
_NOTIFICATIONS = ("NotifyStatus", "NotifyFullStatus")

Components = Mapping[str, Mapping[str, Any]]


class Event(NamedTuple):
    """Something that happened at a component, as a press; `button` tells several of one device apart."""

    component: str
    event: str
    at: datetime | None
    button: int = 0


class Message(NamedTuple):
    """What a message says. `source` is the device's id as it names itself, "" if it does not.

    `clock` tells whether the device's clock is synchronised, None if the message does not say. `info` is what it says
    of itself, `attributes` what it knows of components that others have made.
    """

    source: str
    at: datetime | None
    clock: bool | None
    status: Components
    config: Components
    events: tuple[Event, ...] = ()
    info: Mapping[str, Any] = {}


def device_key(source: str, status: Components | None = None, info: Mapping[str, Any] | None = None) -> str:
    """Return a device's key: its MAC address, which no renaming changes; "" if nothing says it."""
    match = _ID.search(source.lower())
    if match:
        return match[2]
    said = ((info or {}).get("mac"), part(status, "sys").get("mac"))
    return next((address for each in said if (address := hardware_address(each))), "")


def model_of(source: str) -> str:
    """Return the model in a device's id, as "shellyplusht"; "" if it has none."""
    match = _ID.fullmatch(source.lower())
    return match[1] if match else ""


def read(payload: bytes) -> Message | Refusal:
    """Return what an RPC message says, or why it cannot be used."""
    found = read_object(payload, 256 * 1024)
    if isinstance(found, Refusal):
        return found
    source = text(found.get("src"))
    if "method" in found:
        return _notification(source, text(found["method"]), part(found, "params"))
    if "error" in found:
        code = part(found, "error").get("code")
        return Refusal("error", f"The device answers with error {code}.")
    if "result" in found:
        result = found["result"]
        return _reply(source, result) if isinstance(result, dict) else Refusal("nothing", "The answer says nothing.")
    return _reply(source, found)


def component(payload: bytes, name: str) -> Message | Refusal:
    """Return what a status message of one component says, which says nothing of when."""
    found = read_object(payload)
    if isinstance(found, Refusal):
        return found
    if not _COMPONENT.fullmatch(name):
        return Refusal("component", "The topic names no component.")
    return Message("", None, None, {name: found}, {})


def _notification(source: str, method: str, params: Mapping[str, Any]) -> Message | Refusal:
    status = _components(params)
    at, clock = unix_time(params.get("ts")), _clock(status)
    if method in _NOTIFICATIONS:
        return Message(source, at, clock, status, {})
    if method == "NotifyEvent":
        events = params.get("events")
        return Message(source, at, clock, {}, {}, tuple(_events(events if isinstance(events, list) else [], at)))
    return Refusal("method", f"{method[:40]!r} is no notification.")


def _reply(source: str, result: Mapping[str, Any]) -> Message | Refusal:
    components = result.get("components")
    if isinstance(components, list):
        return _listed(source, components)
    if "mac" in result and ("gen" in result or "app" in result):
        return Message(source or text(result.get("id")), None, None, {}, {}, (), result)
    return _whole(source, result)


def _whole(source: str, result: Mapping[str, Any]) -> Message | Refusal:
    """Return the configuration or the status of all components, if it is one of them."""
    found = _components(result)
    device = part(found, "sys", "device")
    if device:
        return Message(source, None, None, {}, found, (), device)
    if "sys" in found or any(":" in name for name in found):
        at = unix_time(part(found, "sys").get("unixtime"))
        return Message(source, at, _clock(found), found, {})
    if "methods" in result or "config" in result:
        return Refusal("nothing", "What a device can do, or how one part of it is set, measures nothing.")
    return Refusal("component", "The answer does not say which component it is about.")


def _listed(source: str, components: list[Any]) -> Message | Refusal:
    entries = [entry for entry in components[:_MOST_COMPONENTS] if isinstance(entry, dict)]
    if not entries:
        return Refusal("nothing", "The list of components is empty.")
    named = {text(entry.get("key")): entry for entry in entries if _COMPONENT.fullmatch(text(entry.get("key")))}
    return Message(
        source,
        None,
        None,
        {key: part(entry, "status") for key, entry in named.items()},
        {key: part(entry, "config") for key, entry in named.items()},
    )


def _components(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: value
        for name, value in list(found.items())[:_MOST_COMPONENTS]
        if isinstance(value, dict) and _COMPONENT.fullmatch(name)
    }


def _events(events: list[Any], at: datetime | None) -> list[Event]:
    return [
        Event(
            text(entry.get("component")),
            text(entry.get("event")),
            unix_time(entry.get("ts")) or at,
            index if isinstance(index := entry.get("idx"), int) else 0,
        )
        for entry in events[:_MOST_COMPONENTS]
        if isinstance(entry, dict) and entry.get("component") and entry.get("event")
    ]


def _clock(status: Components) -> bool | None:
    """Tell whether the device's clock was set by a time server since it started, if it says so."""
    system = part(status, "sys")
    return None if "unixtime" not in system else system["unixtime"] is not None
