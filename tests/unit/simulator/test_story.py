from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.localtime import night_of
from simulator.home import SimulatedHome
from simulator.resident import night_bathroom_visits
from simulator.story import story

ROME = ZoneInfo("Europe/Rome")
HOMES = [SimulatedHome(1, index, ROME) for index in range(4)]


def test_story_tells_sos_silence_and_a_night_out_of_the_ordinary():
    start = datetime(2026, 4, 10, 14, 0, tzinfo=UTC)
    events = story(start, HOMES)
    assert [(event.name, event.home) for event in events] == [
        ("sos", "sim-01"), ("gateway_silent", "sim-02"), ("night_bathroom", "sim-03"),
    ]  # fmt: skip
    assert events[0].start == start + timedelta(seconds=40)
    assert events[1].start == start + timedelta(seconds=70)
    assert events == story(start, HOMES)


@settings(max_examples=30, deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - zone given
def test_the_night_of_the_story_is_over_and_has_five_visits(start):
    events = [event for event in story(start, HOMES) if event.name == "night_bathroom"]
    assert events
    home = HOMES[2].with_events(events)
    for event in events:
        assert event.end <= start
        assert night_bathroom_visits(home.lived(night_of(event.end, ROME))) == 5


def test_fewer_homes_make_a_shorter_story():
    start = datetime(2026, 4, 10, 14, 0, tzinfo=UTC)
    assert [event.name for event in story(start, HOMES[:1])] == ["sos"]
    assert story(start, []) == []
