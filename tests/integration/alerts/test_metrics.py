"""How far the alerts are behind, and what is measured of a call for help."""

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from alerts import notify, reads
from alerts.channels.transport import NoTransport
from alerts.escalation import escalate
from alerts.intake import Intake
from alerts.metrics import AlertMetrics
from alerts.policy import Rules
from tests.integration.alerts.conftest import NOW
from tests.unit.core.test_metrics import samples


@pytest.fixture
def metrics(clock):
    registry = CollectorRegistry()
    made = AlertMetrics(registry, clock)
    made.page = lambda: samples(generate_latest(registry).decode())
    return made


@pytest.fixture
def lag_s(service):
    def lag_s(now=NOW):
        with service.transaction() as connection:
            found = reads.status(connection, now)
        return found.intake_lag_s(now), found.notification_lag_s(now)

    return lag_s


def test_alerts_are_behind_by_the_age_of_what_is_not_taken_in(world, service, intake, lag_s):
    assert lag_s() == (0.0, 0.0)
    world.urgent(NOW - timedelta(days=3), received_at=NOW - timedelta(seconds=20))
    world.finding(NOW - timedelta(hours=2), NOW - timedelta(seconds=50))
    assert lag_s() == (50.0, 0.0)
    intake.look(NOW)
    assert lag_s() == (0.0, 0.0)
    escalate(service, NOW)
    assert lag_s(NOW + timedelta(seconds=7)) == (0.0, 7.0)


def test_a_finding_that_was_withdrawn_before_anybody_saw_it_is_not_waited_for(world, lag_s):
    world.finding(NOW - timedelta(hours=2), NOW - timedelta(seconds=50))
    world.rows("UPDATE analytics.finding SET withdrawn_at = %s RETURNING 1", NOW)
    assert lag_s() == (0.0, 0.0)


def test_a_call_is_measured_from_its_own_time_to_the_channel_and_only_the_first_time(
    world, service, clock, email, metrics
):
    intake = Intake(service, Rules(safety_repeat_s=300, safety_times=3), timedelta(hours=24), metrics.taken_in)

    def deliver():
        escalate(service, clock.now())
        while claimed := notify.claim(service, clock.now()):
            metrics.delivered(claimed, notify.deliver(service, {"email": email}, claimed, clock, lambda: 0.0))

    world.urgent(NOW - timedelta(seconds=3), received_at=NOW - timedelta(seconds=1))
    world.urgent(NOW, series=world.leak, value=0.0)
    intake.look(NOW)
    found = metrics.page()
    # What says that the cause is over opens nothing.
    assert found["vicino_alerts_taken_in_total", "urgent"] == 2
    assert found["vicino_alerts_safety_opened_seconds_count", "reading"] == 1
    assert found["vicino_alerts_safety_opened_seconds_sum", "reading"] == 3.0
    assert found["vicino_alerts_safety_opened_seconds_sum", "reception"] == 1.0
    clock.advance(2)
    deliver()
    clock.advance(300)
    deliver()
    found = metrics.page()
    people = len(world.notifications()) / 2
    assert found["vicino_alerts_notifications_total", "email", "sent"] == 2 * people
    assert found["vicino_alerts_safety_notified_seconds_count", "reading"] == people
    assert found["vicino_alerts_safety_notified_seconds_sum", "reading"] == 5.0 * people
    assert found["vicino_alerts_safety_notified_seconds_sum", "opened"] == 2.0 * people


def test_what_cannot_be_sent_is_counted_as_that(world, service, clock, intake, metrics):
    world.urgent(NOW)
    intake.look(NOW)
    escalate(service, NOW)
    claimed = notify.claim(service, NOW)
    transports = {"email": NoTransport("no mail server is set")}
    metrics.delivered(claimed, notify.deliver(service, transports, claimed, clock, lambda: 0.0))
    (result,) = [key[2] for key in metrics.page() if key[0] == "vicino_alerts_notifications_total"]
    assert result in {"retry", "failed"}
    assert metrics.page()["vicino_alerts_safety_notified_seconds_count", "reading"] == 0
