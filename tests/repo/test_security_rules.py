"""The linter's security rules hold everywhere; where one does not in the product, the reason stands beside it."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = {".venv", "node_modules", "build", ".git"}
EXCEPTION = re.compile(r"# noqa: (?P<codes>[A-Z0-9, ]+?)(?P<reason> - \S.*)?$")
SECURITY = re.compile(r"\bS\d{3}\b")
WHOLE_FILE = re.compile(r"# ruff: noqa: [A-Z0-9, ]*\bS\d{3}\b|# ruff: noqa\s*$|# noqa\s*$|# nosec")


def lines() -> list[tuple[str, int, str]]:
    return [
        (str(path.relative_to(ROOT)), number, line)
        for path in sorted(ROOT.rglob("*.py"))
        if not LEFT_OUT.intersection(path.relative_to(ROOT).parts) and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]


def test_every_exception_of_the_product_from_a_security_rule_says_why() -> None:
    found = [
        f"{path}:{number}"
        for path, number, line in lines()
        if not path.startswith("tests/")
        and (seen := EXCEPTION.search(line))
        and SECURITY.search(seen["codes"])
        and not seen["reason"]
    ]
    assert not found, "say why, as in `# noqa: S310 - our own address`: " + ", ".join(found)


def test_no_file_and_no_line_is_left_out_as_a_whole() -> None:
    assert [f"{path}:{number}" for path, number, line in lines() if WHOLE_FILE.search(line)] == []


def test_all_security_rules_are_on_and_what_is_left_out_for_all_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    ignored = {code for code in lint["ignore"] if code.startswith("S") and (code == "S" or code[1:].isdigit())}
    assert ignored == {"S101", "S603", "S607"}
    for code in ignored:
        assert re.search(rf'"{code}",.*# \S', text), f"{code} is left out without a reason"
    # Of the product itself chance in the simulator alone: it is no secret there.
    product = {
        place: codes for place, codes in lint["per-file-ignores"].items()
        if not place.startswith("tests/") and any(SECURITY.search(code) for code in codes)
    }  # fmt: skip
    assert product == {"simulator/**": ["S311"]}
