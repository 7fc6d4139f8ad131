"""A page that stands by itself as PDF: the same page gives the same bytes, on each machine with the same libraries."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from core.errors import VicinoError
from dashboards import static_files
from dashboards.pdf.printer import MISSING

MOST_S = 180.0  # of which the processor works for a minute at most
TOLD_CHARACTERS = 300
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# Only our typefaces: with those of the system a page would look different on each machine, and be other bytes.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>
"""


class PrinterMissingError(VicinoError):
    """No PDF can be made here until something is installed."""


def printed(page: str, identifier: str) -> bytes:
    """Return a page as tagged PDF (PDF/UA-1); `identifier` (hexadecimal) names what is in it.

    Takes some seconds, in a process of its own. Raises `PrinterMissingError` where something has to be installed
    first, and `VicinoError` if nothing came of it.
    """
    static_files.manifest()
    with tempfile.TemporaryDirectory(prefix="vicino-pdf-") as folder:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(_FONTS.format(folder=folder), encoding="utf-8")
        command = [sys.executable, "-m", "dashboards.pdf.printer", identifier, str(static_files.FOLDER)]
        # Nothing else of our surroundings: there are secrets in them.
        around = {"FONTCONFIG_FILE": str(fonts), "TMPDIR": folder, "HOME": folder, "LANG": "C.UTF-8"}
        around |= {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH") if name in os.environ}
        try:
            done = subprocess.run(
                command, input=page.encode(), capture_output=True, check=False, timeout=MOST_S, env=around, cwd=_ROOT
            )
        except subprocess.TimeoutExpired:
            raise VicinoError(f"The PDF was not ready within {MOST_S:.0f} seconds.", **_ADVICE) from None
    if done.returncode == MISSING:
        raise PrinterMissingError(
            f"No PDF can be made here: {_end(done.stderr)}.",
            kept="the report can be read and printed as a page (HTML)",
            advice=f"on Debian: apt install {PACKAGES}; the library itself comes with the extra 'research' of vicino",
        )
    if done.returncode != 0 or not done.stdout:
        raise VicinoError(f"No PDF came of it: {_end(done.stderr)}.", **_ADVICE)
    return done.stdout


def _end(said: bytes) -> str:
    return (said.decode(errors="replace").strip().splitlines() or ["nothing was said"])[-1][:TOLD_CHARACTERS]


_ROOT = Path(__file__).parents[2]
_ADVICE = {
    "kept": "the report can be read and printed as a page (HTML)",
    "advice": "ask for fewer days, or print the page into a file",
}
