"""For how long the batteries of all devices last."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import numpy as np
from psycopg import Connection
from psycopg.rows import DictRow

from analytics.frames import micros
from analytics.silence.battery import Forecast, forecast
from core.database import View
from devices import models
from devices import reads as devices
from devices.reads import Device
from ingest import reads as ingest
from ingest.reads import BatteryDay

LOOKED_BACK = timedelta(days=120)
PLAUSIBLE = 1.2  # times the volts of new cells: more is not theirs


def batteries(connection: Connection[DictRow], now: datetime) -> dict[int, Forecast]:
    """Return the forecast for each device that has told anything of its battery lately, by its id."""
    return _forecasts(ingest.battery_days(connection, now - LOOKED_BACK), devices.devices(connection), now)


def seen_batteries(view: View, homes: Sequence[int], installed: Iterable[Device], now: datetime) -> dict[int, Forecast]:
    """Return the same for what is installed in some homes, as far as the viewer may see them."""
    return _forecasts(ingest.seen_battery_days(view, homes, now - LOOKED_BACK), installed, now)


def _forecasts(rows: Iterable[BatteryDay], installed: Iterable[Device], now: datetime) -> dict[int, Forecast]:
    model = {device.device_id: device.model for device in installed}
    found = {}
    for device_id, days in groupby(rows, key=lambda row: row.device_id):
        one = _forecast(list(days), model.get(device_id, ""), now)
        if one is not None:
            found[device_id] = one
    return found


def _forecast(days: Sequence[BatteryDay], model: str, now: datetime) -> Forecast | None:
    """Return the forecast by the charge that a device tells, else by its voltage where its battery is known."""
    told = [(day.day, day.lowest) for day in days if day.quantity == "battery"]
    if not told:
        volts = [(day.day, day.lowest) for day in days if day.quantity == "voltage"]
        told = [(day, share) for day, volt in volts if (share := percent_of(volt, model)) is not None]
    if not told:
        return None
    at = np.array([micros(day) for day, _ in told], dtype=np.int64)
    return forecast(at, np.array([value for _, value in told], dtype=np.float64), micros(now))


def percent_of(volts: float, model: str) -> float | None:
    """Return the charge (percent) of a model's battery at a voltage, from empty to new; None where it is not known.

    Devices with several cells tell the volts of one or of all of them.
    """
    found = models.find(model)
    chemistry = models.batteries().get(found.power.battery) if found is not None else None
    if found is None or chemistry is None:
        return None
    cells = max(1, found.power.count) if volts > chemistry.full_v * PLAUSIBLE else 1
    one = volts / cells
    if one > chemistry.full_v * PLAUSIBLE:
        return None
    return 100 * float(np.clip((one - chemistry.empty_v) / (chemistry.full_v - chemistry.empty_v), 0, 1))
