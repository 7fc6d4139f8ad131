"""Takes from the broker what it keeps of gateways that are gone: their last words, and what they were told."""

import threading
from collections.abc import Sequence

from core import topics
from core.access.accounts import Account
from core.access.passwords import new_password
from core.mqtt import BrokerAddress, Connection
from core.translation import mark
from devices.dynamic_security import PATIENCE_S, BrokerControlError, DynamicSecurity

# An account for the time that it takes, and for these topics alone: nobody else may say what is another's to say. No
# gateway can be called like it.
ACCOUNT = "_forgetting"


def forget(address: BrokerAddress, control: DynamicSecurity, gateways: Sequence[str]) -> None:
    """Remove what the broker at `address` retains of gateways, which can be expelled before or after.

    Only for those that are registered no more: another would not be told its configuration again until it changes.
    Raises `BrokerControlError` if the broker does not do so; then some of it may be left.
    """
    wanted = [topics.topic(key, leaf) for key in gateways for leaf in topics.RETAINED]
    password = new_password()
    control.admit([(Account(ACCOUNT, tuple(wanted), ()), password)])
    try:
        _empty(address._replace(user=ACCOUNT, password=password), wanted)
    finally:
        control.expel([ACCOUNT])


def _empty(address: BrokerAddress, wanted: Sequence[str]) -> None:
    """Say nothing, retained, on each topic: so a broker drops what it kept (MQTT 5, section 3.3.1.3)."""
    accepted: set[int] = set()
    heard = threading.Condition()

    def note(mid: int) -> None:
        with heard:
            accepted.add(mid)
            heard.notify_all()

    connection = Connection(address, f"vicino-{ACCOUNT[1:]}", on_published=note)
    connection.start()
    try:
        if not connection.wait_connected(PATIENCE_S):
            raise BrokerControlError(mark("The broker does not answer."), advice="do it again")
        asked = {connection.publish(topic, b"", retain=True) for topic in wanted}
        with heard:
            if not heard.wait_for(lambda: asked <= accepted, PATIENCE_S):
                raise BrokerControlError(
                    mark("The broker has not said in time that it did what it was told."), advice="do it again"
                )
    finally:
        connection.stop()
