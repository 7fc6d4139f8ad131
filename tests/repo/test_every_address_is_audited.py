"""No address of the application is added without saying how its entry in the audit is seen, or why it leaves none."""

from datetime import UTC, datetime

from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards.test_audited import ASKED, WITHOUT, routes

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def test_every_address_is_asked_for_its_entry_in_the_audit_or_said_to_leave_none() -> None:
    settings = DashboardSettings(database_url=NOWHERE, base_url="http://testserver")
    app = create_app(
        Database(NOWHERE, Role.PEOPLE, name="test"), SimulatedClock(datetime(2026, 3, 16, tzinfo=UTC)), settings
    )
    there = set(routes(app))
    assert len(there) > 90
    assert there - ASKED.keys() - WITHOUT.keys() == set(), (
        "say in test_audited.py how it is asked, or why it concerns nobody"
    )
    assert (ASKED.keys() | WITHOUT.keys()) - there == set(), "there is no such address any more"
    assert ASKED.keys() & WITHOUT.keys() == set()
