"""A flood is told once, restated while it lasts, and says in the end until when it was."""

import threading
from datetime import timedelta

from analytics.jobs import Pace, analyse_home, look
from tests.integration.analytics.conftest import NOW

NEVER = threading.Event()
PACE = Pace(settle=timedelta(0), cadence=timedelta(0))
START = NOW - timedelta(hours=3)


def looked(database, clock, home) -> None:
    """What the service does at its quickest."""
    look(database, clock, PACE)
    clock.advance(60)
    assert home.home_id in look(database, clock, PACE)
    analyse_home(database, clock, home.home_id, NEVER, PACE.cadence)


def put(installation, home, *devices: str, start=START, last=NOW, parked: int = 12_400) -> None:
    gateway = installation.one("SELECT gateway_id FROM devices.gateway WHERE home_id = %s", home.home_id)
    for device in devices:
        installation.connection.execute(
            "INSERT INTO ingest.flood (gateway_id, device, started_at, last_at, parked) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (gateway_id, device) WHERE NOT closed DO UPDATE"
            " SET last_at = excluded.last_at, parked = excluded.parked",
            (gateway, device, start, last, parked),
        )


def told(installation, home) -> list[dict]:
    return installation.rows(
        "SELECT * FROM analytics.finding WHERE home_id = %s AND kind = 'flood' ORDER BY finding_id", home.home_id
    )


def test_a_flood_is_told_once_and_says_in_the_end_until_when_it_was(installation, database, clock) -> None:
    home, other = (installation.home(installation.organisation()) for _ in range(2))
    put(installation, home, "bathroom-motion")
    looked(database, clock, home)
    (first,) = told(installation, home)
    assert (first["family"], first["started_at"], first["ended_at"], first["person_id"]) == (
        "technical",
        START,
        NOW,
        None,
    )
    assert first["explanation_en"] == (
        "One sensor has sent far more than it should since Sunday 1 March at 5:30: bathroom."
        " 12,400 readings were put aside. The other sensors are not affected."
    )
    assert first["explanation_it"] == (
        "Un sensore invia molto più del dovuto da domenica 1 marzo, ore 5:30: bagno."
        " 12.400 letture sono state messe da parte. Gli altri sensori non ne risentono."
    )
    assert (first["evidence"]["devices"], first["evidence"]["parked"]) == (["bathroom-motion"], 12_400)

    clock.advance(600)
    lately = clock.now()
    put(installation, home, "bathroom-motion", last=lately, parked=20_000)
    looked(database, clock, home)
    (still,) = told(installation, home)
    assert (still["finding_id"], still["ended_at"]) == (first["finding_id"], lately)
    assert "20,000 readings" in still["explanation_en"]
    assert still["evidence"]["until"] is None

    # The next day it has long been over.
    clock.advance(86_400)
    looked(database, clock, home)
    (ended,) = told(installation, home)
    assert (ended["finding_id"], ended["ended_at"], ended["withdrawn_at"]) == (first["finding_id"], lately, None)
    assert ended["explanation_en"].startswith(
        "One sensor sent far more than it should from Sunday 1 March at 5:30 to Sunday 1 March at 8:41: bathroom."
    )
    assert told(installation, other) == []


def test_floods_that_began_together_are_one_finding(installation, database, clock) -> None:
    home = installation.home(installation.organisation())
    put(installation, home, "bathroom-motion", "kitchen-motion", parked=1_000)
    put(installation, home, "", start=START + timedelta(minutes=1), parked=1)
    looked(database, clock, home)
    sensors, together = told(installation, home)
    assert sensors["explanation_en"].startswith("2 sensors have sent far more than they should since")
    assert "bathroom, kitchen. 2,000 readings" in sensors["explanation_en"]
    assert together["explanation_en"] == (
        "The sensors of the home together have sent far more than they should since Sunday 1 March at 5:31."
        " 1 reading was put aside. Calls for help are not affected."
    )
