"""QR codes of gateways' credentials: for a terminal, for a page, for paper."""

import io
from typing import Any

import segno

# Two modules more would be lost on a small screen: phones read a code with a margin of two.
_BORDER = 2
_SCALE = 6


def terminal(link: str) -> str:
    """Return the code in half blocks of a terminal with a dark background."""
    out = io.StringIO()
    _code(link).terminal(out, border=_BORDER, compact=True)
    return out.getvalue()


def svg(link: str) -> str:
    """Return the code as an SVG element that needs no styles of its own, black on white."""
    out = io.BytesIO()
    plain: dict[str, Any] = {"xmldecl": False, "lineclass": None, "svgclass": None, "omitsize": True}
    _code(link).save(out, kind="svg", border=_BORDER, scale=_SCALE, light="#fff", **plain)
    return out.getvalue().decode()


def png(link: str) -> bytes:
    """Return the code as a PNG image."""
    out = io.BytesIO()
    _code(link).save(out, kind="png", border=_BORDER, scale=_SCALE)
    return out.getvalue()


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m")
