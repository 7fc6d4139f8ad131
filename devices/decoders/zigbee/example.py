"""The catalogue's examples of Zigbee2MQTT: state messages, read with what the model declares."""

from devices.decoders.decoded import Refusal
from devices.decoders.zigbee.mapping import exposed
from devices.decoders.zigbee2mqtt import Discovered, decode_state
from devices.examples import Outcome, outcome
from devices.models import Example, Model


def decode(model: Model, example: Example) -> Outcome | Refusal:
    """Return what a state message of `model` becomes."""
    decoded = decode_state(example.payload.encode(), declared(model, list(model.exposes)))
    return decoded if isinstance(decoded, Refusal) else outcome(decoded.measurements, decoded.others)


def declared(model: Model, exposes: list[object]) -> Discovered:
    """Return a device of `model` that declares `exposes`."""
    mapped, others = exposed(exposes, model.model)
    return Discovered(
        address="0x0000000000000001",
        friendly_name=model.name,
        vendor=model.vendor,
        model=model.model,
        description=model.name,
        battery_powered=model.power.source != "mains",
        exposes=mapped,
        others=tuple(feature.key for feature in others),
    )
