from pathlib import Path

import pytest

from core import statements

TEXT = """
-- one --
-- The number one.
SELECT 1;

-- two --
-- The number two.
SELECT 2
"""


def test_statements_are_found_by_name_with_their_purpose() -> None:
    found = statements.parse(TEXT, "queries.sql")
    assert list(found) == ["one", "two"]
    assert found["two"].startswith("-- The number two.")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-- one --\nSELECT 1", "does not say what it is for"),
        (TEXT + "\n-- one --\n-- Again.\nSELECT 1", "exists already"),
    ],
)
def test_a_file_that_breaks_the_rules_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        statements.parse(text, "queries.sql")


def test_statements_of_a_folder_are_read_beside_the_module(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "queries.sql").write_text(TEXT)
    assert set(statements.Statements.beside(str(tmp_path / "repository.py"))) == {"one", "two"}
