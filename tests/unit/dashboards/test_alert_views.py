"""What the page of an alert says of what it rests on."""

from alerts.lifecycle import Family
from dashboards.alert_views import _places
from dashboards.wording import Words

EN, IT = Words("en"), Words("it")


def test_a_technical_alert_says_where_its_sensors_are() -> None:
    facts = {"rooms": ["bedroom", "kitchen"], "devices": [3, 7]}
    assert _places(Family.TECHNICAL, facts, EN) == [("Where", "in the bedroom, in the kitchen")]
    assert _places(Family.TECHNICAL, facts, IT) == [("Dove", "in camera, in cucina")]


def test_of_no_room_nothing_is_said() -> None:
    assert _places(Family.TECHNICAL, {"rooms": [""]}, EN) == []
    assert _places(Family.TECHNICAL, {}, EN) == []
    assert _places(Family.WELLBEING, {"rooms": ["kitchen"]}, EN) == []
