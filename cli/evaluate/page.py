"""A written report: one HTML file that needs nothing else, with tables and pictures drawn as SVG."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from dashboards.pictures.svg import element, percent, picture, text

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; color: #17324d; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border-bottom: 1px solid #d9dadb; padding: .3rem .6rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1.5rem 0; } figcaption { color: #455b71; }
.label { font-size: 12px; fill: #17324d; } .grid { stroke: #d9dadb; } .limit { stroke: #17324d; stroke-dasharray: 4 3; }
.a { fill: #0066cc; } .b { fill: #cc334d; } .c { fill: #a66300; } .d { fill: #8a9ba8; }
.dot { fill: #0066cc; opacity: .6; }
@media (prefers-color-scheme: dark) { body { background: #10202f; color: #e8f2fc; } .label { fill: #e8f2fc; }
  .grid { stroke: #3b5166; } .limit { stroke: #e8f2fc; } figcaption { color: #b8c9d9; } }
"""
ROW, BAR = 22, 14
NAMES, ROOM = 0.24, 0.68  # shares of the width: for names at the left, for the picture itself


class Bar(NamedTuple):
    """A bar of a picture: its name, how long (0 to 1; None: nothing to show), and the words at its end."""

    name: str
    share: float | None
    words: str
    look: str = "a"


class Stretch(NamedTuple):
    """A part of a row from one share of the width to another, in one of the looks `a` to `d`, with a title."""

    start: float
    end: float
    look: str
    title: str


def write(path: Path, title: str, sections: Iterable[str]) -> None:
    """Write a report; its folder is made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body>\n<h1>{escape(title)}</h1>\n" + "\n".join(sections) + "\n</body>\n</html>\n",
        encoding="utf-8",
    )


def heading(words: str) -> str:
    """Return a heading."""
    return f"<h2>{escape(words)}</h2>"


def paragraph(words: str) -> str:
    """Return a paragraph of plain words."""
    return f"<p>{escape(words)}</p>"


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; the first column names its row, None is an empty cell."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{'' if cell is None else escape(str(cell))}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def bars(identity: str, title: str, rows: Sequence[Bar], limits: Mapping[str, float] | None = None) -> str:
    """Return a picture of bars, one below the other; `limits` marks the share that is asked for, by name of the row."""
    parts = []
    for number, row in enumerate(rows):
        top = number * ROW + 4
        parts += [_name(row.name, top), text("text", row.words, class_="label", x="94%", y=top + 12)]
        parts.append(
            element("rect", class_="d", x=percent(NAMES), y=top, width=percent(ROOM), height=BAR, opacity=0.15)
        )
        if row.share is not None:
            width = percent(ROOM * min(1.0, row.share))
            parts.append(element("rect", class_=row.look, x=percent(NAMES), y=top, width=width, height=BAR))
        if limits and row.name in limits:
            x = percent(NAMES + ROOM * limits[row.name])
            parts.append(element("line", class_="limit", x1=x, x2=x, y1=top - 2, y2=top + BAR + 2))
    return _figure(identity, title, parts, len(rows))


def dots(identity: str, title: str, rows: Mapping[str, Sequence[float]], most: float, unit: str) -> str:
    """Return a picture with one row for each name and a dot for each value, from 0 to `most`; beyond it at the edge."""
    parts = [
        element("line", class_="grid", x1=percent(at), x2=percent(at), y1=0, y2=len(rows) * ROW)
        for at in (NAMES + ROOM * share for share in (0, 0.25, 0.5, 0.75, 1))
    ]
    for number, (name, values) in enumerate(rows.items()):
        top = number * ROW + 4
        parts.append(_name(name, top))
        parts += [
            element("circle", class_="dot", cx=percent(NAMES + ROOM * min(1.0, value / most)), cy=top + 7, r=5)
            for value in values
        ]
    bottom = len(rows) * ROW + 14
    parts += [
        text("text", f"{share * most:g} {unit}", class_="label", x=percent(NAMES + ROOM * share), y=bottom)
        for share in (0, 0.5, 1)
    ]
    return _figure(identity, title, parts, len(rows) + 1)


def rows_of_time(identity: str, title: str, rows: Mapping[str, Sequence[Stretch]]) -> str:
    """Return a picture with one row for each name and what lies in it, from the first day to the last."""
    parts = []
    for number, (name, stretches) in enumerate(rows.items()):
        top = number * ROW + 4
        parts += [
            _name(name, top),
            element("rect", class_="d", x=percent(NAMES), y=top, width=percent(ROOM), height=BAR, opacity=0.15),
        ]
        for one in stretches:
            start, end = max(0.0, one.start), min(1.0, one.end)
            width = percent(max(0.003, ROOM * (end - start)))
            label = text("title", one.title)
            parts.append(
                element("rect", label, class_=one.look, x=percent(NAMES + ROOM * start), y=top, width=width, height=BAR)
            )
    return _figure(identity, title, parts, len(rows))


def _name(name: str, top: int) -> str:
    return text("text", name, class_="label", x="0%", y=top + 12)


def _figure(identity: str, title: str, parts: Sequence[str], rows: int) -> str:
    drawn = picture(identity, title, title, "".join(parts), rows * ROW + 8)
    return f"<figure>{drawn}<figcaption>{escape(title)}</figcaption></figure>"
