"""PDFs are made one after the other beside the requests, and the last are kept."""

from threading import Event

import pytest

from core.errors import VicinoError
from dashboards.pdf.press import KEPT, MOST_WAITING, BusyError, Job, Press


def test_one_is_made_once_and_kept():
    asked = []

    def printed(page, identifier):
        asked.append(identifier)
        return page.encode()

    press = Press(printed)
    for _ in range(2):
        assert press.ask(Job("a page", "00"), 10) == b"a page"
    assert asked == ["00"]
    for number in range(KEPT):
        assert press.ask(Job(str(number), f"x{number}"), 10) == str(number).encode()
    # The first was dropped for the others.
    assert press.ask(Job("a page", "00"), 10) == b"a page"
    assert asked.count("00") == 2


def test_who_comes_before_it_is_there_is_told_so_and_many_are_refused():
    go = Event()

    def printed(page, identifier):
        assert go.wait(30)
        return page.encode()

    press = Press(printed)
    for number in range(MOST_WAITING):
        assert press.ask(Job("p", str(number)), 0) is None
    with pytest.raises(BusyError):
        press.ask(Job("p", "one more"), 0)
    assert press.ask(Job("p", "0"), 0) is None
    go.set()
    assert press.ask(Job("p", str(MOST_WAITING - 1)), 30) == b"p"
    assert press.ask(Job("p", "one more"), 30) == b"p"


def test_what_failed_is_tried_again():
    said = [VicinoError("no"), None]

    def printed(page, identifier):
        if (error := said.pop(0)) is not None:
            raise error
        return b"done"

    press = Press(printed)
    with pytest.raises(VicinoError, match="no"):
        press.ask(Job("p", "0"), 30)
    assert press.ask(Job("p", "0"), 30) == b"done"
