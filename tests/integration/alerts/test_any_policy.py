"""For any policy, any shifts and any hour, in a real database: nothing that is due ends in silence."""

from datetime import UTC, datetime

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alerts.escalation import escalate
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import telling, tellings
from alerts.policies.repository import Wanted
from alerts.policy import from_json
from alerts.shifts import repository as shifts
from tests.integration.alerts.examples import examples
from tests.unit.alerts.test_plan import PLANS
from tests.unit.alerts.test_shifts import ROTAS

# Around the night in which clocks go forward.
HOURS = st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
SET_BACK = (
    "TRUNCATE alerts.alert, alerts.history, alerts.taken_in, alerts.progress, alerts.rota, alerts.policy,"
    " ingest.urgent, analytics.finding CASCADE"
)


# Each example is many transactions: one that fails is told as it is.
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(plan=PLANS, calendar=ROTAS, at=HOURS, severity=st.sampled_from([0.0, 0.3, 0.69, 0.8]))
def test_every_step_reaches_somebody_or_is_passed_on_and_then_nobody_took_charge(
    world, service, intake, plan, calendar, at, severity
):
    world.connection.execute(SET_BACK)
    with service.transaction() as connection:
        shifts.load(connection, [("bobbio", msgspec.structs.replace(calendar, key="first"))], at)
        policies.load(connection, [Wanted("bobbio", family, "", plan) for family in Family], at)
    world.urgent(at)
    world.finding(at, at, severity=severity)
    intake.look_urgent(at)
    intake.look_findings(at)
    for _ in range(2 * tellings(plan) + 6):
        # A call for help goes on without end: some of that is enough.
        (row,) = world.rows("SELECT min(escalates_at) AS at FROM alerts.alert WHERE step <= %s", tellings(plan) + 1)
        if (now := row["at"]) is None:
            break
        assert escalate(service, now) >= 1
        world.connection.execute("UPDATE alerts.notification SET state = 'sent', sent_at = due_at WHERE state = 'due'")
    for alert in world.alerts():
        kept = from_json(alert["policy"]).plan
        entries = world.rows("SELECT action, detail FROM alerts.history WHERE alert_id = %s", alert["alert_id"])
        passed_on = {entry["detail"]["step"] for entry in entries if entry["action"] == "passed_on"}
        rows = world.rows("SELECT step FROM alerts.notification WHERE alert_id = %s", alert["alert_id"])
        told = {telling(kept, row["step"]) for row in rows}
        silent = set(range(len(kept.steps))) - passed_on - {found.step for found in told if found}
        # Where a step comes at the same moment as the one before, the message of that one is on its way to everybody.
        assert all(step > 0 and kept.steps[step].after == 0 for step in silent)
        assert [entry["action"] for entry in entries].count("unanswered") == 1
        # Safety goes on without end; the rest ends in "nobody took charge", on the board.
        assert (alert["escalates_at"] is not None) == (alert["family"] == "safety")
