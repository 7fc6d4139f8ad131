"""What becomes of what was told."""

import numpy as np

from analytics.frames import HOUR, MINUTE
from analytics.silence.reconcile import Told, reconcile
from analytics.silence.verdict import Cause, Silence, Subject, Verdict

GATEWAY, DEVICE, OTHER = Subject("gateway", 1), Subject("device", 7), Subject("device", 8)
T0 = 100 * HOUR
OFFLINE = Verdict(GATEWAY, Silence.GATEWAY_OFFLINE, Cause.UNKNOWN, T0, None, 0.9)
CUT = Verdict(GATEWAY, Silence.POWER_CUT, Cause.RESTARTED, T0 - MINUTE, T0 + 2 * HOUR, 0.95)
DEAD = Verdict(DEVICE, Silence.SENSOR_DEAD, Cause.NONE, T0, None, 0.8)


def restated(told, verdicts, now, reports=None, about=(GATEWAY, DEVICE, OTHER)):
    return reconcile(told, verdicts, reports or {}, set(about), now)


def test_what_is_new_is_named_by_its_beginning():
    assert restated([], [OFFLINE], T0 + MINUTE).held == [(T0, OFFLINE)]


def test_offline_becomes_a_power_cut_under_the_same_name():
    assert restated([Told(1, OFFLINE, T0, T0 + MINUTE)], [CUT], T0 + 3 * HOUR).held == [(T0, CUT)]


def test_two_silences_of_one_subject_stay_two():
    old = Told(1, CUT, T0, T0)
    later = OFFLINE._replace(since=T0 + 5 * HOUR)
    assert restated([old], [CUT, later], T0 + 6 * HOUR).held == [(T0, CUT), (T0 + 5 * HOUR, later)]


def test_a_device_that_reports_again_was_silent_until_then():
    old = Told(1, DEAD, T0, T0 + 4 * HOUR)
    reports = {7: np.array([T0, T0 + 6 * HOUR, T0 + 7 * HOUR])}
    (name, verdict), *_ = restated([old], [], T0 + 8 * HOUR, reports).held
    assert (name, verdict.until) == (T0, T0 + 6 * HOUR)


def test_what_late_data_refute_is_withdrawn():
    old = Told(1, DEAD, T0, T0 + 4 * HOUR)
    reports = {7: np.array([T0, T0 + HOUR, T0 + 2 * HOUR])}
    assert restated([old], [], T0 + 8 * HOUR, reports).withdrawn == [old]


def test_what_was_not_looked_at_stays_and_what_nobody_missed_is_not_told():
    old = Told(1, DEAD, T0, T0)
    result = restated([old], [], T0 + HOUR, about=[GATEWAY])
    assert (result.held, result.withdrawn) == ([], [])
    short = CUT._replace(since=T0, until=T0 + 2 * MINUTE)
    assert restated([], [short], T0 + HOUR).held == []


def test_the_person_is_never_told_as_something_technical():
    away = Verdict(Subject("person", 0), Silence.PERSON_AWAY, Cause.NONE, T0, None, 0.9)
    assert restated([], [away], T0 + HOUR).held == []


def test_a_device_that_has_been_silent_for_so_long_that_no_report_is_looked_at_is_silent_still():
    old, now = Told(1, DEAD, T0, T0 + 4 * HOUR), T0 + 400 * HOUR
    nothing = np.array([], dtype=np.int64)
    assert restated([old], [], now, {7: nothing}).held == [(T0, DEAD)]
    ((_, taken_away),) = restated([old], [], now, {8: nothing}).held
    assert taken_away.until == now
