"""What measurements mean on the model that made them, where that is another quantity than its messages say."""

from devices.decoders.decoded import Measurement
from devices.models import meanings


def as_meant(measurements: tuple[Measurement, ...], model: str) -> tuple[Measurement, ...]:
    """Return `measurements` as the catalogue says that they are meant on `model`, by any name it is reported by."""
    meant = meanings(model) if model else {}
    return tuple(each._replace(quantity=meant.get(each.quantity, each.quantity)) for each in measurements)
