"""A reason goes with one outcome, in the catalogue as in the database, and is gone when the alert is opened again."""

from datetime import timedelta

import psycopg
import pytest

from alerts import actions
from alerts.errors import NotThisReasonError
from alerts.lifecycle import Outcome
from alerts.reasons.catalogue import LABELS, OUTCOME_OF, Reason, parse
from tests.integration.alerts.conftest import NOW

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def call(world, intake):
    world.urgent(NOW)
    intake.look(NOW)
    return world.alerts()[0]["public_id"]


def test_the_table_says_what_the_catalogue_says(world):
    rows = world.rows("SELECT reason, outcome FROM alerts.reason")
    assert {row["reason"]: row["outcome"] for row in rows} == OUTCOME_OF
    assert set(OUTCOME_OF) == set(LABELS) == set(Reason)


def test_what_is_tapped_is_an_outcome_with_its_own_reason_or_none():
    assert parse("false") == (Outcome.FALSE, None)
    assert parse("explained:carer") == (Outcome.EXPLAINED, Reason.CARER)
    for wrong in ("", "over", "true:carer", "carer", "explained:nothing", ":"):
        assert parse(wrong) is None


def test_a_reason_is_kept_with_the_outcome_until_the_alert_is_opened_again(world, seen_by, call):
    with seen_by(world.anna) as view:
        actions.resolve(view, call, Outcome.EXPLAINED, "the niece", LATER, reason=Reason.VISITOR)
    (alert,) = world.alerts()
    assert (alert["outcome"], alert["reason"]) == ("explained", "visitor")
    (entry,) = world.rows("SELECT note, detail FROM alerts.history WHERE action = 'resolved'")
    assert (entry["note"], entry["detail"]) == ("the niece", {"reason": "visitor"})
    with seen_by(world.anna) as view:
        actions.reopen(view, call, LATER)
    assert world.alerts()[0]["reason"] is None
    with seen_by(world.anna) as view:
        actions.resolve(view, call, Outcome.FALSE, "", LATER)
    (alert,) = world.alerts()
    assert (alert["outcome"], alert["reason"]) == ("false", None)


def test_a_reason_of_another_outcome_is_refused_and_changes_nothing(world, seen_by, call):
    with pytest.raises(NotThisReasonError), seen_by(world.anna) as view:
        actions.resolve(view, call, Outcome.TRUE, "", LATER, reason=Reason.CARER)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), seen_by(world.anna) as view:
        view.connection.execute("SELECT alerts.resolve_because(%s, 'true', 'carer', '', NULL, %s)", (call, LATER))
    assert world.alerts()[0]["state"] == "new"


def test_nobody_of_another_organisation_gives_a_reason(world, seen_by, call):
    with seen_by(world.carla) as view:
        row = view.connection.execute(
            "SELECT alerts.resolve_because(%s, 'false', 'sensor', '', NULL, %s) AS said", (call, LATER)
        ).fetchone()
    assert row["said"] is None
    (alert,) = world.alerts()
    assert (alert["state"], alert["reason"]) == ("new", None)
