"""Runs a demonstration, waits for its story, and writes every picture into `docs/screenshots` (or a folder)."""

import argparse
import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.progress import Progress

from tests.acceptance.installation import ROOT, up
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.screenshots.views import STAFF, TAKE, VIEWS, Screen, Theme, View

FOLDER = ROOT / "docs" / "screenshots"
HOW = """Taken of the demonstration, whose people are simulated, by `make screenshots`, which also writes this page.
"""
PASSWORD = re.compile(r"with the password (\S+) as")
STORY_WITHIN_MS, PAGE_WITHIN_MS = 600_000, 60_000
DRAWN_AFTER_MS = 800  # pictures and live parts are there by then


def main(arguments: list[str] | None = None) -> int:
    """Write the pictures; return 0, or 1 where the demonstration did not say how to sign in."""
    asked = argparse.ArgumentParser(prog="tests.screenshots", description=__doc__)
    asked.add_argument("--to", type=Path, default=FOLDER, help="folder of the pictures")
    folder: Path = asked.parse_args(arguments).to
    folder.mkdir(parents=True, exist_ok=True)
    screen = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="vicino-screenshots-", ignore_cleanup_errors=True) as made:
        screen.print("A demonstration is started; its story begins in two to five minutes.")
        with up(Path(made) / "demo", command="demo") as vicino, sync_playwright() as driver:
            said = PASSWORD.search(_plain((Path(made) / "up.log").read_text()))
            if said is None:
                screen.print("The demonstration did not print a password; nothing was written.")
                return 1
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            take_all(browser, vicino.url, said.group(1), folder, screen)
            browser.close()
    (folder / "README.md").write_text(listed(), encoding="utf-8")
    screen.print(f"{len(VIEWS)} pictures are in {folder}")
    return 0


def take_all(browser: Browser, url: str, password: str, folder: Path, screen: Console) -> None:
    """Wait until somebody needs somebody, then take each picture in order."""
    with Progress(console=screen) as progress:
        taken = progress.add_task("Waiting for the story", total=len(VIEWS))
        waiting = signed_in(browser, url, STAFF, password)
        waiting.get_by_role("button", name=TAKE).first.wait_for(timeout=STORY_WITHIN_MS)
        waiting.context.close()
        for view in VIEWS:
            progress.update(taken, description=view.name)
            take(browser, url, password, view, folder)
            progress.advance(taken)


def take(browser: Browser, url: str, password: str, view: View, folder: Path) -> None:
    """Take one picture, in a browser that knows nothing of the others."""
    page = signed_in(browser, url, view.login, password, view.screen, view.theme)
    view.reach(page)
    page.wait_for_load_state()
    page.wait_for_timeout(DRAWN_AFTER_MS)
    page.screenshot(path=folder / f"{view.name}.png", full_page=view.whole)
    page.context.close()


def listed() -> str:
    """Return the page that shows all pictures, each with its words."""
    shown = [f"## {view.name}\n\n{view.says}.\n\n![{view.says}]({view.name}.png)\n" for view in VIEWS]
    return "\n".join(("# What the pages look like", "", HOW, *shown))


def signed_in(
    browser: Browser, url: str, login: str, password: str, screen: Screen = VIEWS[0].screen, theme: Theme = Theme.LIGHT
) -> Page:
    """Return a page on which somebody has signed in, in Italian."""
    context = browser.new_context(
        locale="it-IT", color_scheme=theme.value, viewport={"width": screen.width, "height": screen.height}
    )
    page = context.new_page()
    page.set_default_timeout(PAGE_WITHIN_MS)
    page.goto(f"{url}/sign-in")
    page.get_by_label("Nome utente").fill(login)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    return page


def _plain(text: str) -> str:
    """Return text as it is read: lines that the terminal broke are one."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


if __name__ == "__main__":
    sys.exit(main())
