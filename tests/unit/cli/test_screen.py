import psycopg
import pytest

from cli.screen import errors_in_words


@pytest.mark.parametrize(
    ("error", "happened", "advice"),
    [
        (psycopg.OperationalError("connection refused"), "The database does not answer", "whether it runs"),
        (PermissionError(13, "Permission denied", "cohort.csv"), "Permission denied (cohort.csv)", "this account may"),
    ],
)
def test_what_a_database_or_a_disk_says_is_no_traceback(
    error: Exception, happened: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, errors_in_words():
        raise error
    said = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 1
    assert happened in said
    assert advice in said
