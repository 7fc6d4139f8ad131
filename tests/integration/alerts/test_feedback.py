"""How an alert ended is handed to the analysis, with the findings it was about, by those who may judge them."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts import actions
from alerts.lifecycle import JUDGED, Outcome
from alerts.reasons.catalogue import Reason
from analytics.feedback.precision import Because, Counts, Judgement, Precision
from analytics.feedback.reads import precision, precision_of_all, reasons

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LATER, LONG_AGO = NOW + timedelta(minutes=1), NOW - timedelta(days=30)


def outcomes(world) -> list[tuple]:
    rows = world.rows(
        "SELECT finding_id, outcome, detector, kind, domain, pace, account_name, at, judged_as FROM analytics.outcome"
        " ORDER BY finding_id"
    )
    return [tuple(row.values()) for row in rows]


@pytest.fixture
def findings(world):
    """A change that was told twice, the second time while its alert was open."""
    made = [world.finding(NOW - timedelta(hours=hours), NOW - timedelta(hours=1)) for hours in (20, 5)]
    world.connection.execute(
        "UPDATE analytics.finding SET detector = 'change', evidence = evidence || %s",
        ('{"domain": "night", "pace": "sudden"}',),
    )
    return made


@pytest.fixture
def alert(world, intake, findings):
    intake.look(NOW)
    return world.alerts()[0]["public_id"]


def test_how_an_alert_ended_is_kept_with_what_it_was_about(world, alert, findings, seen_by) -> None:
    with seen_by(world.anna) as view:
        actions.resolve(view, alert, Outcome.FALSE, "The cat", LATER)
    said = ("false", "change", "night_bathroom_visits", "night", "sudden", "Anna", LATER, alert)
    assert outcomes(world) == [(finding, *said) for finding in findings]


def test_what_was_told_in_one_alert_counts_once(world, alert, seen_by) -> None:
    with seen_by(world.anna) as view:
        actions.resolve(view, alert, Outcome.TRUE, "", LATER)
    once = [Precision("change", "night_bathroom_visits", Counts(true=1))]
    with seen_by(world.anna) as view:
        assert precision(view, LONG_AGO, LATER + timedelta(days=1)) == once
        assert precision(view, LONG_AGO, LATER + timedelta(days=1), [world.home]) == once
        assert precision(view, LONG_AGO, LATER) == []
    with seen_by(world.carla) as view:
        assert precision(view, LONG_AGO, LATER + timedelta(days=1)) == []
    assert precision_of_all(world.connection, LONG_AGO, LATER + timedelta(days=1)) == once


def test_why_an_alert_ended_so_reaches_the_analysis_and_counts_once(world, alert, seen_by) -> None:
    with seen_by(world.anna) as view:
        actions.resolve(view, alert, Outcome.FALSE, "", LATER, reason=Reason.PET)
    until = LATER + timedelta(days=1)
    with seen_by(world.bruno) as view:
        assert reasons(view, LONG_AGO, until) == [Because("change", "night_bathroom_visits", Judgement.FALSE, "pet", 1)]
    with seen_by(world.carla) as view:
        assert reasons(view, LONG_AGO, until) == []
    with seen_by(world.anna) as view:
        actions.reopen(view, alert, LATER)
        actions.resolve(view, alert, Outcome.TRUE, "", LATER)
        assert reasons(view, LONG_AGO, until) == []


def test_an_alert_that_is_opened_again_has_no_outcome_until_it_ends_anew(world, alert, findings, seen_by) -> None:
    with seen_by(world.anna) as view:
        actions.resolve(view, alert, Outcome.FALSE, "", LATER)
    with seen_by(world.bruno) as view:
        actions.reopen(view, alert, LATER)
    assert outcomes(world) == []
    with seen_by(world.bruno) as view:
        actions.resolve(view, alert, Outcome.EXPLAINED, "Her daughter was there", LATER)
    assert [row[1] for row in outcomes(world)] == ["explained"] * len(findings)


def test_a_call_for_help_is_no_finding_and_judges_none(world, intake, seen_by) -> None:
    world.urgent()
    intake.look(NOW)
    with seen_by(world.anna) as view:
        actions.resolve(view, world.alerts()[0]["public_id"], Outcome.FALSE, "", LATER)
    assert outcomes(world) == []


def test_nobody_judges_what_is_not_theirs(world, alert, findings, seen_by) -> None:
    judging = "SELECT analytics.judge_findings(%s, %s, 'false', NULL, %s) AS noted"
    installer = world.account("ines", world.bobbio, "installer")
    for stranger in (world.carla, installer):
        with seen_by(stranger) as view:
            assert view.connection.execute(judging, (findings, alert, LATER)).fetchone()["noted"] == 0
    with seen_by(world.anna) as view:
        actions.resolve(view, alert, Outcome.TRUE, "", LATER)
    with seen_by(world.carla) as view:
        assert view.connection.execute("SELECT analytics.unjudge_findings(%s) AS n", (alert,)).fetchone()["n"] == 0
    assert len(outcomes(world)) == len(findings)
    for statement in ("DELETE FROM analytics.outcome", "UPDATE analytics.outcome SET outcome = 'true'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), seen_by(world.anna) as view:
            view.connection.execute(statement)


def test_both_know_the_same_outcomes() -> None:
    assert [each.value for each in JUDGED] == [each.value for each in Judgement]
