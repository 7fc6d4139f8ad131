import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.clock import SimulatedClock
from simulator import scenario
from simulator.broadcast import Broadcast, merged
from simulator.home import SimulatedHome

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 4, 10, 9, 0, tzinfo=UTC)


class FakeBroker:
    """Takes messages at the simulated time, except while it is away; stops the simulation at the end."""

    def __init__(self, clock, stop, end, away=()):
        self.clock, self.stop, self.end, self.away = clock, stop, end, away
        self.taken = []
        self.broadcast = None
        self.accepts = True

    def connect(self, broadcast):
        self.broadcast = broadcast
        broadcast.connected(there=True)

    def publish(self, topic, payload, *, qos=1, retain=False):
        assert qos == 1
        now = self.clock.now()
        if now >= self.end:
            self.stop.set()
            return None
        if any(since <= now < until for since, until in self.away):
            return None
        mid = len(self.taken) + 1
        self.taken.append((now, topic, payload, retain))
        if self.accepts:
            self.broadcast.accepted(mid)
        return mid


def setting(homes, hours, *, away=(), speed=1.0):
    clock, stop = SimulatedClock(START), threading.Event()
    broker = FakeBroker(clock, stop, START + timedelta(hours=hours), away)
    broadcast = Broadcast(homes, clock, stop, speed=speed)
    broker.connect(broadcast)
    return broker, broadcast


def said(homes, hours):
    return [message.payload for message in merged(homes, START, START + timedelta(hours=hours))]


def test_homes_are_announced_first_and_then_speak_in_time():
    homes = [SimulatedHome(1, index, ROME) for index in range(2)]
    broker, broadcast = setting(homes, 3)
    broadcast.run(broker)
    announced = sum(len(home.announcement(START)) for home in homes)
    assert all(retain for _, _, _, retain in broker.taken[:announced])
    live = broker.taken[announced:]
    assert [payload for _, _, payload, _ in live] == said(homes, 3)
    for (taken, *_), message in zip(live, merged(homes, START, broker.end), strict=True):
        assert timedelta(0) <= taken - message.at <= timedelta(seconds=1)


def test_nothing_is_lost_while_the_broker_is_away_and_homes_announce_themselves_again():
    homes = [SimulatedHome(1, 0, ROME)]
    back = START + timedelta(hours=2)
    broker, broadcast = setting(homes, 3, away=[(START + timedelta(hours=1), back)])
    original = broker.publish

    def publish(topic, payload, **options):
        if broker.clock.now() >= back and not publish.told:
            publish.told = True
            broadcast.connected(there=True)
        return original(topic, payload, **options)

    publish.told = False
    broker.publish = publish
    broadcast.run(broker)
    devices = Counter(topic for _, topic, _, _ in broker.taken)["home/gw-sim-01/zigbee2mqtt/bridge/devices"]
    assert devices == 2
    assert [payload for _, _, payload, retain in broker.taken if not retain] == said(homes, 3)


def test_what_the_broker_never_accepted_is_said_again():
    homes = [SimulatedHome(1, 0, ROME)]
    broker, broadcast = setting(homes, 1)
    broker.accepts = False
    original = broker.publish
    lost_until = START + timedelta(minutes=30)

    def publish(topic, payload, **options):
        if broker.clock.now() >= lost_until and not broker.accepts:
            broker.accepts = True
            broadcast.connected(there=True)
        return original(topic, payload, **options)

    broker.publish = publish
    broadcast.run(broker)
    before = set(said(homes, 0.5))
    counts = Counter(payload for _, _, payload, retain in broker.taken if not retain)
    assert all(counts[payload] == 2 for payload in before)
    assert set(counts) == set(said(homes, 1))


def test_a_silent_home_is_not_announced():
    home = SimulatedHome(1, 0, ROME)
    home = home.with_events([scenario.gateway_silent(home.key, START, START + timedelta(days=1))])
    other = SimulatedHome(1, 1, ROME)
    broker, broadcast = setting([home, other], 1)
    broadcast.run(broker)
    assert broker.taken
    assert {topic.split("/")[1] for _, topic, _, _ in broker.taken} == {"gw-sim-02"}


def test_speed_lets_simulated_time_pass_faster():
    homes = [SimulatedHome(1, 0, ROME)]
    broker, broadcast = setting(homes, 1, speed=6.0)
    broadcast.run(broker)
    live = [payload for _, _, payload, retain in broker.taken if not retain]
    assert live == said(homes, 6)[: len(live)]
    assert abs(len(live) - len(said(homes, 6))) <= 2
