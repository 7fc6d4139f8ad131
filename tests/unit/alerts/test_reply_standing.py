"""How it stands with a link, case by case."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from alerts.lifecycle import Family, State
from alerts.replies.answers import Answer, Reply, Standing, stand
from alerts.replies.repository import Asked

TOLD = datetime(2026, 3, 3, 3, 10, tzinfo=UTC)
LASTS = timedelta(hours=12)
ASKED = Asked(
    notification_id=1,
    alert=UUID(int=1),
    account_id=7,
    contact_id=None,
    language="it",
    channel="email",
    told_at=TOLD,
    is_round=True,
    family=Family.SAFETY,
    kind="sos_button",
    state=State.NEW,
    municipality="Bobbio",
    taken_by=None,
    taken_by_name="",
    answer=None,
)


@pytest.mark.parametrize(
    ("changes", "may_act", "standing"),
    [
        ({}, True, Standing.OPEN),
        ({}, False, Standing.NOT_ALLOWED),
        ({"state": State.RESOLVED, "answer": "take_charge"}, True, Standing.RESOLVED),
        ({"state": State.IN_CHARGE, "taken_by": 7, "answer": "take_charge"}, True, Standing.MINE),
        ({"state": State.IN_CHARGE, "taken_by": 8, "taken_by_name": "Bruno"}, True, Standing.TAKEN),
        ({"answer": "take_charge", "is_round": False}, True, Standing.USED),
        ({"is_round": False}, True, Standing.OVER),
    ],
)
def test_each_case_has_its_own(changes, may_act, standing):
    assert stand(ASKED._replace(**changes), TOLD, LASTS, may_act=may_act) is standing


def test_a_contact_may_be_there_whoever_is_in_charge_and_nothing_else():
    contact = ASKED._replace(account_id=None, contact_id=3)
    taken = contact._replace(state=State.IN_CHARGE, taken_by=8)
    assert stand(taken, TOLD, LASTS, may_act=True) is Standing.OPEN
    assert Reply(Standing.OPEN, contact).answers == (Answer.THERE,)
    assert stand(contact._replace(state=State.RESOLVED), TOLD, LASTS, may_act=True) is Standing.RESOLVED


def test_it_ends_in_time():
    moment = timedelta(microseconds=1)
    assert stand(ASKED, TOLD + LASTS - moment, LASTS, may_act=True) is Standing.OPEN
    assert stand(ASKED, TOLD + LASTS, LASTS, may_act=True) is Standing.EXPIRED


def test_nobody_is_with_the_person_because_of_a_technical_alert():
    assert Reply(Standing.OPEN, ASKED).answers == (Answer.TAKE_CHARGE, Answer.THERE)
    assert Reply(Standing.OPEN, ASKED._replace(family=Family.TECHNICAL)).answers == (Answer.TAKE_CHARGE,)
    assert Reply(Standing.USED, ASKED).answers == ()
    assert Reply(Standing.UNKNOWN).answers == ()
