from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboards.wording import Words

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
IT, EN = Words("it"), Words("en")


def test_moments_are_told_in_the_time_of_the_home_and_as_people_say_them() -> None:
    assert EN.moment(NOW - timedelta(minutes=48), ROME, NOW) == "today at 03:12"
    assert IT.moment(NOW - timedelta(minutes=48), ROME, NOW) == "oggi alle 03:12"
    assert IT.moment(NOW - timedelta(hours=6), ROME, NOW) == "ieri alle 22:00"
    assert "14 mar" in IT.moment(NOW - timedelta(days=2), ROME, NOW)
    assert "2025" in EN.moment(NOW - timedelta(days=300), ROME, NOW)


def test_how_long_ago_and_how_long() -> None:
    assert IT.ago(NOW - timedelta(minutes=5), NOW) == "5 minuti fa"
    assert EN.ago(NOW - timedelta(hours=2), NOW) == "2 hours ago"
    assert EN.ago(NOW + timedelta(seconds=20), NOW) == "just now"
    assert IT.lasted(timedelta(minutes=70)) == "1 h 10 min"
    assert IT.lasted(timedelta(minutes=7)) == "7 min"
    assert IT.lasted(timedelta(hours=2)) == "2 h"


def test_places_numbers_and_days_follow_the_language() -> None:
    assert (IT.place("kitchen"), EN.place("kitchen"), EN.place("")) == ("in cucina", "in the kitchen", "at home")
    assert (IT.number(2.5), EN.number(2.5)) == ("2,5", "2.5")
    assert (IT.day(date(2026, 3, 16)), EN.day(date(2026, 3, 16))) == ("lunedì 16 marzo", "Monday 16 March")
    assert EN.percent(0.999) == "99 %"
