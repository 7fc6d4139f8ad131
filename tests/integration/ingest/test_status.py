"""What gateways say about themselves, in and out of order."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.gateways import difficulties
from core.messages import GatewayStatus, GatewayUpdate, encode
from ingest import reads
from ingest.gateways import repository
from tests.integration.ingest.homes import until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def tell(world, service):
    key = world.home("home")

    def tell(second, *, online=True, boot="b1", said=None, gateway=key, retained=False, **more):
        status = GatewayStatus(online=online, boot=boot, at=said, **more)
        with service.transaction() as connection:
            return repository.record_status(connection, gateway, status, at(second), retained=retained)

    return tell


def last(world):
    return world.query("SELECT * FROM ingest.gateway_status")[0]


def test_coming_and_going_are_dated_and_the_last_word_of_a_gateway_outlives_its_will(world, tell):
    assert tell(0, said=at(0), uptime_s=10, queued=5)
    assert tell(60, said=at(60), uptime_s=70, queued=900, power="battery")
    assert (last(world)["changed_at"], last(world)["queued"]) == (at(0), 900)
    assert tell(200, online=False, said=at(0), uptime_s=10, queued=0)
    assert (last(world)["online"], last(world)["changed_at"], last(world)["received_at"]) == (False, at(200), at(200))
    assert (last(world)["queued"], last(world)["power"], last(world)["said_at"]) == (900, "battery", at(60))


def test_an_older_word_of_the_same_boot_changes_nothing_whatever_the_clock_says(world, tell):
    tell(0, said=at(0), uptime_s=100, queued=7)
    tell(1, said=at(500), uptime_s=40, queued=1)
    assert last(world)["queued"] == 7
    tell(2, said=at(-(10**8)), uptime_s=101, queued=8)
    assert last(world)["queued"] == 8


def test_what_is_said_in_parting_is_true_also_after_a_clock_had_jumped_ahead(world, tell):
    tell(0, said=at(10**8), uptime_s=100)
    tell(1, said=at(1), uptime_s=101, queued=4)
    tell(2, online=False, said=at(2), uptime_s=102, queued=0)
    assert (last(world)["online"], last(world)["said_at"], last(world)["queued"]) == (False, at(2), 0)


def test_the_will_of_an_earlier_boot_does_not_end_the_present_one(world, tell):
    tell(0, said=at(0), uptime_s=100)
    tell(5, boot="b2", said=at(5), uptime_s=1)
    tell(6, online=False, said=at(0), uptime_s=100)
    assert (last(world)["online"], last(world)["boot"]) == (True, "b2")
    tell(7, online=False, boot="b3", said=at(7))
    assert (last(world)["online"], last(world)["boot"]) == (False, "b3")


def test_what_the_broker_restates_is_no_sign_of_life(world, tell):
    tell(0, uptime_s=100, queued=3)
    tell(900, uptime_s=100, queued=3, retained=True)
    assert last(world)["received_at"] == at(0)
    # A will that was kept while nobody listened ends the connection, but nobody was heard by it.
    tell(901, online=False, uptime_s=10, retained=True)
    assert (last(world)["online"], last(world)["changed_at"], last(world)["received_at"]) == (False, at(901), at(0))
    # A newer word tells that the gateway spoke while nobody listened; one that comes live is heard now.
    tell(902, uptime_s=130, retained=True)
    assert (last(world)["online"], last(world)["received_at"]) == (True, at(902))
    tell(903, uptime_s=130)
    assert last(world)["received_at"] == at(903)


def test_a_moment_of_our_clock_in_2038_does_not_stay(world, tell):
    tell(0, uptime_s=100)
    tell(400_000_000, uptime_s=160)
    tell(120, uptime_s=220)
    assert last(world)["received_at"] == at(120)


def test_a_retained_status_is_not_heard_again_by_every_worker_that_connects(world, start_worker, sender):
    home = sender(world.home("home"))
    home.say(encode(GatewayStatus(online=True, boot="b", uptime_s=5.0)))
    first = start_worker()
    until(lambda: world.query("SELECT 1 FROM ingest.gateway_status"), "the status being stored")
    heard = last(world)["received_at"]
    first.stop()
    other = sender(world.home("other"))
    start_worker()
    other.say(encode(GatewayStatus(online=True, boot="b")))
    until(lambda: len(world.query("SELECT 1 FROM ingest.gateway_status")) == 2, "the other status being stored")
    rows = world.query(
        "SELECT received_at FROM ingest.gateway_status JOIN devices.gateway USING (gateway_id) WHERE key = %s", home.key
    )
    assert [row["received_at"] for row in rows] == [heard]
    for each in (home, other):
        each.say(b"")


def test_an_unknown_gateway_is_said_to_be_one(world, tell):
    assert not tell(0, gateway="nobody")
    assert world.query("SELECT 1 FROM ingest.gateway_status") == []


def test_statuses_come_in_live_and_as_they_were_retained(world, start_worker, sender):
    silent, living = sender(world.home("silent")), sender(world.home("living"))
    stray = sender(f"nobody-{world.mark}")
    silent.say(encode(GatewayStatus(online=False, boot="b", version="0.1")))
    start_worker()
    living.say(b"{noise")
    living.say(encode(GatewayStatus(online=True, boot="b", queued=3)))
    stray.say(encode(GatewayStatus(online=True, boot="b")))
    until(lambda: len(world.query("SELECT 1 FROM ingest.gateway_status")) == 2, "both statuses being stored")
    until(lambda: {"status", "unknown gateway"} <= world.rejected().keys(), "the other two being rejected")
    rows = world.query(
        "SELECT key, online FROM ingest.gateway_status JOIN devices.gateway USING (gateway_id) ORDER BY key"
    )
    assert [row["online"] for row in rows] == [True, False]
    for each in (silent, living, stray):
        each.say(b"")


def test_the_trouble_of_a_gateway_outlives_its_will_and_goes_when_it_says_so(world, service, tell):
    def troubles():
        with service.transaction() as connection:
            return reads.gateways_in_trouble(connection)

    tell(0, said=at(0), uptime_s=10, trouble="disk full", unheard=7)
    tell(1, online=False)
    assert (last(world)["trouble"], last(world)["unheard"], troubles()) == ("disk full", 7, {"disk full": 1})
    # Whatever it calls it: a gateway does not make up words that others read, nor counts that nobody can store.
    tell(2, said=at(2), uptime_s=12, trouble="<b>call 0900</b>", unheard=10**30)
    assert (last(world)["unheard"], troubles()) == (repository.LARGEST_COUNT, {"other": 1})
    tell(3, said=at(3), uptime_s=13)
    assert (last(world)["trouble"], troubles()) == ("", {})


def test_what_a_gateway_does_not_reach_did_itself_and_made_of_its_update_is_kept_and_outlives_its_will(
    world, service, tell
):
    update = GatewayUpdate("rolled back", "0.7.1", "it did not start\x00" + "!" * 1000, at(-60))
    tell(0, said=at(0), uptime_s=10)
    tell(1, said=at(1), uptime_s=11, unreachable=["zigbee2mqtt", "ble", "ble"], told=2, unheard=5, update=update)
    tell(2, said=at(2), uptime_s=12, unreachable=["ble", "zigbee2mqtt"], told=3, unheard=5, update=update)
    tell(3, online=False)
    with service.transaction() as connection:
        (found,) = reads.gateways_said(connection).values()
        (changes,) = reads.gateway_transitions(connection, [found["gateway_id"]], at(-1)).values()
    assert (found["unreachable"], found["told"], found["unheard"]) == (["ble", "zigbee2mqtt"], 3, 5)
    assert (found["update_result"], found["update_version"], found["update_at"]) == ("rolled back", "0.7.1", at(-60))
    assert found["update_reason"] == "it did not start" + "!" * (repository.LONGEST_TEXT - 16)
    assert difficulties(found) == [
        "no connection to ble, zigbee2mqtt",
        "5 messages lost for lack of room",
        "told contacts itself 3 times",
        f"update 0.7.1 rolled back: {found['update_reason']}",
    ]
    assert [(change.online, change.unreachable) for change in changes] == [
        (True, ()), (True, ("ble", "zigbee2mqtt")), (False, ("ble", "zigbee2mqtt")),
    ]  # fmt: skip
