"""Writes the certificate of an erasure: a page in each language, to be printed, and the same for programs."""

import json
from pathlib import Path
from typing import Any

from cli.persons.erasing.erasing import by_group
from core.errors import VicinoError
from core.languages import LANGUAGES
from dashboards.rendering import Renderer
from embedded.privatefile import private_folder, write_private

TEMPLATES = Path(__file__).parents[1] / "templates"
NAME = "certificate"


def write(certificate: dict[str, Any], folder: Path) -> list[Path]:
    """Write a certificate into a folder; return the files. Raises `VicinoError` where that cannot be done."""
    groups = {
        group: {"removed": counts["removed"], "detached": counts["detached"]}
        for group, counts in by_group(certificate).items()
        if counts["removed"] or counts["detached"]
    }
    renderer = Renderer(TEMPLATES)
    pages = {
        f"{NAME}.{language}.html": renderer.text("certificate.html", language, it=certificate, groups=groups)
        for language in LANGUAGES
    }
    pages[f"{NAME}.json"] = json.dumps(certificate, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        private_folder(folder)
        for name, text in pages.items():
            write_private(folder / name, text)
    except OSError as error:
        raise VicinoError(
            f"The certificate cannot be written into {folder} ({error.strerror}).",
            kept="the erasure, and the certificate in the database",
            advice=f"print it again: vicino person certificate {certificate['number']} --to FOLDER",
        ) from error
    return [folder / name for name in pages]
