"""What is shown: who looks, at which page, on which screen."""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from playwright.sync_api import Page

STAFF, FAMILY, HERSELF = "demo", "famiglia", "casa"  # logins of the demonstration
TAKE = "Me ne occupo io"


class Screen(NamedTuple):
    """Width and height in CSS pixels."""

    width: int
    height: int


DESK, PHONE = Screen(1280, 900), Screen(390, 844)


class Theme(Enum):
    """What the device asks pages for."""

    LIGHT = "light"
    DARK = "dark"


class View(NamedTuple):
    """One picture: `reach` leads from the page that a sign-in opens to what is shown; `says` is its text alternative.

    `whole` shows the page to its end instead of what the screen holds.
    """

    name: str
    says: str
    login: str
    reach: Callable[[Page], None]
    screen: Screen = DESK
    theme: Theme = Theme.LIGHT
    whole: bool = False


def _stay(_: Page) -> None:
    pass


def _at(path: str) -> Callable[[Page], None]:
    return lambda page: _go(page, path)


def _go(page: Page, path: str) -> None:
    address = page.evaluate("location.origin")
    page.goto(f"{address}{path}")


def _alert(page: Page) -> None:
    page.get_by_role("link", name="SOS").first.click()
    page.wait_for_url("**/alerts/*")


def _taken(page: Page) -> None:
    taking = page.get_by_role("button", name=TAKE)
    if taking.count():
        taking.first.click()
        page.get_by_role("status").filter(has_text="Ora te ne occupi tu").wait_for()


def _taken_alert(page: Page) -> None:
    _alert(page)
    _taken(page)


def _person(part: str = "") -> Callable[[Page], None]:
    def reach(page: Page) -> None:
        page.locator("a[href^='/persons/']").first.click()
        page.wait_for_url("**/persons/*")
        if part:
            page.goto(f"{page.url.split('?')[0]}/{part}")

    return reach


# In this order: somebody takes charge of the alert only after it was shown as it waits for somebody.
VIEWS = (
    View("board", "The board: who needs somebody now comes first, each with why and since when", STAFF, _stay),
    View("board-dark", "The board by night", STAFF, _stay, theme=Theme.DARK),
    View("board-phone", "The board on a telephone", STAFF, _stay, PHONE),
    View("alert", "An alert: what happened, since when, why it is said, whom to call", STAFF, _alert, whole=True),
    View("alert-phone", "The same alert on a telephone", STAFF, _alert, PHONE),
    View("alert-taken", "The alert after somebody took charge", STAFF, _taken_alert),
    View("person", "A person's day by room, against what is usual", STAFF, _person()),
    View("days", "Thirty days of a person, one line each", STAFF, _person("days"), whole=True),
    View("sleep", "Sleep of the last weeks in the band of what is usual", STAFF, _person("life/sleep")),
    View("statistics", "How soon alerts were told, taken and resolved", STAFF, _at("/statistics"), whole=True),
    View("rules", "The rules and what each is set to", STAFF, _at("/rules")),
    View("research", "The page for those who evaluate the pilot", STAFF, _at("/research"), whole=True),
    View("family", "The family's page on a telephone", FAMILY, _stay, PHONE),
    View("person-herself", "The person's own page: who may see what", HERSELF, _at("/mine"), PHONE),
)
