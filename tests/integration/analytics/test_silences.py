"""From a gateway's words and a home's readings to technical findings, restated and closed, and verdicts withheld."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics import reads
from analytics.analysis import analyse_days
from analytics.frames import instant
from analytics.homes import homes
from analytics.jobs import Pace, analyse_home, look
from analytics.repository import try_home
from analytics.watch import silences
from core.clock import SimulatedClock
from core.messages import GatewayStatus
from core.viewer import Viewer
from core.vocabulary import BY_NAME
from ingest.gateways import repository as ingest
from tests.unit.analytics.made import at

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 2, 28)
NOON = datetime(2026, 2, 28, 11, 0, tzinfo=UTC)
HOUR, MINUTE, ONE_DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
BOOTED = NOON - timedelta(days=9)


class Watched:
    """A home with its gateway, and the service that looks at it."""

    def __init__(self, installation, database, clock, days_of):
        self.installation, self.database, self.clock = installation, database, clock
        self.home = installation.home(installation.organisation())
        self.key = installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", self.home.home_id)[0]["key"]
        installation.store(self.home, days_of(DAY - timedelta(days=20), DAY - timedelta(days=1)))
        installation.store(self.home, hourly(DAY - timedelta(days=14), DAY - timedelta(days=1)))

    def says(self, *, online=True, booted=BOOTED, boot="b1", key=None, will=False, **more):
        now = self.clock.now()
        status = GatewayStatus(
            online=online, boot=boot, at=None if will else now, uptime_s=(now - booted).total_seconds(), **more
        )
        with self.database.transaction() as connection:
            assert ingest.record_status(connection, key or self.key, status, now)

    def goes(self):
        self.says(online=False, will=True)

    def wait(self, duration):
        self.clock.advance(duration.total_seconds())

    def speaks_for(self, duration, **more):
        for _ in range(int(duration / MINUTE)):
            self.wait(MINUTE)
            self.says(**more)

    def watch(self):
        return silences.watch_gateways(self.database, self.clock)

    def look(self):
        with self.database.transaction() as connection:
            assert try_home(connection, self.home.home_id)
            return silences.look_at_homes(connection, [homes(connection)[self.home.home_id]], self.clock.now())

    def findings(self):
        return self.installation.rows(
            "SELECT * FROM analytics.finding WHERE home_id = %s AND withdrawn_at IS NULL AND kind LIKE '%%_silence'"
            " ORDER BY started_at",
            self.home.home_id,
        )


def hourly(first, last, rooms=("bedroom", "bathroom", "kitchen")):
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        (at(day, f"{hour}:0{number}"), room)
        for day in days
        for hour in range(24)
        for number, room in enumerate(rooms, start=1)
    ]


@pytest.fixture
def watched(installation, database, days_of):
    return Watched(installation, database, SimulatedClock(NOON), days_of)


def test_offline_is_told_at_once_and_becomes_a_power_cut_when_the_gateway_is_back(watched):
    watched.says(power="unknown")
    watched.speaks_for(3 * MINUTE)
    lost = watched.clock.now()
    watched.wait(55 * timedelta(seconds=1))
    watched.goes()
    assert watched.watch() == 1
    (first,) = watched.findings()
    assert (first["evidence"]["class"], first["evidence"]["until"]) == ("gateway_offline", None)
    assert first["started_at"] == lost
    assert first["found_at"] - lost < 3 * MINUTE
    assert "Nothing has been heard from the gateway since Saturday 28 February at 12:03" in first["explanation_en"]
    watched.wait(2 * HOUR)
    watched.watch()
    watched.says(boot="b2", booted=watched.clock.now() - MINUTE)
    assert watched.watch() == 1
    (last,) = watched.findings()
    assert last["finding_id"] == first["finding_id"]
    assert (last["evidence"]["class"], last["ended_at"]) == ("power_cut", watched.clock.now())
    assert "no power from Saturday 28 February at 12:03 to Saturday 28 February at 14:03" in last["explanation_en"]
    assert watched.watch() == 0, "nothing is new"
    watched.speaks_for(5 * MINUTE, boot="b2", booted=watched.clock.now() - MINUTE)
    assert watched.watch() == 0


def test_a_gateway_of_which_no_will_comes_is_told_within_three_minutes(watched):
    other = watched.installation.home(watched.home.organisation_id)
    other_key = watched.installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", other.home_id)[0]["key"]
    watched.says()
    watched.says(key=other_key)
    lost, told = watched.clock.now(), None
    for _ in range(30):
        watched.wait(timedelta(seconds=10))
        watched.says(key=other_key)
        watched.watch()
        if watched.findings():
            told = watched.clock.now()
            break
    assert told is not None
    assert told - lost <= 3 * MINUTE
    assert watched.findings()[0]["evidence"]["class"] == "gateway_offline"


def test_when_the_service_hears_nobody_no_gateway_is_called_silent(watched):
    other = watched.installation.home(watched.home.organisation_id)
    other_key = watched.installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", other.home_id)[0]["key"]
    watched.says()
    watched.says(key=other_key)
    watched.wait(HOUR)
    watched.watch()
    assert watched.installation.rows("SELECT * FROM analytics.finding") == []


def test_a_power_cut_that_a_gateway_outlives_is_told_by_its_battery(watched):
    watched.says(power="mains")
    lost = watched.clock.now()
    watched.wait(timedelta(seconds=1))
    watched.says(power="battery", mains_lost=lost)
    watched.watch()
    assert [row["evidence"]["class"] for row in watched.findings()] == ["power_cut"]
    watched.speaks_for(20 * MINUTE, power="battery", mains_lost=lost)
    watched.says(power="mains", mains_lost=lost, mains_back=watched.clock.now())
    watched.watch()
    (one,) = watched.findings()
    assert (one["started_at"], one["ended_at"]) == (lost, watched.clock.now())


def test_a_silent_sensor_is_told_with_advice_and_its_verdicts_are_withheld_until_it_speaks(watched, people):
    watched.installation.store(watched.home, hourly(DAY, DAY, ("bedroom", "kitchen")))
    watched.clock.jump(NOON + 12 * HOUR)
    watched.says()
    assert watched.look() == 1
    (one,) = watched.findings()
    assert (one["kind"], one["evidence"]["class"], one["evidence"]["rooms"]) == (
        "device_silence", "sensor_dead", ["bathroom"],
    )  # fmt: skip
    assert one["started_at"] == datetime(2026, 2, 27, 22, 2, tzinfo=UTC)
    assert "motion sensor, bathroom" in one["explanation_en"]
    assert "sensore di movimento, bagno" in one["explanation_it"]
    assert watched.look() == 0, "the same again is nothing new"
    viewer = Viewer(watched.installation.viewer(watched.home.organisation_id))
    with people.seen_by(viewer) as view:
        assert [row["class"] for row in reads.silences(view, [watched.home.home_id])] == ["sensor_dead"]
    stranger = Viewer(watched.installation.viewer(watched.installation.organisation()))
    with people.seen_by(stranger) as view:
        assert reads.silences(view, [watched.home.home_id]) == []

    watched.installation.store(watched.home, hourly(DAY + ONE_DAY, DAY + ONE_DAY))
    values = values_of(watched, NOON + 36 * HOUR)
    assert values["night_bathroom_visits"] is None
    assert values["longest_stillness"] is None
    # Late, what it had told all the time comes in: it was never silent.
    watched.installation.store(watched.home, hourly(DAY, DAY, ("bathroom",)))
    watched.speaks_for(HOUR)
    watched.look()
    assert watched.findings() == []
    assert values_of(watched, NOON + 36 * HOUR)["longest_stillness"] is not None


def test_a_sensor_that_its_own_system_does_not_reach_is_told_sooner_and_that_word_is_no_sign_of_life(watched):
    """Hourly reports until 12:04, given up by its system at 13:00 local time: told after two hours, not after four."""
    installation, home = watched.installation, watched.home
    (series,) = installation.rows(
        "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
        " SELECT organisation_id, home_id, gateway_id, device_id, 'bathroom/reachable', %s FROM devices.series"
        " WHERE series_id = %s RETURNING series_id, device_id",
        BY_NAME["reachable"].id, home.series["bathroom"],
    )  # fmt: skip
    today = hourly(DAY, DAY)
    installation.store(home, [row for row in today if row[1] != "bathroom" or row[0] < at(DAY, "12:30")])

    def reached(clock, value):
        moment = instant(at(DAY, clock))
        installation.connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (moment, moment))
        installation.connection.execute(
            "INSERT INTO ingest.reading_technical (ts, series_id, value) VALUES (%s, %s, %s)",
            (moment, series["series_id"], value),
        )

    reached("6:00", 1.0)
    watched.clock.jump(instant(at(DAY, "14:55")))
    watched.says()
    reached("13:00", 0.0)
    assert watched.look() == 0
    watched.speaks_for(10 * MINUTE)
    assert watched.look() == 1
    (one,) = watched.findings()
    assert (one["evidence"]["class"], one["evidence"]["devices"]) == ("sensor_dead", [series["device_id"]])
    assert one["started_at"] == instant(at(DAY, "12:02"))
    assert "has sent nothing since Saturday 28 February at 12:02" in one["explanation_en"]
    # After three weeks no report of it is looked at any more: it has not come back for that.
    watched.clock.advance(21 * ONE_DAY.total_seconds())
    watched.says()
    watched.look()
    dead = [row for row in watched.findings() if row["evidence"]["devices"] == [series["device_id"]]]
    assert [row["evidence"]["until"] for row in dead] == [None]


def found_by(watched, **systems):
    """Store by which system the gateway found the devices of some rooms."""
    for room, system in systems.items():
        watched.installation.connection.execute(
            "INSERT INTO ingest.found_device (organisation_id, home_id, gateway_id, ident, key, name, vendor, model,"
            " description, exposes, quantities, unmapped, first_seen, last_seen, is_present, system)"
            " SELECT device.organisation_id, device.home_id, device.gateway_id, device.key, device.key, '', '', '',"
            " '', '{}', '{}', '{}', %s, %s, true, %s"
            " FROM devices.device JOIN devices.series USING (device_id) WHERE series_id = %s",
            (NOON, NOON, system, watched.home.series[room]),
        )


def test_a_system_that_the_gateway_does_not_reach_is_told_instead_of_each_sensor_behind_it(watched, people):
    found_by(watched, bedroom="zigbee2mqtt", kitchen="zigbee2mqtt", bathroom="chirpstack", entrance_door="chirpstack")
    device = {room: watched.installation.one("SELECT device_id FROM devices.series WHERE series_id = %s", series)
              for room, series in watched.home.series.items()}  # fmt: skip
    today = hourly(DAY, DAY)
    watched.installation.store(
        watched.home, [row for row in today if row[1] == "bathroom" or row[0] < at(DAY, "12:30")]
    )
    watched.says()
    watched.speaks_for(40 * MINUTE)
    watched.says(unreachable=["zigbee2mqtt"])
    lost = watched.clock.now()
    watched.watch()
    assert watched.findings() == [], "a broker that is started anew is back before"
    watched.speaks_for(4 * MINUTE, unreachable=["zigbee2mqtt"])
    assert watched.watch() == 1
    (first,) = watched.findings()
    assert (first["kind"], first["evidence"]["class"], first["evidence"]["cause"], first["started_at"]) == (
        "gateway_silence", "gateway_offline", "system", lost,
    )  # fmt: skip
    assert first["evidence"]["devices"] == sorted([device["bedroom"], device["kitchen"]])
    assert "no connection to what it hears sensors by: the Zigbee radio (Zigbee2MQTT)" in first["explanation_en"]
    assert "la radio Zigbee (Zigbee2MQTT)" in first["explanation_it"]

    # Eight hours later neither sensor behind it is called dead, and one that is not behind it would be.
    watched.speaks_for(8 * HOUR, unreachable=["zigbee2mqtt"])
    watched.look()
    assert [row["finding_id"] for row in watched.findings()] == [first["finding_id"]]
    values = values_of(watched, NOON + 36 * HOUR)
    assert values["longest_stillness"] is None

    watched.wait(MINUTE)
    watched.says()
    watched.watch()
    (over,) = watched.findings()
    assert (over["finding_id"], over["ended_at"]) == (first["finding_id"], watched.clock.now())
    assert "It has one again" in over["explanation_en"]


def test_a_sensor_that_is_not_behind_what_the_gateway_does_not_reach_is_told_as_ever(watched):
    found_by(watched, bedroom="zigbee2mqtt", kitchen="zigbee2mqtt", bathroom="chirpstack", entrance_door="chirpstack")
    today = hourly(DAY, DAY)
    watched.installation.store(watched.home, [row for row in today if row[0] < at(DAY, "12:30")])
    watched.says()
    watched.speaks_for(40 * MINUTE)
    watched.says(unreachable=["zigbee2mqtt"])
    watched.speaks_for(8 * HOUR, unreachable=["zigbee2mqtt"])
    watched.look()
    assert [(row["kind"], row["evidence"]["cause"], row["evidence"]["rooms"]) for row in watched.findings()] == [
        ("device_silence", "", ["bathroom"]), ("gateway_silence", "system", []),
    ]  # fmt: skip


def troubles(watched):
    return watched.installation.rows("SELECT * FROM analytics.finding WHERE kind = 'gateway_trouble'")


def test_a_gateway_that_cannot_keep_what_comes_is_a_technical_finding_until_it_can(watched):
    watched.says()
    watched.wait(MINUTE)
    watched.says(trouble="disk full")
    since = watched.clock.now()
    assert watched.watch() == 1
    (first,) = troubles(watched)
    assert (first["family"], first["started_at"], first["evidence"]["trouble"]) == ("technical", since, "disk full")
    assert "The disk of the gateway has been full since Saturday 28 February at 12:01" in first["explanation_en"]
    assert "disco" in first["explanation_it"]
    watched.speaks_for(5 * MINUTE, trouble="disk full")
    assert watched.watch() == 0, "the same again is nothing new"
    watched.says()
    assert watched.watch() == 1
    (over,) = troubles(watched)
    assert (over["finding_id"], over["ended_at"]) == (first["finding_id"], watched.clock.now())
    assert "It has room again" in over["explanation_en"]


def lost_frames(watched, room, days, each_hour):
    """Store that the device of a room lost so many frames before each of its hourly reports."""
    number = BY_NAME["missed_reports"].id
    (series,) = watched.installation.rows(
        "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
        " SELECT organisation_id, home_id, gateway_id, device_id, name || '/missed', %s FROM devices.series"
        " WHERE series_id = %s ON CONFLICT DO NOTHING RETURNING series_id",
        number,
        watched.home.series[room],
    ) or watched.installation.rows("SELECT series_id FROM devices.series WHERE quantity_id = %s", number)
    for moment, where in [each for day in days for each in hourly(day, day)]:
        if where == room:
            watched.installation.connection.execute(
                "INSERT INTO ingest.reading_technical (ts, series_id, value) VALUES (%s, %s, %s)",
                (instant(moment), series["series_id"], each_hour),
            )


def links(watched):
    return watched.installation.rows("SELECT * FROM analytics.finding WHERE kind = 'weak_link'")


def test_a_device_of_which_much_is_lost_for_days_is_told_once_until_it_is_heard_again(watched):
    before = [DAY - timedelta(days=n) for n in range(6, 0, -1)]
    lost_frames(watched, "bathroom", before[:3], 1)
    watched.says()
    watched.look()
    assert links(watched) == [], "three bad days may pass"
    lost_frames(watched, "bathroom", before[3:], 1)
    watched.look()
    (first,) = links(watched)
    assert (first["family"], first["ended_at"]) == ("technical", watched.clock.now())
    assert first["started_at"] == datetime.combine(before[0], time(), ROME)
    assert "lost on the air, in the last week 4" in first["explanation_en"]
    assert "motion sensor, bathroom" in first["explanation_en"]
    assert "va perso via radio" in first["explanation_it"]

    after = [DAY + timedelta(days=n) for n in range(4)]
    watched.installation.store(watched.home, hourly(after[0], after[-1]))
    watched.clock.jump(NOON + 4 * timedelta(days=1))
    watched.says()
    watched.look()
    (over,) = links(watched)
    assert (over["finding_id"], over["ended_at"]) == (first["finding_id"], datetime.combine(DAY, time(), ROME))
    assert "It is heard again" in over["explanation_en"]
    watched.look()
    assert links(watched) == [over], "what is over is told no more"


def values_of(watched, now):
    with watched.database.transaction() as connection:
        analyse_days(connection, homes(connection)[watched.home.home_id], [DAY], now)
        rows = connection.execute(
            "SELECT kind, value FROM analytics.indicator WHERE home_id = %s AND day = %s", (watched.home.home_id, DAY)
        )
        return {row["kind"]: row["value"] for row in rows}


def test_a_sensor_that_speaks_again_closes_its_finding(watched):
    watched.installation.store(watched.home, hourly(DAY, DAY, ("bedroom", "kitchen")))
    watched.clock.jump(NOON + 8 * HOUR)
    watched.says()
    watched.look()
    watched.installation.store(watched.home, [(at(DAY, "21:30"), "bathroom")])
    watched.speaks_for(2 * HOUR)
    watched.look()
    (one,) = watched.findings()
    assert one["evidence"]["until"] == datetime(2026, 2, 28, 20, 30, tzinfo=UTC).isoformat()
    assert "It works again" in one["explanation_en"]


def test_no_stillness_is_told_of_a_home_whose_gateway_is_away(watched):
    watched.installation.store(watched.home, hourly(DAY, DAY)[: 3 * 8])
    watched.says()
    watched.goes()
    watched.watch()
    watched.wait(9 * HOUR)
    with watched.database.transaction() as connection:
        home = homes(connection)[watched.home.home_id]
        analyse_days(connection, home, [DAY - timedelta(days=n) for n in range(19, -1, -1)], watched.clock.now())
    kinds = watched.installation.rows("SELECT kind FROM analytics.finding WHERE withdrawn_at IS NULL")
    assert {row["kind"] for row in kinds} == {"gateway_silence"}


def test_the_service_looks_at_homes_whose_gateway_speaks_every_ten_minutes(watched):
    watched.says()
    watched.watch()
    assert look(watched.database, watched.clock, Pace()) == []
    watched.wait(10 * MINUTE)
    watched.says()
    assert look(watched.database, watched.clock, Pace()) == [watched.home.home_id]
    analyse_home(watched.database, watched.clock, watched.home.home_id, stop=Never())
    due = watched.installation.rows("SELECT due_at FROM analytics.silence_due")
    assert [row["due_at"] for row in due] == [watched.clock.now() + 10 * MINUTE]


class Never:
    def is_set(self):
        return False
