"""What is new in a gateway's word."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.messages import GatewayStatus
from ingest.transitions import PAUSE, Word, transition

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def said(**more):
    return GatewayStatus(**({"online": True, "boot": "b1", "at": NOW, "uptime_s": 600.0, "power": "mains"} | more))


def word(**more):
    return Word(**({"received_at": NOW - MINUTE, "online": True, "boot": "b1", "power": "mains", "mains_lost": None,
                    "mains_back": None} | more))  # fmt: skip


def test_the_same_again_is_nothing_new_and_the_first_word_is():
    assert transition(word(), said(), NOW) is None
    first = transition(None, said(), NOW)
    assert first is not None
    assert (first.heard_before, first.started_at, first.orderly) == (None, NOW - timedelta(seconds=600), False)


def test_a_last_will_says_only_that_the_gateway_is_gone():
    gone = transition(word(power="battery"), GatewayStatus(online=False, boot="b1"), NOW)
    assert gone is not None
    assert (gone.online, gone.orderly, gone.power, gone.started_at) == (False, False, "battery", None)
    assert gone.heard_before == NOW - MINUTE
    left = transition(word(), said(online=False), NOW)
    assert left is not None
    assert left.orderly


def test_another_start_another_power_and_a_pause_are_changes():
    for change in (said(boot="b2"), said(power="battery"), said(mains_lost=NOW - MINUTE)):
        assert transition(word(), change, NOW) is not None
    assert transition(word(received_at=NOW - PAUSE), said(), NOW) is None
    assert transition(word(received_at=NOW - PAUSE - MINUTE), said(), NOW) is not None


def test_while_the_service_itself_heard_nobody_no_gateway_has_paused():
    long_ago = word(received_at=NOW - timedelta(hours=3))
    assert transition(long_ago, said(), NOW, deaf_until=NOW) is None
    assert transition(long_ago, said(), NOW, deaf_until=NOW - timedelta(hours=1)) is not None


@given(st.lists(st.sampled_from(["on", "off", "b1", "b2", "mains", "battery"]), max_size=30))
def test_words_that_repeat_each_other_are_remembered_once(course):
    before, online, boot, power, kept = None, True, "b1", "mains", []
    for number, step in enumerate(course):
        online = {"on": True, "off": False}.get(step, online)
        boot, power = (step if step in ("b1", "b2") else boot), (step if step in ("mains", "battery") else power)
        at = NOW + number * MINUTE
        change = transition(before, said(online=online, boot=boot, power=power, at=at), at)
        if change is not None:
            kept.append((change.online, change.boot, change.power))
        before = Word(at, online, boot, power, None, None)
    assert all(one != other for one, other in itertools.pairwise(kept))
    assert not course or kept[-1] == (online, boot, power)


def test_systems_that_are_not_reached_and_troubles_are_changes_that_outlive_a_will():
    lost = transition(word(), said(unreachable=["zigbee2mqtt", "ble"], trouble="disk full"), NOW)
    assert lost is not None
    assert (lost.unreachable, lost.trouble) == (("ble", "zigbee2mqtt"), "disk full")
    known = word(unreachable=("ble", "zigbee2mqtt"), trouble="disk full")
    assert transition(known, said(unreachable=["ble", "zigbee2mqtt"], trouble="disk full"), NOW) is None
    gone = transition(known, GatewayStatus(online=False, boot="b1"), NOW)
    assert gone is not None
    assert (gone.unreachable, gone.trouble) == (("ble", "zigbee2mqtt"), "disk full")
    back = transition(known, said(), NOW)
    assert back is not None
    assert (back.unreachable, back.trouble) == ((), "")
