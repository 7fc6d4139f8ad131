"""Whether the broker answers, lets in only whom it should, and takes what has to go through it."""

import queue
import ssl
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from cli.doctor.finding import Finding, error, warning
from cli.doctor.surroundings import Surroundings
from core.errors import VicinoError
from core.mqtt import BrokerAddress
from embedded.broker import MAXIMUM_PACKET_BYTES, MOSQUITTO_FILE
from embedded.ports import LOOPBACK

WITHIN_S = 5.0
BROKER_URL, BROKER_CA = "VICINO_BROKER_URL", "VICINO_BROKER_CA"
SERVICE = "ingest"
QOS = 1
# Without these Mosquitto acknowledges a message and drops it, or forgets sessions when it ends.
WANTED_OF_MOSQUITTO = {"max_queued_messages": "0", "persistence": "true", "allow_anonymous": "false"}


class Answer(NamedTuple):
    """What the broker said to a connection: why not, or its limits (as its properties name them)."""

    refused: str
    limits: dict[str, Any]


def broker_address(found: Surroundings) -> BrokerAddress | None:
    """Return where the services find the broker and how ingest signs in; None where that is not known."""
    settings = found.settings(SERVICE)
    if BROKER_URL not in settings:
        return None
    address = BrokerAddress.parse(settings[BROKER_URL])
    if settings.get(BROKER_CA):
        return address._replace(ca=Path(settings[BROKER_CA]).read_text(encoding="ascii"))
    return address


def broker(found: Surroundings) -> Iterator[Finding]:
    """Tell whether the broker answers, and what it does not take."""
    try:
        address = broker_address(found)
    except (VicinoError, OSError, UnicodeDecodeError) as problem:
        yield error(f"The address of the broker cannot be used: {problem}", f"correct {BROKER_URL} and {BROKER_CA}")
        return
    if address is None:
        if found.run is not None or found.is_served:
            yield warning("Which broker the services use is not known here.", f"set {BROKER_URL} as they have it")
        return
    where = f"{address.host}:{address.port}"
    try:
        answer = ask(address)
    except (OSError, VicinoError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        yield error(f"The broker at {where} does not answer: {reason}.", "start it, or correct VICINO_BROKER_URL")
        return
    if answer.refused:
        yield error(
            f"The broker at {where} refuses the account of {SERVICE}: {answer.refused}.",
            f"put the account's password into {BROKER_URL} of {SERVICE} (docs/operations/gateways.md)",
        )
        return
    yield from _limits(answer.limits, where)
    yield from _doors(address, where)
    yield from _mosquitto(found)


def ask(address: BrokerAddress) -> Answer:
    """Connect once and return what the broker says; raises `OSError` if there is no connection."""
    heard: queue.SimpleQueue[Answer] = queue.SimpleQueue()

    def connected(_: paho.Client, __: Any, ___: Any, reason: Any, properties: Any) -> None:
        refused = str(reason) if reason.is_failure else ""
        heard.put(Answer(refused, {} if properties is None else dict(properties.json())))

    client = paho.Client(
        CallbackAPIVersion.VERSION2, client_id=f"doctor-{uuid.uuid4().hex[:12]}", protocol=MQTTProtocolVersion.MQTTv5
    )
    client.connect_timeout = WITHIN_S
    client.on_connect = connected
    if address.user:
        client.username_pw_set(address.user, address.password)
    if address.tls:
        client.tls_set_context(address.tls_context())
    try:
        client.connect(address.host, address.port)
        client.loop_start()
        return heard.get(timeout=WITHIN_S)
    except queue.Empty:
        raise TimeoutError(110, "it takes connections and says nothing") from None
    except ssl.SSLError as problem:
        raise OSError(0, f"TLS: {problem.reason or problem}") from None
    finally:
        with suppress(Exception):
            client.disconnect()
        client.loop_stop()


def _limits(limits: dict[str, Any], where: str) -> Iterator[Finding]:
    packet = limits.get("MaximumPacketSize")
    if packet is not None and packet < MAXIMUM_PACKET_BYTES:
        yield error(
            f"The broker at {where} takes messages of at most {packet:,} bytes.",
            f"let it take {MAXIMUM_PACKET_BYTES:,} (Mosquitto: max_packet_size {MAXIMUM_PACKET_BYTES})",
        )
    if limits.get("MaximumQoS", 2) < QOS:
        yield error(f"The broker at {where} confirms nothing (QoS 0 only).", "let it offer QoS 1")
    if limits.get("RetainAvailable", 1) == 0:
        yield error(f"The broker at {where} retains nothing.", "let it retain: gateways' state and configuration are")
    if limits.get("SharedSubscriptionAvailable", 1) == 0:
        yield error(f"The broker at {where} shares no subscriptions.", "let it: ingest workers share the work by them")


def _doors(address: BrokerAddress, where: str) -> Iterator[Finding]:
    """Tell whether somebody without an account is let in, and whether passwords go over a network in the open."""
    with suppress(OSError, VicinoError):
        if not ask(address._replace(user=None, password=None)).refused:
            tell = warning if address.host in {LOOPBACK, "localhost"} else error
            yield tell(
                f"The broker at {where} lets in whoever comes, without an account.",
                "install Mosquitto with accounts (docs/operations/gateways.md, A broker of yours)",
            )
    if not address.tls and address.host not in {LOOPBACK, "localhost", "::1"}:
        yield warning(
            f"The way to the broker at {where} is not encrypted.",
            "use mqtts:// (vicino ca makes the certificates), unless nobody else is on that network",
        )


def _mosquitto(found: Surroundings) -> Iterator[Finding]:
    path = found.installation.broker / MOSQUITTO_FILE
    if found.run is None or not found.run.broker_port or not path.is_file():
        return
    said = dict(line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines() if " " in line)
    for name, value in WANTED_OF_MOSQUITTO.items():
        if said.get(name) != value:
            yield error(
                f"{path} does not say {name} {value}.", "end `vicino up` and start it again: it writes the file"
            )
