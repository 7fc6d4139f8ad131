"""What Grafana makes of a query before the database gets it.

Source: the macros of Grafana's PostgreSQL data source (macros.go) and the formats of variables in its documentation. As
there, a macro's arguments end at the first closing bracket and are split at commas, and an unknown macro is an error.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Asked(NamedTuple):
    """The time range and interval of a dashboard, and what is chosen above it."""

    since: datetime
    until: datetime
    interval: str
    chosen: Mapping[str, Sequence[str]]
    timescale: bool = False


def expand(query: str, asked: Asked) -> str:
    """Return the SQL that the database gets."""
    interval = str(_seconds(asked.interval) * 1000)
    text = query.replace("$__interval_ms", interval).replace("$__interval", asked.interval)
    text = _VARIABLE.sub(lambda found: _variable(found, asked), text)
    return _MACRO.sub(lambda found: _macro(found.group(1), [a.strip() for a in found.group(2).split(",")], asked), text)


def _variable(found: re.Match[str], asked: Asked) -> str:
    name, form = found.group(1) or found.group(3), found.group(2)
    if form != "sqlstring":
        raise ValueError(f"{found.group()}: a variable that is not quoted as SQL")
    return ",".join("'" + value.replace("'", "''") + "'" for value in asked.chosen[name])


def _macro(name: str, arguments: list[str], asked: Asked) -> str:
    since, until = (f"'{at:%Y-%m-%dT%H:%M:%S.%f}Z'" for at in (asked.since, asked.until))
    match name:
        case "__timeFilter":
            return f"{arguments[0]} BETWEEN {since} AND {until}"
        case "__timeFrom":
            return since
        case "__timeTo":
            return until
        case "__timeGroup":
            seconds = _seconds(arguments[1].strip("'"))
            if asked.timescale:
                return f"time_bucket('{seconds:.3f}s',{arguments[0]})"
            return f"floor(extract(epoch from {arguments[0]})/{seconds})*{seconds}"
        case _:
            raise ValueError(f"unknown macro {name!r}")


def _seconds(interval: str) -> int:
    found = re.fullmatch(r"(\d+)([smhdw])", interval)
    assert found, interval
    return int(found.group(1)) * _SECONDS[found.group(2)]
