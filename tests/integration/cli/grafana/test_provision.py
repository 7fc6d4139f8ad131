"""`vicino grafana provision` against a server that behaves like Grafana's API."""

import json

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.grafana.provisioning import MESSAGE
from dashboards.grafana.boards import BOARDS, models
from tests.integration.cli.grafana.server import TOKEN, Kept, grafana

DATABASE = "postgresql://vicino_app_grafana:s%C3%A9cret@database:5432/vicino?sslmode=verify-full\n"


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def provision(kept, tmp_path):
    """Run the command; return exit code, what it printed and what it said."""
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "database").write_text(DATABASE)
    with grafana(kept) as url:

        def run(*more, token="token", url=url):  # noqa: S107 - the name of a file
            done = CliRunner().invoke(
                app,
                ["grafana", "provision", "--url", url, "--token-file", str(tmp_path / token), "--database",
                 str(tmp_path / "database"), "--prometheus", "http://prometheus:9090", *more],
            )  # fmt: skip
            return done.exit_code, done.stdout, " ".join(done.stderr.split())

        yield run


def test_all_of_it_comes_to_an_empty_grafana_and_comes_once(provision, kept):
    code, out, _ = provision()
    assert (code, out.strip()) == (0, "9 changed, 0 as they should be.")
    assert set(kept.folders) == {"vicino"}
    assert set(kept.sources) == {"vicino-postgresql", "prometheus"}
    assert set(kept.boards) == {model["uid"] for model in models("it").values()}
    assert {meta["folderUid"] for meta in kept.meta.values()} == {"vicino"}
    # Of the password nothing but that it is set comes out of Grafana; it went in as it was meant.
    source = kept.sources["vicino-postgresql"]
    assert kept.secrets["vicino-postgresql"] == {"password": "sécret"}
    assert source["jsonData"]["sslmode"] == "verify-full"
    assert (source["url"], source["user"], source["jsonData"]["database"]) == (
        "database:5432",
        "vicino_app_grafana",
        "vicino",
    )
    changes = len(kept.changes)
    code, out, _ = provision()
    assert (code, out.strip()) == (0, "0 changed, 9 as they should be.")
    assert len(kept.changes) == changes


def test_nothing_has_to_do_with_alert_rules(provision, kept):
    provision()
    first = {"/".join(path.split("/")[:3]) for _, path in kept.asked}
    assert first == {"/api/folders", "/api/datasources", "/api/dashboards", "/api/search"}
    assert all(source["jsonData"]["manageAlerts"] is False for source in kept.sources.values())
    assert '"alert"' not in json.dumps([versions[-1]["data"] for versions in kept.boards.values()]).replace(
        '"alert":', ""
    )


def test_a_dry_run_shows_what_would_change_and_changes_nothing(provision, kept):
    code, out, _ = provision("--dry-run")
    assert code == 0
    assert kept.changes == []
    assert "9 would be changed, 0 as they should be." in out
    assert '+ "title": "Vicino: allarmi",' in out
    assert "sécret" not in out
    provision()
    kept.by_hand("vicino-alerts", title="Allarmi di Carla")
    code, out, _ = provision("--dry-run")
    assert '- "title": "Allarmi di Carla",' in out
    assert '+ "title": "Vicino: allarmi",' in out
    assert "1 would be changed, 8 as they should be." in out
    assert kept.boards["vicino-alerts"][-1]["data"]["title"] == "Allarmi di Carla"


def test_what_was_changed_by_hand_is_brought_back_and_stays_among_the_versions(provision, kept):
    provision()
    kept.by_hand("vicino-home", title="La mia casa")
    code, out, err = provision()
    assert (code, out.strip()) == (0, "1 changed, 8 as they should be.")
    assert "brought back; what was changed by hand is in its versions" in err
    titles = [version["data"]["title"] for version in kept.boards["vicino-home"]]
    assert titles == ["Vicino: una casa", "La mia casa", "Vicino: una casa"]


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_grafana_that_keeps_models_in_its_own_way_gets_them_once(provision, kept, wrapped):
    kept.normalises, kept.wrapped_versions = True, wrapped
    provision()
    assert all(versions[-1]["message"].startswith(MESSAGE) for versions in kept.boards.values())
    _, out, _ = provision()
    assert out.strip() == "0 changed, 9 as they should be."


def test_another_language_changes_the_dashboards_alone(provision, kept):
    provision()
    _, out, _ = provision("--language", "en")
    assert out.strip() == f"{len(BOARDS)} changed, 3 as they should be."
    assert kept.boards["vicino-alerts"][-1]["data"]["title"] == "Vicino: alerts"


def test_a_dashboard_that_was_moved_comes_back_into_the_folder(provision, kept):
    provision()
    kept.meta["vicino-pilot"]["folderUid"] = "elsewhere"
    _, out, _ = provision()
    assert out.strip() == "1 changed, 8 as they should be."
    assert kept.meta["vicino-pilot"]["folderUid"] == "vicino"


def test_settings_that_people_made_of_a_source_and_others_dashboards_are_kept(provision, kept):
    provision()
    kept.sources["vicino-postgresql"]["jsonData"] |= {"maxOpenConns": 99, "theirs": "kept"}
    kept.boards["carla"] = [
        {"version": 1, "message": "", "data": {"id": 9, "uid": "carla", "title": "Di Carla", "version": 1}}
    ]
    kept.meta["carla"] = {"folderUid": "vicino"}
    _, out, err = provision()
    assert out.strip() == "1 changed, 8 as they should be."
    assert kept.sources["vicino-postgresql"]["jsonData"]["theirs"] == "kept"
    assert kept.sources["vicino-postgresql"]["jsonData"]["maxOpenConns"] == 4
    assert kept.secrets["vicino-postgresql"] == {"password": "sécret"}
    assert "dashboard Di Carla: not ours, and kept as it is." in err
    assert len(kept.boards["carla"]) == 1


def test_what_files_provision_is_left_to_them(provision, kept):
    provision()
    kept.sources["prometheus"] |= {"readOnly": True, "url": "http://elsewhere:9090"}
    kept.by_hand("vicino-home", title="From a file")
    kept.meta["vicino-home"]["provisioned"] = True
    code, out, err = provision()
    assert (code, out.strip()) == (0, "0 changed, 7 as they should be.")
    assert "data source Prometheus: provisioned by a file, and kept as it is." in err


def test_the_password_is_sent_again_where_it_is_asked_for_or_lacking(provision, kept):
    provision()
    kept.secrets["vicino-postgresql"]["password"] = "old"
    assert provision()[1].startswith("0 changed")
    assert provision("--password")[1].startswith("1 changed")
    assert kept.secrets["vicino-postgresql"] == {"password": "sécret"}
    kept.sources["vicino-postgresql"]["secureJsonFields"] = {}
    assert provision()[1].startswith("1 changed")


def test_sources_that_were_not_named_are_not_touched(kept, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    with grafana(kept) as url:
        done = CliRunner().invoke(
            app, ["grafana", "provision", "--url", url, "--token-file", str(tmp_path / "token"), "--json"]
        )
    assert done.exit_code == 0
    assert kept.sources == {}
    told = json.loads(done.stdout)
    assert {each["standing"] for each in told} == {"missing"}
    assert len(told) == 1 + len(BOARDS)


@pytest.mark.parametrize(
    ("where", "status", "said", "advice"),
    [
        (("GET", "/api/folders"), 403, "This token may not do that", "role Admin"),
        (("POST", "/api/folders"), 409, "Something else has that name", "rename or remove"),
        (("POST", "/api/dashboards"), 412, "Somebody changed it in Grafana at the same moment", "--dry-run"),
        (("POST", "/api/dashboards"), 500, "Grafana failed with 500", "see Grafana's log"),
        (("GET", "/api/dashboards"), 503, "Grafana failed with 503", "see Grafana's log"),
        (("POST", "/api/dashboards"), 400, "Grafana answered 400", "version 10 or later"),
    ],
)  # fmt: skip
def test_what_grafana_refuses_is_said_with_what_was_kept_and_what_to_do(provision, kept, where, status, said, advice):
    kept.fails[where] = (status, "its own words")
    code, out, err = provision()
    assert code == 1
    assert out == ""
    assert said in err
    assert "its own words" in err
    assert "Kept: what Grafana had" in err
    assert advice in err
    assert TOKEN not in err
    # Done again when it works, the rest comes.
    kept.fails.clear()
    assert provision()[0] == 0
    assert provision()[1].strip() == "0 changed, 9 as they should be."


def test_who_saves_meanwhile_is_not_written_over(provision, kept):
    provision()
    kept.by_hand("vicino-home", title="One")
    kept.before["POST", "/api/dashboards/db"] = lambda: kept.by_hand("vicino-home", title="Two")
    code, _, err = provision()
    assert code == 1
    assert "Somebody changed it in Grafana at the same moment" in err
    assert kept.boards["vicino-home"][-1]["data"]["title"] == "Two"


def test_a_source_of_that_name_under_another_uid_is_left_alone(provision, kept):
    kept.sources["theirs"] = {"uid": "theirs", "name": "Prometheus", "readOnly": False, "version": 1, "jsonData": {}}
    code, _, err = provision()
    assert code == 1
    assert "Something else has that name in Grafana" in err
    assert "data source Vicino PostgreSQL: made" in err
    assert kept.sources["theirs"]["version"] == 1


def test_a_token_that_grafana_does_not_know(provision, tmp_path, kept):
    (tmp_path / "other").write_text("glsa_wrong")
    code, _, err = provision(token="other")
    assert code == 1
    assert "Grafana does not know this token: Invalid API key." in err
    assert "glsa_wrong" not in err
    assert kept.changes == []


def test_files_and_addresses_that_cannot_be_used(provision, tmp_path):
    assert "cannot be read" in provision(token="missing")[2]
    (tmp_path / "empty").write_text("\n")
    assert "is not one line" in provision(token="empty")[2]
    assert "is no address of a Grafana" in provision(url="grafana:3000")[2]
    assert "does not answer" in provision(url="http://127.0.0.1:9")[2]
    assert "The certificate" in provision("--ca", str(tmp_path / "missing"), url="https://127.0.0.1:9")[2]
    (tmp_path / "database").write_text("postgresql://somebody@database/vicino")
    assert "is not complete" in provision()[2]


def test_dashboards_as_files(tmp_path):
    done = CliRunner().invoke(app, ["grafana", "boards", "--to", str(tmp_path / "it")])
    assert done.exit_code == 0
    assert {path.stem for path in (tmp_path / "it").iterdir()} == set(BOARDS)
    assert json.loads((tmp_path / "it" / "home.json").read_text())["title"] == "Vicino: una casa"
