"""Browan Tabs and MerryIoT: each model has a port and a length of its own; least significant byte first."""

from devices.decoders.lorawan.payloads.reading import Fields, expect, scaled

_WIDTHS = {"motion": (102, 8), "door": (100, 8), "leak": (106, 5), "climate": (103, 4), "button": (147, 3)}


def _base(model: str, port: int, payload: bytes) -> Fields:
    wanted, length = _WIDTHS[model]
    expect(port == wanted and len(payload) >= length, f"This sensor sends {length} bytes on port {wanted}.")
    return {"batteryVoltage": scaled(25 + (payload[1] & 0x0F), 10), "temperatureBoard": (payload[2] & 0x7F) - 32}


def _counted(payload: bytes) -> Fields:
    return {"time": int.from_bytes(payload[3:5], "little"), "count": int.from_bytes(payload[5:8], "little")}


def tbms100(port: int, payload: bytes) -> Fields:
    """Return what the motion sensor says; `count` is how often it has seen somebody in all its life."""
    return _base("motion", port, payload) | {"occupancy": payload[0] & 1} | _counted(payload)


def tbdw100(port: int, payload: bytes) -> Fields:
    """Return what the door sensor says; `count` is how often it was opened in all its life."""
    return _base("door", port, payload) | {"door": ("close", "open")[payload[0] & 1]} | _counted(payload)


def tbwl100(port: int, payload: bytes) -> Fields:
    """Return what the water leak sensor says; its outside temperature and humidity are those of the room."""
    fields = _base("leak", port, payload) | {"water_leak": payload[0] & 1}
    return fields | {"humidity": payload[3] & 0x7F, "temperature": (payload[4] & 0x7F) - 32}


def tbhh100(port: int, payload: bytes) -> Fields:
    """Return what the climate sensor says."""
    fields = _base("climate", port, payload)
    return {"batteryVoltage": fields["batteryVoltage"], "temperature": fields["temperatureBoard"]} | {
        "humidity": payload[3] & 0x7F
    }


def tbpb100(port: int, payload: bytes) -> Fields:
    """Return what the push button says."""
    return _base("button", port, payload) | {"button": payload[0] & 1}
