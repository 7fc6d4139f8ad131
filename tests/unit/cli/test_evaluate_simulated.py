"""The analysis on simulated lives: walked through as the services would, and compared with the truth."""

import json
import os
import signal
from datetime import UTC, datetime, time, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from analytics.silence.classify import classify
from cli.evaluate.commands import app
from cli.evaluate.observation import Listener, Observation, installed
from cli.evaluate.simulated import moments
from cli.evaluate.simulated.figures import summary
from cli.evaluate.simulated.homes import Home, Run, Took, evaluate, one_home
from cli.evaluate.simulated.matching import DETECTS, Judged, compare, in_context
from cli.evaluate.simulated.report import write
from cli.evaluate.simulated.timetable import expected_visits
from cli.evaluate.simulated.walk import Raised, walk
from core.errors import VicinoError
from core.localtime import day_of, local_instant
from simulator import scenario
from simulator.events import company, gateway, night, person, routine, sensors, warmth
from simulator.home import SimulatedHome
from simulator.household import draw_household, expected_on
from simulator.library import SCENARIOS, Sort
from simulator.timeline import FAULTS, Life, Scripted

ROME = ZoneInfo("Europe/Rome")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = local_instant(datetime(2026, 4, 6, tzinfo=UTC).date(), time.min, ROME)
LEARNED = 16  # days, after which there is a baseline


def life_with(*events, days=LEARNED + 4, index=0):
    bare = SimulatedHome(41, index, ROME)
    scripted = tuple(Scripted(event.name, sort, event) for event, sort in events)
    return Life(bare, START, START + days * DAY, battery=True, scripted=scripted, nuisances=())


def observed(life):
    home, registered = life.home, installed(life.home)
    heard = Listener(home, registered, life.start).hear(home.messages(life.start, life.end), life.gateway)
    return Observation(ROME, registered, heard.in_order(), life.gateway.words())


@pytest.fixture(scope="module")
def fall():
    home = SimulatedHome(41, 0, ROME)
    return home.fall(START + LEARNED * DAY + 8 * HOUR, 7 * HOUR)


@pytest.fixture(scope="module")
def fallen(fall):
    life = life_with((fall, Sort.SUDDEN), days=LEARNED + 2)
    return life, observed(life)


@pytest.fixture(scope="module")
def walked(fallen):
    life, observation = fallen
    return walk(observation, life.start, life.end)


def of_the_person(walked):
    return [one for one in walked.raised if one.family == "wellbeing"]


def test_a_fall_is_raised_while_the_person_lies(walked, fall):
    raised = [one for one in of_the_person(walked) if one.kind == "stillness"]
    assert len(raised) == 1
    assert fall.start + HOUR / 2 < raised[0].raised_at <= fall.start + 2 * HOUR + moments.CADENCE
    assert "No movement in the home since" in raised[0].said
    assert 0.9 < walked.coverage <= 1


def test_it_is_raised_at_the_very_look_at_which_the_services_would(walked, fallen, fall, monkeypatch):
    """Asking at each of the services' looks of that day finds the same."""
    life, observation = fallen
    usual = moments.still

    def at_every_look(day, zone, signs, worth):
        if day != day_of(fall.start, ROME):
            return usual(day, zone, signs, worth)
        begin = local_instant(day, time.min, zone)
        return [begin + n * moments.CADENCE for n in range(24 * 12)]

    monkeypatch.setattr(moments, "still", at_every_look)
    replayed = of_the_person(walk(observation, life.start, life.end))
    # The words tell what was seen at the look, so they are compared as well.
    assert replayed == of_the_person(walked)


def test_nothing_is_known_before_it_happens(walked, fallen, fall):
    life, observation = fallen
    shorter = walk(observation, life.start, fall.end)
    assert shorter.raised == [one for one in walked.raised if one.raised_at < fall.end]
    assert shorter.raised
    before = walk(observation, fall.start - DAY, fall.start)
    assert of_the_person(before) == []


def test_what_another_budget_would_tell_is_told_besides():
    nights = [SimulatedHome(41, 0, ROME).in_bed(START.date() + ahead * DAY) for ahead in (LEARNED, LEARNED + 3)]
    event = person.night_bathroom("sim-01", nights[0].start, nights[1].end, 8)
    life = life_with((event, Sort.SUDDEN), days=LEARNED + 6)
    walked = walk(observed(life), life.start, life.end, budgets=(0.25, 0.02))
    of_first, of_second = walked.at_budgets[0.25], walked.at_budgets[0.02]
    assert of_first == walked.raised
    assert "night_bathroom_visits" in {one.kind for one in of_first}
    assert {one.key for one in of_second} <= {one.key for one in of_first}
    assert {one.key for one in of_first if one.family == "technical"} <= {one.key for one in of_second}


def test_a_gateway_that_is_gone_is_technical_and_says_nothing_of_the_person():
    begin = START + LEARNED * DAY + 10 * HOUR
    life = life_with((gateway.gateway_offline("sim-01", begin, begin + 9 * HOUR, "gone"), Sort.TECHNICAL))
    observation = observed(life)
    raised = walk(observation, life.start, life.end).raised
    assert [one for one in raised if one.family == "wellbeing" and one.raised_at > begin] == []
    # Another one stands there afterwards.
    gateways = [one for one in classify(observation.at(life.end)) if one.subject.kind == "gateway"]
    assert [one.until is None for one in gateways] == [False]
    first = [one for one in raised if one.kind == "gateway_silence"]
    assert first[0].raised_at - begin < timedelta(minutes=3)
    assert len({one.key for one in first}) == len(first) == 1


def test_a_silence_of_the_same_gateway_before_does_not_date_a_later_one():
    cut, gone = (START + LEARNED * DAY + hours * HOUR for hours in (10, 40))
    life = life_with(
        (gateway.line_cut("sim-01", cut, cut + 3 * HOUR), Sort.TECHNICAL),
        (gateway.gateway_offline("sim-01", gone, gone + 9 * HOUR, "radio"), Sort.TECHNICAL),
    )
    raised = walk(observed(life), life.start, life.end).raised
    silences = [one for one in raised if one.kind == "gateway_silence" and one.start > cut - HOUR]
    assert [one.raised_at > one.start for one in silences] == [True, True]
    assert gone < silences[1].raised_at < gone + 9 * HOUR


def test_a_dead_sensor_is_told_once_at_a_look_of_ten_minutes():
    home = SimulatedHome(41, 0, ROME)
    sensor = next(each for each in home.sensors if each.room == "kitchen" and each.place == "fridge")
    begin = START + LEARNED * DAY + 10 * HOUR
    event = sensors.sensor_dead(home.key, sensor, begin, begin + 30 * HOUR)
    life = life_with((event, Sort.TECHNICAL), days=LEARNED + 3)
    observation = observed(life)
    raised = walk(observation, life.start, life.end).raised
    dead = [one for one in raised if one.kind == "device_silence" and begin - HOUR < one.start <= begin]
    assert [one.subject for one in dead] == [f"device {installed(home).devices[sensor.key]}"]
    assert begin + HOUR < dead[0].raised_at < begin + 12 * HOUR
    assert (dead[0].raised_at - START) % timedelta(minutes=10) == timedelta(0)


def test_what_a_cut_line_held_back_restates_the_days_it_tells_of():
    begin = START + LEARNED * DAY + 9 * HOUR
    event = gateway.line_cut("sim-01", begin, begin + 45 * HOUR)
    nights = [SimulatedHome(41, 0, ROME).in_bed(day_of(begin, ROME) + ahead * DAY) for ahead in (0, 1)]
    visits = scenario.night_bathroom("sim-01", nights[0].start, nights[1].end, 7)
    life = life_with((event, Sort.TECHNICAL), (visits, Sort.SUDDEN))
    raised = of_the_person(walk(observed(life), life.start, life.end))
    late = [one for one in raised if one.kind == "night_bathroom_visits" and one.start > begin]
    assert len(late) == 1
    assert late[0].raised_at > event.end


def test_leaving_at_night_is_raised_within_half_an_hour_at_a_look_of_five_minutes():
    home = SimulatedHome(41, 0, ROME)
    start = home.in_bed(day_of(START + LEARNED * DAY, ROME)).start + 3 * HOUR
    event = night.leaving_at_night(home.key, start, start + 1.5 * HOUR)
    life = life_with((event, Sort.SUDDEN), days=LEARNED + 3)
    raised = [
        one for one in of_the_person(walk(observed(life), life.start, life.end)) if one.start > event.start - HOUR
    ]
    left = [one for one in raised if one.kind == "night_absence"]
    assert len(left) == 1
    assert timedelta(minutes=15) <= left[0].raised_at - event.start <= timedelta(minutes=30)
    assert (left[0].raised_at - START) % timedelta(minutes=5) == timedelta(0)
    assert "nobody has been seen inside since" in left[0].said


def test_a_heating_that_fails_is_raised_while_the_home_cools_and_once():
    begin = START + LEARNED * DAY + 18 * HOUR
    event = warmth.heating_failure("sim-01", begin, begin + 40 * HOUR, 16.0, 30.0)
    life = life_with((event, Sort.SUDDEN), days=LEARNED + 4)
    cold = [one for one in of_the_person(walk(observed(life), life.start, life.end)) if one.kind == "cold"]
    assert len(cold) == 1
    assert HOUR < cold[0].raised_at - begin < 10 * HOUR


def test_a_visit_is_missed_only_on_the_day_on_which_nobody_comes():
    bare = SimulatedHome(41, 0, ROME, household=draw_household(41, 0, "sim-01", carer=True, often_out=False))
    day = next(
        each
        for each in (day_of(START + n * DAY, ROME) for n in range(LEARNED, LEARNED + 7))
        if any(one.visit.who == "carer" for one in expected_on(bare.household, bare.person, each))
    )
    visit = next(one for one in expected_on(bare.household, bare.person, day) if one.visit.who == "carer")
    start, end = (datetime.fromtimestamp(at / 1000, UTC) for at in (visit.start, visit.end))
    event = company.carer_absent(bare.key, start, end)
    life = Life(bare, START, START + (LEARNED + 8) * DAY, True, (Scripted(event.name, Sort.SUDDEN, event),), ())
    visits = expected_visits(bare.household, day_of(START, ROME))
    raised = [
        one
        for one in of_the_person(walk(observed(life), life.start, life.end, visits=visits))
        if one.kind == "visit_missed"
    ]
    assert [day_of(one.start, ROME) for one in raised] == [day]
    assert end < raised[0].raised_at < end + 2 * HOUR


def finding(kind, start, *, family="wellbeing", subject="", after=HOUR, lasts=2 * HOUR):
    return Raised(family, kind, subject, start, start + lasts, start + after, "")


AT = START + 20 * DAY


def compared(event, sort, raised, device="", name=None):
    life = life_with((event, sort), days=60)
    scripted = (Scripted(name or event.name, sort, event, device),)
    return compare(life._replace(scripted=scripted), raised, {"0xdead": 7})


def test_a_finding_of_the_right_kind_and_time_detects_with_its_delay():
    event = scenario.fall("sim-01", AT, AT + 5 * HOUR, "bathroom")
    judged = compared(event, Sort.SUDDEN, [finding("longest_stillness", AT + HOUR, after=2 * HOUR)])
    assert judged.outcomes[0].delay_h == 3
    assert judged.false == []


@pytest.mark.parametrize(
    ("kind", "start"),
    [("night_bathroom_visits", AT), ("longest_stillness", AT + 10 * HOUR), ("longest_stillness", AT - 3 * HOUR)],
)
def test_another_kind_or_another_time_does_not_detect(kind, start):
    event = scenario.fall("sim-01", AT, AT + 5 * HOUR, "bathroom")
    judged = compared(event, Sort.SUDDEN, [finding(kind, start)])
    assert judged.outcomes[0].detected is None


def test_a_consequence_of_what_is_sudden_is_not_false_and_a_later_finding_is():
    event = scenario.fall("sim-01", AT, AT + 5 * HOUR, "bathroom")
    raised = [finding("meals", AT + 2 * HOUR), finding("meals", AT + 60 * HOUR)]
    assert compared(event, Sort.SUDDEN, raised).false == raised[1:]


def test_what_is_on_trial_neither_detects_nor_is_false():
    event = scenario.fall("sim-01", AT, AT + 5 * HOUR, "bathroom")
    on_trial = [finding("stillness", AT + HOUR), finding("meals", AT + 60 * HOUR)]
    judged = compared(event, Sort.SUDDEN, [one._replace(trial=True) for one in on_trial])
    assert judged.outcomes[0].detected is None
    assert judged.false == []


def test_while_somebody_declines_only_findings_of_that_are_true():
    event = routine.slow_decline("sim-01", AT, AT + 35 * DAY, AT + 30 * DAY)
    raised = [finding("walking_time", AT + 20 * DAY), finding("longest_stillness", AT + 20 * DAY)]
    judged = compared(event, Sort.SLOW, raised)
    assert judged.false == raised[1:]
    assert judged.outcomes[0].delay_h == 20 * 24 + 1


def test_in_a_context_everything_about_the_person_is_false():
    event = company.pet("sim-01", AT, AT + 10 * DAY, 1.0)
    raised = [finding("night_walking", AT + 3 * DAY), finding("device_silence", AT + DAY, family="technical")]
    judged = compared(event, Sort.CONTEXT, raised)
    assert judged.false == raised[:1]
    assert judged.outcomes[0].detected is None
    assert in_context(judged.outcomes, judged.false)["pet"] == 1


def test_a_fault_is_detected_by_a_technical_finding_about_its_device_or_the_home():
    event = gateway.power_cut("sim-01", AT, AT + 5 * HOUR, battery_s=0, router=False)
    about = finding("gateway_silence", AT, family="technical", subject="gateway 1")
    other = finding("device_silence", AT, family="technical", subject="device 7")
    assert compared(event, Sort.TECHNICAL, [other]).outcomes[0].detected is None
    assert compared(event, Sort.TECHNICAL, [other, about]).outcomes[0].detected == about
    dead = compared(event, Sort.TECHNICAL, [about, other], device="0xdead", name="sensor_dead")
    assert dead.outcomes[0].detected == other
    suspect = finding("longest_stillness", AT + HOUR)
    assert compared(event, Sort.TECHNICAL, [suspect]).suspects == [suspect]


def test_the_time_in_which_nothing_is_false_does_not_count():
    event = scenario.fall("sim-01", AT, AT + 12 * HOUR, "bathroom")
    assert compared(event, Sort.SUDDEN, []).hours == (60 - 14) * 24 - 48
    assert compared(event, Sort.CONTEXT, []).hours == (60 - 14) * 24


def test_every_scenario_to_be_detected_names_its_kinds():
    assert set(DETECTS) == {name for name, one in SCENARIOS.items() if one.sort in (Sort.SUDDEN, Sort.SLOW)}


@pytest.fixture(scope="module")
def homes():
    event = scenario.fall("sim-01", AT, AT + 5 * HOUR, "bathroom")
    raised = [finding("longest_stillness", AT), finding("night_bathroom_visits", AT + 20 * DAY)]
    life = life_with((event, Sort.SUDDEN), days=60)
    judged = compare(life, raised, {})
    return [Home("sim-01", life, raised, judged, [], 0.97, Took(1, 2, 3), {0.25: 1, 0.5: 3})]


def test_the_figures_have_the_names_that_were_agreed(homes):
    figures = summary(Run(1001, 60), homes)
    assert set(figures["scenarios"]) == {*SCENARIOS, *FAULTS}
    assert figures["scenarios"]["fall"] == {"events": 1, "detected": 1, "recall": 1.0, "median_delay_h": 1.0}
    assert figures["scenarios"]["pet"] == {"events": 0, "detected": 0, "recall": None, "median_delay_h": None}
    weeks = ((60 - 14) * 24 - 41) / 168
    assert figures["false_wellbeing_alerts_per_home_week"] == pytest.approx(1 / weeks, abs=1e-3)
    assert figures["technical_as_wellbeing"] == 0
    assert figures["coverage"] == 0.97
    assert figures["held_out"] is True
    assert summary(Run(3, 60), homes)["held_out"] is False
    assert figures["cpu_ms_per_home_day"]["analyse"] == 50
    of_both = summary(Run(1001, 60, budgets=[0.25, 0.5]), homes)["false_by_budget"]
    assert of_both == {
        "0.25": figures["false_wellbeing_alerts_per_home_week"],
        "0.5": pytest.approx(3 / weeks, abs=1e-3),
    }


def ended_from_outside(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_ended_from_outside_is_told_in_words(monkeypatch):
    monkeypatch.setattr("cli.evaluate.simulated.homes.one_home", ended_from_outside)
    with pytest.raises(VicinoError, match="ended from outside"):
        evaluate(Run(5, 30), 2, 2, lambda: None)


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], [], ""

    def handle_starttag(self, tag, _attributes):
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, _attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def test_the_report_is_a_page_with_pictures_and_holds_every_event(homes, tmp_path):
    figures = summary(Run(1001, 60), homes)
    write(figures, homes, tmp_path / "report")
    page = Elements()
    page.feed((tmp_path / "report" / "simulated.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert page.seen.count("svg") == 3
    assert "held out: nothing was tuned on it" in page.words
    assert "night_bathroom_visits" in page.words
    assert json.loads((tmp_path / "report" / "simulated.json").read_text()) == figures
    events = [json.loads(line) for line in (tmp_path / "report" / "simulated-events.jsonl").read_text().splitlines()]
    assert [(one["scenario"], one["detected_by"], one["delay_h"]) for one in events] == [
        ("fall", "longest_stillness", 1)
    ]
    false = [json.loads(line) for line in (tmp_path / "report" / "simulated-false.jsonl").read_text().splitlines()]
    assert [one["kind"] for one in false] == ["night_bathroom_visits"]


def test_the_command_gives_the_same_on_two_cores_as_each_home_alone(tmp_path):
    ran = CliRunner().invoke(
        app,
        [
            "simulated",
            "--homes",
            "2",
            "--days",
            "30",
            "--seed",
            "5",
            "--workers",
            "2",
            "--json",
            "--report",
            str(tmp_path),
        ],
    )
    assert ran.exit_code == 0, ran.output
    figures = json.loads(ran.stdout)
    assert figures["homes"] == 2
    alone = one_home(Run(5, 30), 0)
    events = [json.loads(line) for line in (tmp_path / "simulated-events.jsonl").read_text().splitlines()]
    mine = [one for one in events if one["home"] == alone.key]
    assert [(one["scenario"], one["delay_h"]) for one in mine] == [
        (one.scripted.name, None if one.delay_h is None else round(one.delay_h, 2)) for one in alone.judged.outcomes
    ]
    assert isinstance(alone.judged, Judged)
    assert all(value >= 0 for value in figures["cpu_ms_per_home_day"].values())
