"""The report on a pilot for paper: the same words and pictures, with what a printer of PDF wants to know of them."""

import hashlib
import re
from typing import NamedTuple

from dashboards.pdf.press import Job
from dashboards.pdf.printer import FACES
from dashboards.rendering import Renderer
from dashboards.research.report import ReportView

FAMILIES = {"titillium-web-latin": "Titillium Web", "titillium-web-latin-ext": "Titillium Web"}
FAMILIES |= {"fira-sans-cyrillic": "Fira Sans"}
WEIGHTS = (400, 600, 700)
IDENTIFIER = 32  # hexadecimal digits
# Of a style sheet a picture takes nothing there but what stands in the picture itself. Colours as on the pages.
_STYLE = """<style>
.ground { fill: #f5f7fa; stroke: #c3cfdb; }
.tick { stroke: #b9c5d2; stroke-width: 1; }
.label { fill: #4a5d71; font-size: 13px; font-family: "Titillium Web", "Fira Sans"; }
.label.is-strong { fill: #17324d; font-weight: 600; }
.told { fill: #06c; }
.reach { stroke: #0059b3; stroke-width: 2; }
.reach-end { fill: #0059b3; stroke: #fff; stroke-width: 1.5; }
</style>"""
_DESCRIBED = re.compile(r"(<svg [^>]*><title[^>]*>)([^<]*)(</title><desc[^>]*>)([^<]*)(</desc>)")

_SCALE = re.compile(r"(<svg [^>]*aria-hidden=[^>]*>)(.*?)(</svg>)", re.DOTALL)
_LABEL = re.compile(r">([^<]+)</text>")


class Face(NamedTuple):
    """A typeface in a weight."""

    family: str
    weight: int
    address: str


def job(report: ReportView, language: str, renderer: Renderer) -> Job:
    """Return the report as a page for the printer: the same report gives the same page."""
    faces = [
        Face(family, weight, f"{FACES}{file}-{weight}-normal.woff2")
        for file, family in FAMILIES.items()
        for weight in WEIGHTS
    ]
    page = renderer.text("research_report_pdf.html", language, report=report, faces=faces)
    page = _SCALE.sub(_named, _DESCRIBED.sub(_described, page))
    return Job(page, hashlib.sha256(page.encode()).hexdigest()[:IDENTIFIER])


def _described(found: re.Match[str]) -> str:
    """Give a picture its style, and what it shows in its title: that alone is read out to whoever does not see it."""
    begin, title, between, said, end = found.groups()
    described = ". ".join(part for part in (title, said) if part)
    return f"{begin}{described}{between}{said}{end}{_STYLE}"


def _named(found: re.Match[str]) -> str:
    """Give a scale its style, and its labels as title: in a PDF there is no picture without one."""
    begin, inside, end = found.groups()
    return f"{begin}<title>{', '.join(_LABEL.findall(inside))}</title>{_STYLE}{inside}{end}"
