"""What pages are made of: served from the folder that the asset build fills, compressed where that is known."""

import json
import re
from functools import cache
from pathlib import Path

from starlette.responses import FileResponse, Response

from core.errors import VicinoError

FOLDER = Path(__file__).parent / "static" / "vendor"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FOREVER = "public, max-age=31536000, immutable"
_FACE = re.compile(r"@font-face\{[^}]*\}")
BRIEFLY = "public, max-age=3600"


@cache
def manifest() -> dict[str, str]:
    """Return the hash of each file; raises `VicinoError` if the assets have not been built."""
    path = FOLDER / "manifest.json"
    if not path.is_file():
        raise VicinoError("The style sheets and scripts of the pages are not built.", advice="run `make assets`")
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def address(name: str) -> str:
    """Return the address of a file, which changes with its content."""
    return f"/assets/{name}?v={manifest()[name]}"


def styles() -> str:
    """Return the style sheet for a page that stands by itself, in a file: it has no typeface of its own there.

    Raises `VicinoError` if the assets have not been built.
    """
    manifest()
    return _FACE.sub("", (FOLDER / "vicino.css").read_text(encoding="utf-8"))


def answer(name: str, version: str, accepted: str) -> Response | None:
    """Return a file, compressed if `accepted` (the request's Accept-Encoding) allows it; None if there is none."""
    if name not in manifest():
        return None
    path = FOLDER / name
    headers = {"Cache-Control": FOREVER if version == manifest()[name] else BRIEFLY, "Vary": "Accept-Encoding"}
    compressed = FOLDER / f"{name}.gz"
    if "gzip" in accepted and compressed.is_file():
        path, headers = compressed, headers | {"Content-Encoding": "gzip"}
    return FileResponse(path, headers=headers, media_type=MEDIA_TYPES[Path(name).suffix])
