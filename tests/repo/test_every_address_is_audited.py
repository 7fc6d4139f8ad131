"""No address of the application is added without saying who is let in, and how its entry in the audit is seen."""

from datetime import UTC, datetime

from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards.matrix import RULES
from tests.integration.dashboards.test_audited import ASKED, WITHOUT, routes

# Tried by test_account.py and its neighbours.
BY_OTHERS = ("POST /accounts/{public_id}/recovery", "POST /accounts/{public_id}/by-provider-only")
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def addresses() -> set[str]:
    settings = DashboardSettings(database_url=NOWHERE, base_url="http://testserver")
    app = create_app(
        Database(NOWHERE, Role.PEOPLE, name="test"), SimulatedClock(datetime(2026, 3, 16, tzinfo=UTC)), settings
    )
    found = set(routes(app))
    assert len(found) > 90
    return found


def test_every_address_has_a_rule_of_who_is_let_in() -> None:
    there = addresses()
    assert there - RULES.keys() == set(), "say in matrix.py which roles are let in"
    assert RULES.keys() - there == set(), "there is no such address any more"
    # What is asked of every role has to be known how to ask.
    assert {route for route, rule in RULES.items() if rule.is_asked and route not in ASKED and "{" in route} == set(
        BY_OTHERS
    )


def test_every_address_is_asked_for_its_entry_in_the_audit_or_said_to_leave_none() -> None:
    there = addresses()
    assert there - ASKED.keys() - WITHOUT.keys() == set(), (
        "say in test_audited.py how it is asked, or why it concerns nobody"
    )
    assert (ASKED.keys() | WITHOUT.keys()) - there == set(), "there is no such address any more"
    assert ASKED.keys() & WITHOUT.keys() == set()
