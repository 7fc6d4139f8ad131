"""What a login of Grafana can see and do: views without anybody's name, of its organisations, for a short time."""

import hashlib
import itertools
import re
import uuid

import psycopg
import pytest
from psycopg import sql

from tests.integration.dashboards.grafana import filled

SECRET = (
    *(filled.PERSON, filled.CONTACT, filled.ADDRESS, filled.PHONE, filled.LOGIN, filled.NOTE),
    *("zenobia", "fuochi", "celata"),
)
# Texts that come from people or name somebody, and numbers by which somebody could be found in the pages.
FORBIDDEN = re.compile(
    r"(^|_)(name|address|phone|email|login|note|notes|key|municipality|birth_year|sex|person|contact|account|public_id|explanation_\w+"
    r"|evidence|why_\w+|taken_by)$|_id$"
)
ALLOWED = {"quantity_id"}  # of the vocabulary, the same everywhere


@pytest.fixture
def views(grafana):
    rows = grafana.execute(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'grafana'::regnamespace AND relkind = 'v' ORDER BY 1"
    ).fetchall()
    found = [row["name"] for row in rows]
    assert len(found) >= 12
    return found


def test_no_view_has_a_column_that_names_anybody(grafana, views):
    columns = grafana.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'grafana'"
    ).fetchall()
    assert {row["table_name"] for row in columns} == set(views)
    assert [row for row in columns if FORBIDDEN.search(row["column_name"]) and row["column_name"] not in ALLOWED] == []


def test_no_row_of_any_view_holds_what_names_somebody(grafana, views):
    for view in views:
        table = sql.Identifier("grafana", view)
        pattern = "|".join(re.escape(each) for each in SECRET)
        row = grafana.execute(
            sql.SQL(
                "SELECT count(*) AS rows, count(*) FILTER (WHERE shown::text ~* {}) AS named FROM {} AS shown"
            ).format(sql.Literal(pattern), table)
        ).fetchone()
        assert row["rows"] > 0, view
        assert row["named"] == 0, view


def test_no_public_id_of_the_pages_is_in_a_view(grafana, filled_url, views):
    with psycopg.connect(filled_url) as administrator:
        known = {
            str(each)
            for (each,) in administrator.execute(
                "SELECT public_id FROM registry.home UNION SELECT public_id FROM registry.person"
            )
        }
    for view in views:
        rows = grafana.execute(
            sql.SQL("SELECT DISTINCT shown::text AS said FROM {} AS shown LIMIT 2000").format(
                sql.Identifier("grafana", view)
            )
        )
        for row in rows:
            assert not known & set(re.findall(r"[0-9a-f-]{36}", row["said"]))


def test_a_login_sees_the_homes_of_its_organisation_alone(logins, views):
    def homes(key):
        return {row["home"] for row in logins[key].execute("SELECT home FROM grafana.home")}

    everyone, first, second = homes(None), homes("town-1"), homes("town-2")
    assert len(everyone) == filled.HOMES
    assert first | second == everyone
    assert first
    assert second
    assert not first & second
    for view in set(views) - {"organisation", "agreement"}:
        seen = logins["town-1"].execute(sql.SQL("SELECT DISTINCT home FROM {}").format(sql.Identifier("grafana", view)))
        assert {row["home"] for row in seen} <= first, view
    for view, key in itertools.product(("organisation", "agreement"), ("town-1", "town-2")):
        seen = logins[key].execute(
            sql.SQL("SELECT DISTINCT organisation FROM {}").format(sql.Identifier("grafana", view))
        )
        assert [row["organisation"] for row in seen] == [f"Comune {key[-1]}"]


def test_whoever_is_no_reader_sees_nothing_even_in_the_role(filled_url, views):
    with psycopg.connect(filled_url) as administrator:
        administrator.execute("SET ROLE vicino_grafana")
        for view in views:
            count = administrator.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("grafana", view)))
            assert count.fetchone() == (0,), view


def test_a_condition_learns_nothing_of_rows_that_are_not_seen(logins):
    """A condition that fails aloud is asked only of rows that may be seen: views are barriers."""
    grafana = logins["town-1"]
    others = logins["town-2"].execute("SELECT home FROM grafana.home LIMIT 1").fetchone()["home"]
    for view in ("indicator", "alert", "wellbeing_day", "episode", "silence", "gateway"):
        grafana.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE 1 / (CASE WHEN home = {} THEN 0 ELSE 1 END) = 1").format(
                sql.Identifier("grafana", view), sql.Literal(others)
            )
        )


def test_a_login_has_no_right_to_anything_else(grafana):
    relations = grafana.execute(
        "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname NOT IN ('grafana', 'information_schema')"
        " AND nspname NOT LIKE 'pg\\_%'"
        " AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
    ).fetchall()
    assert relations == []
    for statement in (
        "SELECT * FROM registry.person",
        "SELECT * FROM dashboards.pseudonym_key",
        "SELECT dashboards.pseudonym_for('grafana', gen_random_uuid())",
        "SET ROLE vicino_owner",
        "SET ROLE vicino_service",
        "SET ROLE vicino_people",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            grafana.execute(statement)
    writable = grafana.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'grafana'::regnamespace"
        " AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
    ).fetchall()
    assert writable == []
    assert grafana.execute("SELECT has_schema_privilege('grafana', 'CREATE') AS may").fetchone() == {"may": False}


def test_a_login_is_bound_in_time_and_writes_nothing(grafana):
    said = {
        name: grafana.execute(f"SHOW {name}").fetchone()[name]
        for name in ("statement_timeout", "default_transaction_read_only")
    }
    assert said == {"statement_timeout": "20s", "default_transaction_read_only": "on"}
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        grafana.execute("CREATE TEMPORARY TABLE kept (x int)")


def test_pseudonyms_are_of_this_installation_and_purpose(grafana, filled_url):
    homes = {row["home"] for row in grafana.execute("SELECT home FROM grafana.home")}
    assert all(re.fullmatch(r"[0-9a-f]{16}", home) for home in homes)
    assert homes == {row["home"] for row in grafana.execute("SELECT DISTINCT home FROM grafana.alert")}
    with psycopg.connect(filled_url) as administrator:
        of = "SELECT dashboards.pseudonym_for(%s, public_id) FROM registry.home WHERE key <> 'canary'"
        again = {each for (each,) in administrator.execute(of, ("grafana",))}
        research = {each for (each,) in administrator.execute(of, ("research",))}
        assert again == homes
        assert not research & homes
        administrator.execute("UPDATE dashboards.pseudonym_key SET inner_key = outer_key")
        other = {each for (each,) in administrator.execute(of, ("grafana",))}
        assert not other & homes
        administrator.rollback()


def test_a_pseudonym_is_the_hmac_of_the_id(filled_url):
    with psycopg.connect(filled_url) as administrator:
        inner, outer = administrator.execute(
            "SELECT inner_key, outer_key FROM dashboards.pseudonym_key WHERE purpose = 'grafana'"
        ).fetchone()
        assert len({inner, outer}) == 2
        some = uuid.UUID(int=77)
        found = administrator.execute("SELECT dashboards.pseudonym_for('grafana', %s)", (some,)).fetchone()[0]
    assert found == hashlib.sha256(outer + hashlib.sha256(inner + some.bytes).digest()).hexdigest()[:16]


def test_views_are_barriers_of_the_owner(filled_url):
    with psycopg.connect(filled_url) as administrator:
        rows = administrator.execute(
            "SELECT relname, pg_get_userbyid(relowner), coalesce('security_barrier=true' = ANY(reloptions), false)"
            " FROM pg_class WHERE relnamespace = 'grafana'::regnamespace AND relkind = 'v'"
        ).fetchall()
    assert {(owner, barrier) for _, owner, barrier in rows} == {("vicino_owner", True)}
