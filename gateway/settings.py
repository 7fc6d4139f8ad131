"""Settings of the edge agent, from the environment like all others."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from core.errors import VicinoError
from core.settings import Settings
from core.topics import KEY

_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
_MOST = 10_000


class GatewaySettings(Settings):
    """What an edge agent needs to know: which gateways it is, and where their homes' brokers are."""

    gateways: str = Field(
        default="",
        description="Keys of the gateways in this process, separated by commas; `gw-{01..12}` means twelve of them. "
        "With credentials: those of them that run, all if none is named.",
    )
    enrolment: Path | None = Field(
        default=None,
        description="Credentials made by `vicino gateway enrol`: the file, or a folder of such files, one a gateway. "
        "They say where the service's broker is; without, VICINO_BROKER_URL does.",
    )
    systems: str = Field(
        default="zigbee2mqtt",
        description="Systems that are listened to, separated by commas; docs/reference/systems.md has them all.",
    )
    home_broker_url: SecretStr | None = Field(
        default=None, description="Broker in the home, where Zigbee2MQTT publishes; the service's broker if not given."
    )
    home_base: str = Field(default="zigbee2mqtt", description="Zigbee2MQTT's base topic; {gateway} stands for the key.")
    chirpstack_url: SecretStr | None = Field(
        default=None, description="MQTT 5 broker of ChirpStack v4: mqtt:// or mqtts://[user:password@]host:port."
    )
    chirpstack_application: str = Field(
        default="+", description="Id of the application at ChirpStack that is listened to; + for all."
    )
    things_stack_url: SecretStr | None = Field(
        default=None,
        description="MQTT server of The Things Stack v3: mqtts://application@tenant:API-key@host:8883, @ written %40.",
    )
    lorawan_devices: Path | None = Field(
        default=None, description="File that says which LoRaWAN device belongs to which of several gateways."
    )
    lorawan_reception: str = Field(
        default="",
        description="Gateway that tells of LoRaWAN devices that belong to none; must be given if there are several.",
    )
    codecs: Path | None = Field(
        default=None, description="Folder of payload codecs in JavaScript, each file called as its model."
    )
    ble_base: str = Field(
        default="home", description="Base topic of BLE receivers (Theengs, OpenMQTTGateway); {gateway} is the key."
    )
    ble_keys: Path | None = Field(
        default=None, description="File with the keys of BLE devices that encrypt: lines of an address and a key."
    )
    shelly_prefixes: str = Field(
        default="+",
        description="Prefixes of Shelly devices as MQTT filters, separated by commas; {gateway} is the key.",
    )
    tasmota_topics: str = Field(
        default="tele/#,stat/#",
        description="Topics of Tasmota devices as MQTT filters, separated by commas; {gateway} is the key.",
    )
    homeassistant_prefix: str = Field(
        default="homeassistant", description="Prefix of MQTT discovery; {gateway} stands for the key."
    )
    homeassistant_topics: str = Field(
        default="#",
        description="Topics of announced entities as MQTT filters, separated by commas; {gateway} is the key.",
    )
    statestream_base: str = Field(
        default="statestream", description="Base topic of Home Assistant's statestream; {gateway} stands for the key."
    )
    senml_base: str = Field(
        default="senml", description="Base topic of devices that speak SenML; {gateway} stands for the key."
    )
    power: Literal["auto", "mains", "battery", "unknown"] = Field(
        default="auto", description="What the gateway runs on; auto: what its operating system says."
    )
    sms_device: Path | None = Field(default=None, description="Serial device of the modem for text messages, if any.")
    sms_speed: int = Field(default=115_200, description="Speed of that line in bits a second.", gt=0)
    sms_http_url: str = Field(default="", description="Address of the HTTP gateway for text messages, if any.")
    sms_http_template: str = Field(
        default='{"to": "{to}", "text": "{text}"}',
        description="What is posted to it: a JSON object in which {to} and {text} are filled in.",
    )
    sms_http_form: Literal["json", "form"] = Field(default="json", description="Posted as JSON, or as a form.")
    sms_http_authorisation: SecretStr | None = Field(
        default=None, description="Its header Authorization as a whole, as `Bearer ...`; better in a secret file."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="Secret that signs what webhooks of contacts are told; better in a secret file."
    )
    will_delay_s: int = Field(default=10, description="Seconds until a lost gateway is called offline.", ge=0, le=3600)
    backfill_after_s: float = Field(
        default=120.0, description="Age in seconds from which readings go as backfill.", gt=0
    )
    outbox_limit: int = Field(
        default=2_000_000, description="Readings waiting, above which levels are thinned.", ge=1_000
    )
    outbox_bytes: int = Field(
        default=512 * 1024 * 1024,
        description="Size of the outbox in bytes, above which levels are thinned.",
        ge=8 * 1024 * 1024,
    )
    outbox_days: float = Field(
        default=30.0, description="Age in days from which levels are thinned to one an hour; 0: never.", ge=0
    )
    reconnect_max_s: int = Field(
        default=5, description="Longest wait in seconds between two attempts to reach a broker.", ge=1, le=3600
    )


def keys(text: str) -> list[str]:
    """Return the gateway keys that `text` lists, ranges in braces expanded.

    Raises `VicinoError` if one is not a key, occurs twice, or if there are none.
    """
    found = [key for part in text.split(",") if part.strip() for key in _expand(part.strip())]
    for key in found:
        if not KEY.fullmatch(key):
            raise VicinoError(
                f"{key!r} is not a gateway key.",
                advice="use a-z, 0-9, '.', '_' and '-', at most 63 of them, in VICINO_GATEWAYS",
            )
    if not found or len(set(found)) != len(found):
        raise VicinoError("VICINO_GATEWAYS names no gateway, or one twice.", advice="correct VICINO_GATEWAYS")
    return found


def _expand(part: str) -> list[str]:
    match = _RANGE.search(part)
    if match is None:
        return [part]
    first, last = int(match.group(1)), int(match.group(2))
    if not 0 <= last - first < _MOST:
        raise VicinoError(f"The range {match.group(0)} in VICINO_GATEWAYS is empty or too long.")
    width = len(match.group(1))
    return [part[: match.start()] + str(number).zfill(width) + part[match.end() :] for number in range(first, last + 1)]
