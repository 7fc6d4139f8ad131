from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.localtime import Interval
from dashboards import night, today
from dashboards.life import Life
from dashboards.pictures.days import Stay
from dashboards.wording import Words

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 3, 15)
EN = Words("en")


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME).astimezone(UTC)


NEXT = DAY + timedelta(days=1)


def episode(kind: str, start: datetime, end: datetime, readings: int = 1) -> dict[str, Any]:
    return {"kind": kind, "room_id": None, "started_at": start, "ended_at": end, "readings": readings}


def row(kind: str, day: date, value: float | None, low: float | None = None, high: float | None = None):
    return {"kind": kind, "day": day, "value": value, "coverage": 1.0, "low": low, "high": high}


def lived(until: datetime, *episodes: dict[str, Any], unknown: tuple[Interval, ...] = ()) -> Life:
    stays = (Stay("living", Interval(at(18), at(21))),)
    return Life(ROME, until, stays, tuple(episodes), unknown, (), ())


EPISODES = (
    episode("in_bed", at(21, 40), at(4, 0, NEXT)),
    episode("sleep", at(22), at(4, 0, NEXT)),
    episode("bathroom_visit", at(21, 30), at(21, 33)),
    episode("bathroom_visit", at(2, 0, NEXT), at(2, 0, NEXT)),
    episode("night_walk", at(2, 0, NEXT), at(2, 9, NEXT), readings=12),
)
USUAL = [
    row("night_bathroom_visits", DAY - timedelta(days=1), 1.0, 0.0, 2.0),
    row("night_door", DAY - timedelta(days=1), 0.0, 0.0, 0.0),
    row("night_walking", DAY - timedelta(days=1), 3.0, 1.0, 6.0),
    row("sleep_duration", DAY - timedelta(days=1), 7.0, 6.5, 8.0),
]


def facts(life: Life, rows: list[dict[str, Any]]) -> dict[str, night.Fact]:
    return {fact.name: fact for fact in night.load(life, sorted(rows, key=lambda r: (r["kind"], r["day"])), EN).facts}


def test_a_night_that_goes_on_is_counted_up_to_now() -> None:
    shown = night.load(lived(at(4, 0, NEXT), *EPISODES), USUAL, EN)
    assert not shown.is_over
    assert shown.name == "From Sunday 15 March to Monday 16 March"
    assert shown.lanes == ("in other rooms", "walking about", "in the bathroom", "in bed", "lying still")
    found = {fact.name: fact for fact in shown.facts}
    assert found["Duration of sleep"].value == "6 hours so far"
    assert not found["Duration of sleep"].is_outside  # what goes on is not too little
    assert found["Visits to the bathroom at night"].value == "1 so far"  # that at 21:30 is of the evening
    assert found["Visits to the bathroom at night"].usual == "usually 0 to 2"
    assert found["Walking about at night"] == ("Walking about at night", "12 so far", "usually 1 to 6", True)
    assert found["Front door at night"].value == "0 so far"
    assert ("since 22:00", "lying still", "6 h") in shown.rows
    assert shown.rows[0] == ("02:00-02:09", "walking about", "9 min")


def test_only_who_sleeps_gets_up_to_the_bathroom_by_night() -> None:
    visits = [
        episode("bathroom_visit", at(22, 30), at(22, 32)),
        episode("bathroom_visit", at(1, 0, NEXT), at(1, 2, NEXT)),
    ]
    beds = [episode("in_bed", at(22, 50), at(4, 0, NEXT)), episode("sleep", at(23), at(4, 0, NEXT))]
    counted = [
        facts(lived(at(4, 0, NEXT), *visits, *known), USUAL)["Visits to the bathroom at night"].value
        for known in (beds, beds[:1], [])
    ]
    # Asleep, awake in bed, and where nothing tells of lying down.
    assert counted == ["1 so far", "0 so far", "2 so far"]


def test_a_night_of_which_part_is_not_known_is_not_counted() -> None:
    gap = (Interval(at(23), at(3, 0, NEXT)),)
    found = facts(lived(at(4, 0, NEXT), *EPISODES, unknown=gap), USUAL)
    assert {fact.value for fact in found.values()} == {"not known yet"}
    later = facts(lived(at(18, 0, NEXT), *EPISODES, unknown=gap), USUAL)
    assert {fact.value for fact in later.values()} == {"no verdict"}


def test_a_night_and_a_day_of_which_nothing_is_known_are_hatched() -> None:
    nothing = Life(ROME, at(4, 0, NEXT), (), (), (Interval(at(0), at(4, 0, NEXT)),), (), (), ("bedroom", "kitchen"))
    shown, day = night.load(nothing, [], EN), today.load(nothing, None, EN)
    assert shown.lanes == ("in the bathroom", "in bed")
    assert day.lanes == ("bedroom", "kitchen")
    for picture in (shown.picture, day.picture):
        assert 'class="gap"' in picture
    assert "no movement known" in shown.summary
    assert day.summary == "No movement known, 4 h without readings."
    assert today.load(nothing._replace(rooms=()), None, EN).lanes == ("other room",)


def test_what_is_stored_of_a_night_is_what_is_shown() -> None:
    rows = [
        *USUAL,
        row("night_bathroom_visits", DAY, 5.0, 0.0, 2.0),
        row("night_walking", DAY, 0.0, 1.0, 6.0),
        row("sleep_duration", DAY, None),
    ]
    found = facts(lived(at(18, 0, NEXT), *EPISODES), rows)
    assert found["Visits to the bathroom at night"][1:] == ("5", "usually 0 to 2", True)
    assert found["Walking about at night"][1:] == ("0", "usually 1 to 6", False)  # less of it asks for nothing
    assert found["Duration of sleep"].value == "no verdict"


def test_what_reads_the_same_as_the_end_of_what_is_usual_does_not_stand_out() -> None:
    rows = [row("sleep_duration", DAY, 8.03, 6.5, 8.0)]
    assert not facts(lived(at(18, 0, NEXT)), rows)["Duration of sleep"].is_outside
