"""The evaluation on TIHM: on made-up homes, that nothing leaks; on some recorded ones, that it finds the days."""

import csv
import gzip
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from analytics.learned.features import BLOCK
from analytics.learned.model import loads
from cli.__main__ import app
from cli.evaluate.tihm import report
from cli.evaluate.tihm.figures import SHARES, alerted, quality
from cli.evaluate.tihm.protocol import WEEKS, EvaluationError, Judged, walk
from cli.evaluate.tihm.recorded import AGITATION, ONE_DAY, OUTAGE, Person, people
from cli.evaluate.tihm.vital_signs import outstanding, recall
from gateway.recordings.recording import RecordingError

FIRST, DAYS = date(2019, 5, 1), 58  # up to 27 June
LAST = FIRST + timedelta(days=DAYS - 1)
ROOMS = ("Kitchen", "Hallway", "Lounge", "Bedroom")
# On the wall of the homes; the zone is a name only, as the files have none.
OUTAGE_BEGINS, OUTAGE_ENDS = datetime(2019, 6, 15, 4, 4, tzinfo=UTC), datetime(2019, 6, 17, 14, 16, tzinfo=UTC)


def day_of_a_home(day: date, restless: bool, chance: np.random.Generator) -> Iterator[datetime]:
    """Yield when somebody changes rooms: about 70 times a day, on a restless morning 60 times more."""
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    for hour in range(6, 23):
        busy = 14 if restless and 7 <= hour < 13 else 4
        for minute in sorted(chance.choice(60, size=busy, replace=False)):
            yield midnight + timedelta(hours=hour, minutes=int(minute))


def write_folder(folder: Path, persons: int, seed: int) -> Path:
    """Write a folder of TIHM in which most restless mornings are labelled at noon (UTC)."""
    folder.mkdir()
    activity, labels = [], []
    for number in range(persons):
        chance = np.random.default_rng([seed, number])
        key = f"{seed}{number:04d}"
        for offset in range(DAYS):
            day = FIRST + timedelta(days=offset)
            restless = bool(chance.random() < 0.12)
            room = 0
            for at in day_of_a_home(day, restless, chance):
                room = (room + int(chance.integers(1, len(ROOMS)))) % len(ROOMS)
                if not OUTAGE_BEGINS <= at < OUTAGE_ENDS:
                    activity.append((key, ROOMS[room], f"{at:%Y-%m-%d %H:%M:%S}"))
            if restless and not OUTAGE[0] <= day <= OUTAGE[1] and chance.random() < 0.9:
                labels.append((key, f"{day} 12:00:21", AGITATION))
    labels.append((f"{seed}0000", f"{FIRST} 09:00:00", "Pulse"))
    rows = {
        "Activity.csv": [("patient_id", "location_name", "date"), *activity],
        "Labels.csv": [("patient_id", "date", "type"), *labels],
        "Physiology.csv": [
            ("patient_id", "date", "device_type", "value", "unit"),
            (f"{seed}0000", f"{FIRST} 08:10:00", "Heart rate", "118.0", "beats/min"),
        ],
        "Demographics.csv": [
            ("patient_id", "age", "sex"),
            *((f"{seed}{n:04d}", "(80, 90]", ("Female", "Male")[n % 2]) for n in range(persons)),
        ],
    }
    for name, table in rows.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(table)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("tihm") / "test", 4, 1)


@pytest.fixture(scope="module")
def made(folder: Path) -> list[Person]:
    return people(folder)


@pytest.fixture(scope="module")
def found(made: list[Person]) -> report.Evaluated:
    return report.evaluate(made, [])


def test_persons_are_read_with_sex_age_band_labels_and_measurements(made: list[Person]) -> None:
    assert [person.key for person in made] == ["10000", "10001", "10002", "10003"]
    assert [person.sex for person in made] == ["female", "male", "female", "male"]
    assert {person.band for person in made} == {"80 to 90"}
    assert made[0].labels["Pulse"] == {FIRST}
    assert [(one.day, one.quantity, one.value) for one in made[0].measured] == [(FIRST, "heart_rate", 118.0)]


def test_a_label_at_noon_utc_speaks_of_the_morning(made: list[Person]) -> None:
    for person in made:
        assert person.agitated[:, 0].sum() == len(person.labelled)
        assert not person.agitated[:, 1].any()


def test_labelled_days_come_first(found: report.Evaluated) -> None:
    assert found.figures["agitation_days"] > 10
    assert found.figures["sensitivity_at_21"] >= 0.9
    assert found.figures["vital_sign_recall"]["Pulse"] == 1.0


def test_the_outage_is_told_as_technical_and_causes_no_alert(found: report.Evaluated, made: list[Person]) -> None:
    assert found.figures["wellbeing_alerts_caused_by_outage"] == 0
    assert found.figures["outage"]["technical"] == len(made)
    assert "No data from the home from Friday 14 June at 22:5" in found.figures["outage"]["example"]
    scored = {one.day for one in found.walked.judged if one.chance is not None}
    assert not any(OUTAGE[0] <= day <= OUTAGE[1] for day in scored)
    assert OUTAGE[0] - ONE_DAY in scored
    assert OUTAGE[1] + ONE_DAY in scored


def _judged(persons: list[Person], last: date) -> dict[tuple[str, date], float | None]:
    return {(one.person, one.day): one.chance for one in walk(persons, [], last).judged}


@pytest.mark.parametrize("offset", [10, 34])
def test_no_chance_depends_on_a_later_day(made: list[Person], found: report.Evaluated, offset: int) -> None:
    last = found.walked.last
    day = last - timedelta(days=WEEKS * BLOCK - 1 - offset)
    changed = []
    for person in made:
        later = np.array([one > day for one in person.lived.days])
        counts, coverage = person.lived.counts.copy(), person.lived.coverage.copy()
        counts[later], coverage[later] = 300, 1.0
        changed.append(person._replace(lived=person.lived._replace(counts=counts, coverage=coverage)))
    before, after = _judged(made, last), _judged(changed, last)
    told = [key for key in before if key[1] <= day]
    assert told
    assert [before[key] for key in told] == [after[key] for key in told]
    if offset < WEEKS * BLOCK - 1:
        assert before != after


@pytest.mark.parametrize("week", [0, 3])
def test_no_chance_depends_on_the_labels_of_its_week_or_later(
    made: list[Person], found: report.Evaluated, week: int
) -> None:
    last = found.walked.last
    first = found.walked.weeks[week].first
    changed = []
    for person in made:
        later = np.array([one >= first for one in person.lived.days])
        agitated = person.agitated ^ later[:, None]
        kept = {one for one in person.labelled if one < first}
        others = {one for one in person.lived.days if one >= first and one not in person.labelled}
        changed.append(person._replace(agitated=agitated, labels={AGITATION: frozenset(kept | others)}))
    before, after = _judged(made, last), _judged(changed, last)
    told = [key for key in before if key[1] < first + timedelta(days=BLOCK)]
    assert [before[key] for key in told] == [after[key] for key in told]


def test_only_the_tested_are_judged_and_the_others_teach(made: list[Person]) -> None:
    last = max(made[0].labelled)
    alone = walk(made[:1], [], last)
    taught = walk(made[:1], made, last)
    assert {one.person for one in taught.judged} == {made[0].key}
    assert (
        taught.weeks[0].model.labelled == walk(made, [], last).weeks[0].model.labelled > alone.weeks[0].model.labelled
    )


def test_until_ends_the_test_weeks(made: list[Person]) -> None:
    until = LAST - timedelta(days=9)
    judged = walk(made, [], until).judged
    assert {one.day for one in judged} <= {until - timedelta(days=n) for n in range(WEEKS * BLOCK)}
    assert max(one.day for one in judged) == until


def test_without_labels_to_learn_from_it_says_so(made: list[Person]) -> None:
    bare = [person._replace(labels={}, agitated=np.zeros_like(person.agitated)) for person in made]
    with pytest.raises(EvaluationError, match="agitation"):
        report.evaluate(bare, [])
    with pytest.raises(EvaluationError, match="nothing to learn"):
        report.evaluate(made, [], FIRST + timedelta(days=20))


def test_a_labelled_day_without_a_score_is_missed_and_alerts_are_a_share_of_the_days_with_one() -> None:
    judged = [Judged("a", FIRST + timedelta(days=n), n / 100, n % 10 == 9) for n in range(100)]
    judged.append(Judged("b", FIRST, None, agitated=True))
    alerts = alerted(judged, 0.21)
    assert len(alerts) == 21
    met = quality(judged, alerts)
    assert met.sensitivity == pytest.approx(3 / 11)
    assert met.specificity == pytest.approx(1 - 18 / 90)
    assert quality([], []).sensitivity is None


def test_weights_stand_out_by_their_change_within_three_days(made: list[Person]) -> None:
    measured = [(0, 70.0), (1, 70.4), (5, 73.0), (6, 70.9), (8, 74.9)]
    one = type(made[0].measured[0])
    days, out = outstanding("Weight", [one(FIRST + timedelta(days=n), "body_weight", value) for n, value in measured])
    assert len(days) == 5
    assert out == {FIRST + timedelta(days=6), FIRST + timedelta(days=8)}
    assert recall(made)["Body water"].labels == 0


def test_the_command_writes_figures_scores_report_card_and_model(folder: Path, tmp_path: Path) -> None:
    train = write_folder(tmp_path / "train", 2, 2)
    scores, written = tmp_path / "scores.csv", tmp_path / "report"
    result = CliRunner().invoke(
        app,
        [
            *("evaluate", "tihm", str(folder), "--train", str(train), "--until", "2019-06-26", "--json"),
            *("--scores", str(scores), "--report", str(written)),
        ],
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["until"] == "2019-06-26"
    assert figures["trained_with"] == 2
    for name in SHARES:
        assert 0 <= figures[f"sensitivity_at_{name}"] <= 1
    with scores.open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == figures["scored_days"]
    assert {line["person"] for line in lines} == {"10000", "10001", "10002", "10003"}
    assert all(0 < float(line["score"]) < 1 and line["day"] <= "2019-06-26" for line in lines)
    assert json.loads((written / "tihm.json").read_text()) == figures
    assert loads((written / "model.json").read_text()).threshold is not None
    card = (written / "model-card.md").read_text()
    assert "| female | 2 |" in card
    page = (written / "tihm.html").read_text()
    assert page.count("<svg") == 3
    assert "<script" not in page
    assert not re.search(r"\sstyle=|https?://(?!www\.w3\.org/2000/svg)", page)


def test_a_person_of_whom_only_vital_signs_are_known_has_rows_and_no_score(folder: Path, tmp_path: Path) -> None:
    for name in ("Activity.csv", "Demographics.csv"):
        shutil.copy(folder / name, tmp_path / name)
    (tmp_path / "Labels.csv").write_text(
        (folder / "Labels.csv").read_text() + f"measured,{LAST - ONE_DAY} 12:00:00,Agitation\n"
    )
    lines = [f"measured,{LAST - timedelta(days=n)} 09:00:00,Heart rate,70.0,beats/min\n" for n in range(5)]
    (tmp_path / "Physiology.csv").write_text("patient_id,date,device_type,value,unit\n" + "".join(lines))
    persons = people(tmp_path)
    assert persons[-1].key == "measured"
    assert (persons[-1].sex, persons[-1].band) == ("unknown", "unknown")
    judged = [one for one in walk(persons, [], LAST).judged if one.person == "measured"]
    assert [one.chance for one in judged] == [None] * 5
    assert sum(one.agitated for one in judged) == 1


def test_a_folder_without_labels_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"Labels\.csv"):
        people(tmp_path)


@pytest.fixture(scope="module")
def some_of_tihm(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten of the recorded homes, five of them with labels in the test weeks."""
    source = shared_data / "tihm"
    if not (source / "Activity.csv.gz").is_file():
        pytest.skip("The recordings of TIHM are not there.")
    chosen = {"93c14", "c5031", "a2849", "d93d8", "16f4b", "0efe8", "ca44d", "b45c2", "65db4", "56b6b"}
    folder = tmp_path_factory.mktemp("some") / "tihm"
    folder.mkdir()
    for name in ("Activity", "Physiology", "Labels", "Demographics"):
        with gzip.open(source / f"{name}.csv.gz", "rt") as file, (folder / f"{name}.csv").open("w") as copy:
            copy.writelines(line for number, line in enumerate(file) if number == 0 or line[:5] in chosen)
    return folder


def test_recorded_homes(some_of_tihm: Path) -> None:
    figures: dict[str, Any] = report.evaluate(people(some_of_tihm), []).figures
    assert figures["persons"] == 10
    assert figures["agitation_days"] >= 20
    assert figures["sensitivity_at_21"] >= 0.6  # half of these homes have labels: more than may be alerted
    assert figures["wellbeing_alerts_caused_by_outage"] == 0
    assert figures["outage"]["on_days"] == 0
    assert figures["outage"]["technical"] == figures["outage"]["homes"]
    assert figures["vital_sign_recall"]["Blood pressure"] >= 0.9
