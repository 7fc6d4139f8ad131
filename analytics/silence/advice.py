"""What is silent, since when, and what to do, in one or two plain sentences in Italian and English."""

from collections.abc import Sequence
from datetime import datetime
from gettext import NullTranslations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.explanation import ROOMS, Sentence, in_both, moment
from analytics.silence.verdict import Cause, Silence, Verdict
from core.places import Place, RoomKind
from core.systems import called
from core.translation import mark
from devices.reads import Sensor

# What a device is called, by the first of its quantities that is listed here.
DEVICES: dict[str, str] = {
    "sos_button": mark("SOS button"),
    "fall": mark("fall detector"),
    "smoke": mark("smoke alarm"),
    "gas": mark("gas alarm"),
    "carbon_monoxide": mark("carbon monoxide alarm"),
    "water_leak": mark("water leak sensor"),
    "bed_occupancy": mark("bed sensor"),
    "chair_occupancy": mark("chair sensor"),
    "contact": mark("door sensor"),
    "opening": mark("door sensor"),
    "presence": mark("presence sensor"),
    "occupancy": mark("motion sensor"),
    "motion": mark("motion sensor"),
    "vibration": mark("vibration sensor"),
    "appliance_on": mark("plug"),
    "power": mark("plug"),
    "temperature": mark("temperature sensor"),
}
PLACES: dict[str, str] = {
    Place.ENTRANCE_DOOR: mark("front door"),
    Place.FRIDGE: mark("fridge"),
    Place.KETTLE: mark("kettle"),
    Place.STOVE: mark("stove"),
    Place.TV: mark("television"),
    Place.MEDICINE: mark("medicines"),
}
OTHER_DEVICE = mark("sensor")

# By class and reason: what is said while it lasts, and when it is over.
SENTENCES: dict[tuple[Silence, Cause], tuple[str, str]] = {
    (Silence.GATEWAY_OFFLINE, Cause.UNKNOWN): (
        mark(
            "Nothing has been heard from the gateway since %(since)s, so no sensor of the home can be watched. Ask "
            "somebody in the home whether its light is on and whether there is power; if there is, restart it."
        ),
        mark("Nothing was heard from the gateway from %(since)s to %(until)s. It works again."),
    ),
    (Silence.GATEWAY_OFFLINE, Cause.SWITCHED_OFF): (
        mark(
            "The gateway was switched off on %(since)s, so no sensor of the home can be watched. If nobody is working "
            "on it, switch it on again."
        ),
        mark("The gateway was switched off from %(since)s to %(until)s. It works again."),
    ),
    (Silence.GATEWAY_OFFLINE, Cause.PROGRAM): (
        mark("The program of the gateway has not run since %(since)s. Restart the gateway."),
        mark(
            "The program of the gateway did not run from %(since)s to %(until)s. It works again; tell the technical "
            "support if this happens often."
        ),
    ),
    (Silence.GATEWAY_OFFLINE, Cause.RADIO): (
        mark(
            "The gateway is there, but it has heard none of its sensors since %(since)s. Unplug its radio stick and "
            "plug it in again, or restart the gateway."
        ),
        mark("The gateway heard none of its sensors from %(since)s to %(until)s. It hears them again."),
    ),
    (Silence.GATEWAY_OFFLINE, Cause.SYSTEM): (
        mark(
            "The gateway is there, but since %(since)s it has had no connection to what it hears sensors by: "
            "%(systems)s. Nothing is wrong with the sensors themselves. Restart the gateway; if that does not help, "
            "tell the technical support."
        ),
        mark(
            "From %(since)s to %(until)s the gateway had no connection to what it hears sensors by: %(systems)s. It "
            "has one again."
        ),
    ),
    (Silence.POWER_CUT, Cause.RESTARTED): (
        mark("The gateway has had no power since %(since)s. Check the mains of the home."),
        mark(
            "The gateway had no power from %(since)s to %(until)s. It works again; if neighbours had power, check its "
            "plug."
        ),
    ),
    (Silence.POWER_CUT, Cause.ON_BATTERY): (
        mark(
            "The home has had no mains power since %(since)s; the gateway runs on its battery. Call the home, and ask "
            "whether the neighbours have power; if they do, check the main switch."
        ),
        mark("The home had no mains power from %(since)s to %(until)s. It is back."),
    ),
    (Silence.POWER_CUT, Cause.MAINS_DEVICES): (
        mark(
            "All devices that need mains have been silent since %(since)s, while those with batteries are not: the "
            "home, or a part of it, has no power. Call the home and check the switches."
        ),
        mark("The devices that need mains had no power from %(since)s to %(until)s. It is back."),
    ),
    (Silence.LINE_CUT, Cause.NONE): (
        mark("The gateway has had no connection since %(since)s. It keeps what the sensors tell."),
        mark(
            "The gateway had power but no connection from %(since)s to %(until)s. What the sensors told meanwhile has "
            "come in; if this happens often, check the router or the signal of the SIM card."
        ),
    ),
    (Silence.SENSOR_DEAD, Cause.NONE): (
        mark(
            "This device has sent nothing since %(since)s, and nothing said that its battery was low: %(device)s. "
            "Check that it is in its place; if it stays silent with a new battery, replace it."
        ),
        mark("This device sent nothing from %(since)s to %(until)s: %(device)s. It works again."),
    ),
    (Silence.SENSOR_DEAD, Cause.UNPLUGGED): (
        mark("This device has sent nothing since %(since)s: %(device)s. Check that it is plugged in."),
        mark("This device sent nothing from %(since)s to %(until)s: %(device)s. It works again."),
    ),
    (Silence.BATTERY_LOW, Cause.EMPTY): (
        mark("Change the battery of this device: %(device)s. It has probably been silent since %(since)s."),
        mark("This device was silent from %(since)s to %(until)s because of its battery: %(device)s. It works again."),
    ),
    (Silence.BATTERY_LOW, Cause.WEAK): (
        mark("Change the battery of this device soon: %(device)s. It has been low since %(since)s."),
        mark("The battery of this device was low from %(since)s to %(until)s: %(device)s. It is not any more."),
    ),
    (Silence.SENSOR_STUCK, Cause.HELD): (
        mark(
            "Since %(since)s this device has said without a break that somebody is there: %(device)s. Take its battery "
            "out for a moment; if that does not help, replace it."
        ),
        mark("This device was stuck from %(since)s to %(until)s: %(device)s. It works again."),
    ),
    (Silence.SENSOR_STUCK, Cause.BLIND): (
        mark(
            "This device reports, but it has noticed nothing since %(since)s, while other sensors have: %(device)s. "
            "Check that nothing covers it and that it has not come off."
        ),
        mark("This device noticed nothing from %(since)s to %(until)s: %(device)s. It works again."),
    ),
    (Silence.SENSOR_STUCK, Cause.FROZEN): (
        mark(
            "This device has told exactly the same value since %(since)s: %(device)s. Take its battery out for a "
            "moment; if that does not help, replace it."
        ),
        mark("This device told the same value from %(since)s to %(until)s: %(device)s. It works again."),
    ),
    (Silence.SENSOR_STUCK, Cause.PASSED): (
        mark(
            "Somebody has gone out and come back since %(since)s without this device noticing: %(device)s. Check that "
            "its magnet is in its place, close to it."
        ),
        mark("This device did not notice the door from %(since)s to %(until)s: %(device)s. It works again."),
    ),
}
WITHHELD = mark("Until then nothing is said of how the person lives.")


class Device(NamedTuple):
    """A device as it is called: the names of its quantities, the kind of its room and its place ("" where unknown)."""

    quantities: tuple[str, ...]
    room_kind: str
    place: str


def said(
    verdict: Verdict, since: datetime, until: datetime | None, device: Device | None, zone: ZoneInfo, *, withheld: bool
) -> Sentence:
    """Say what is silent from `since` to `until` (None: still), and what to do; `withheld` says what it costs."""
    lasting, over = SENTENCES[verdict.silence, verdict.cause]

    def word(language: str, t: NullTranslations) -> str:
        told = {
            "since": moment(since.astimezone(zone), language, t),
            "until": "" if until is None else moment(until.astimezone(zone), language, t),
            "device": "" if device is None else named(device, t),
            "systems": ", ".join(t.gettext(called(name)) for name in verdict.systems),
        }
        text = t.gettext(lasting if until is None else over) % told
        return f"{text} {t.gettext(WITHHELD)}" if withheld and until is None else text

    return in_both(word)


def device_of(sensors: Sequence[Sensor]) -> Device:
    """Return the device of which these are the series, as it is called."""
    quantities = tuple(each.quantity for each in sensors)
    return Device(quantities, sensors[0].room_kind or "", sensors[0].place) if sensors else Device((), "", "")


def named(device: Device, t: NullTranslations) -> str:
    """Return what a device is called, and where it is."""
    kind = next((name for quantity, name in DEVICES.items() if quantity in device.quantities), OTHER_DEVICE)
    where = PLACES.get(device.place) or ROOMS.get(device.room_kind, ROOMS[RoomKind.OTHER])
    return f"{t.gettext(kind)}, {t.gettext(where)}"
