"""Outages of a gateway, told apart when it is back."""

from datetime import UTC, datetime, timedelta

from analytics.frames import SECOND, micros
from analytics.silence import gateways
from analytics.silence.evidence import Gateway
from analytics.silence.reconcile import reconcile
from analytics.silence.verdict import Cause, Silence
from core.messages import GatewayStatus
from gateway.publisher import Pace
from ingest.transitions import Word, transition

T0 = datetime(2026, 3, 1, 14, 2, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BOOTED = T0 - timedelta(days=20)


class Course:
    """What a gateway said, and what was remembered of it."""

    def __init__(self, power="unknown"):
        self.changes, self.before, self.power = [], None, power
        self.say(T0 - HOUR)

    def say(self, at, *, booted=BOOTED, boot="b1", **more):
        if self.before and self.before.online:
            self.before = self.before._replace(received_at=at - MINUTE)
        uptime = (at - booted).total_seconds()
        status = GatewayStatus(online=True, boot=boot, at=at, uptime_s=uptime, power=more.pop("power", self.power))
        for name, value in more.items():
            setattr(status, name, value)
        self.hear(status, at)
        return self

    def goes(self, at, *, orderly=False, boot="b1"):
        self.before = self.before._replace(received_at=at - MINUTE)
        self.hear(GatewayStatus(online=False, boot=boot, at=at if orderly else None), at)
        return self

    def hear(self, status, at):
        change = transition(self.before, status, at)
        if change:
            self.changes.append(change)
            self.before = Word(at, status.online, status.boot, change.power, change.mains_lost, change.mains_back)

    def told(self, now, heard=None):
        gateway = Gateway(1, frozenset({7}), self.changes, micros(heard or now))
        return gateways.verdicts(gateway, micros(now))

    def only(self, now, heard=None):
        (one,) = self.told(now, heard)
        return one.silence, one.cause, one.since, one.until


SINCE = micros(T0 - MINUTE)


def test_a_gateway_without_battery_is_offline_first_and_told_apart_when_it_is_back():
    course = Course().goes(T0)
    assert course.only(T0 + MINUTE) == (Silence.GATEWAY_OFFLINE, Cause.UNKNOWN, SINCE, None)
    back = T0 + 2 * HOUR
    course.say(back, booted=back - timedelta(seconds=40), boot="b2")
    assert course.only(back + HOUR) == (Silence.POWER_CUT, Cause.RESTARTED, SINCE, micros(back))


def test_a_machine_that_has_run_all_the_time_had_no_line():
    course = Course().goes(T0).say(T0 + HOUR)
    assert course.only(T0 + 2 * HOUR)[:2] == (Silence.LINE_CUT, Cause.NONE)


def test_an_update_of_the_program_is_no_power_cut():
    course = Course().goes(T0).say(T0 + HOUR, boot="b2")
    assert course.only(T0 + 2 * HOUR)[:2] == (Silence.GATEWAY_OFFLINE, Cause.PROGRAM)


def test_who_takes_leave_was_switched_off_even_if_the_machine_is_restarted():
    course = Course().goes(T0, orderly=True).say(T0 + HOUR, booted=T0 + HOUR - MINUTE, boot="b2")
    assert course.only(T0 + 2 * HOUR)[:2] == (Silence.GATEWAY_OFFLINE, Cause.SWITCHED_OFF)


def test_a_gateway_with_battery_tells_a_power_cut_at_once_and_when_it_is_over():
    course = Course("mains").say(T0, power="battery", mains_lost=T0)
    assert course.only(T0 + MINUTE) == (Silence.POWER_CUT, Cause.ON_BATTERY, micros(T0), None)
    course.say(T0 + HOUR, power="mains", mains_lost=T0, mains_back=T0 + HOUR)
    assert course.only(T0 + 2 * HOUR) == (Silence.POWER_CUT, Cause.ON_BATTERY, micros(T0), micros(T0 + HOUR))


def test_a_power_cut_that_takes_the_router_with_it_is_known_when_the_line_is_back():
    course = Course("mains").goes(T0)
    assert course.only(T0 + MINUTE)[:2] == (Silence.GATEWAY_OFFLINE, Cause.UNKNOWN)
    course.say(T0 + HOUR, power="mains", mains_lost=T0 - 30 * timedelta(seconds=1), mains_back=T0 + HOUR - MINUTE)
    assert course.only(T0 + 2 * HOUR)[:3] == (Silence.POWER_CUT, Cause.ON_BATTERY, SINCE)


def test_a_power_cut_that_outlasts_the_battery_is_one_from_its_beginning():
    course = Course("mains").say(T0, power="battery", mains_lost=T0).goes(T0 + 5 * HOUR)
    assert course.only(T0 + 6 * HOUR) == (Silence.POWER_CUT, Cause.ON_BATTERY, micros(T0), None)
    back = T0 + 9 * HOUR
    course.say(back, booted=back - MINUTE, boot="b2", power="mains")
    assert course.only(T0 + 10 * HOUR) == (Silence.POWER_CUT, Cause.RESTARTED, micros(T0), micros(back))


def test_an_earlier_power_cut_does_not_explain_a_line_cut():
    course = Course("mains").say(T0 - 30 * MINUTE, mains_lost=T0 - 30 * MINUTE, mains_back=T0 - 20 * MINUTE)
    course.goes(T0).say(T0 + HOUR, mains_lost=T0 - 30 * MINUTE, mains_back=T0 - 20 * MINUTE)
    assert [one.silence for one in course.told(T0 + 2 * HOUR)] == [Silence.POWER_CUT, Silence.LINE_CUT]


def test_a_gateway_that_is_not_heard_though_nothing_said_so_is_offline_after_two_words():
    course = Course()
    assert course.told(T0 + timedelta(seconds=130), heard=T0) == []
    assert course.only(T0 + timedelta(seconds=141), heard=T0)[:3] == (
        Silence.GATEWAY_OFFLINE, Cause.UNKNOWN, micros(T0),
    )  # fmt: skip


def test_by_the_defaults_a_silent_gateway_is_known_within_three_minutes():
    # The broker misses a connection after one and a half times its keepalive and waits the delay of the will; analytics
    # is told of it at once, and looks every 30 seconds if it is not, waiting a second after each look.
    pace = Pace()
    looks_s = 30 + 1
    will_s = 1.5 * pace.keepalive_s + pace.will_delay_s
    assert will_s + looks_s <= 90
    assert gateways.UNHEARD.total_seconds() + looks_s <= 180
    assert gateways.UNHEARD.total_seconds() > 2 * pace.status_every_s


def test_of_an_outage_of_seconds_nobody_is_told_afterwards():
    course = Course()
    course.before = course.before._replace(received_at=T0)
    course.hear(GatewayStatus(online=False, boot="b1"), T0 + timedelta(seconds=20))
    course.say(T0 + timedelta(seconds=30))
    now = micros(T0 + HOUR)
    found = course.told(T0 + HOUR)
    assert [one.silence for one in found] == [Silence.LINE_CUT]
    assert reconcile([], found, {}, {found[0].subject}, now).held == []
    (away,) = gateways.not_heard(Gateway(1, frozenset(), course.changes, now), now)
    assert away.length == 30 * SECOND
