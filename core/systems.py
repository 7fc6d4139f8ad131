"""What people know the systems by through which a gateway hears devices: those it names in its status."""

from core.translation import mark

SYSTEMS: dict[str, str] = {
    "ble": mark("the Bluetooth receivers"),
    "chirpstack": mark("the LoRaWAN server (ChirpStack)"),
    "homeassistant": "Home Assistant",
    "senml": mark("the sensors' own messages (SenML)"),
    "shelly": mark("the Shelly devices"),
    "statestream": "Home Assistant",
    "tasmota": mark("the Tasmota devices"),
    "things_stack": mark("the LoRaWAN server (The Things Stack)"),
    "zigbee2mqtt": mark("the Zigbee radio (Zigbee2MQTT)"),
}


def called(system: str) -> str:
    """Return the marked name of a system; one that is not known here is called as the gateway calls it."""
    return SYSTEMS.get(system, system)
