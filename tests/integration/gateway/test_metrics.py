"""What a gateway tells of what waits and what is sent again."""

import threading

from core.clock import SystemClock
from gateway.outbox import Outbox, Reading
from gateway.publisher import Pace, Publisher
from gateway.window import Limits
from tests.integration.gateway.conftest import until

PACE = Pace(batch_readings=10, linger_s=0.0, will_delay_s=0, reconnect_max_s=1, limits=Limits(first_s=0.2))


def test_what_is_sent_again_is_counted_until_it_is_stored(tmp_path, own_broker, service_of):
    outbox = Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1")
    publisher = Publisher("gw-1", outbox, own_broker.address, SystemClock(), pace=PACE)
    stop = threading.Event()
    thread = threading.Thread(target=publisher.run, args=(stop,))
    assert publisher.standing() == (False, 0, None, 0, 0, 0, 0)
    thread.start()
    try:
        with service_of(own_broker.address, answering=False) as service:
            outbox.add([Reading("motion-1/motion", 1.0, "1")])
            publisher.notify()
            until(lambda: publisher.standing().resent >= 2)
            found = publisher.standing()
            assert found.connected
            assert found.queued == 1
            assert found.oldest_ms is not None
            service.say_stored("gw-1", "boot-1", 1)
            until(lambda: publisher.standing().queued == 0)
            found = publisher.standing()
            assert found.oldest_ms is None
            # The first time it was sent is no resending.
            assert found.sent == found.resent + 1
            assert found.stored == 1
    finally:
        stop.set()
        publisher.notify()
        thread.join()
        outbox.close()
