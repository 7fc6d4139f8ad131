"""A configuration on its way down, on a real broker: confirmed in the status, refused with a reason, kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.clock import SystemClock
from core.gateway_config import GatewayConfig
from core.messages import encode
from core.mqtt import Connection
from core.topics import Leaf, topic
from gateway.configuration import Configuration
from gateway.outbox import Outbox
from gateway.publisher import Pace, Publisher

GATEWAY = "gw-1"
PACE = Pace(linger_s=0.0, will_delay_s=0, reconnect_max_s=1)


class Gateway:
    """Turns by hand, on the test's thread."""

    def __init__(self, folder: Path, broker: Any, boot: str) -> None:
        self.outbox = Outbox(folder / "outbox.db", SystemClock(), boot)
        self.configuration = Configuration(self.outbox.notes)
        self.publisher = Publisher(
            GATEWAY, self.outbox, broker.address, SystemClock(), pace=PACE, configuration=self.configuration
        )
        self.publisher.start()

    def end(self) -> None:
        self.publisher.end()
        self.outbox.close()


def test_it_is_confirmed_refused_and_kept(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    say = Connection(own_broker.address, "registrar", reconnect_max_s=1)
    say.start()
    assert say.wait_connected(60)
    with service_of(own_broker.address) as service:
        say.publish(topic(GATEWAY, Leaf.CONFIG), encode(GatewayConfig(version="first")), retain=True)
        gateway = Gateway(tmp_path, own_broker, "boot-1")

        def says(config: str, trouble: str) -> bool:
            gateway.publisher.turn()
            said = service.statuses[-1] if service.statuses else None
            return said is not None and said.config == config and trouble in said.config_trouble

        wait_until(lambda: says("first", ""))
        say.publish(topic(GATEWAY, Leaf.CONFIG), b'{"version": "second", "timezone": "x"}', retain=True)
        wait_until(lambda: says("first", "no time zone"))
        # Another gateway's is not for this one.
        say.publish(topic("gw-2", Leaf.CONFIG), encode(GatewayConfig(version="other")), retain=True)
        say.publish(topic(GATEWAY, Leaf.CONFIG), encode(GatewayConfig(version="third")), retain=True)
        wait_until(lambda: says("third", "") and not service.statuses[-1].config_trouble)
        gateway.end()
    say.stop()
    own_broker.kill()
    # Without any uplink.
    alone = Gateway(tmp_path, own_broker, "boot-2")
    alone.publisher.turn()
    assert alone.configuration.version == "third"
    alone.end()
